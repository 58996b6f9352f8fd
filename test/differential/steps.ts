/**
 * What a run does: a table of steps by their weights.
 *
 * @module
 */

import type { Block } from '../../src/core/primitives/block.ts';
import { encodeBlock } from '../../src/core/primitives/block.ts';
import type { Transaction } from '../../src/core/primitives/transaction.ts';
import { childOf } from '../support/chain-builder.ts';
import type { BlockMutator } from './block-mutators.ts';
import { BLOCK_MUTATORS } from './block-mutators.ts';
import { LIMIT_MUTATORS } from './limit-mutators.ts';
import type { Run } from './run.ts';
import { Scene } from './scene.ts';
import { TRANSACTION_MUTATORS } from './transaction-mutators.ts';
import type { Place } from './world.ts';

/** One kind of step. */
export interface Step {
  readonly name: string;
  readonly weight: number;
  take(run: Run): Promise<void>;
}

/** A valid block after a place. */
function validBlock(run: Run, place: Place): Block {
  return new Scene(run.world, place).build();
}

/** A block that a mutator of the table makes after a place. */
function mutated(run: Run, place: Place, table: readonly BlockMutator[]): Uint8Array {
  for (;;) {
    const mutator = run.chance.weighted(table);
    const bytes = mutator.make(new Scene(run.world, place));
    if (bytes === undefined) continue;
    run.doing = mutator.name;
    return bytes;
  }
}

/** So many blocks after one another; one may be wrong, and then the others are built beside it. */
async function branch(run: Run, from: Place, count: number): Promise<void> {
  let place = from;
  const broken = run.chance.oneIn(4) ? run.chance.below(count) : -1;
  const { doing } = run;
  for (let i = 0; i < count; i++) {
    run.doing = doing;
    const bytes = i === broken ? mutated(run, place, BLOCK_MUTATORS) : encodeBlock(validBlock(run, place));
    place = (await run.submit(bytes)) ?? place;
  }
}

/** A block comes before its parent, then the parent, then it comes again. */
async function outOfOrder(run: Run, place: Place): Promise<void> {
  const first = validBlock(run, place);
  const second = new Scene(run.world, { ...place, parent: childOf(place.parent, first), before: place, block: first, hash: '' }, 0).build();
  await run.submit(encodeBlock(second));
  await run.submit(encodeBlock(first));
  await run.submit(encodeBlock(second));
}

/** The mempool, or as much of it as comes, in a block. */
async function mineWaiting(run: Run): Promise<void> {
  await run.waiting.compare();
  const scene = new Scene(run.world, run.world.tip, 0);
  const waiting: readonly Transaction[] = run.waiting.sorted();
  await run.submit(encodeBlock(scene.build({ transactions: waiting, fees: 0n })));
}

/** A block of the branch becomes invalid by order, others are built, and it is taken back. */
async function invalidate(run: Run): Promise<void> {
  const place = run.world.back(run.chance.below(5));
  if (place.before === undefined) return;
  await run.same('invalidateblock', place.hash);
  await run.follow();
  for (let i = run.chance.below(4); i > 0; i--) await run.submit(encodeBlock(validBlock(run, run.world.tip)));
  if (run.chance.oneIn(3)) await run.submit(encodeBlock(validBlock(run, place)));
  await run.same('reconsiderblock', place.hash);
  await run.follow();
}

async function onRefused(run: Run): Promise<void> {
  if (run.refused.length === 0) return;
  const bad = run.chance.pick(run.refused);
  const before = run.world.tip;
  const parent = childOf(before.parent, bad);
  const scene = new Scene(run.world, { ...before, parent, times: [...before.times, bad.header.timeSeconds] }, 0);
  await run.submit(encodeBlock(scene.build()));
}

async function transaction(run: Run): Promise<void> {
  await run.waiting.compare();
  const mutator = run.chance.oneIn(2)
    ? run.chance.pick(TRANSACTION_MUTATORS)
    : (TRANSACTION_MUTATORS.at(-1) as (typeof TRANSACTION_MUTATORS)[number]);
  run.world.standard = !run.chance.oneIn(4);
  const spend = mutator.make(run.waiting.view(), run.world);
  run.world.standard = false;
  if (spend === undefined) return;
  run.doing = `waiting: ${mutator.name}`;
  await run.waiting.offer(spend.tx);
}

/** All of them. */
export const STEPS: readonly Step[] = [
  { name: 'a valid block', weight: 30, take: async (run) => void (await run.submit(encodeBlock(validBlock(run, run.world.tip)))) },
  { name: 'a mutated block', weight: 90, take: async (run) => void (await run.submit(mutated(run, run.world.tip, BLOCK_MUTATORS))) },
  { name: 'a block at a limit', weight: 2, take: async (run) => void (await run.submit(mutated(run, run.world.tip, LIMIT_MUTATORS))) },
  {
    name: 'a branch',
    weight: 8,
    take: (run) => {
      const depth = run.chance.between(1, run.chance.oneIn(6) ? 12 : 4);
      return branch(run, run.world.back(depth), depth + run.chance.between(-1, 2));
    },
  },
  {
    name: 'a block beside the tip',
    weight: 6,
    take: async (run) => void (await run.submit(encodeBlock(validBlock(run, run.world.back(1))))),
  },
  { name: 'a block anywhere', weight: 6, take: async (run) => void (await run.submit(encodeBlock(validBlock(run, run.world.anyPlace())))) },
  {
    name: 'a mutated block anywhere',
    weight: 6,
    take: async (run) => void (await run.submit(mutated(run, run.world.anyPlace(), BLOCK_MUTATORS))),
  },
  { name: 'out of order', weight: 3, take: (run) => outOfOrder(run, run.world.tip) },
  { name: 'a block on a refused one', weight: 5, take: onRefused },
  {
    name: 'the same bytes again',
    weight: 5,
    take: async (run) => void (await run.submit(Buffer.from(run.chance.pick(run.handedIn), 'hex'))),
  },
  { name: 'invalidate and reconsider', weight: 3, take: invalidate },
  { name: 'the clock', weight: 6, take: (run) => run.setClock(run.world.nowSeconds + run.chance.between(1, 1_800)) },
  { name: 'a transaction', weight: 30, take: transaction },
  { name: 'what waits in a block', weight: 4, take: mineWaiting },
];
