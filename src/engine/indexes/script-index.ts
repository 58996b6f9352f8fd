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
import { ByteReader } from '../../core/primitives/byte-reader.ts';
import { ByteWriter } from '../../core/primitives/byte-writer.ts';
import type { HashKey, Txid } from '../../core/primitives/ids.ts';
import { hashKey, hashOfKey } from '../../core/primitives/ids.ts';
import type { OutPoint, Satoshis, Transaction } from '../../core/primitives/transaction.ts';
import { isUnspendable } from '../../core/script/output-template.ts';
import type { IndexStore } from '../ports/index-store.ts';
import type { ScriptCoin, ScriptEvent, ScriptTotals } from '../ports/node-port.ts';
import type { IndexedBlock, IndexKind, Pause } from './index-kind.ts';
import { afterPrefix, outPointBytes, sortable32 } from './keys.ts';
import type { PendingRows } from './pending-rows.ts';

const TOTALS = 0x53; // S
const COIN = 0x55; // U
const EVENT = 0x48; // H

const NO_COINS: readonly Coin[] = [];

function keyOf(kind: number, scriptHash: Uint8Array, ...rest: readonly Uint8Array[]): Uint8Array {
  return concatBytes(Uint8Array.of(kind), scriptHash, ...rest);
}

function coinValue({ height, coinbase, value }: Omit<Coin, 'scriptPubKey'>): Uint8Array {
  return new ByteWriter(12)
    .u32(height * 2 + (coinbase ? 1 : 0))
    .u64(value)
    .finish();
}

/** How one script fares in one transaction, or in a whole block. */
interface Change {
  received: Satoshis;
  spent: Satoshis;
  transactions: number;
  /** Coins made less coins spent. */
  coins: number;
}

type Changes = Map<HashKey, Change>;

function changeOf(changes: Changes, scriptHash: HashKey): Change {
  let change = changes.get(scriptHash);
  if (change === undefined) {
    change = { received: 0n, spent: 0n, transactions: 0, coins: 0 };
    changes.set(scriptHash, change);
  }
  return change;
}

/** A transaction in its block, with what it spends. */
interface Placed {
  readonly tx: Transaction;
  readonly position: number;
  readonly height: number;
  readonly spent: readonly Coin[];
}

function placed({ block, height, spentCoins }: IndexedBlock): Placed[] {
  return block.transactions.map((tx, position) => {
    return { tx, position, height, spent: position === 0 ? NO_COINS : (spentCoins[position - 1] ?? NO_COINS) };
  });
}

/** Takes away the coins that a transaction spends, or puts them back. */
async function changeSpent({ tx, spent }: Placed, rows: PendingRows, undo: boolean, changes: Changes, pause: Pause): Promise<void> {
  for (const [index, coin] of spent.entries()) {
    const input = tx.inputs[index];
    if (input === undefined) continue;
    const scriptHash = sha256(coin.scriptPubKey);
    const key = keyOf(COIN, scriptHash, outPointBytes(input.prevout));
    if (undo) rows.put(key, coinValue(coin));
    else rows.delete(key);
    const change = changeOf(changes, hashKey(scriptHash));
    change.spent += coin.value;
    change.coins--;
    await pause();
  }
}

/** Adds the coins that a transaction makes, or takes them away. */
async function changeMade(
  { tx, position, height }: Placed,
  rows: PendingRows,
  undo: boolean,
  changes: Changes,
  pause: Pause,
): Promise<void> {
  for (const [vout, { scriptPubKey, value }] of tx.outputs.entries()) {
    if (isUnspendable(scriptPubKey)) continue;
    const scriptHash = sha256(scriptPubKey);
    const key = keyOf(COIN, scriptHash, outPointBytes({ txid: tx.txid, vout }));
    if (undo) rows.delete(key);
    else rows.put(key, coinValue({ height, coinbase: position === 0, value }));
    const change = changeOf(changes, hashKey(scriptHash));
    change.received += value;
    change.coins++;
    await pause();
  }
}

/** The rows of one transaction's events; what it changes is added to the block's changes. */
function changeEvents({ tx, position, height }: Placed, rows: PendingRows, undo: boolean, changes: Changes, ofBlock: Changes): void {
  for (const [key, { received, spent, coins }] of changes) {
    const event = keyOf(EVENT, hashOfKey(key), sortable32(height), sortable32(position));
    if (undo) rows.delete(event);
    else rows.put(event, new ByteWriter(48).raw(tx.txid).u64(received).u64(spent).finish());
    const sum = changeOf(ofBlock, key);
    sum.received += received;
    sum.spent += spent;
    sum.coins += coins;
    sum.transactions++;
  }
}

/** Adds a block's changes to the totals of each script, or takes them off. */
async function changeTotals(changes: Changes, rows: PendingRows, undo: boolean, pause: Pause): Promise<void> {
  const keys = Array.from(changes.keys(), (key) => keyOf(TOTALS, hashOfKey(key)));
  const before = await rows.load(keys);
  const sign = undo ? -1 : 1;
  let at = 0;
  for (const { coins, received, spent, transactions } of changes.values()) {
    const key = keys[at] as Uint8Array;
    const totals = decodeTotals(before[at++]);
    const transactionCount = totals.transactionCount + sign * transactions;
    const balance = totals.balance + BigInt(sign) * (received - spent);
    if (transactionCount === 0) rows.delete(key);
    else
      rows.put(
        key,
        new ByteWriter(16)
          .u32(transactionCount)
          .u32(totals.coinCount + sign * coins)
          .u64(balance)
          .finish(),
      );
    await pause();
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
  connect: async (block, rows, pause) => {
    if (block.height === 0) return;
    const ofBlock: Changes = new Map();
    for (const each of placed(block)) {
      const changes: Changes = new Map();
      await changeSpent(each, rows, false, changes, pause);
      await changeMade(each, rows, false, changes, pause);
      changeEvents(each, rows, false, changes, ofBlock);
    }
    await changeTotals(ofBlock, rows, false, pause);
  },
  disconnect: async (block, rows, pause) => {
    const ofBlock: Changes = new Map();
    // From the last one back: a coin that is made and spent in this block is put back by its spender first, then taken away.
    for (const each of placed(block).reverse()) {
      const changes: Changes = new Map();
      await changeMade(each, rows, true, changes, pause);
      await changeSpent(each, rows, true, changes, pause);
      changeEvents(each, rows, true, changes, ofBlock);
    }
    await changeTotals(ofBlock, rows, true, pause);
  },
};

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
