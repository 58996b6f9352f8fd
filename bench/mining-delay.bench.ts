/**
 * What mining costs everything else: how long a request waits, and how long a block takes to the next node, while every core searches for
 * nonces. Here less is better; the rows of an idle node stand beside them.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { performance } from 'node:perf_hooks';
import { joinNodes, makeNetworkFile, startApart } from '../test/support/cluster.ts';
import type { QuoinProcess } from '../test/support/quoin-process.ts';
import { rowOf } from './beside.ts';
import type { BenchOptions, BenchRow } from './harness.ts';

/** About 4 million tries: some blocks a second from all cores together. */
const DIFFICULTY_BITS = 22;

/** Milliseconds that each of so many requests waited, one after another. */
async function waits(node: QuoinProcess, requests: number): Promise<number[]> {
  const timesMs: number[] = [];
  for (let i = 0; i < requests; i++) {
    const from = performance.now();
    assert.equal(typeof (await node.rpc('getblockcount')), 'number');
    timesMs.push(performance.now() - from);
  }
  return timesMs.sort((a, b) => a - b);
}

/** Milliseconds from a block's being a miner's tip to its being another node's, by asking both in turn: good to a request's time. */
async function delays(miner: QuoinProcess, other: QuoinProcess, blocks: number): Promise<number[]> {
  const timesMs: number[] = [];
  let seen: number = await other.rpc('getblockcount');
  while (timesMs.length < blocks) {
    if ((await miner.rpc('getblockcount')) <= seen) continue;
    const from = performance.now();
    const height: number = await miner.rpc('getblockcount');
    while ((await other.rpc('getblockcount')) < height);
    timesMs.push(performance.now() - from);
    seen = height;
  }
  return timesMs;
}

/** The row of waits and one of their worst hundredth. */
function waitRows(name: string, timesMs: readonly number[]): BenchRow[] {
  return [
    rowOf(`a request, ${name}`, 'ms', timesMs),
    rowOf(`the slowest 1 %, ${name}`, 'ms', timesMs.slice(-Math.ceil(timesMs.length / 100))),
  ];
}

/** All rows. */
export async function run(options: BenchOptions): Promise<BenchRow[]> {
  const requests = options.smoke ? 20 : 1_000;
  const network = makeNetworkFile(DIFFICULTY_BITS);
  const miner = await startApart({ network });
  const other = await startApart({ network });
  try {
    await joinNodes(other, miner);
    await waits(miner, requests);
    const idle = waitRows('idle', await waits(miner, requests));
    await miner.post('/api/v1/mining/start');
    const mining = waitRows('mining on all cores', await waits(miner, requests));
    const blocks = await delays(miner, other, options.smoke ? 1 : 30);
    return [...idle, ...mining, rowOf('a block to the next node, mining on all cores', 'ms', blocks)];
  } finally {
    assert.equal(await miner.stop(), 0);
    assert.equal(await other.stop(), 0);
  }
}
