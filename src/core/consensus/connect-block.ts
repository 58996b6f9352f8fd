/**
 * Rules of a block against the coins before it, and what it changes. Core's `ConnectBlock`, without its scripts: those are handed back
 * as jobs, because whoever runs them may use many threads.
 *
 * @module
 */

import type { ConsensusParams } from '../params/types.ts';
import type { Block } from '../primitives/block.ts';
import type { HashKey } from '../primitives/ids.ts';
import { hashKey } from '../primitives/ids.ts';
import type { OutPoint, Satoshis, Transaction } from '../primitives/transaction.ts';
import { outPointKey } from '../primitives/transaction.ts';
import { transactionSigopsCost } from '../script/sigops.ts';
import type { Bip30Context } from './bip30.ts';
import { hasBip30, isBip30Repeat, mustCheckBip30 } from './bip30.ts';
import type { BlockEffect, PlacedCoin } from './block-effect.ts';
import { isUnspendable } from './block-effect.ts';
import type { BlockContext } from './check-block-in-context.ts';
import { checkTxInputs } from './check-tx-inputs.ts';
import type { Coin } from './coin.ts';
import { isPastSequenceLock, sequenceLocks } from './lock-time.ts';
import type { ConsensusReason } from './reasons.ts';
import type { Rejection } from './rejection.ts';
import { reject } from './rejection.ts';
import { scriptFlagsAt } from './script-flags.ts';
import { blockSubsidy } from './subsidy.ts';

/** Where a block stands, and the branch before it. */
export interface ConnectContext extends BlockContext, Bip30Context {
  /** Median time past of the branch's block at a height below this block's. */
  medianTimeAt(height: number): number;
}

/** One transaction's scripts to run; a job of the script verifier as it is. */
export interface ScriptCheck {
  readonly tx: Transaction;
  readonly spentOutputs: readonly Coin[];
  readonly flags: number;
}

/** A block whose rules hold, as far as its scripts do. */
export interface ConnectedBlock {
  readonly effect: BlockEffect;
  readonly fees: Satoshis;
  readonly sigopsCost: number;
  readonly scriptJobs: readonly ScriptCheck[];
  /** What it leaves of the outputs that it makes or spends, by `outPointKey`: their coins, undefined once they are spent. */
  readonly touched: ReadonlyMap<HashKey, { readonly coin: Coin | undefined }>;
  readonly rejection?: undefined;
}

type Refused = { readonly rejection: Rejection<ConsensusReason> };

/** Coins of before the block, by `outPointKey`. */
export interface CoinLookup {
  get(key: HashKey): Coin | undefined;
}

/**
 * The outputs whose coins `connectBlock` must be able to look up: what the block spends and does not make itself, and with BIP-30 what it
 * makes. Each once.
 *
 * @param context - where the block will stand; where that is not known yet, all is named that could be asked for
 */
export function coinsNeeded(block: Block, params: ConsensusParams, context?: Bip30Context): Map<HashKey, OutPoint> {
  const needed = new Map<HashKey, OutPoint>();
  const { transactions } = block;
  const { hash } = block.header;
  // A repeat replaces coins that are there: whoever keeps coins must know of them.
  const bip30 = context === undefined ? hasBip30(params) : mustCheckBip30(hash, context, params) || isBip30Repeat(hash, params);
  const own = bip30 ? undefined : new OwnOutputs(transactions);
  for (let i = 1; i < transactions.length; i++) {
    const { inputs } = transactions[i]!;
    for (let j = 0; j < inputs.length; j++) {
      const { prevout } = inputs[j]!;
      if (own === undefined || !own.has(prevout)) needed.set(outPointKey(prevout), prevout);
    }
  }
  if (!bip30) return needed;
  for (const { txid, outputs } of transactions) {
    for (let vout = 0; vout < outputs.length; vout++) {
      const outPoint = { txid, vout };
      needed.set(outPointKey(outPoint), outPoint);
    }
  }
  return needed;
}

