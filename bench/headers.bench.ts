/**
 * Five million headers, more than a year of the quoin network: their memory, how fast they are added and found, and how long a start with
 * them takes. The start is a process of its own, whose memory and CPU time are counted.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { regtest } from '../src/core/params/regtest.ts';
import { makeHeader } from '../src/core/primitives/block.ts';
import type { BlockHash, MerkleRoot } from '../src/core/primitives/ids.ts';
import { toDisplayHex } from '../src/core/primitives/ids.ts';
import { ActiveChain } from '../src/engine/chain/active-chain.ts';
import { BlockIndex } from '../src/engine/chain/block-index.ts';
import type { HeaderNode } from '../src/engine/chain/header-node.ts';
import { ancestorOf, buildLocator } from '../src/engine/chain/header-tree.ts';
import { openLevelCoinStore } from '../src/platform/store/level-coin-store.ts';
import { openLevelHeaderStore } from '../src/platform/store/level-header-store.ts';
import { SeededRandom } from '../test/support/seeded-random.ts';
import { rowOf } from './beside.ts';
import { type BenchOptions, type BenchRow, bench } from './harness.ts';
import type { LoadedHeaders } from './load-headers.ts';

const HEADERS = 5_000_000;
const HEADERS_SMOKE = 3_000;
/** Headers whose pages are written together. */
const WRITTEN_AT_ONCE = 10_000;
/** One header in so many is on a branch of its own. */
const FORK_EVERY = 1_000;

/** Headers whose blocks are said to be stored and connected. No work is shown: that costs the same however headers are kept. */
class Headers {
  readonly index = new BlockIndex(regtest.genesis.header, new SeededRandom(1));
  readonly active = new ActiveChain(this.index.tree.genesis);
  /** Seconds of CPU that adding took, hashing apart. */
  addSeconds = 0;
  #count = 1;

  constructor() {
    this.#setStored(this.index.tree.genesis);
  }

