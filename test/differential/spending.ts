/**
 * Transactions that spend coins of a run by what unlocks them.
 *
 * @module
 */

import type { Transaction, TransactionFields, TxInput, TxOutput } from '../../src/core/primitives/transaction.ts';
import { makeTransaction } from '../../src/core/primitives/transaction.ts';
import { precomputeSighash } from '../../src/core/script/precomputed-sighash.ts';
import { verifyTransactionScripts } from '../../src/core/script/verify-script.ts';
import type { Unlocked } from './locks.ts';
import { dataScript, OPEN_LOCK } from './locks.ts';
import type { SignatureFlaw } from './signing.ts';
import type { LockedCoin, Place, World } from './world.ts';

const LOCK_TIME_THRESHOLD = 500_000_000;
const TIME_LOCK = 0x400000;
const SEQUENCE_FINAL = 0xffffffff;
const SEQUENCE_DISABLED = 0x80000000;
const TIME_UNIT_SECONDS = 512;

/** What is chosen of a spend; the rest comes by chance. */
export interface SpendPlan {
  readonly place: Place;
  readonly coins: readonly LockedCoin[];
  readonly outputs?: readonly TxOutput[];
  readonly lockTime?: number;
  readonly version?: number;
  /** Sequences by input; what is left out comes by chance. */
  readonly sequences?: readonly (number | undefined)[];
  /** The flaw of one input's signatures, or of what unlocks it. */
  readonly flawed?: { readonly input: number; readonly signature?: SignatureFlaw; readonly unlocked?: (unlocked: Unlocked) => Unlocked };
}

/** A transaction with what it spends, and the fee that is left. */
export interface Spend {
  readonly tx: Transaction;
  readonly spent: readonly TxOutput[];
  readonly coins: readonly LockedCoin[];
  readonly fee: bigint;
}

/** Blocks after which a coinbase may be spent in the block after a place. */
export function isMature(coin: LockedCoin, place: Place, world: World): boolean {
  return !coin.coinbase || place.parent.height + 1 - coin.height >= world.params.consensus.coinbaseMaturity;
}

/** Whether a relative lock of a coin is over in the block after a place. */
function isOldEnough(coin: LockedCoin, sequence: number, place: Place, world: World): boolean {
  const value = sequence & 0xffff;
  if ((sequence & TIME_LOCK) === 0) return place.parent.height + 1 >= coin.height + value;
  const since = world.at(place, Math.max(coin.height - 1, 0)).parent.medianTimeSeconds;
  return place.parent.medianTimeSeconds >= since + value * TIME_UNIT_SECONDS;
}

/** Whether a coin can be spent in the block after a place, as far as maturity, locks and segwit decide. */
export function isReady(coin: LockedCoin, place: Place, world: World): boolean {
  if (!isMature(coin, place, world) || (coin.lock.witness && !world.hasSegwit(place))) return false;
  const { lockTime, sequence } = coin.lock.needs ?? {};
  if (sequence !== undefined && !isOldEnough(coin, sequence, place, world)) return false;
  if (lockTime === undefined) return true;
  return lockTime <= (lockTime < LOCK_TIME_THRESHOLD ? place.parent.height : place.parent.medianTimeSeconds - 1);
}

/** The lock time that all coins ask for, or undefined where one asks for a height and another for a time. */
function lockTimeFor(coins: readonly LockedCoin[]): number | undefined {
  const asked = coins.flatMap(({ lock }) => (lock.needs?.lockTime === undefined ? [] : [lock.needs.lockTime]));
  if (new Set(asked.map((lockTime) => lockTime < LOCK_TIME_THRESHOLD)).size > 1) return undefined;
  return Math.max(0, ...asked);
}

/** Outputs that share what is there, some of them without value; what is left is the fee. */
function randomOutputs(total: bigint, place: Place, world: World): TxOutput[] {
  const { chance } = world;
  const count = chance.between(1, 4);
  const fee = (total * BigInt(chance.between(1, 20))) / 10_000n;
  const share = (total - fee) / BigInt(count);
  const outputs: TxOutput[] = [];
  for (let i = 0; i < count; i++) outputs.push({ value: share, scriptPubKey: world.makeLock(place).script });
  if (chance.oneIn(5) && !world.standard)
    outputs.push({ value: 0n, scriptPubKey: chance.oneIn(2) ? dataScript(chance) : OPEN_LOCK.script });
  return outputs;
}

