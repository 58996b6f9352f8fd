import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { fromHex, toHex } from '../base/bytes.ts';
import type { Txid } from '../primitives/ids.ts';
import { makeTransaction } from '../primitives/transaction.ts';
import { multisigScript, p2pkhScript, p2pkScript } from '../script/output-template.ts';
import { BLOOM_UPDATE, BloomFilter, murmurHash3 } from './bloom-filter.ts';

const empty = (sizeBytes: number, hashCount: number, tweak = 0, flags: number = BLOOM_UPDATE.none): BloomFilter =>
  new BloomFilter({ bytes: new Uint8Array(sizeBytes), hashCount, tweak, flags });
const key = (fill: number): Uint8Array => Uint8Array.of(2, ...new Uint8Array(32).fill(fill));
const paying = (...scripts: Uint8Array[]) =>
  makeTransaction({
    version: 2,
    inputs: [
      { prevout: { txid: new Uint8Array(32).fill(9) as Txid, vout: 1 }, scriptSig: Uint8Array.of(2, 0xab, 0xcd), sequence: 0, witness: [] },
    ],
    outputs: scripts.map((scriptPubKey) => ({ value: 1n, scriptPubKey })),
    lockTime: 0,
  });
const spending = (txid: Txid, vout: number) =>
  makeTransaction({
    version: 2,
    inputs: [{ prevout: { txid, vout }, scriptSig: new Uint8Array(0), sequence: 0, witness: [] }],
    outputs: [{ value: 1n, scriptPubKey: Uint8Array.of(0x51) }],
    lockTime: 0,
  });

describe('MurmurHash3', () => {
  it('gives what its author gives for lengths of each remainder', () => {
    const known: [number, string, number][] = [
      [0, '', 0],
      [0xfba4c795, '', 0x6a396f08],
      [0xffffffff, '', 0x81f16f39],
      [0, '00', 0x514e28b7],
      [0xfba4c795, '00', 0xea3f0b17],
      [0, 'ff', 0xfd6cf10d],
      [0, '0011', 0x16c6b7ab],
      [0, '001122', 0x8eb51c3d],
      [0, '00112233', 0xb4471bf8],
      [0, '0011223344', 0xe2301fa8],
      [0, '001122334455', 0xfc2e4a15],
      [0, '00112233445566', 0xb074502c],
      [0, '0011223344556677', 0x8034d2a0],
      [0, '001122334455667788', 0xb4698def],
    ];
    for (const [seed, hex, hash] of known) assert.equal(murmurHash3(seed, fromHex(hex)!), hash, hex);
  });
});

describe('BloomFilter', () => {
  const items = [
    '99108ad8ed9bb6274d3980bab5a85c048f0950c8',
    'b5a2c786d9ef4658287ced5914b37a1b4aa32eee',
    'b9300670b4c5366e95b2699e8b18bc75e5f729c5',
  ];

  it('sets the bits that the example of BIP-37 has, without and with a tweak', () => {
    for (const [tweak, hex] of [
      [0, '614e9b'],
      [2_147_483_649, 'ce4299'],
    ] as const) {
      const filter = empty(3, 5, tweak);
      for (const item of items) filter.insert(fromHex(item)!);
      assert.equal(toHex(filter.bytes), hex);
      for (const item of items) assert.equal(filter.contains(fromHex(item)!), true);
      assert.equal(filter.contains(fromHex(`1${items[0]!.slice(1)}`)!), false);
    }
  });

  it('has all that was put into it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 40 })),
        fc.nat(0xffffffff),
        fc.integer({ min: 0, max: 50 }),
        (each, tweak, hashCount) => {
          const filter = empty(40, hashCount, tweak);
          for (const item of each) filter.insert(item);
          for (const item of each) assert.equal(filter.contains(item), true);
        },
      ),
    );
  });

  it('wants everything where it has no bytes, and takes nothing up', () => {
    const filter = empty(0, 5);
    filter.insert(key(1));
    assert.equal(filter.matches(paying(p2pkhScript(new Uint8Array(20)))), true);
    assert.equal(filter.bytes.length, 0);
  });

  it('wants a transaction by its id, by what its outputs push, by what it spends and by what its inputs push', () => {
    const hash = new Uint8Array(20).fill(7);
    const tx = paying(p2pkhScript(hash));
    const outPoint = Uint8Array.of(...new Uint8Array(32).fill(9), 1, 0, 0, 0);
    for (const wanted of [tx.txid, hash, outPoint, Uint8Array.of(0xab, 0xcd)]) {
      const filter = empty(64, 10);
      assert.equal(filter.matches(tx), false);
      filter.insert(wanted);
      assert.equal(filter.matches(tx), true);
    }
  });

  it('takes up the outputs that matched: none of them, all of them, or those that pay to keys', () => {
    const hash = new Uint8Array(20).fill(7);
    const tx = paying(p2pkhScript(hash), p2pkScript(key(1)), multisigScript(1, [key(2), key(3)]), p2pkScript(key(4)));
    const spentThen = (flags: number): boolean[] => {
      const filter = empty(256, 10, 5, flags);
      for (const wanted of [hash, key(1), key(3)]) filter.insert(wanted);
      assert.equal(filter.matches(tx), true);
      return [0, 1, 2, 3].map((vout) => filter.matches(spending(tx.txid, vout)));
    };
    assert.deepEqual(spentThen(BLOOM_UPDATE.none), [false, false, false, false]);
    assert.deepEqual(spentThen(BLOOM_UPDATE.all), [true, true, true, false]);
    assert.deepEqual(spentThen(BLOOM_UPDATE.publicKeysOnly), [false, true, true, false]);
  });

  it('looks at a script up to where it breaks off', () => {
    const filter = empty(64, 10);
    filter.insert(Uint8Array.of(1, 2));
    assert.equal(filter.matches(paying(Uint8Array.of(2, 1, 2, 5, 1))), true);
    assert.equal(filter.matches(paying(Uint8Array.of(5, 1, 2))), false);
  });
});
