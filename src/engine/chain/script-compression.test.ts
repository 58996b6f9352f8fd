import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { testSecp256k1 } from '../../../test/support/test-chain.ts';
import { concatBytes, toHex } from '../../core/base/bytes.ts';
import { ByteReader } from '../../core/primitives/byte-reader.ts';
import { ByteWriter } from '../../core/primitives/byte-writer.ts';
import { DecodeError } from '../../core/primitives/decode-error.ts';
import { compressAmount, decompressAmount, readCompressedScript, writeCompressedScript } from './script-compression.ts';

const write = (script: Uint8Array): Uint8Array => {
  const writer = new ByteWriter(1);
  writeCompressedScript(writer, script);
  return writer.finish();
};
const read = (bytes: Uint8Array): Uint8Array => {
  const reader = new ByteReader(bytes);
  const script = readCompressedScript(reader);
  reader.end('script');
  return script;
};

describe('compressAmount', () => {
  it("gives Core's examples", () => {
    const examples: [bigint, number][] = [
      [0n, 0x0],
      [1n, 0x1],
      [1_000_000n, 0x7],
      [100_000_000n, 0x9],
      [5_000_000_000n, 0x32],
      [2_100_000_000_000_000n, 0x1406f40],
    ];
    for (const [amount, compressed] of examples) {
      assert.equal(Number(compressAmount(amount)), compressed);
      assert.equal(decompressAmount(compressed), amount);
    }
  });

  it('gives back every amount, those that no number holds exactly too', () => {
    const amounts = fc.oneof(fc.bigInt(0n, 2n ** 63n - 1n), fc.bigInt(0n, 10n ** 10n), fc.bigInt(10n ** 15n - 1_000n, 10n ** 15n + 1_000n));
    fc.assert(
      fc.property(amounts, fc.integer({ min: 0, max: 9 }), (amount, zeros) => {
        const rounded = amount - (amount % 10n ** BigInt(zeros));
        for (const each of [amount, rounded]) assert.equal(decompressAmount(compressAmount(each)), each);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('writeCompressedScript', () => {
  const key = testSecp256k1.publicKeyOf(new Uint8Array(32).fill(9), false)!;

  it('writes the old kinds of outputs in 21 or 33 bytes', () => {
    const hash = new Uint8Array(20).fill(5);
    const keyHash = concatBytes(Uint8Array.of(0x76, 0xa9, 0x14), hash, Uint8Array.of(0x88, 0xac));
    const scriptHash = concatBytes(Uint8Array.of(0xa9, 0x14), hash, Uint8Array.of(0x87));
    const compressed = concatBytes(Uint8Array.of(33, 3), new Uint8Array(32).fill(1), Uint8Array.of(0xac));
    const uncompressed = concatBytes(Uint8Array.of(65), key, Uint8Array.of(0xac));
    const rows: [Uint8Array, string][] = [
      [keyHash, `00${toHex(hash)}`],
      [scriptHash, `01${toHex(hash)}`],
      [compressed, `03${toHex(new Uint8Array(32).fill(1))}`],
      [uncompressed, `0${4 | (key[64]! & 1)}${toHex(key.subarray(1, 33))}`],
    ];
    for (const [script, hex] of rows) {
      assert.equal(toHex(write(script)), hex);
      assert.deepEqual(read(write(script)), script);
    }
  });

  it('leaves a key that is no point as it is', () => {
    const wrong = key.slice();
    wrong[64] = wrong[64]! ^ 1;
    const script = concatBytes(Uint8Array.of(65), wrong, Uint8Array.of(0xac));
    assert.equal(write(script).length, 1 + 67);
    assert.deepEqual(read(write(script)), script);
  });

  it('gives back any script', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (script) => assert.deepEqual(read(write(script)), Uint8Array.from(script))));
  });

  it('refuses an x that is on no point, and a size over what is there', () => {
    assert.throws(() => read(concatBytes(Uint8Array.of(4), new Uint8Array(32).fill(0xff))), DecodeError);
    assert.throws(() => read(concatBytes(Uint8Array.of(4), new Uint8Array(31), Uint8Array.of(5))), DecodeError);
    assert.throws(() => read(Uint8Array.of(10, 1)), DecodeError);
  });
});