/** The outputs that the transactions of a block make. Nearly every input spends another, and is told so by two bytes of its txid. */
class OwnOutputs {
  readonly #transactions: readonly Transaction[];
  /** 1 where a txid begins with these two bytes. Made when it is first asked: most blocks of a young chain spend nothing. */
  #beginnings: Uint8Array | undefined = undefined;
  #outputCounts: Map<HashKey, number> | undefined = undefined;

  constructor(transactions: readonly Transaction[]) {
    this.#transactions = transactions;
  }

  has({ txid, vout }: OutPoint): boolean {
    this.#beginnings ??= beginningsOf(this.#transactions);
    if (this.#beginnings[beginningOf(txid)] === 0) return false;
    this.#outputCounts ??= new Map(this.#transactions.map((tx) => [hashKey(tx.txid), tx.outputs.length]));
    return vout < (this.#outputCounts.get(hashKey(txid)) ?? 0);
  }
}

function beginningsOf(transactions: readonly Transaction[]): Uint8Array {
  const beginnings = new Uint8Array(65_536);
  for (let i = 0; i < transactions.length; i++) beginnings[beginningOf(transactions[i]!.txid)] = 1;
  return beginnings;
}

function beginningOf(txid: Uint8Array): number {
  return txid[0]! | (txid[1]! << 8);
}

/** An output that a block touches, as it is between two of its transactions. */
interface TouchedCoin {
  readonly outPoint: OutPoint;
  /** Undefined once it is spent. */
  coin: Coin | undefined;
  /** Whether it was there before the block, and was spent. */
  readonly removed: boolean;
}

/** The coins as they are between two transactions of a block. */
class BlockCoins {
  readonly #before: CoinLookup;
  readonly touched: Map<HashKey, TouchedCoin> = new Map();

  constructor(before: CoinLookup) {
    this.#before = before;
  }

  /** Takes a coin away; undefined where there is none any more. */
  spend(outPoint: OutPoint): Coin | undefined {
    const key = outPointKey(outPoint);
    const touched = this.touched.get(key);
    if (touched !== undefined) {
      const { coin } = touched;
      touched.coin = undefined;
      return coin;
    }
    const coin = this.#before.get(key);
    if (coin !== undefined) this.touched.set(key, { outPoint, coin: undefined, removed: true });
    return coin;
  }

  /** Adds the outputs of a transaction that can be spent. */
  make({ txid, outputs }: Transaction, height: number, coinbase: boolean): void {
    for (let vout = 0; vout < outputs.length; vout++) {
      const output = outputs[vout]!;
      if (isUnspendable(output)) continue;
      const outPoint = { txid, vout };
      const coin = { value: output.value, scriptPubKey: output.scriptPubKey, height, coinbase };
      // Nothing that the block has spent is made again: BIP-30 forbids it, and its two repeats are coinbases, which come first.
      this.touched.set(outPointKey(outPoint), { outPoint, coin, removed: false });
    }
  }

  changes(): { removed: readonly OutPoint[]; added: readonly PlacedCoin[] } {
    const removed: OutPoint[] = [];
    const added: PlacedCoin[] = [];
    for (const { outPoint, coin, removed: wasThere } of this.touched.values()) {
      if (wasThere) removed.push(outPoint);
      if (coin !== undefined) added.push({ outPoint, coin });
    }
    return { removed, added };
  }
}

/**
 * The effect of a block on the coins before it, or the first rule that it breaks.
 *
 * @param coins - must answer for everything that `coinsNeeded` names, as of the block's parent
 */
export function connectBlock(block: Block, coins: CoinLookup, context: ConnectContext, params: ConsensusParams): ConnectedBlock | Refused {
  const { hash } = block.header;
  const duplicate = mustCheckBip30(hash, context, params) ? checkBip30(block, coins) : undefined;
  if (duplicate !== undefined) return { rejection: duplicate };
  const { height } = context;
  const flags = scriptFlagsAt(height, params, hash);
  const view = new BlockCoins(coins);
  const spentCoins: (readonly Coin[])[] = [];
  const scriptJobs: ScriptCheck[] = [];
  let fees = 0n;
  let sigopsCost = 0;
  for (let position = 0; position < block.transactions.length; position++) {
    const tx = block.transactions[position]!;
    let spent: readonly Coin[] = [];
    if (position > 0) {
      const outcome = spendInputs(tx, view, context, params);
      if (outcome.rejection !== undefined) return { rejection: atPosition(outcome.rejection, position) };
      spent = outcome.spent;
      fees += outcome.fee;
      if (fees > params.maxMoney) return { rejection: reject('consensus', 'bad-txns-accumulated-fee-outofrange', { position }) };
      spentCoins.push(spent);
      scriptJobs.push({ tx, spentOutputs: spent, flags });
    }
    sigopsCost += transactionSigopsCost(tx, spent, flags);
    if (sigopsCost > params.maxBlockSigopsCost) return { rejection: reject('consensus', 'bad-blk-sigops', { position, sigopsCost }) };
    view.make(tx, height, position === 0);
  }
  const overpaid = checkReward(block, fees, height, params);
  if (overpaid !== undefined) return { rejection: overpaid };
  return { effect: { ...view.changes(), spentCoins }, fees, sigopsCost, scriptJobs, touched: view.touched };
}

/** In a block nothing is merely early or missing: whatever a transaction breaks, the block breaks for ever. */
function atPosition(why: Rejection<ConsensusReason>, position: number): Rejection<ConsensusReason> {
  return reject('consensus', why.reason, { position, ...why.detail });
}

type InputsOutcome =
  | { readonly spent: readonly Coin[]; readonly fee: Satoshis; readonly rejection?: undefined }
  | { readonly rejection: Rejection<ConsensusReason> };

/** Takes the coins of a transaction and holds it to their amounts, ages and sequences. */
function spendInputs(tx: Transaction, view: BlockCoins, context: ConnectContext, params: ConsensusParams): InputsOutcome {
  const found: (Coin | undefined)[] = tx.inputs.map((input) => view.spend(input.prevout));
  const outcome = checkTxInputs(tx, found, context.height, params);
  if (outcome.rejection !== undefined) return outcome;
  const spent = found as Coin[];
  if (context.height >= params.heights.csv && !isPastLocks(tx, spent, context)) {
    return { rejection: reject('consensus', 'bad-txns-nonfinal') };
  }
  return { spent, fee: outcome.fee };
}

function isPastLocks(tx: Transaction, spent: readonly Coin[], context: ConnectContext): boolean {
  if (tx.version < 2) return true;
  const heights = spent.map((coin) => coin.height);
  const lock = sequenceLocks(tx, heights, (height) => context.medianTimeAt(height));
  return isPastSequenceLock(lock, context.height, context.prevMedianTimeSeconds);
}

/** BIP-30: no output may come twice while the first is unspent, or spending the second would undo into nothing (CVE-2012-1909). */
function checkBip30({ transactions }: Block, coins: CoinLookup): Rejection<ConsensusReason> | undefined {
  for (let position = 0; position < transactions.length; position++) {
    const { txid, outputs } = transactions[position]!;
    for (let vout = 0; vout < outputs.length; vout++) {
      if (coins.get(outPointKey({ txid, vout })) !== undefined) return reject('consensus', 'bad-txns-BIP30', { position, vout });
    }
  }
  return undefined;
}

/** A coinbase may leave reward unclaimed, never take more. */
function checkReward(
  { transactions }: Block,
  fees: Satoshis,
  height: number,
  params: ConsensusParams,
): Rejection<ConsensusReason> | undefined {
  const reward = blockSubsidy(height, params) + fees;
  let paid = 0n;
  for (const { value } of transactions[0]!.outputs) paid += value;
  return paid > reward ? reject('consensus', 'bad-cb-amount', { paid, reward }) : undefined;
}
