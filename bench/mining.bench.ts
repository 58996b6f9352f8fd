/**
 * Mining as the node does it: the hash rate of one worker and of all, how late the main thread is while all of them work, and how fast a miner is on a new job.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { sha256d } from '../src/core/crypto/sha256.ts';
import type { SearchJob, SearchResult } from '../src/engine/ports/block-search.ts';
import { MiningPool } from '../src/platform/workers/mining-pool.ts';
import type { BenchOptions, BenchRow } from './harness.ts';

/** A job that so many zero bytes in front of the hash solve. */
function jobOf(id: number, zeroBytes: number): SearchJob {
  return {
    id,
    header: new Uint8Array(80).fill(id),
    coinbaseHead: new Uint8Array(50),
    coinbaseTail: new Uint8Array(100),
    extranonceSizeBytes: 8,
    merkleBranch: Array.from({ length: 12 }, () => new Uint8Array(32)),
    target: new Uint8Array(32).fill(255, zeroBytes),
    timeSecondsMax: 0xffffffff,
  };
}

/** No hash meets it. */
const ENDLESS = 32;

function openPool(workers: number): MiningPool {
  return new MiningPool({ workers, failed: (error) => assert.fail(error) });
}

function rowOf(name: string, unit: string, values: readonly number[]): BenchRow {
  const sorted = [...values].sort((a, b) => a - b);
  return { name, unit, median: sorted[sorted.length >> 1]!, min: sorted[0]!, max: sorted[sorted.length - 1]! };
}

/** Waits until the threads are at work, so that their start is not measured. */
async function atWork(pool: MiningPool, job: SearchJob): Promise<void> {
  const before = pool.hashes();
  pool.start(job, () => assert.fail('no hash meets this target'));
  while (pool.hashes() === before) await pause(1);
}

async function rateRow(workers: number, { smoke }: BenchOptions): Promise<BenchRow> {
  const pool = openPool(workers);
  await atWork(pool, jobOf(1, ENDLESS));
  const rates: number[] = [];
  for (let i = 0; i < (smoke ? 1 : 7); i++) {
    const [hashes, startMs] = [pool.hashes(), performance.now()];
    await pause(smoke ? 50 : 500);
    rates.push(Number(pool.hashes() - hashes) / (performance.now() - startMs) / 1_000);
  }
  await pool.close();
  return rowOf(`hash rate, ${workers === 1 ? '1 worker' : `${workers} workers`}`, 'MH/s', rates);
}

/** A million hashes or so each: what the search finds is checked by another road. */
async function blockRow(workers: number, { smoke }: BenchOptions): Promise<BenchRow> {
  const pool = openPool(workers);
  await atWork(pool, jobOf(1, ENDLESS));
  const rates: number[] = [];
  for (let id = 2; id < (smoke ? 3 : 22); id++) {
    const startMs = performance.now();
    const result = await new Promise<SearchResult>((resolve) => pool.start(jobOf(id, 2), resolve));
    rates.push(1_000 / (performance.now() - startMs));
    assert.deepEqual([...sha256d(result.header).subarray(30)], [0, 0]);
    assert.equal(result.jobId, id);
  }
  await pool.close();
  return rowOf(`blocks of 16 bits from a new job, ${workers} workers`, 'blocks/s', rates);
}

/** How late a timer of the main thread comes, with and without the workers at work: the worst of a hundred. */
async function delayRow(workers: number, { smoke }: BenchOptions): Promise<BenchRow> {
  const pool = workers === 0 ? undefined : openPool(workers);
  if (pool !== undefined) await atWork(pool, jobOf(1, ENDLESS));
  const delays: number[] = [];
  for (let i = 0; i < (smoke ? 1 : 7); i++) {
    const histogram = monitorEventLoopDelay({ resolution: 5 });
    histogram.enable();
    await pause(smoke ? 50 : 500);
    histogram.disable();
    delays.push(histogram.percentile(99) / 1e6 - 5);
  }
  await pool?.close();
  return rowOf(`delay of the main thread, 99 %, ${workers} workers (less is better)`, 'ms', delays);
}

/** All rows. */
export async function run(options: BenchOptions): Promise<BenchRow[]> {
  const all = availableParallelism();
  const rows = [await rateRow(1, options)];
  if (all > 1) rows.push(await rateRow(all, options));
  rows.push(await blockRow(all, options), await delayRow(0, options), await delayRow(all, options));
  return rows;
}
