import type { Block } from '../../core/primitives/block.ts';
import { type HashKey, hashKey, type Txid } from '../../core/primitives/ids.ts';
import type { OutPoint, Satoshis, Transaction, TxOutput } from '../../core/primitives/transaction.ts';
import { decodeTransaction, encodeTransaction, isCoinbase, outPointKey } from '../../core/primitives/transaction.ts';
import type { HeaderNode } from '../chain/header-node.ts';
import type { LightPayment } from './light-event.ts';

/** A transaction that touches what is watched, or was sent from here. */
export interface LedgerEntry {
  readonly tx: Transaction;
  /** The block that it is in; undefined while it waits. */
  place: LightPayment['place'];
}

/** An unspent output that is watched. */
export interface LightCoin {
  readonly outPoint: OutPoint;
  readonly output: TxOutput;
  /** Undefined while it is in no block. */
  readonly height: number | undefined;
  readonly coinbase: boolean;
}

/** Base units. */
export interface LightBalance {
  /** In blocks, and spent by nothing that is known. */
  readonly confirmed: Satoshis;
  /** Of transactions that wait. */
  readonly unconfirmed: Satoshis;
  /** Of coinbases that are too young to be spent; not part of `confirmed`. */
  readonly immature: Satoshis;
}

/** What a ledger asks of what is watched. */
export interface Watched {
  has(script: Uint8Array): boolean;
}

/** A transaction whose bytes are not those of its block, which would stay in memory with it. */
function ownCopy(tx: Transaction): Transaction {
  return decodeTransaction(encodeTransaction(tx));
}

/** Transactions that touch what is watched, in the order in which they came, and which of their outputs are unspent. */
export class LightLedger {
  readonly #watched: Watched;
  readonly #entries = new Map<HashKey, LedgerEntry>();
  /** Outputs of theirs that are watched. */
  readonly #outputs = new Map<HashKey, { readonly outPoint: OutPoint; readonly output: TxOutput; readonly entry: LedgerEntry }>();
  readonly #changed = new Map<HashKey, Txid>();

  constructor(watched: Watched) {
    this.#watched = watched;
  }

  /** Number of transactions. */
  get size(): number {
    return this.#entries.size;
  }

  entry(txid: Uint8Array): LedgerEntry | undefined {
    return this.#entries.get(hashKey(txid));
  }

  entries(): Iterable<LedgerEntry> {
    return this.#entries.values();
  }

  /** Ids of transactions that came, moved or went since this was last asked. */
  takeChanged(): readonly Txid[] {
    const changed = [...this.#changed.values()];
    this.#changed.clear();
    return changed;
  }

  /** Takes back a stored transaction. */
  restore(tx: Transaction, place: LightPayment['place']): void {
    this.#record(tx, place);
    this.#changed.clear();
  }

  /** Whether it pays to or spends something that is watched. */
  concerns(tx: Transaction): boolean {
    return (
      tx.outputs.some(({ scriptPubKey }) => this.#watched.has(scriptPubKey)) ||
      tx.inputs.some(({ prevout }) => this.#outputs.has(outPointKey(prevout)))
    );
  }

  /** A block of the chain. @returns those of its transactions that touch what is watched, or were waited for */
  connect(block: Block, { hash, height }: Pick<HeaderNode, 'hash' | 'height'>): readonly LedgerEntry[] {
    const place = { hash, height, timeSeconds: block.header.timeSeconds };
    const found: LedgerEntry[] = [];
    for (const tx of block.transactions) {
      if (this.#entries.size > 0) this.#dropRivals(tx);
      if (this.concerns(tx) || this.#entries.has(hashKey(tx.txid))) found.push(this.#record(ownCopy(tx), place));
    }
    return found;
  }

  /** The blocks above a height left the chain: what they confirmed waits again, but for coinbases, which are gone. */
  disconnectAbove(height: number): void {
    for (const [key, entry] of [...this.#entries]) {
      if (entry.place === undefined || entry.place.height <= height) continue;
      if (isCoinbase(entry.tx)) {
        this.#remove(entry);
        continue;
      }
      entry.place = undefined;
      this.#changed.set(key, entry.tx.txid);
    }
  }

  /** A transaction is sent from here. */
  addWaiting(tx: Transaction): LedgerEntry {
    return this.entry(tx.txid) ?? this.#record(tx, undefined);
  }

  /** Forgets a transaction that waits. @returns whether there was one */
  forget(txid: Uint8Array): boolean {
    const entry = this.entry(txid);
    if (entry === undefined || entry.place !== undefined) return false;
    this.#remove(entry);
    return true;
  }

  #record(tx: Transaction, place: LightPayment['place']): LedgerEntry {
    const key = hashKey(tx.txid);
    const known = this.#entries.get(key);
    const entry = known ?? { tx, place };
    entry.place = place;
    this.#entries.set(key, entry);
    this.#changed.set(key, tx.txid);
    tx.outputs.forEach((output, vout) => {
      const outPoint = { txid: tx.txid, vout };
      if (this.#watched.has(output.scriptPubKey)) this.#outputs.set(outPointKey(outPoint), { outPoint, output, entry });
    });
    return entry;
  }

  /** What spends the same as a transaction of a block can never be in one, nor what builds on it. */
  #dropRivals(tx: Transaction): void {
    const spent = new Set(tx.inputs.map(({ prevout }) => outPointKey(prevout)));
    for (const entry of [...this.#entries.values()]) {
      if (entry.place !== undefined || hashKey(entry.tx.txid) === hashKey(tx.txid)) continue;
      if (entry.tx.inputs.some(({ prevout }) => spent.has(outPointKey(prevout)))) this.#remove(entry);
    }
  }

  #remove(entry: LedgerEntry): void {
    const { txid, outputs } = entry.tx;
    this.#entries.delete(hashKey(txid));
    this.#changed.set(hashKey(txid), txid);
    const made = new Set(outputs.map((_, vout) => outPointKey({ txid, vout })));
    for (const key of made) this.#outputs.delete(key);
    for (const other of [...this.#entries.values()]) {
      if (other.place === undefined && other.tx.inputs.some(({ prevout }) => made.has(outPointKey(prevout)))) this.#remove(other);
    }
  }

  /** What a transaction brings, less what it takes. */
  payment({ tx, place }: LedgerEntry): LightPayment {
    let amount = 0n;
    for (const { value, scriptPubKey } of tx.outputs) if (this.#watched.has(scriptPubKey)) amount += value;
    for (const { prevout } of tx.inputs) amount -= this.#outputs.get(outPointKey(prevout))?.output.value ?? 0n;
    return { txid: tx.txid, amount, place };
  }

  /** Unspent outputs that are watched. */
  coins(): readonly LightCoin[] {
    const spent = new Set<HashKey>();
    for (const { tx } of this.#entries.values()) for (const { prevout } of tx.inputs) spent.add(outPointKey(prevout));
    const coins: LightCoin[] = [];
    for (const [key, { outPoint, output, entry }] of this.#outputs) {
      if (!spent.has(key)) coins.push({ outPoint, output, height: entry.place?.height, coinbase: isCoinbase(entry.tx) });
    }
    return coins;
  }

  /** @param height - of the last block that was looked at */
  balance(height: number, coinbaseMaturity: number): LightBalance {
    let [confirmed, unconfirmed, immature] = [0n, 0n, 0n];
    for (const { output, height: at, coinbase } of this.coins()) {
      if (at === undefined) unconfirmed += output.value;
      else if (coinbase && height + 1 - at < coinbaseMaturity) immature += output.value;
      else confirmed += output.value;
    }
    return { confirmed, unconfirmed, immature };
  }
}
