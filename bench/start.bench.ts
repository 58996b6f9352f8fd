/**
 * How long a node takes from its start in a fresh folder until it serves, and the memory it has then; beside the C++ node. Here less is
 * better, so a ratio below 1 is ours.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import { regtest } from '../src/core/params/regtest.ts';
import { DB_CACHE_BYTES_DEFAULT, indexesByDefault } from '../src/node/options.ts';
import { startNode } from '../src/node/system.ts';
import { startQuoin } from '../test/support/quoin-process.ts';
import { memoryMibOf, rowOf, startPeerIfThere, withRatio } from './beside.ts';
import type { BenchOptions, BenchRow } from './harness.ts';

const STARTS = 7;

/** A node that has just been started. */
interface Started {
  readonly pid: number;
  rpc(method: string, ...params: unknown[]): Promise<unknown>;
  stop(): Promise<unknown>;
}

/** Figures of some starts; memory is left out where the system does not tell it. */
interface Figures {
  readonly timesMs: number[];
  readonly memoryMib: number[];
}

async function measure(count: number, start: () => Promise<Started | undefined>): Promise<Figures | undefined> {
  const figures: Figures = { timesMs: [], memoryMib: [] };
  for (let i = 0; i < count; i++) {
    const from = performance.now();
    const node = await start();
    if (node === undefined) return undefined;
    figures.timesMs.push(performance.now() - from);
    assert.equal(await node.rpc('getblockcount'), 0);
    const memory = memoryMibOf(node.pid);
    if (memory !== undefined) figures.memoryMib.push(memory);
    await node.stop();
  }
  return figures;
}

/** A node within this process, whose code is loaded: in memory, without a socket. */
async function withinProcess(count: number): Promise<BenchRow> {
  const timesMs: number[] = [];
  const refuse = (event: string): never => assert.fail(event);
  for (let i = 0; i < count; i++) {
    const from = performance.now();
    const node = await startNode({
      ...{ network: regtest, dataDir: undefined, listen: undefined, connect: [], peers: [], discovery: false, mine: undefined },
      ...{ mineTo: undefined, dbCacheBytes: DB_CACHE_BYTES_DEFAULT, indexes: indexesByDefault(regtest), secp256k1: 'auto' },
      ...{ scriptWorkers: availableParallelism(), log: { debug: () => {}, info: () => {}, warn: refuse, error: refuse }, wallet: true },
    });
    timesMs.push(performance.now() - from);
    assert.equal(node.chain.tip().height, 0);
    await node.stop();
  }
  return rowOf('start to ready within a process, in memory', 'ms', timesMs);
}

/** All rows. */
export async function run(options: BenchOptions): Promise<BenchRow[]> {
  const count = options.smoke ? 1 : STARTS;
  const ours = await measure(count, async () => {
    const node = await startQuoin();
    return { pid: node.process.pid ?? 0, rpc: node.rpc, stop: async () => assert.equal(await node.stop(), 0) };
  });
  // Asked every 40 ms whether it answers, so its figure is up to that much too high.
  const theirs = await measure(count, () => startPeerIfThere());
  assert.ok(ours !== undefined);
  const rows = (name: string, unit: string, of: (figures: Figures) => readonly number[]): BenchRow[] => {
    if (of(ours).length === 0) return [];
    const peer = theirs === undefined ? undefined : rowOf(`${name}, the C++ node`, unit, of(theirs));
    return withRatio(rowOf(name, unit, of(ours)), peer);
  };
  return [
    ...rows('start to ready, fresh folder', 'ms', ({ timesMs }) => timesMs),
    await withinProcess(count),
    ...rows('memory after the start', 'MiB', ({ memoryMib }) => memoryMib),
  ];
}
