/**
 * Blocks that are valid and cost the most: CPU time of ours and of the C++ node's, and how long a request waits meanwhile, which is the
 * longest that the node's own thread did not look up.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { performance } from 'node:perf_hooks';
import { chooseSecp256k1 } from '../src/core/crypto/node/choose-secp256k1.ts';
import { encodeBlock } from '../src/core/primitives/block.ts';
import { rowOf, withRatio } from './beside.ts';
import type { BenchOptions, BenchRow } from './harness.ts';
import { callBytes, RpcConnection } from './rpc-connection.ts';
import type { Side } from './sides.ts';
import { assertAgree, NO_INDEXES, spentBy, startBoth, stopAll, submitAll } from './sides.ts';
import type { WorstBlock } from './worst-blocks.ts';
import { worstChain } from './worst-blocks.ts';
import { worstCases } from './worst-cases.ts';

/** What one block took one node. */
interface Cost {
  readonly cpuSeconds: number | undefined;
  readonly longestWaitMs: number;
}

/** The wait for one answer, in milliseconds. A node that hears nobody for long may cut connections off: it has been waited for till then. */
async function waitOnce(connection: RpcConnection, request: Buffer): Promise<{ readonly waitMs: number; readonly lost: boolean }> {
  const from = performance.now();
  const lost = await connection.ask(request).then(
    () => false,
    () => true,
  );
  return { waitMs: performance.now() - from, lost };
}

/** Asks one thing after another while something is done. @returns the longest wait, in milliseconds */
async function longestWait(side: Side, during: () => Promise<void>): Promise<number> {
  const request = callBytes(side, 'getblockcount');
  let [longestMs, ended] = [0, false];
  const asking = async (): Promise<void> => {
    let connection = await RpcConnection.open(side);
    while (!ended) {
      const { waitMs, lost } = await waitOnce(connection, request);
      longestMs = Math.max(longestMs, waitMs);
      if (!lost) continue;
      connection.close();
      connection = await RpcConnection.open(side);
    }
    connection.close();
  };
  const done = during().finally(() => {
    ended = true;
  });
  await Promise.all([asking(), done]);
  return longestMs;
}

/** Measured twice: once for the CPU time, with nobody asking, on one node; a block is connected only once, so the wait is another node's. */
async function costOf(quiet: Side, asked: Side, { setup, block }: WorstBlock): Promise<Cost> {
  const [before, worst] = [encodeBlock(setup), encodeBlock(block)];
  for (const side of [quiet, asked]) await submitAll(side, [before]);
  const { cpuSeconds } = await spentBy(quiet, () => submitAll(quiet, [worst]));
  const longestWaitMs = await longestWait(asked, () => submitAll(asked, [worst]));
  return { cpuSeconds, longestWaitMs };
}

/** All rows. */
export async function run({ smoke }: BenchOptions): Promise<BenchRow[]> {
  const cases = worstCases(chooseSecp256k1('auto'));
  const { base, worst } = worstChain(cases, (each) => (smoke ? each.smokeCount : each.count));
  const quiet = await startBoth(...NO_INDEXES);
  const asked = await startBoth(...NO_INDEXES);
  const all = [...quiet, ...asked];
  const blocks = base.map((block) => encodeBlock(block));
  for (const side of all) await submitAll(side, blocks);
  const rows: BenchRow[] = [];
  for (const block of worst) {
    const costs: Cost[] = [];
    for (const [index, side] of quiet.entries()) costs.push(await costOf(side, asked[index]!, block));
    const [ours, theirs] = costs as [Cost, Cost?];
    const row = (what: string, unit: string, of: (cost: Cost) => number | undefined): BenchRow[] => {
      const [mine, peers] = [of(ours), theirs === undefined ? undefined : of(theirs)];
      if (mine === undefined) return [];
      const name = `${block.name}, ${what}`;
      return withRatio(rowOf(name, unit, [mine]), peers === undefined ? undefined : rowOf(`${name}, the C++ node`, unit, [peers]));
    };
    rows.push(...row('CPU', 's', ({ cpuSeconds }) => (smoke ? undefined : cpuSeconds)));
    rows.push(...row('longest wait', 'ms', ({ longestWaitMs }) => longestWaitMs));
  }
  await assertAgree(all);
  for (const side of all) assert.equal(await side.rpc('getblockcount'), base.length + 2 * worst.length);
  await stopAll(all);
  return rows;
}
