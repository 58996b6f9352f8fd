import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { fromHex, toHex } from '../../core/base/bytes.ts';
import { ByteReader } from '../../core/primitives/byte-reader.ts';
import { ByteWriter } from '../../core/primitives/byte-writer.ts';
import { DecodeError } from '../../core/primitives/decode-error.ts';
import { readSmallVarInt, readVarInt, writeVarInt } from './var-int.ts';

const encode = (value: number | bigint): Uint8Array => {
  const writer = new ByteWriter(1);
  writeVarInt(writer, value);
  return writer.finish();
};
const decode = (bytes: Uint8Array): number | bigint => readVarInt(new ByteReader(bytes), 'number');

describe('writeVarInt', () => {
  it("writes Core's examples", () => {
    const examples: [number, string][] = [
      [0, '00'],
      [1, '01'],
      [127, '7f'],
      [128, '8000'],
      [255, '807f'],
      [256, '8100'],
      [16383, 'fe7f'],
      [16384, 'ff00'],
      [16511, 'ff7f'],
      [65535, '82fe7f'],
      [2 ** 32, '8efefeff00'],
    ];
    for (const [value, hex] of examples) {
      assert.equal(toHex(encode(value)), hex);
      assert.equal(toHex(encode(BigInt(value))), hex);
      assert.equal(decode(fromHex(hex)!), value);
    }
  });

  it('reads what it writes, up to 64 bits', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 64n - 1n), (value) => {
        assert.equal(BigInt(decode(encode(value))), value);
        if (value <= BigInt(Number.MAX_SAFE_INTEGER)) assert.deepEqual(encode(Number(value)), encode(value));
      }),
    );
    assert.equal(decode(encode(2n ** 64n - 1n)), 2n ** 64n - 1n);
  });
});

describe('readVarInt', () => {
  it('refuses more than 64 bits and what is cut short', () => {
    assert.throws(() => decode(fromHex('80fefefefefefefeff00')!), DecodeError);
    assert.throws(() => decode(new Uint8Array(20).fill(0xff)), DecodeError);
    assert.throws(() => decode(fromHex('ff')!), DecodeError);
  });

  it('refuses a number over the limit where one is set', () => {
    const read = (value: number): number => readSmallVarInt(new ByteReader(encode(value)), { what: 'number', max: 300 });
    assert.equal(read(300), 300);
    assert.throws(() => read(301), DecodeError);
  });
});
