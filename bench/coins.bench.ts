/**
 * The coin set as it grows: five million coins through the real store with the usual memory for the cache. At each million what the
 * process takes, what is on the JavaScript heap, how many coins come and go in a second of CPU time, and for how long a flush holds up others.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PlacedCoin } from '../src/core/consensus/block-effect.ts';
import { regtest } from '../src/core/params/regtest.ts';
import type { BlockHash, HashKey, Txid } from '../src/core/primitives/ids.ts';
import type { OutPoint } from '../src/core/primitives/transaction.ts';
import { outPointKey } from '../src/core/primitives/transaction.ts';
import { COIN_CACHE_BYTES_DEFAULT } from '../src/engine/chain/chain-options.ts';
import { CoinCache } from '../src/engine/chain/coin-cache.ts';
import { openLevelCoinStore } from '../src/platform/store/level-coin-store.ts';
import { returnFreedMemory } from '../src/platform/system/freed-memory.ts';
import { memoryKindsMibOf, rowOf } from './beside.ts';
import type { BenchOptions, BenchRow } from './harness.ts';
import { turnsMs } from './turns.ts';

/** Coins that a block makes, and how many of those from before it spends: the set grows as Bitcoin's did in its busy years. */
const MADE_PER_BLOCK = 2_000;
const SPENT_PER_BLOCK = 800;

/** What is run: how many coins there are in the end, after how many of them it is looked, and the memory for the cache. */
interface Amount {
  readonly coins: number;
  readonly step: number;
  readonly cacheBytesMax: number;
}

/** A coin's outpoint by its number; numbers give keys that lie anywhere, as hashes do. */
function outPointOf(number: number): OutPoint {
  const txid = new Uint8Array(32);
  const words = new Uint32Array(txid.buffer);
  let state = number + 1;
  for (let i = 0; i < words.length; i++) {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9 + i;
    state = Math.imul(state ^ (state >>> 12), 0x297a2d39);
    words[i] = state ^ (state >>> 15);
  }
  words[7] = number;
  return { txid: txid as unknown as Txid, vout: number & 3 };
}

function madeCoin(number: number, height: number): PlacedCoin {
  const scriptPubKey = new Uint8Array(22);
  scriptPubKey[1] = 20;
  new DataView(scriptPubKey.buffer).setUint32(2, number);
  return { outPoint: outPointOf(number), coin: { value: BigInt(number) * 1_000n + 546n, scriptPubKey, height, coinbase: false } };
}

/** The set with what a chain does with it. */
class GrowingSet {
  readonly cache: CoinCache;
  made = 0;
  spent = 0;
  height = 0;
  readonly #cacheBytesMax: number;

  constructor(cache: CoinCache, cacheBytesMax: number) {
    this.cache = cache;
    this.#cacheBytesMax = cacheBytesMax;
  }

  get size(): number {
    return this.made - this.spent;
  }

  /** Connects a block. @returns whether the cache has to be flushed */
  async block(): Promise<boolean> {
    this.height++;
    const added = Array.from({ length: MADE_PER_BLOCK }, (_, i) => madeCoin(this.made + i, this.height));
    const wanted = new Map<HashKey, OutPoint>();
    // The first blocks have nothing to spend yet.
    const spent = this.made === 0 ? 0 : SPENT_PER_BLOCK;
    for (let i = 0; i < spent; i++) {
      // The oldest: most of them must be read from the store.
      const outPoint = outPointOf(this.spent + i);
      wanted.set(outPointKey(outPoint), outPoint);
    }
    const found = await this.cache.load(wanted);
    assert.equal(found.size, spent);
    this.cache.apply({ removed: [...wanted.values()], added });
    this.made += MADE_PER_BLOCK;
    this.spent += spent;
    return this.cache.isFull(this.#cacheBytesMax);
  }

  async flush(): Promise<void> {
    await this.cache.flush(new Uint8Array(32).fill(this.height) as unknown as BlockHash);
    this.cache.trim(this.#cacheBytesMax);
  }
}

const mib = (bytes: number): number => bytes / 1_048_576;

async function grow(location: string, { coins, step, cacheBytesMax }: Amount): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  const open = () =>
    openLevelCoinStore(location, { name: regtest.name, messageStart: regtest.messageStart, genesisHash: regtest.genesis.header.hash });
  const store = await open();
  const set = new GrowingSet(new CoinCache(store, 7), cacheBytesMax);
  for (let next = step; next <= coins; next += step) {
    const before = process.cpuUsage();
    const begun = set.made + set.spent;
    let turns: readonly number[] = [];
    const own: number[] = [];
    const mapped: number[] = [];
    while (set.size < next) {
      // The first flush is watched; to watch all of them would take more time than they do.
      const isFull = await set.block();
      if (isFull && turns.length === 0) turns = await turnsMs(() => set.flush());
      else if (isFull) await set.flush();
      const memory = memoryKindsMibOf(process.pid);
      own.push(memory?.own ?? 0);
      mapped.push(memory?.mapped ?? 0);
    }
    const { user, system } = process.cpuUsage(before);
    const at = `${(next / 1e6).toLocaleString('en')} million coins`;
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    rows.push(rowOf(`${at}: memory of the process itself (spread: since the row before)`, 'MiB', own));
    rows.push(rowOf(`${at}: pages of the tables that LevelDB maps, which the system may take back`, 'MiB', mapped));
    rows.push(rowOf(`${at}: JavaScript heap`, 'MiB', [mib(heapUsed)]));
    rows.push(rowOf(`${at}: the cache and other arrays`, 'MiB', [mib(arrayBuffers)]));
    rows.push(rowOf(`${at}: coins made and spent, per CPU second`, 'coins/s', [(set.made + set.spent - begun) / ((user + system) / 1e6)]));
    if (turns.length > 0) rows.push(rowOf(`${at}: turns while flushing (spread: the longest)`, 'ms', turns));
  }
  await set.flush();
  await store.close();
  const again = await open();
  let count = 0;
  for await (const _ of again.entries()) count++;
  await again.close();
  assert.equal(count, set.size);
  return rows;
}

/** All rows. */
export async function run({ smoke }: BenchOptions): Promise<BenchRow[]> {
  returnFreedMemory(); // As the command does.
  const location = mkdtempSync(join(tmpdir(), 'quoin-coins-'));
  const amount = smoke
    ? { coins: 20_000, step: 10_000, cacheBytesMax: 3 << 19 }
    : { coins: 5_000_000, step: 1_000_000, cacheBytesMax: COIN_CACHE_BYTES_DEFAULT };
  try {
    return await grow(location, amount);
  } finally {
    rmSync(location, { recursive: true });
  }
}
