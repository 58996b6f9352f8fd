import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sha256 } from '@noble/hashes/sha2.js';
import fc from 'fast-check';
import { AssertionError } from '../base/assert.ts';
import { fromHex, toHex } from '../base/bytes.ts';
import { createNonceSearch } from './search-nonce.ts';

/** The header of Bitcoin's first block, with its nonce. */
const GENESIS: Uint8Array = fromHex(
  `01000000${'00'.repeat(32)}3ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c`,
)!;
const GENESIS_NONCE = 2_083_236_893;

const LARGEST = 2n ** 256n - 1n;

function targetOf(value: bigint): Uint8Array {
  return fromHex(value.toString(16).padStart(64, '0'))!;
}

/** The hash of the header with this nonce as the number that counts, by another implementation. */
function hashNumber(header80: Uint8Array, nonce: number): bigint {
  const header = header80.slice();
  new DataView(header.buffer).setUint32(76, nonce, true);
  return BigInt(`0x${toHex(sha256(sha256(header)).reverse())}`);
}

function plainSearch(header80: Uint8Array, target: bigint, from: number, count: number): number {
  for (let nonce = from; nonce < from + count; nonce++) if (hashNumber(header80, nonce) <= target) return nonce;
  return -1;
}

describe('the nonce search', () => {
  const { search } = createNonceSearch();

  it("finds the nonce of Bitcoin's first block, and no other near it", () => {
    const target = targetOf(0xffffn << 208n);
    assert.equal(search({ header80: GENESIS, target, from: GENESIS_NONCE - 5_000, count: 10_000 }), GENESIS_NONCE);
    assert.equal(search({ header80: GENESIS, target, from: GENESIS_NONCE + 1, count: 5_000 }), -1);
    assert.equal(search({ header80: GENESIS, target, from: GENESIS_NONCE - 5_000, count: 5_000 }), -1);
  });

  it('accepts a hash equal to the target and refuses one above it by 1, in each lane', () => {
    for (let from = GENESIS_NONCE - 4; from <= GENESIS_NONCE; from++) {
      const hash = hashNumber(GENESIS, GENESIS_NONCE);
      assert.equal(search({ header80: GENESIS, target: targetOf(hash), from, count: 8 }), GENESIS_NONCE);
      assert.equal(search({ header80: GENESIS, target: targetOf(hash - 1n), from, count: 8 }), -1);
      assert.equal(search({ header80: GENESIS, target: targetOf(hash + 1n), from, count: 8 }), GENESIS_NONCE);
    }
  });

  it('finds the same as a plain search for any header, range and target', () => {
    const header = fc.uint8Array({ minLength: 80, maxLength: 80 });
    const from = fc.oneof(fc.nat(2 ** 31 - 1), fc.integer({ min: 2 ** 32 - 50, max: 2 ** 32 - 1 }), fc.constantFrom(0, 1, 2, 3));
    let found = 0;
    let missed = 0;
    const property = fc.property(
      header,
      from,
      fc.nat(48),
      fc.nat(255),
      fc.bigInt(-2n, 2n),
      fc.nat(47),
      (bytes, start, length, bits, off, which) => {
        const count = Math.min(length, 2 ** 32 - start);
        // Targets of every size, and those within 2 of a hash that is to be met or missed.
        const near = hashNumber(bytes, Math.min(start + which, 2 ** 32 - 1)) + off;
        for (const target of [near < 0n ? 0n : near, (1n << BigInt(bits)) - 1n, LARGEST >> BigInt(bits % 8)]) {
          const expected = plainSearch(bytes, target, start, count);
          assert.equal(search({ header80: bytes, target: targetOf(target), from: start, count }), expected, `${toHex(bytes)} ${target}`);
          if (expected < 0) missed++;
          else found++;
        }
      },
    );
    fc.assert(property, { numRuns: 150 });
    assert.ok(found > 50 && missed > 50, `${found} found, ${missed} missed`);
  });

  it('finds the first of several at once, and takes every hash for the largest target', () => {
    for (let from = 0; from < 9; from++) assert.equal(search({ header80: GENESIS, target: targetOf(LARGEST), from, count: 9 }), from);
    const half = 2n ** 255n;
    for (let from = 0; from < 40; from++) {
      assert.equal(search({ header80: GENESIS, target: targetOf(half), from, count: 40 }), plainSearch(GENESIS, half, from, 40));
    }
  });

  it('tries nothing beyond the range, nor beyond the last nonce', () => {
    const target = targetOf(LARGEST);
    assert.equal(search({ header80: GENESIS, target, from: 7, count: 0 }), -1);
    assert.equal(search({ header80: GENESIS, target, from: 2 ** 32 - 1, count: 1 }), 2 ** 32 - 1);
    assert.equal(search({ header80: GENESIS, target: targetOf(0n), from: 2 ** 32 - 3, count: 3 }), -1);
    const hash = hashNumber(GENESIS, GENESIS_NONCE);
    for (let count = 0; count <= 6; count++) {
      const expected = count > 3 ? GENESIS_NONCE : -1;
      assert.equal(search({ header80: GENESIS, target: targetOf(hash), from: GENESIS_NONCE - 3, count }), expected);
    }
  });

  it('forgets one header and target when it is given the next, and writes to neither', () => {
    const other = GENESIS.slice();
    other[10] = 1;
    const target = targetOf(0xffffn << 208n);
    const range = { target, from: GENESIS_NONCE - 2, count: 4 };
    assert.equal(search({ ...range, header80: other }), -1);
    assert.equal(search({ ...range, header80: GENESIS }), GENESIS_NONCE);
    assert.equal(search({ ...range, header80: other }), -1);
    assert.deepEqual(target, targetOf(0xffffn << 208n));
    assert.equal(new DataView(GENESIS.buffer).getUint32(76, true), GENESIS_NONCE);
  });

  it('stops at arguments that make no sense', () => {
    const good = { header80: GENESIS, target: targetOf(1n), from: 0, count: 1 };
    for (const bad of [
      { header80: GENESIS.subarray(1) },
      { target: new Uint8Array(31) },
      { from: -1 },
      { from: 0.5 },
      { count: -1 },
      { from: 2 ** 32 },
      { from: 2 ** 32 - 1, count: 2 },
    ]) {
      assert.throws(() => search({ ...good, ...bad }), AssertionError);
    }
  });
});
