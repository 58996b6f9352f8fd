/**
 * Which transactions touch the wallet and which of its coins are unspent, as blocks come and go.
 *
 * Knows nothing of where blocks come from: it is told of each that is connected or disconnected, and of what waits.
 *
 * @module
 */

import type { Block } from '../../core/primitives/block.ts';
import type { BlockHash, HashKey } from '../../core/primitives/ids.ts';
import { hashKey } from '../../core/primitives/ids.ts';
import type { OutPoint, Satoshis, Transaction, TxOutput } from '../../core/primitives/transaction.ts';
import { isCoinbase, outPointKey, ownCopy } from '../../core/primitives/transaction.ts';
import type { KeyPath } from './keychain.ts';

/**
 * `confirmed`: in a block of the active chain. `pending`: waiting in the mempool. `inactive`: in neither; a payment of ours stays so
 * until it is sent again. `conflicted`: a block of the active chain spends one of its inputs otherwise.
 */
export type LedgerState = 'confirmed' | 'pending' | 'inactive' | 'conflicted';

/** A place in the active chain. */
export interface BlockPlace {
  readonly hash: BlockHash;
  readonly height: number;
}

/** A transaction that touches the wallet. */
export interface LedgerTransaction {
  readonly tx: Transaction;
  state: LedgerState;
  /** The block it is in, or, of a conflicted one, the block with what it conflicts with. */
  block: BlockPlace | undefined;
  /** By the block's time, or when it was first seen. */
  timeSeconds: number;
  /** Order in which the wallet learnt of it. */
  readonly sequence: number;
}

/** An output of ours, spent or not. */
export interface OwnCoin {
  readonly outPoint: OutPoint;
  readonly output: TxOutput;
  readonly path: KeyPath;
  readonly owner: LedgerTransaction;
}

/** Balances in base units. */
export interface LedgerBalance {
  readonly confirmed: Satoshis;
  readonly unconfirmed: Satoshis;
  readonly immature: Satoshis;
}

/** What the ledger asks of the keys. */
export interface LedgerKeys {
  pathOf(script: Uint8Array): KeyPath | undefined;
  markUsed(path: KeyPath): boolean;
}

/** The wallet's transactions and coins. */
export class Ledger {
  readonly #keys: LedgerKeys;
  readonly #transactions = new Map<HashKey, LedgerTransaction>();
  readonly #coins = new Map<HashKey, OwnCoin>();
  /** For each outpoint that a known transaction spends: which ones do. */
  readonly #spenders = new Map<HashKey, Set<LedgerTransaction>>();
  /** What lies in a block or was ruled out by it. */
  readonly #ofBlock = new Map<HashKey, Set<LedgerTransaction>>();
  /**
   * Coinbases whose blocks left the active chain. All coinbases spend the same nothing: as spenders of it they would all be looked
   * through at every block.
   */
  readonly #lostCoinbases = new Set<LedgerTransaction>();
  readonly #changed = new Set<LedgerTransaction>();
  #sequence = 0;

  constructor(keys: LedgerKeys) {
    this.#keys = keys;
  }

  /** Takes back a stored transaction, in the order of their sequence. */
  restore(tx: Transaction, stored: Pick<LedgerTransaction, 'state' | 'block' | 'timeSeconds'>): void {
    this.#changed.delete(this.#record(tx, stored));
  }

