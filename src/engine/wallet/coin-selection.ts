/**
 * Which coins pay: an exact match that needs no change where one is found quickly, else the largest first.
 *
 * @module
 */

import type { Satoshis } from '../../core/primitives/transaction.ts';

/** A coin that can be spent, and what spending it adds to a transaction. */
export interface Candidate<T> {
  readonly coin: T;
  readonly value: Satoshis;
  /** Weight of the input with its witness. */
  readonly inputWeightWu: number;
}

/** What is to be paid. */
export interface SelectionTarget {
  /** What the recipient gets. */
  readonly amount: Satoshis;
  readonly feeRateSatPerKvb: Satoshis;
  /** Weight of the transaction without any input and without change. */
  readonly baseWeightWu: number;
  /** Weight that a change output adds. */
  readonly changeWeightWu: number;
  /** Change below this is left to the miner. */
  readonly changeMin: Satoshis;
  /** Most inputs' weight: a transaction over the relay limit would never confirm. */
  readonly inputsWeightWuMax: number;
}

/** The coins to spend. */
export interface Selection<T> {
  readonly coins: readonly T[];
  readonly fee: Satoshis;
  /** 0: no change output. */
  readonly change: Satoshis;
}

/** Steps of the search for an exact match before the simple way is taken. */
const EXACT_TRIES_MAX = 20_000;

/** The fee of a weight at a rate; virtual bytes and fee are both rounded up. */
export function feeOf(weightWu: number, feeRateSatPerKvb: Satoshis): Satoshis {
  const vsizeBytes = BigInt(Math.ceil(weightWu / 4));
  return (vsizeBytes * feeRateSatPerKvb + 999n) / 1000n;
}

/** Value after what the input itself costs. */
function effectiveValue(candidate: Candidate<unknown>, feeRateSatPerKvb: Satoshis): Satoshis {
  return candidate.value - feeOf(candidate.inputWeightWu, feeRateSatPerKvb);
}

/** Candidates taken so far, with their sums. */
interface Taken<T> {
  readonly coins: T[];
  value: Satoshis;
  weightWu: number;
}

function take<T>(taken: Taken<T>, candidate: Candidate<T>): Taken<T> {
  taken.coins.push(candidate.coin);
  taken.value += candidate.value;
  taken.weightWu += candidate.inputWeightWu;
  return taken;
}

/** Finishes a selection: pays the fee of what it is, with change where it is worth it. Undefined: it does not suffice. */
function settle<T>({ coins, value, weightWu }: Taken<T>, target: SelectionTarget): Selection<T> | undefined {
  if (weightWu > target.inputsWeightWuMax) return undefined;
  const withChange = feeOf(target.baseWeightWu + weightWu + target.changeWeightWu, target.feeRateSatPerKvb);
  const change = value - target.amount - withChange;
  if (change >= target.changeMin) return { coins, fee: withChange, change };
  const bare = feeOf(target.baseWeightWu + weightWu, target.feeRateSatPerKvb);
  return value >= target.amount + bare ? { coins, fee: value - target.amount, change: 0n } : undefined;
}

/**
 * Depth-first search for coins whose worth lies between what is needed and what a change output would cost above it (branch and
 * bound, as M. Erhardt described it in "An Evaluation of Coin Selection Strategies", 2016).
 */
function exactMatch<T>(sorted: readonly Candidate<T>[], target: SelectionTarget): readonly Candidate<T>[] | undefined {
  const rate = target.feeRateSatPerKvb;
  const needed = target.amount + feeOf(target.baseWeightWu, rate);
  const most = needed + feeOf(target.changeWeightWu, rate) + target.changeMin;
  const worths = sorted.map((each) => effectiveValue(each, rate));
  const rest: Satoshis[] = Array.from({ length: sorted.length + 1 }, () => 0n);
  for (let i = sorted.length - 1; i >= 0; i--) rest[i] = rest[i + 1]! + worths[i]!;
  const taken: number[] = [];
  let sum = 0n;
  let at = 0;
  for (let tries = 0; tries < EXACT_TRIES_MAX; tries++) {
    if (sum >= needed && sum < most) return taken.map((i) => sorted[i]!);
    if (sum >= most || at >= sorted.length || sum + rest[at]! < needed) {
      const last = taken.pop();
      if (last === undefined) return undefined;
      sum -= worths[last]!;
      at = last + 1;
    } else {
      taken.push(at);
      sum += worths[at]!;
      at++;
    }
  }
  return undefined;
}

/** Chooses coins for a payment; undefined where they do not suffice, or only with more inputs than a transaction may have. */
export function selectCoins<T>(candidates: readonly Candidate<T>[], target: SelectionTarget): Selection<T> | undefined {
  const nothing = (): Taken<T> => ({ coins: [], value: 0n, weightWu: 0 });
  const useful = candidates.filter((each) => effectiveValue(each, target.feeRateSatPerKvb) > 0n);
  const sorted = useful.sort((a, b) => (a.value === b.value ? 0 : a.value < b.value ? 1 : -1));
  const exact = exactMatch(sorted, target)?.reduce(take<T>, nothing());
  const settled = exact === undefined ? undefined : settle(exact, target);
  if (settled !== undefined) return settled;
  const taken = nothing();
  for (const each of sorted) {
    take(taken, each);
    if (taken.weightWu > target.inputsWeightWuMax) return undefined;
    const selection = settle(taken, target);
    if (selection !== undefined) return selection;
  }
  return undefined;
}
