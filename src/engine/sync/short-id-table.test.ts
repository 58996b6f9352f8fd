import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ShortIdTable } from './short-id-table.ts';

describe('the table of short ids', () => {
  const id = fc.oneof(fc.nat(20), fc.nat(2 ** 48 - 1));

  it('finds the place of each id and of no other, and tells whether two are the same', () => {
    fc.assert(
      fc.property(fc.array(id, { maxLength: 40 }), fc.array(id), (ids, others) => {
        const places = ids.map((_, index) => index * 2);
        const table = new ShortIdTable(ids, places);
        assert.equal(table.hasTwins, new Set(ids).size !== ids.length);
        const model = new Map(ids.map((each, index) => [each, places[index]]));
        if (!table.hasTwins) for (const each of [...ids, ...others]) assert.equal(table.find(each), model.get(each));
      }),
      { numRuns: 200 },
    );
  });

  it('P9: holds as many as a compact block can have, whatever they have in common', () => {
    // The same lower bits: what a table by hashes of these would put into one bucket.
    const ids = Array.from({ length: 65_535 }, (_, index) => (65_535 - index) * 2 ** 32);
    const table = new ShortIdTable(ids, [...ids.keys()]);
    assert.equal(table.hasTwins, false);
    for (const index of [0, 1, 40_000, 65_534]) assert.equal(table.find(ids[index]!), index);
    assert.equal(table.find(5), undefined);
  });
});