  /** What changed since this was last asked, for storing. */
  takeChanged(): readonly LedgerTransaction[] {
    const changed = [...this.#changed];
    this.#changed.clear();
    return changed;
  }

  /** What was taken could not be stored: it still has to be. */
  keepChanged(entries: readonly LedgerTransaction[]): void {
    for (const entry of entries) this.#changed.add(entry);
  }

  transactions(): Iterable<LedgerTransaction> {
    return this.#transactions.values();
  }

  transaction(txid: Uint8Array): LedgerTransaction | undefined {
    return this.#transactions.get(hashKey(txid));
  }

  coin(outPoint: OutPoint): OwnCoin | undefined {
    return this.#coins.get(outPointKey(outPoint));
  }

  /** A block of the active chain. Its transactions are confirmed; those of ours that spend the same otherwise are conflicted. */
  connect(block: Block, place: BlockPlace): void {
    const { timeSeconds } = block.header;
    for (const tx of block.transactions) {
      if (this.#concerns(tx)) {
        const entry = this.#record(tx, { state: 'confirmed', block: place, timeSeconds });
        if (entry.block !== place) this.#set(entry, 'confirmed', place);
        entry.timeSeconds = timeSeconds;
      }
      if (this.#transactions.size === 0) continue;
      for (const other of this.#rivals(tx)) if (other.state !== 'confirmed') this.#conflict(other, place);
    }
  }

  /** Transactions of ours that cannot be confirmed together with this one, and perhaps itself. */
  *#rivals(tx: Transaction): Iterable<LedgerTransaction> {
    if (isCoinbase(tx)) yield* [...this.#lostCoinbases];
    else for (const { prevout } of tx.inputs) yield* this.#spenders.get(outPointKey(prevout)) ?? [];
  }

  /** A block that left the active chain: what it confirmed waits again once the mempool has it, and what it ruled out may return. */
  disconnect(hash: BlockHash): void {
    for (const entry of [...(this.#ofBlock.get(hashKey(hash)) ?? [])]) this.#set(entry, 'inactive', undefined);
  }

  /** After a start: whatever lies in blocks that are no longer active is so no more. */
  keepBlocks(isActive: (hash: BlockHash) => boolean): void {
    for (const entry of this.#transactions.values()) {
      if (entry.block !== undefined && !isActive(entry.block.hash)) this.#set(entry, 'inactive', undefined);
      else if (entry.state === 'pending') this.#set(entry, 'inactive', undefined);
    }
  }

  /** The mempool took it. @returns whether it touches the wallet */
  addPending(tx: Transaction, timeSeconds: number): boolean {
    if (!this.#concerns(tx)) return false;
    const entry = this.#record(tx, { state: 'pending', block: undefined, timeSeconds });
    if (entry.state !== 'confirmed') this.#set(entry, 'pending', undefined);
    return true;
  }

  /** The mempool dropped it, other than for a block. */
  removePending(txid: Uint8Array): void {
    const entry = this.#transactions.get(hashKey(txid));
    if (entry?.state === 'pending') this.#set(entry, 'inactive', undefined);
  }

  /** Whether one of its inputs spends a coin of ours. */
  paidByUs(tx: Transaction): boolean {
    return tx.inputs.some((input) => this.#coins.has(outPointKey(input.prevout)));
  }

  /** What the wallet gains by it; negative where it pays. */
  netOf(tx: Transaction): Satoshis {
    let net = 0n;
    for (const output of tx.outputs) if (this.#keys.pathOf(output.scriptPubKey) !== undefined) net += output.value;
    for (const { prevout } of tx.inputs) net -= this.coin(prevout)?.output.value ?? 0n;
    return net;
  }

  /** The fee, where every input is ours. */
  feeOf(tx: Transaction): Satoshis | undefined {
    let fee = 0n;
    for (const { prevout } of tx.inputs) {
      const coin = this.coin(prevout);
      if (coin === undefined) return undefined;
      fee += coin.output.value;
    }
    for (const output of tx.outputs) fee -= output.value;
    return fee;
  }

  /** Coins that a new payment may spend: confirmed and mature, or change of a payment of ours that waits. */
  spendable(spendHeight: number, coinbaseMaturity: number): OwnCoin[] {
    const found: OwnCoin[] = [];
    for (const coin of this.#coins.values()) {
      const { owner } = coin;
      const usable =
        owner.state === 'confirmed'
          ? isMature(owner, spendHeight, coinbaseMaturity)
          : owner.state === 'pending' && this.feeOf(owner.tx) !== undefined;
      if (usable && !this.#isSpent(coin, (spender) => this.#holdsCoins(spender))) found.push(coin);
    }
    return found;
  }

  /**
   * Confirmed and immature by blocks alone; `unconfirmed` is what the waiting transactions will change of it, and may be negative.
   *
   * @param spendHeight - height of the block that could spend next
   */
  balance(spendHeight: number, coinbaseMaturity: number): LedgerBalance {
    let confirmed = 0n;
    let immature = 0n;
    for (const coin of this.#coins.values()) {
      if (coin.owner.state !== 'confirmed' || this.#isSpent(coin, (spender) => spender.state === 'confirmed')) continue;
      if (isMature(coin.owner, spendHeight, coinbaseMaturity)) confirmed += coin.output.value;
      else immature += coin.output.value;
    }
    let unconfirmed = 0n;
    for (const entry of this.#transactions.values()) {
      if (entry.state !== 'confirmed' && this.#holdsCoins(entry)) unconfirmed += this.netOf(entry.tx);
    }
    return { confirmed, unconfirmed, immature };
  }

  /** Payments of ours that no block and no mempool holds, in the order they were made: they are sent again. */
  toSendAgain(): Transaction[] {
    return [...this.#transactions.values()]
      .filter((entry) => entry.state === 'inactive' && this.#holdsCoins(entry))
      .sort((a, b) => a.sequence - b.sequence)
      .map((entry) => entry.tx);
  }

  /** Whether its inputs are to be left alone: it is confirmed, waits, or is a payment of ours that will be sent again. */
  #holdsCoins(entry: LedgerTransaction): boolean {
    if (entry.state === 'confirmed' || entry.state === 'pending') return true;
    return entry.state === 'inactive' && !isCoinbase(entry.tx) && this.paidByUs(entry.tx);
  }

  #isSpent(coin: OwnCoin, counts: (spender: LedgerTransaction) => boolean): boolean {
    for (const spender of this.#spenders.get(outPointKey(coin.outPoint)) ?? []) if (counts(spender)) return true;
    return false;
  }

  #concerns(tx: Transaction): boolean {
    if (this.#transactions.size > 0 && (this.#transactions.has(hashKey(tx.txid)) || this.paidByUs(tx))) return true;
    return tx.outputs.some((output) => this.#keys.pathOf(output.scriptPubKey) !== undefined);
  }

  #set(entry: LedgerTransaction, state: LedgerState, block: BlockPlace | undefined): void {
    if (entry.block !== undefined) {
      const key = hashKey(entry.block.hash);
      const others = this.#ofBlock.get(key);
      others?.delete(entry);
      if (others?.size === 0) this.#ofBlock.delete(key);
    }
    entry.state = state;
    entry.block = block;
    if (isCoinbase(entry.tx)) {
      if (state === 'inactive') this.#lostCoinbases.add(entry);
      else this.#lostCoinbases.delete(entry);
    }
    if (block !== undefined) {
      const key = hashKey(block.hash);
      const others = this.#ofBlock.get(key);
      if (others === undefined) this.#ofBlock.set(key, new Set([entry]));
      else others.add(entry);
    }
    this.#changed.add(entry);
  }

  /** Marks it and all that build on it as ruled out by a block. */
  #conflict(entry: LedgerTransaction, place: BlockPlace): void {
    const waiting = [entry];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (next.state === 'conflicted' || next.state === 'confirmed') continue;
      this.#set(next, 'conflicted', place);
      for (let vout = 0; vout < next.tx.outputs.length; vout++) {
        waiting.push(...(this.#spenders.get(outPointKey({ txid: next.tx.txid, vout })) ?? []));
      }
    }
  }

  /** The entry of a transaction; a new one brings its coins and uses up keys. */
  #record(seen: Transaction, first: Pick<LedgerTransaction, 'state' | 'block' | 'timeSeconds'>): LedgerTransaction {
    const key = hashKey(seen.txid);
    const known = this.#transactions.get(key);
    if (known !== undefined) return known;
    // A copy: what was seen may be views that would keep its whole block in memory.
    const tx = ownCopy(seen);
    const entry: LedgerTransaction = {
      tx,
      state: first.state,
      block: undefined,
      timeSeconds: first.timeSeconds,
      sequence: this.#sequence++,
    };
    this.#transactions.set(key, entry);
    this.#set(entry, first.state, first.block);
    for (const { prevout } of isCoinbase(tx) ? [] : tx.inputs) {
      const spent = outPointKey(prevout);
      const spenders = this.#spenders.get(spent);
      if (spenders === undefined) this.#spenders.set(spent, new Set([entry]));
      else spenders.add(entry);
    }
    tx.outputs.forEach((output, vout) => {
      const path = this.#keys.pathOf(output.scriptPubKey);
      if (path === undefined) return;
      const outPoint = { txid: tx.txid, vout };
      this.#coins.set(outPointKey(outPoint), { outPoint, output, path, owner: entry });
      this.#keys.markUsed(path);
    });
    return entry;
  }
}

/**
 * Whether a coin of this confirmed transaction counts as spendable at a height. For a reward one block later than the rule would let it: so Core's
 * wallet counts, and a payment does not hang on the very last block that may still be undone.
 */
function isMature(entry: LedgerTransaction, spendHeight: number, coinbaseMaturity: number): boolean {
  if (!isCoinbase(entry.tx) || entry.block === undefined) return true;
  return spendHeight - entry.block.height > coinbaseMaturity;
}
