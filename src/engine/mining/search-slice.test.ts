import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { NonceSearch } from '../../core/crypto/search-nonce.ts';
import type { SearchJob } from '../ports/block-search.ts';
import { NONCE_COUNT } from './search-cursor.ts';
import { SlicedSearch } from './search-slice.ts';

/** One header and nothing in it to roll over: its coinbase and its time are signed. */
const JOB: SearchJob = {
  id: 1,
  header: new Uint8Array(80),
  coinbaseHead: Uint8Array.of(1, 2, 3),
  coinbaseTail: new Uint8Array(),
  extranonceSizeBytes: 0,
  merkleBranch: [],
  target: new Uint8Array(32),
  timeSecondsMax: 0,
};

/** Nonces that a share looks at, as ranges; none of them meets the target. */
function rangesOf(index: number, of: number): { readonly ranges: readonly (readonly [number, number])[]; readonly headers: Set<string> } {
  const ranges: [number, number][] = [];
  const headers = new Set<string>();
  const search: NonceSearch = {
    search: ({ header80, from, count }) => {
      ranges.push([from, from + count]);
      headers.add(Buffer.from(header80).toString('hex'));
      return -1;
    },
  };
  const sliced = new SlicedSearch(JOB, { index, of }, search);
  while (sliced.slice(0x3000_0000).kind === 'searching') assert.ok(ranges.length < 100);
  return { ranges, headers };
}

describe('a search through one header', () => {
  it('shares its nonces out without overlap or gap, and ends', () => {
    for (const of of [1, 2, 3, 7]) {
      let at = 0;
      const seen = new Set<string>();
      for (let index = 0; index < of; index++) {
        const { ranges, headers } = rangesOf(index, of);
        for (const [from, to] of ranges) {
          assert.equal(from, at);
          at = to;
        }
        for (const header of headers) seen.add(header);
      }
      assert.equal(at, NONCE_COUNT, `${of} shares`);
      assert.equal(seen.size, 1, 'all look at the same header');
    }
  });
});
