/**
 * Initial sync over the wire: a fresh node downloads dense blocks (P2WPKH, P2TR and P2PKH inputs) and checks every script, with each engine,
 * on one thread and on two, beside the C++ node, all from the same server. Without indexes, which the C++ node has none of, and once with
 * everything as users have it.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { engines } from '../test/support/secp256k1-engines.ts';
import { peakMemoryMibOf, rowOf, withRatio } from './beside.ts';
import type { BenchOptions, BenchRow } from './harness.ts';
import type { DenseBlocks } from './kept-blocks.ts';
import { DENSE_BLOCKS, DENSE_INPUTS, denseBlocks } from './kept-blocks.ts';
import type { Side } from './sides.ts';
import { assertAgree, NO_INDEXES, startOurs, startTheirs } from './sides.ts';
import { startServer, syncFrom } from './sync-run.ts';

/** By the names of `--secp256k1`. */
const ENGINES: readonly string[] = ['auto', ...engines.map(({ name }) => name)];

/** What is synced. */
interface Work {
  readonly chain: DenseBlocks;
  readonly inputsPerBlock: number;
  readonly server: Side;
  readonly smoke: boolean;
}

/** Rows of one sync; those that the system does not tell are left out. */
interface Rates {
  readonly clock: BenchRow;
  readonly cpu: BenchRow | undefined;
  readonly peak: BenchRow | undefined;
}

const rowIf = (name: string, unit: string, value: number | undefined): BenchRow | undefined =>
  value === undefined ? undefined : rowOf(name, unit, [value]);

/** Syncs a fresh node as far as `blocks` dense blocks; where that is all of them, its coins must be the server's. */
async function measure(name: string, client: Side, work: Work, blocks: number): Promise<Rates> {
  const base = work.chain.base.length;
  const spent = await syncFrom(client, work.server, base + blocks);
  const inputs = (spent.value - base) * work.inputsPerBlock;
  const peakMib = peakMemoryMibOf(client.pid);
  if (blocks === work.chain.dense.length) await assertAgree([client, work.server]);
  await client.stop();
  // A smoke run is over within a few ticks of the counter, of which nothing follows.
  const cpuSeconds = work.smoke ? undefined : spent.cpuSeconds;
  return {
    clock: rowOf(`${name}, by the clock`, 'inputs/s', [inputs / spent.clockSeconds]),
    cpu: rowIf(`${name}, per CPU second`, 'inputs/s', cpuSeconds === undefined ? undefined : inputs / cpuSeconds),
    peak: rowIf(`${name}, memory at the peak`, 'MiB', peakMib),
  };
}

/** Ours with theirs beside. */
function besideTheirs(ours: Rates, theirs: Rates | undefined): BenchRow[] {
  return (['cpu', 'clock', 'peak'] as const).flatMap((key) => {
    const mine = ours[key];
    return mine === undefined ? [] : withRatio(mine, theirs?.[key]);
  });
}

/** Scripts on the node's own thread are `--workers 0` here and `-par=1` there. */
async function rowsOn(threads: number, work: Work): Promise<BenchRow[]> {
  const blocks = work.chain.dense.length;
  const peer = await startTheirs(`-par=${threads}`);
  const theirs = peer === undefined ? undefined : await measure(peer.name, peer, work, blocks);
  const rows: BenchRow[] = [];
  for (const name of ENGINES) {
    const workers = String(threads === 1 ? 0 : threads);
    const client = await startOurs(name, '--secp256k1', name, '--workers', workers, ...NO_INDEXES);
    rows.push(
      ...besideTheirs(await measure(`${threads === 1 ? '1 thread' : `${threads} threads`}: ${name}`, client, work, blocks), theirs),
    );
  }
  return rows;
}

/** Both as they are started without any option. */
async function defaultRows(work: Work): Promise<BenchRow[]> {
  const blocks = work.chain.dense.length;
  const peer = await startTheirs();
  const theirs = peer === undefined ? undefined : await measure(peer.name, peer, work, blocks);
  return besideTheirs(await measure('without options, with indexes', await startOurs('ours'), work, blocks), theirs);
}

/** All rows. */
export async function run({ smoke }: BenchOptions): Promise<BenchRow[]> {
  const inputsPerBlock = smoke ? 60 : DENSE_INPUTS;
  const chain = denseBlocks(smoke ? 5 : DENSE_BLOCKS, inputsPerBlock);
  assert.ok(chain.base.length > 100);
  const server = await startServer(chain);
  const work = { chain, inputsPerBlock, server, smoke };
  const rows = [...(smoke ? [] : await rowsOn(1, work)), ...(await rowsOn(2, work)), ...(await defaultRows(work))];
  await server.stop();
  return rows;
}