  add(count: number): void {
    let before: BlockHash = this.active.tip.hash;
    const made = Array.from({ length: count }, () => {
      const header = makeHeader({ ...regtest.genesis.header, ...this.#drawn(), prevBlockHash: before });
      const isFork = this.#count++ % FORK_EVERY === 0;
      if (!isFork) before = header.hash;
      return { header, isFork };
    });
    const from = process.cpuUsage();
    for (const { header, isFork } of made) {
      const parent = this.index.tree.get(header.prevBlockHash)!;
      const node = this.index.addHeader(header, parent);
      this.#setStored(node);
      if (!isFork) this.active.push(node);
    }
    const { user, system } = process.cpuUsage(from);
    this.addSeconds += (user + system) / 1e6;
  }

  #drawn(): { merkleRoot: MerkleRoot; timeSeconds: number } {
    const merkleRoot = new Uint8Array(32) as MerkleRoot;
    new DataView(merkleRoot.buffer).setUint32(0, this.#count, true);
    return { merkleRoot, timeSeconds: 1_600_000_000 + this.#count * 6 };
  }

  #setStored(node: HeaderNode): void {
    const at = { file: node.row >> 12, offset: 8 + (node.row & 4_095) * 300, sizeBytes: 292 };
    this.index.setStored(node, 1, at);
    this.index.setUndo(node, at);
    this.index.setValid(node);
  }
}

/** What a node of these headers starts with: the folder's stores, the coins empty but for their tip. @returns seconds of CPU */
async function write({ index, active }: Headers, folder: string): Promise<number> {
  const network = { name: 'regtest', messageStart: regtest.messageStart, genesisHash: regtest.consensus.genesisHash };
  const coins = await openLevelCoinStore(join(folder, 'coins'), network);
  await coins.apply({ puts: [], deletes: [], tip: active.tip.hash });
  await coins.close();
  const headers = await openLevelHeaderStore(join(folder, 'headers'), network);
  const { pages } = index.takeDirty();
  const from = process.cpuUsage();
  for (let at = 0; at < pages.length; at += WRITTEN_AT_ONCE / 16) await headers.put(pages.slice(at, at + WRITTEN_AT_ONCE / 16));
  const { user, system } = process.cpuUsage(from);
  await headers.close();
  return (user + system) / 1e6;
}

/** Starts a chain on the folder in a process of its own. */
function load(folder: string): LoadedHeaders {
  const program = join(import.meta.dirname, 'load-headers.js');
  return JSON.parse(execFileSync(process.execPath, [program, folder], { encoding: 'utf8' })) as LoadedHeaders;
}

/** Looking things up. */
async function lookUp({ index, active }: Headers, options: BenchOptions): Promise<BenchRow[]> {
  const random = new SeededRandom(2);
  const { tip } = active;
  const heights = Array.from({ length: 1_000 }, () => random.below(tip.height + 1));
  const hashes = heights.map((height) => active.headerAt(height).hash);
  const absent = hashes.map((hash) => hash.slice().reverse() as BlockHash);
  const each = { ...options, perCall: heights.length };
  const find = () => assert.ok(hashes.every((hash, at) => index.tree.get(hash)?.height === heights[at]));
  const miss = () => assert.ok(absent.every((hash) => index.tree.get(hash) === undefined));
  const climb = () => assert.ok(heights.every((height) => ancestorOf(tip, height).height === height));
  const locate = () => assert.equal(toDisplayHex(buildLocator(tip).at(-1)!), toDisplayHex(regtest.genesis.header.hash));
  return [
    await bench('found by hash', 'headers/s', find, each),
    await bench('not found by hash', 'hashes/s', miss, each),
    await bench('ancestors of the tip', 'headers/s', climb, each),
    await bench('locators of the tip', 'locators/s', locate, options),
  ];
}

/** A block near the genesis block found invalid, with all that build on it, and cleared again. */
function secondThoughts({ index, active }: Headers): number {
  const first = active.at(1)!;
  const from = performance.now();
  index.setFailed(first);
  assert.equal(index.tree.best.height, 0);
  index.clearFailed(first);
  assert.equal(index.tree.best, active.tip);
  return performance.now() - from;
}

/** All rows. */
export async function run(options: BenchOptions): Promise<BenchRow[]> {
  const count = options.smoke ? HEADERS_SMOKE : HEADERS;
  const folder = mkdtempSync(join(tmpdir(), 'quoin-headers-'));
  try {
    const headers = new Headers();
    const bytesEach = (): number => (headers.index.tree.sizeBytes + headers.active.sizeBytes) / headers.index.tree.size;
    const sizes: number[] = [];
    while (headers.index.tree.size < count) {
      headers.add(Math.min(WRITTEN_AT_ONCE, count - headers.index.tree.size));
      if (headers.index.tree.size * 10 >= count) sizes.push(bytesEach());
      // What was only held for this turn is let go.
      await new Promise((resolve) => setImmediate(resolve));
    }
    const single = (name: string, unit: string, value: number): BenchRow => rowOf(name, unit, [value]);
    const found = await lookUp(headers, options);
    const written = await write(headers, folder);
    const loaded = load(folder);
    assert.equal(loaded.headers, count);
    assert.equal(loaded.tip, toDisplayHex(headers.active.tip.hash));
    return [
      rowOf(`typed arrays, up to ${count.toLocaleString('en-US')} headers`, 'bytes/header', sizes),
      single('added, hashing apart', 'headers/s of CPU', count / headers.addSeconds),
      ...found,
      single('all found invalid and cleared again', 'ms', secondThoughts(headers)),
      single('written to a folder', 's of CPU', written),
      single('start from the folder', 's of CPU', loaded.cpuSeconds),
      single('longest block of the event loop then', 'ms', loaded.delayMs),
      ...(loaded.memoryMib === undefined ? [] : [single('memory of that process, mapped files apart', 'MiB', loaded.memoryMib)]),
      ...(loaded.emptyMib === undefined ? [] : [single('and before it loaded any', 'MiB', loaded.emptyMib)]),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
