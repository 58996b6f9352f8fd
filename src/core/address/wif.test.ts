import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { concatBytes, fromHex } from '../base/bytes.ts';
import { quoin } from '../params/quoin.ts';
import { regtest } from '../params/regtest.ts';
import { encodeBase58Check } from './base58.ts';
import { decodeWif, encodeWif } from './wif.ts';

function problemOf(payload: Uint8Array): string {
  const result = decodeWif(encodeBase58Check(payload), regtest);
  return 'problem' in result ? result.problem : 'accepted';
}

function key(hex: string): Uint8Array {
  return fromHex(hex.padStart(64, '0')) ?? assert.fail(hex);
}

describe('private keys as text', () => {
  it('come back as they were, compressed or not', () => {
    for (const compressed of [true, false]) {
      const wif = { privateKey: key('1'), compressed };
      assert.deepEqual(decodeWif(encodeWif(wif, quoin), quoin), wif);
    }
  });

  it('of another network are refused', () => {
    const text = encodeWif({ privateKey: key('1'), compressed: true }, quoin);
    assert.deepEqual(decodeWif(text, regtest), { problem: 'Private key of another network', positions: [] });
  });

  it('are from 1 to the order minus 1', () => {
    const order = 'fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd036414';
    const head = Uint8Array.of(239);
    assert.equal(problemOf(concatBytes(head, key('0'))), 'Private key outside allowed range');
    assert.equal(problemOf(concatBytes(head, key('1'))), 'accepted');
    assert.equal(problemOf(concatBytes(head, key(`${order}0`))), 'accepted');
    assert.equal(problemOf(concatBytes(head, key(`${order}1`))), 'Private key outside allowed range');
    assert.throws(() => encodeWif({ privateKey: key('0'), compressed: true }, regtest), { name: 'AssertionError' });
  });

  it('have 32 bytes, and then nothing or a single 1', () => {
    const payload = concatBytes(Uint8Array.of(239), key('1'));
    assert.equal(problemOf(payload.slice(0, -1)), 'Invalid length of private key');
    assert.equal(problemOf(concatBytes(payload, Uint8Array.of(1))), 'accepted');
    assert.equal(problemOf(concatBytes(payload, Uint8Array.of(2))), 'Invalid length of private key');
    assert.equal(problemOf(concatBytes(payload, Uint8Array.of(1, 1))), 'Invalid private key encoding');
    assert.equal('problem' in decodeWif('not a key', regtest), true);
  });
});
