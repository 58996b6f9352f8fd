import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sipHash24 } from '../crypto/siphash.ts';
import { DecodeError } from '../primitives/decode-error.ts';
import { CodedSetBuilder, codedSetCount, codedSetMatchesAll, codedSetMatchesAny, FALSE_POSITIVE_ONE_IN } from './coded-set.ts';

const KEY = Uint8Array.from({ length: 16 }, (_, i) => i * 7);

function item(number: number): Uint8Array {
  return Uint8Array.from([number & 255, (number >> 8) & 255, (number >> 16) & 255, 0xaa]);
}

function setOf(items: readonly Uint8Array[]): Uint8Array {
  const builder = new CodedSetBuilder(KEY);
  for (const each of items) builder.add(each);
  return builder.finish();
}

/** The numbers of a coded set's items by the book: with bigints. */
function numbersOf(items: readonly Uint8Array[]): bigint[] {
  const range = BigInt(items.length * FALSE_POSITIVE_ONE_IN);
  return items.map((each) => (sipHash24(KEY, each) * range) >> 64n).sort((a, b) => (a < b ? -1 : 1));
}

/** The numbers that a coded set holds, taken apart bit by bit. */
function decoded(bytes: Uint8Array, headerBytes: number, count: number): bigint[] {
  const bits = [...bytes.subarray(headerBytes)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const numbers: bigint[] = [];
  let at = 0;
  let last = 0n;
  for (let i = 0; i < count; i++) {
    const end = bits.indexOf('0', at);
    last += (BigInt(end - at) << 19n) + BigInt(`0b${bits.slice(end + 1, end + 20)}`);
    at = end + 20;
    numbers.push(last);
  }
  assert.ok(bits.length - at < 8, 'nothing is behind the last item');
  return numbers;
}

describe('a coded set', () => {
  it('of nothing is one zero byte and matches nothing', () => {
    assert.deepEqual(setOf([]), Uint8Array.of(0));
    assert.equal(codedSetMatchesAny(Uint8Array.of(0), KEY, [item(1)]), false);
  });

  it('holds the numbers that BIP-158 says, of one item and of 20,000, where the range is over 2^32', () => {
    const one = [item(9)];
    assert.deepEqual(decoded(setOf(one), 1, 1), numbersOf(one));
    const many = Array.from({ length: 20_000 }, (_, i) => item(i));
    assert.deepEqual(decoded(setOf(many), 3, many.length), numbersOf(many));
  });

  it('counts an item once', () => {
    assert.deepEqual(setOf([item(1), item(2), item(1)]), setOf([item(2), item(1)]));
  });

  it('matches every item in it, and of 3,000 others next to none', () => {
    const items = Array.from({ length: 500 }, (_, i) => item(i));
    const set = setOf(items);
    for (const each of items) assert.ok(codedSetMatchesAny(set, KEY, [item(900_000), each]));
    const others = Array.from({ length: 3_000 }, (_, i) => item(100_000 + i));
    assert.ok(others.filter((each) => codedSetMatchesAny(set, KEY, [each])).length <= 3);
    assert.equal(codedSetMatchesAny(set, KEY, []), false);
  });

  it('tells whether all of some items are in it, the highest and equal ones too, and how many it has', () => {
    const items = Array.from({ length: 300 }, (_, i) => item(i));
    const set = setOf(items);
    assert.equal(codedSetMatchesAll(set, KEY, items), true);
    assert.equal(codedSetMatchesAll(set, KEY, [item(3), item(3), item(299)]), true);
    assert.equal(codedSetMatchesAll(set, KEY, []), true);
    for (let i = 0; i < 50; i++) assert.equal(codedSetMatchesAll(set, KEY, [item(3), item(500_000 + i)]), false);
    assert.equal(codedSetCount(set), 300);
    assert.throws(() => codedSetMatchesAll(set.subarray(0, set.length - 3), KEY, []), DecodeError);
  });

  it('is refused where it ends early or says too many items', () => {
    const set = setOf(Array.from({ length: 50 }, (_, i) => item(i)));
    // A wanted number above all that are there makes the reader go to the end.
    const highest = Array.from({ length: 2_000 }, (_, i) => item(5_000 + i));
    assert.throws(() => codedSetMatchesAny(set.subarray(0, 20), KEY, highest), DecodeError);
    assert.throws(() => codedSetMatchesAny(Uint8Array.of(0xfe, 0, 0, 0, 0x10), KEY, highest), DecodeError);
  });
});
