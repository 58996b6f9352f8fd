/**
 * What happened to each output script: the transactions that pay or spend it, its coins, and their sum.
 *
 * Scripts are known by their SHA-256, as Electrum's. Scripts that can never be spent are left out, and so is the first block, whose output
 * cannot be spent either. Rows, integers little-endian but for those in keys:
 *
 * - `S`, script hash (32) → transactions (4), coins (4), their sum (8)
 * - `U`, script hash (32), txid (32), output index (4) → height * 2 + 1 for a coinbase (4), value (8): a coin
 * - `H`, script hash (32), height (4), place in the block (4) → txid (32), received (8), spent (8): a transaction
 *
 * Where two coinbases have one txid (BIP-30 tells of two such pairs on `main`), the sum counts both and the coin is there once.
 *
 * @module
 */

import { concatBytes } from '../../core/base/bytes.ts';
import type { Coin } from '../../core/consensus/coin.ts';
import { sha256 } from '../../core/crypto/sha256.ts';
import type { Block } from '../../core/primitives/block.ts';
import { ByteReader } from '../../core/primitives/byte-reader.ts';
import type { HashKey, Txid } from '../../core/primitives/ids.ts';
import { hashKey } from '../../core/primitives/ids.ts';
import type { OutPoint, Satoshis, Transaction } from '../../core/primitives/transaction.ts';
import { isUnspendable } from '../../core/script/output-template.ts';
import type { ScriptCoin, ScriptEvent, ScriptTotals } from '../ports/index-service.ts';
import type { IndexStore } from '../ports/index-store.ts';
import type { IndexKind, Pause } from './index-kind.ts';
import { afterPrefix, outPointBytes, sortable32, writeOutPoint, writeSortable32 } from './keys.ts';
import type { PendingRows } from './pending-rows.ts';

const TOTALS = 0x53; // S
const COIN = 0x55; // U
const EVENT = 0x48; // H

const TOTALS_SIZE_BYTES = 16;

const NO_COINS: readonly Coin[] = [];

function keyOf(kind: number, scriptHash: Uint8Array, ...rest: readonly Uint8Array[]): Uint8Array {
  return concatBytes(Uint8Array.of(kind), scriptHash, ...rest);
}

/** How one script fares in a block, and within it in the transaction that is looked at. */
interface Change {
  readonly scriptHash: Uint8Array;
  /** Of the transaction. */
  received: Satoshis;
  spent: Satoshis;
  /** Place of the last transaction that changed it. */
  position: number;
  /** Of the block: how many transactions, coins made less coins spent, and what it gained. */
  transactions: number;
  coins: number;
  gain: Satoshis;
}

/** A transaction in its block, with what it spends. */
interface Placed {
  readonly tx: Transaction;
  readonly position: number;
  readonly spent: readonly Coin[];
}

/** One block's rows, made or taken back. Keys and values are written over the same few arrays, since rows copy them. */
class BlockRows {
  readonly #rows: PendingRows;
  readonly #height: number;
  readonly #undo: boolean;
  readonly #pause: Pause;
  readonly #changes = new Map<HashKey, Change>();
  /** Those that the transaction at hand changed. */
  #touched: Change[] = [];
  readonly #coinKey = Uint8Array.of(COIN, ...new Uint8Array(68));
  readonly #coinValue = new DataView(new ArrayBuffer(12));
  readonly #eventKey = Uint8Array.of(EVENT, ...new Uint8Array(40));
  readonly #eventValue = new DataView(new ArrayBuffer(48));

  constructor(rows: PendingRows, { height, undo, pause }: { readonly height: number; readonly undo: boolean; readonly pause: Pause }) {
    this.#rows = rows;
    this.#height = height;
    this.#undo = undo;
    this.#pause = pause;
  }

