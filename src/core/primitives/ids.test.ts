import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { toHex } from '../base/bytes.ts';
import type { Txid } from './ids.ts';
import { fromDisplayHex, hashKey, hashOfKey, toDisplayHex, zeroHash } from './ids.ts';
import { outPointKey } from './transaction.ts';

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe('ids', () => {
  it('are shown reversed and read back, and are not changed by it', () => {
    fc.assert(
      fc.property(hash, (bytes) => {
        const before = toHex(bytes);
        const text = toDisplayHex(bytes);
        assert.equal(text, Buffer.from(bytes).reverse().toString('hex'));
        assert.equal(toHex(bytes), before);
        assert.deepEqual(fromDisplayHex(text), bytes);
        assert.deepEqual(fromDisplayHex(text.toUpperCase()), bytes);
      }),
    );
  });

  it('are 64 hexadecimal digits and nothing else', () => {
    for (const text of ['', '0'.repeat(62), '0'.repeat(63), '0'.repeat(65), '0'.repeat(66), `${'0'.repeat(63)}g`, `0x${'0'.repeat(62)}`])
      assert.equal(fromDisplayHex(text), undefined, text);
    assert.deepEqual(fromDisplayHex('0'.repeat(64)), zeroHash());
  });

  it('are keys of a Map by their bytes', () => {
    fc.assert(
      fc.property(hash, hash, (a, b) => {
        assert.equal(hashKey(a) === hashKey(b), toHex(a) === toHex(b));
        assert.equal(hashKey(a), hashKey(Uint8Array.from(a)));
        assert.equal(hashKey(a).length, 32);
        assert.deepEqual(hashOfKey(hashKey(a)), a);
      }),
    );
    for (const length of [0, 31, 33, 36, 1_000_000]) {
      const bytes = new Uint8Array(length).fill(200);
      assert.deepEqual(hashOfKey(hashKey(bytes)), bytes);
    }
  });

  it('with an output index are keys of outpoints, different for every index', () => {
    const txid = zeroHash<Txid>();
    const indexes = [0, 1, 255, 256, 65_535, 65_536, 2 ** 24, 2 ** 31, 2 ** 32 - 1];
    assert.equal(new Set(indexes.map((vout) => outPointKey({ txid, vout }))).size, indexes.length);
    assert.equal(outPointKey({ txid, vout: 5 }), outPointKey({ txid: zeroHash<Txid>(), vout: 5 }));
  });

  it('of nothing are new each time', () => {
    zeroHash().fill(1);
    assert.deepEqual(zeroHash(), new Uint8Array(32));
  });
});