function sequenceFor(coin: LockedCoin, plan: SpendPlan, lockTime: number, world: World): number {
  const needed = coin.lock.needs?.sequence;
  if (needed !== undefined) return needed;
  const { chance } = world;
  if (lockTime > 0) return chance.oneIn(2) ? SEQUENCE_FINAL - 1 : SEQUENCE_DISABLED + chance.below(1000);
  if (chance.oneIn(4)) {
    // A relative lock that has just ended, by height or by time.
    if (chance.oneIn(2)) return Math.max(0, Math.min(plan.place.parent.height + 1 - coin.height, 0xffff));
    const since = world.at(plan.place, Math.max(coin.height - 1, 0)).parent.medianTimeSeconds;
    const units = Math.floor((plan.place.parent.medianTimeSeconds - since) / TIME_UNIT_SECONDS);
    return TIME_LOCK | Math.max(0, Math.min(units, 0xffff));
  }
  return chance.pick([SEQUENCE_FINAL, SEQUENCE_FINAL - 1, SEQUENCE_FINAL - 2, SEQUENCE_DISABLED]);
}

/** A lock time that is over already. */
function pastLockTime(place: Place, world: World): number {
  const { chance } = world;
  if (chance.below(3) > 0) return 0;
  return chance.oneIn(2) ? Math.max(0, place.parent.height - chance.below(3)) : place.parent.medianTimeSeconds - 1 - chance.below(3);
}

/** The version, which relative locks ask to be at least 2. */
function versionFor(coins: readonly LockedCoin[], world: World): number {
  if (world.standard) return world.chance.pick([2, 2, 2, 3]);
  if (coins.some(({ lock }) => lock.needs?.sequence !== undefined)) return world.chance.pick([2, 2, 3, 0x7fffffff, 0xffffffff]);
  return world.chance.pick([1, 1, 2, 2, 2, 3, 0, 0xffffffff, 0x7fffffff]);
}

function unlock(plan: SpendPlan, fields: TransactionFields, spent: readonly TxOutput[], world: World): TxInput[] {
  const precomputed = precomputeSighash(fields, spent);
  return fields.inputs.map((input, inputIndex) => {
    const { chance, secp256k1 } = world;
    const flawed = plan.flawed?.input === inputIndex ? plan.flawed : undefined;
    const site = { tx: fields, inputIndex, precomputed, chance, secp256k1, flaw: flawed?.signature };
    const unlocked = (plan.coins[inputIndex] as LockedCoin).lock.unlock(site);
    return { ...input, ...(flawed?.unlocked?.(unlocked) ?? unlocked) };
  });
}

/** A transaction by plan, or undefined where its coins ask for what contradicts itself. */
export function buildSpend(plan: SpendPlan, world: World): Spend | undefined {
  const { coins, place } = plan;
  const asked = lockTimeFor(coins);
  if (asked === undefined) return undefined;
  const spent = coins.map(({ value, lock }) => ({ value, scriptPubKey: lock.script }));
  const total = spent.reduce((sum, { value }) => sum + value, 0n);
  const outputs = plan.outputs ?? randomOutputs(total, place, world);
  const lockTime = plan.lockTime ?? (asked > 0 ? asked : pastLockTime(place, world));
  const inputs = coins.map((coin, i) => ({
    prevout: coin.outPoint,
    scriptSig: new Uint8Array(),
    sequence: plan.sequences?.[i] ?? sequenceFor(coin, plan, lockTime, world),
    witness: [],
  }));
  const fields: TransactionFields = { version: plan.version ?? versionFor(coins, world), inputs, outputs, lockTime };
  const tx = makeTransaction({ ...fields, inputs: unlock(plan, fields, spent, world) });
  const paid = outputs.reduce((sum, { value }) => sum + value, 0n);
  return { tx, spent, coins, fee: total - paid };
}

/** Whether our own interpreter takes the scripts of a spend: only to tell spends that are worth putting in a valid block. */
export function seemsValid({ tx, spent }: Spend, place: Place, world: World): boolean {
  return verifyTransactionScripts(tx, spent, world.flagsAfter(place), world.secp256k1) === undefined;
}

/** Takes so many ready coins out of a list, by chance. */
export function takeReady(coins: LockedCoin[], count: number, place: Place, world: World): LockedCoin[] {
  const taken: LockedCoin[] = [];
  for (let tries = 0; tries < 6 * count && taken.length < count && coins.length > 0; tries++) {
    const at = world.chance.below(coins.length);
    if (isReady(coins[at] as LockedCoin, place, world)) taken.push(...coins.splice(at, 1));
  }
  return taken;
}

/** Spends for a valid block after a place, which may spend each other's outputs. Coins that cannot be spent are left. */
export function randomSpends(place: Place, world: World, count: number): Spend[] {
  const left = [...place.coins];
  const spends: Spend[] = [];
  for (let i = 0; i < count; i++) {
    const coins = takeReady(left, world.chance.between(1, 3), place, world);
    if (coins.length === 0) continue;
    const spend = buildSpend({ place, coins }, world);
    if (spend === undefined || !seemsValid(spend, place, world)) continue;
    spends.push(spend);
    left.push(...world.coinsOf(spend.tx, place.parent.height + 1));
  }
  return spends;
}