  /** Takes away the coins that a transaction spends, or puts them back. */
  async spend({ tx, position, spent }: Placed): Promise<void> {
    for (let index = 0; index < spent.length && index < tx.inputs.length; index++) {
      const coin = spent[index]!;
      const change = this.#changeOf(sha256(coin.scriptPubKey), position);
      const key = this.#keyOfCoin(change.scriptHash, tx.inputs[index]!.prevout);
      if (this.#undo) this.#rows.put(key, this.#valueOfCoin(coin));
      else this.#rows.delete(key);
      change.spent += coin.value;
      change.coins--;
      const turn = this.#pause();
      if (turn !== undefined) await turn;
    }
  }

  /** Adds the coins that a transaction makes, or takes them away. */
  async make({ tx: { txid, outputs }, position }: Placed): Promise<void> {
    const coinbase = position === 0;
    for (let vout = 0; vout < outputs.length; vout++) {
      const { scriptPubKey, value } = outputs[vout]!;
      if (isUnspendable(scriptPubKey)) continue;
      const change = this.#changeOf(sha256(scriptPubKey), position);
      const key = this.#keyOfCoin(change.scriptHash, { txid, vout });
      if (this.#undo) this.#rows.delete(key);
      // A coin that is made was not there, but for two coinbases of `main` that repeat earlier ones.
      else if (coinbase) this.#rows.put(key, this.#valueOfCoin({ height: this.#height, coinbase, value }));
      else this.#rows.putNew(key, this.#valueOfCoin({ height: this.#height, coinbase, value }));
      change.received += value;
      change.coins++;
      const turn = this.#pause();
      if (turn !== undefined) await turn;
    }
  }

  /** Ends a transaction: the rows of its events are made or taken back. */
  endTransaction({ tx, position }: Placed): void {
    const key = this.#eventKey;
    const value = new Uint8Array(this.#eventValue.buffer);
    writeSortable32(key, 33, this.#height);
    writeSortable32(key, 37, position);
    value.set(tx.txid);
    for (const change of this.#touched) {
      key.set(change.scriptHash, 1);
      this.#eventValue.setBigUint64(32, change.received, true);
      this.#eventValue.setBigUint64(40, change.spent, true);
      if (this.#undo) this.#rows.delete(key);
      else this.#rows.put(key, value);
      change.gain += change.received - change.spent;
      change.transactions++;
      change.received = 0n;
      change.spent = 0n;
    }
    this.#touched = [];
  }

  /** Adds the block's changes to the totals of each script, or takes them off. */
  async endBlock(): Promise<void> {
    const changes = [...this.#changes.values()];
    const keys = changes.map(({ scriptHash }) => keyOf(TOTALS, scriptHash));
    const before = await this.#rows.load(keys);
    const sign = this.#undo ? -1 : 1;
    const value = new DataView(new ArrayBuffer(TOTALS_SIZE_BYTES));
    for (let i = 0; i < changes.length; i++) {
      const { coins, gain, transactions } = changes[i]!;
      const totals = decodeTotals(before[i]);
      const transactionCount = totals.transactionCount + sign * transactions;
      value.setUint32(0, transactionCount, true);
      value.setUint32(4, totals.coinCount + sign * coins, true);
      value.setBigUint64(8, totals.balance + BigInt(sign) * gain, true);
      if (transactionCount === 0) this.#rows.delete(keys[i]!);
      else this.#rows.put(keys[i]!, new Uint8Array(value.buffer));
      const turn = this.#pause();
      if (turn !== undefined) await turn;
    }
  }

  /** The change of a script in the block, known as touched by the transaction at this place. */
  #changeOf(scriptHash: Uint8Array, position: number): Change {
    const key = hashKey(scriptHash);
    let change = this.#changes.get(key);
    if (change === undefined) {
      change = { scriptHash, received: 0n, spent: 0n, position: -1, transactions: 0, coins: 0, gain: 0n };
      this.#changes.set(key, change);
    }
    if (change.position !== position) {
      change.position = position;
      this.#touched.push(change);
    }
    return change;
  }

  #keyOfCoin(scriptHash: Uint8Array, outPoint: OutPoint): Uint8Array {
    this.#coinKey.set(scriptHash, 1);
    writeOutPoint(this.#coinKey, 33, outPoint);
    return this.#coinKey;
  }

  #valueOfCoin({ height, coinbase, value }: Omit<Coin, 'scriptPubKey'>): Uint8Array {
    this.#coinValue.setUint32(0, height * 2 + (coinbase ? 1 : 0), true);
    this.#coinValue.setBigUint64(4, value, true);
    return new Uint8Array(this.#coinValue.buffer);
  }
}

function decodeTotals(value: Uint8Array | undefined): ScriptTotals {
  if (value === undefined) return { transactionCount: 0, coinCount: 0, balance: 0n };
  const reader = new ByteReader(value);
  return { transactionCount: reader.u32('transactions'), coinCount: reader.u32('coins'), balance: reader.u64('balance') };
}

/** History, coins and balance of all scripts. */
export const scriptIndex: IndexKind = {
  name: 'script',
  connect: async ({ block, height, spentCoins }, rows, pause) => {
    if (height === 0) return;
    const made = new BlockRows(rows, { height, undo: false, pause });
    for (let position = 0; position < block.transactions.length; position++) {
      const each = placed(block, position, spentCoins);
      await made.spend(each);
      await made.make(each);
      made.endTransaction(each);
    }
    await made.endBlock();
  },
  disconnect: async ({ block, height, spentCoins }, rows, pause) => {
    const undone = new BlockRows(rows, { height, undo: true, pause });
    // From the last one back: a coin that is made and spent in this block is put back by its spender first, then taken away.
    for (let position = block.transactions.length - 1; position >= 0; position--) {
      const each = placed(block, position, spentCoins);
      await undone.make(each);
      await undone.spend(each);
      undone.endTransaction(each);
    }
    await undone.endBlock();
  },
};

function placed(block: Block, position: number, spentCoins: readonly (readonly Coin[])[]): Placed {
  return { tx: block.transactions[position]!, position, spent: position === 0 ? NO_COINS : (spentCoins[position - 1] ?? NO_COINS) };
}

/** How much of a script there is; zeros for one that was never paid. */
export async function scriptTotals(store: IndexStore, script: Uint8Array): Promise<ScriptTotals> {
  const [value] = await store.load([keyOf(TOTALS, sha256(script))]);
  return decodeTotals(value);
}

/** Coins of a script in the order of their keys, from the one after `after` on. */
export async function scriptCoins(
  store: IndexStore,
  script: Uint8Array,
  { limit, after }: { readonly limit: number; readonly after?: OutPoint | undefined },
): Promise<ScriptCoin[]> {
  const prefix = keyOf(COIN, sha256(script));
  // The keys of all outputs have one length, so the next one is this one with a byte behind it.
  const gte = after === undefined ? prefix : concatBytes(prefix, outPointBytes(after), Uint8Array.of(0));
  const coins: ScriptCoin[] = [];
  for await (const [key, value] of store.entries({ gte, lt: afterPrefix(prefix), limit })) coins.push(decodeCoin(key, value));
  return coins;
}

function decodeCoin(key: Uint8Array, value: Uint8Array): ScriptCoin {
  const txid = key.slice(33, 65) as Uint8Array as Txid;
  const vout = new DataView(key.buffer, key.byteOffset + 65, 4).getUint32(0);
  const reader = new ByteReader(value);
  const code = reader.u32('height');
  return { outPoint: { txid, vout }, height: code >>> 1, coinbase: (code & 1) === 1, value: reader.u64('value') };
}

/** Which of these outputs are coins of a script. */
export async function scriptCoinsAmong(store: IndexStore, script: Uint8Array, outPoints: readonly OutPoint[]): Promise<ScriptCoin[]> {
  const prefix = keyOf(COIN, sha256(script));
  const keys = outPoints.map((outPoint) => concatBytes(prefix, outPointBytes(outPoint)));
  const values = await store.load(keys);
  return values.flatMap((value, index) => (value === undefined ? [] : [decodeCoin(keys[index] as Uint8Array, value)]));
}

/** Transactions of a script, the newest first, from the one before `before` on. */
export async function scriptHistory(
  store: IndexStore,
  script: Uint8Array,
  { limit, before }: { readonly limit: number; readonly before?: Pick<ScriptEvent, 'height' | 'position'> | undefined },
): Promise<ScriptEvent[]> {
  const prefix = keyOf(EVENT, sha256(script));
  const lt = before === undefined ? afterPrefix(prefix) : concatBytes(prefix, sortable32(before.height), sortable32(before.position));
  const events: ScriptEvent[] = [];
  for await (const [key, value] of store.entries({ gte: prefix, lt, reverse: true, limit })) events.push(decodeEvent(key, value));
  return events;
}

function decodeEvent(key: Uint8Array, value: Uint8Array): ScriptEvent {
  const place = new DataView(key.buffer, key.byteOffset + 33, 8);
  const reader = new ByteReader(value);
  const txid = reader.copy(32, 'txid') as Uint8Array as Txid;
  const [received, spent] = [reader.u64('received'), reader.u64('spent')];
  return { txid, height: place.getUint32(0), position: place.getUint32(4), received, spent };
}
