import type { Block } from '../../core/primitives/block.ts';
import { type HashKey, hashKey, type Txid } from '../../core/primitives/ids.ts';
import type { OutPoint, Satoshis, Transaction, TxOutput } from '../../core/primitives/transaction.ts';
import { isCoinbase, outPointKey, ownCopy } from '../../core/primitives/transaction.ts';
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

/** Transactions that touch what is watched, in the order in which they came, and which of their outputs are unspent. */
export class LightLedger {
  readonly #watched: Watched;
  readonly #entries = new Map<HashKey, LedgerEntry>();
  /** Outputs of theirs that are watched. */
  readonly #outputs = new Map<HashKey, { readonly outPoint: OutPoint; readonly output: TxOutput; readonly entry: LedgerEntry }>();
  /** Those of them that are in no block. */
  readonly #waiting = new Map<HashKey, LedgerEntry>();
  readonly #changed = new Map<HashKey, Txid>();
  #revision = 0;

  constructor(watched: Watched) {
    this.#watched = watched;
  }

  /** Grows when a transaction comes, moves or goes. */
  get revision(): number {
    return this.#revision;
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

  /** Those that are in no block. */
  waiting(): readonly Transaction[] {
    return Array.from(this.#waiting.values(), ({ tx }) => tx);
  }

  /** Ids of transactions that came, moved or went since this was last asked. */
  takeChanged(): readonly Txid[] {
    const changed = [...this.#changed.values()];
    this.#changed.clear();
    return changed;
  }

  /** Takes back a stored transaction. A coinbase whose block has left the chain is gone, and its row with the next change that is written. */
  restore(tx: Transaction, place: LightPayment['place']): void {
    if (place === undefined && isCoinbase(tx)) {
      this.#note(tx);
      return;
    }
    this.#record(tx, place);
    this.#changed.delete(hashKey(tx.txid));
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
      this.#dropRivals(tx);
      if (this.concerns(tx) || this.#entries.has(hashKey(tx.txid))) found.push(this.#record(ownCopy(tx), place));
    }
    return found;
  }

  /** The blocks above a height left the chain: what they confirmed waits again, but for coinbases, which are gone with what builds on them. */
  disconnectAbove(height: number): void {
    const left = [...this.#entries.values()].filter(({ place }) => place !== undefined && place.height > height);
    for (const entry of left) this.#place(entry, undefined);
    for (const entry of left) if (isCoinbase(entry.tx)) this.#remove(entry);
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

  #place(entry: LedgerEntry, place: LightPayment['place']): void {
    entry.place = place;
    if (place === undefined) this.#waiting.set(hashKey(entry.tx.txid), entry);
    else this.#waiting.delete(hashKey(entry.tx.txid));
    this.#note(entry.tx);
  }

  #note({ txid }: Transaction): void {
    this.#revision++;
    this.#changed.set(hashKey(txid), txid);
  }

  #record(tx: Transaction, place: LightPayment['place']): LedgerEntry {
    const key = hashKey(tx.txid);
    const known = this.#entries.get(key);
    const entry = known ?? { tx, place };
    this.#entries.set(key, entry);
    this.#place(entry, place);
    tx.outputs.forEach((output, vout) => {
      const outPoint = { txid: tx.txid, vout };
      if (this.#watched.has(output.scriptPubKey)) this.#outputs.set(outPointKey(outPoint), { outPoint, output, entry });
    });
    return entry;
  }

  /** What spends the same as a transaction of a block can never be in one, nor what builds on it. */
  #dropRivals(tx: Transaction): void {
    if (this.#waiting.size === 0) return;
    const spent = new Set(tx.inputs.map(({ prevout }) => outPointKey(prevout)));
    for (const [key, entry] of [...this.#waiting]) {
      if (key === hashKey(tx.txid)) continue;
      if (entry.tx.inputs.some(({ prevout }) => spent.has(outPointKey(prevout)))) this.#remove(entry);
    }
  }

  #remove(entry: LedgerEntry): void {
    const { txid, outputs } = entry.tx;
    this.#entries.delete(hashKey(txid));
    this.#waiting.delete(hashKey(txid));
    this.#note(entry.tx);
    const made = new Set(outputs.map((_, vout) => outPointKey({ txid, vout })));
    for (const key of made) this.#outputs.delete(key);
    for (const other of [...this.#waiting.values()]) {
      if (other.tx.inputs.some(({ prevout }) => made.has(outPointKey(prevout)))) this.#remove(other);
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
