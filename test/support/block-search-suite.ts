/**
 * What every `BlockSearch` must do.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { compareBytes, concatBytes, reversedBytes } from '../../src/core/base/bytes.ts';
import { sha256d } from '../../src/core/crypto/sha256.ts';
import { merkleRootFrom } from '../../src/engine/mining/merkle-branch.ts';
import type { BlockSearch, SearchJob, SearchResult } from '../../src/engine/ports/block-search.ts';
import { eventually } from './eventually.ts';

/** A target that so many zero bits in front meet. */
export function targetOfBits(zeroBits: number): Uint8Array {
  let rest = (1n << BigInt(256 - zeroBits)) - 1n;
  const target = new Uint8Array(32);
  for (let i = 31; i >= 0; i--, rest >>= 8n) target[i] = Number(rest & 0xffn);
  return target;
}

/** A job as a template gives it, easy or as hard as is said. */
export function searchJob(id: number, zeroBits: number): SearchJob {
  return {
    id,
    header: new Uint8Array(80).fill(id),
    coinbaseHead: Uint8Array.of(1, 2, 3),
    coinbaseTail: Uint8Array.of(4, 5, id),
    extranonceSizeBytes: 8,
    merkleBranch: [new Uint8Array(32).fill(9)],
    target: targetOfBits(zeroBits),
    timeSecondsMax: 0xffffffff,
  };
}

/** A difficulty that nobody meets in the life of a test. */
const NEVER = 200;

/** Proves a result by hand. */
export function assertSolves(job: SearchJob, result: SearchResult): void {
  assert.equal(result.jobId, job.id);
  assert.ok(compareBytes(reversedBytes(sha256d(result.header)), job.target) <= 0, 'the hash meets the target');
  const extranonce = new Uint8Array(job.extranonceSizeBytes);
  new DataView(extranonce.buffer).setBigUint64(0, BigInt(result.extranonce), true);
  const txid = sha256d(concatBytes(job.coinbaseHead, extranonce, job.coinbaseTail));
  assert.deepEqual(result.header.slice(36, 68), merkleRootFrom(txid, job.merkleBranch));
  assert.deepEqual(result.header.slice(0, 36), job.header.slice(0, 36));
}

/** The next result of a job. */
export function findOne(search: BlockSearch, job: SearchJob): Promise<SearchResult> {
  return new Promise((resolve) => search.start(job, resolve));
}

/** Registers the suite's tests. */
export function blockSearchSuite(make: () => BlockSearch): void {
  const using = async (body: (search: BlockSearch) => Promise<void>): Promise<void> => {
    const search = make();
    try {
      await body(search);
    } finally {
      await search.close();
    }
  };

  it('finds a header that meets the target and follows from its extranonce', () =>
    using(async (search) => {
      for (let id = 1; id <= 5; id++) assertSolves(searchJob(id, 12), await findOne(search, searchJob(id, 12)));
      assert.ok(search.hashes() >= 5n);
    }));

  it('says nothing before start has returned', () =>
    using(async (search) => {
      let returned = false;
      await new Promise<void>((resolve) => {
        search.start(searchJob(1, 0), () => {
          assert.equal(returned, true);
          resolve();
        });
        returned = true;
      });
    }));

  it('finds each job once', () =>
    using(async (search) => {
      const found: number[] = [];
      search.start(searchJob(1, 0), ({ jobId }) => found.push(jobId));
      await eventually('the first job is found', () => found.length > 0);
      await findOne(search, searchJob(2, 16));
      assert.deepEqual(found, [1]);
    }));

  it('drops a job at once for another and never reports the old one (N9)', () =>
    using(async (search) => {
      for (let id = 1; id <= 60; id++) {
        search.start(searchJob(id, 8), ({ jobId }) => assert.equal(jobId, id));
        search.start(searchJob(100 + id, NEVER), () => assert.fail('nobody meets this target'));
      }
      const stale = new Promise((_, reject) =>
        search.start(searchJob(90, 1), () => reject(new Error('a job that was replaced was reported'))),
      );
      const result = await Promise.race([findOne(search, searchJob(91, 14)), stale]);
      assertSolves(searchJob(91, 14), result as SearchResult);
    }));

  it('stands still while it is paused, and goes on with the next job', () =>
    using(async (search) => {
      search.start(searchJob(1, NEVER), () => assert.fail('nobody meets this target'));
      await eventually('it searches', () => search.hashes() > 0n);
      search.pause();
      let before = -1n;
      await eventually('it stands still', () => {
        const now = search.hashes();
        const still = now === before;
        before = now;
        return still;
      });
      assertSolves(searchJob(2, 10), await findOne(search, searchJob(2, 10)));
    }));

  it('reports nothing after a pause', () =>
    using(async (search) => {
      search.start(searchJob(1, 0), () => assert.fail('it was paused'));
      search.pause();
      await findOne(search, searchJob(2, 12));
    }));

  it('ends in the middle of a search', async () => {
    const search = make();
    search.start(searchJob(1, NEVER), () => assert.fail('nobody meets this target'));
    await eventually('it searches', () => search.hashes() > 0n);
    await search.close();
    const after = search.hashes();
    await new Promise<void>((resolve) => setImmediate(resolve));
    assert.equal(search.hashes(), after);
  });
}
