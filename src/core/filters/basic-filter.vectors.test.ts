import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeVectors, readVectorJson } from '../../../test/support/vectors.ts';
import { fromHex, toHex } from '../base/bytes.ts';
import { decodeBlock } from '../primitives/block.ts';
import { fromDisplayHex, toDisplayHex } from '../primitives/ids.ts';
import { basicFilter, basicFilterMatchesAny, filterHeader } from './basic-filter.ts';

type Row = readonly [number, string, string, readonly string[], string, string, string, string];

/** Rows of each file, its heading left out. */
const FILES: Readonly<Record<string, number>> = { 'core/blockfilters.json': 10, 'bips/bip-0158/testnet-19.json': 10 };

for (const [path, count] of Object.entries(FILES)) {
  describeVectors(`filters of ${path}`, () => {
    const rows = readVectorJson<readonly (Row | readonly [string])[]>(path).filter((row): row is Row => row.length > 1);

    it(`has ${count} blocks`, () => assert.equal(rows.length, count));

    for (const [height, hash, bytes, spent, previous, filter, header, notes] of rows) {
      it(`of block ${height}: ${notes}`, () => {
        const block = decodeBlock(fromHex(bytes) as Uint8Array);
        assert.equal(toDisplayHex(block.header.hash), hash);
        const scripts = spent.map((script) => fromHex(script) as Uint8Array);
        const built = basicFilter(block, scripts);
        assert.equal(toHex(built), filter);
        assert.equal(toDisplayHex(filterHeader(built, fromDisplayHex(previous) as Uint8Array)), header);
        for (const script of scripts.filter(({ length }) => length > 0)) {
          assert.ok(basicFilterMatchesAny(built, block.header.hash, [script]));
        }
      });
    }
  });
}
