/**
 * CPU time of a reorganisation 100 blocks deep, 50 payments in each block: those of the branch that is left go back to the mempool, those
 * of the other were never seen before. Less is better.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { chooseSecp256k1 } from '../src/core/crypto/node/choose-secp256k1.ts';
import { regtest } from '../src/core/params/regtest.ts';
import { encodeBlock } from '../src/core/primitives/block.ts';
import { toDisplayHex } from '../src/core/primitives/ids.ts';
import type { Transaction } from '../src/core/primitives/transaction.ts';
import type { BuildParent } from '../test/support/chain-builder.ts';
import { buildBlock, childOf } from '../test/support/chain-builder.ts';
import { eventually } from '../test/support/eventually.ts';
import { rowOf, withRatio } from './beside.ts';
import type { BenchOptions, BenchRow } from './harness.ts';
import { makePayments } from './payments.ts';
import type { Side } from './sides.ts';
import { assertAgree, NO_INDEXES, spentBy, startBoth, stopAll, submitAll } from './sides.ts';

const PER_BLOCK = 50;
const SAMPLES = 3;

/** What both nodes are given. */
interface Branches {
  readonly base: readonly Uint8Array[];
  readonly left: readonly Uint8Array[];
  /** One longer than `left`. */
  readonly taken: readonly Uint8Array[];
  readonly tip: string;
  /** Payments of the branch that is left. */
  readonly waiting: number;
}

/** Blocks after one another, each with its share of the transactions. */
function branchOf(start: BuildParent, transactions: readonly Transaction[]): { readonly blocks: Uint8Array[]; readonly tip: string } {
  const blocks: Uint8Array[] = [];
  let parent = start;
  for (let at = 0; at < transactions.length; at += PER_BLOCK) {
    const block = buildBlock({ parent, params: regtest, transactions: transactions.slice(at, at + PER_BLOCK) });
    blocks.push(encodeBlock(block));
    parent = childOf(parent, block);
  }
  return { blocks, tip: toDisplayHex(parent.header.hash) };
}

function makeBranches(depth: number): Branches {
  const waiting = depth * PER_BLOCK;
  const { base, parent, transactions } = makePayments(chooseSecp256k1('auto'), 2 * waiting + PER_BLOCK);
  const left = branchOf(parent, transactions.slice(0, waiting));
  const taken = branchOf(parent, transactions.slice(waiting));
  return { base: base.map((block) => encodeBlock(block)), left: left.blocks, taken: taken.blocks, tip: taken.tip, waiting };
}

/** The last block makes the other branch the better one; it ends when the payments that were undone wait again. */
async function measure(side: Side, { base, left, taken, tip, waiting }: Branches): Promise<number | undefined> {
  await submitAll(side, [...base, ...left]);
  for (const block of taken.slice(0, -1)) assert.equal(await side.rpc('submitblock', Buffer.from(block).toString('hex')), 'inconclusive');
  const { cpuSeconds } = await spentBy(side, async () => {
    await submitAll(side, taken.slice(-1));
    await eventually('all wait again', async () => (await side.rpc('getmempoolinfo')).size === waiting);
  });
  assert.equal(await side.rpc('getbestblockhash'), tip);
  return cpuSeconds;
}

/** All rows. */
export async function run({ smoke }: BenchOptions): Promise<BenchRow[]> {
  const depth = smoke ? 3 : 100;
  const branches = makeBranches(depth);
  const seconds: number[][] = [];
  for (let i = 0; i < (smoke ? 1 : SAMPLES); i++) {
    const sides = await startBoth(...NO_INDEXES);
    for (const [index, side] of sides.entries()) {
      const cpuSeconds = await measure(side, branches);
      if (cpuSeconds !== undefined) seconds[index] = [...(seconds[index] ?? []), cpuSeconds];
    }
    await assertAgree(sides);
    await stopAll(sides);
  }
  const [ours, theirs] = seconds;
  // A smoke run takes a few ticks of the counter, of which nothing follows.
  if (ours === undefined || smoke) return [];
  const name = `${depth} deep, ${PER_BLOCK} payments a block, CPU`;
  return withRatio(rowOf(name, 's', ours), theirs === undefined ? undefined : rowOf(name, 's', theirs));
}
