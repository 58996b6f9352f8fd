import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sha256d } from '../../core/crypto/sha256.ts';
import type { SearchJob } from '../ports/block-search.ts';
import { SearchCursor } from './search-cursor.ts';

const JOB: SearchJob = {
  id: 1,
  header: new Uint8Array(80),
  coinbaseHead: Uint8Array.of(1, 2),
  coinbaseTail: Uint8Array.of(3),
  extranonceSizeBytes: 1,
  merkleBranch: [],
  target: new Uint8Array(32),
  timeSecondsMax: 2,
};

/** Extranonce and time of every header of a share. */
function walk(index: number, of: number): string[] {
  const cursor = new SearchCursor(JOB, { index, of });
  const seen: string[] = [];
  do {
    assert.deepEqual(cursor.header.subarray(36, 68), sha256d(Uint8Array.of(1, 2, cursor.extranonce, 3)));
    seen.push(`${new DataView(cursor.header.buffer).getUint32(68, true)}:${cursor.extranonce}`);
  } while (cursor.next());
  return seen;
}

describe('a search', () => {
  it('rolls the extranonce over into the time, up to the latest second allowed, and ends', () => {
    const seen = walk(0, 1);
    assert.equal(seen.length, 3 * 256);
    assert.deepEqual([seen[0], seen[255], seen[256], seen.at(-1)], ['0:0', '0:255', '1:0', '2:255']);
  });

  it('is shared out without overlap or gap', () => {
    const shares = [0, 1, 2].flatMap((index) => walk(index, 3));
    assert.equal(new Set(shares).size, shares.length);
    assert.deepEqual(shares.sort(), walk(0, 1).sort());
  });
});
