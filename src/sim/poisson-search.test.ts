import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sha256d } from '../core/crypto/sha256.ts';
import type { SearchJob, SearchResult } from '../engine/ports/block-search.ts';
import { EventQueue } from './event-queue.ts';
import { PoissonSearch } from './poisson-search.ts';
import { SimRandom } from './sim-random.ts';

/** Every other header meets it. */
const TARGET = new Uint8Array(32).fill(0xff);
TARGET[0] = 0x7f;

const job = (id: number): SearchJob => ({
  id,
  header: new Uint8Array(80),
  coinbaseHead: new Uint8Array(4),
  coinbaseTail: new Uint8Array(4),
  extranonceSizeBytes: 8,
  merkleBranch: [],
  target: TARGET,
  timeSecondsMax: 0xffffffff,
});

function pass(queue: EventQueue, ms: number): void {
  const untilUs = queue.nowUs + ms * 1_000;
  for (let action = queue.next(untilUs); action !== undefined; action = queue.next(untilUs)) action();
  queue.moveTo(untilUs);
}

/** A search that takes up its job again whenever one was found. */
function miner(queue: EventQueue, seed: number): { search: PoissonSearch; found: SearchResult[]; start(): void } {
  const search = new PoissonSearch({ queue, random: new SimRandom(seed), meanMs: 1_000 });
  const found: SearchResult[] = [];
  const start = (): void =>
    search.start(job(found.length), (result) => {
      found.push(result);
      start();
    });
  return { search, found, start };
}

test('blocks are found at the rate that was asked for, each by a header that meets its target', () => {
  const queue = new EventQueue();
  const { search, found, start } = miner(queue, 1);
  start();
  pass(queue, 2_000_000);
  assert.ok(Math.abs(found.length - 2_000) < 150, `${found.length} blocks`);
  assert.ok(found.every(({ header }) => (sha256d(header)[31] as number) <= 0x7f));
  assert.ok(search.hashes() >= BigInt(found.length));
});

test('nothing is found without a job, while paused or when closed, and a new rate counts from then on', async () => {
  const queue = new EventQueue();
  const { search, found, start } = miner(queue, 2);
  pass(queue, 100_000);
  start();
  search.pause();
  pass(queue, 100_000);
  assert.equal(found.length, 0);
  search.setMeanMs(100);
  start();
  pass(queue, 100_000);
  assert.ok(Math.abs(found.length - 1_000) < 120, `${found.length} blocks`);
  await search.close();
  const before = found.length;
  start();
  pass(queue, 100_000);
  assert.equal(found.length, before);
  assert.equal(queue.size, 0);
});
