import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeVectors, readVectorText } from '../../../test/support/vectors.ts';
import { fromHex, toHex } from '../base/bytes.ts';
import { decodeEllswift, pairOf, xFromPair } from './ellswift.ts';
import { fieldFromBytes } from './secp-field.ts';

const number = (text: string): bigint => fieldFromBytes(fromHex(text)!);
const rows = (name: string): string[][] =>
  readVectorText(`bips/bip-0324/${name}`)
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((line) => line.split(','));

describeVectors('BIP-324 vectors of ElligatorSwift', () => {
  it('each encoding stands for its x', () => {
    const all = rows('ellswift_decode_test_vectors.csv');
    assert.ok(all.length > 70);
    for (const [encoding, x] of all) assert.equal(toHex(decodeEllswift(fromHex(encoding!)!)), x);
  });

  it('each of the eight ways finds its t, or none, and what it finds stands for the x', () => {
    const all = rows('xswiftec_inv_test_vectors.csv');
    let found = 0;
    for (const [u, x, ...ways] of all) {
      for (let way = 0; way < 8; way++) {
        const t = pairOf(number(x!), number(u!), way);
        assert.equal(t === undefined ? '' : t.toString(16).padStart(64, '0'), ways[way], `u ${u}, way ${way}`);
        if (t === undefined) continue;
        found++;
        assert.equal(xFromPair(number(u!), t), number(x!));
      }
    }
    assert.ok(all.length > 30 && found > 50);
  });
});
