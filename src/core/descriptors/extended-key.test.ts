import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HDKey } from '@scure/bip32';
import { AssertionError } from '../base/assert.ts';
import { fromHex, toHex } from '../base/bytes.ts';
import { chooseSecp256k1 } from '../crypto/node/choose-secp256k1.ts';
import { ExtendedKey, HARDENED } from './extended-key.ts';

const secp256k1 = chooseSecp256k1('auto');
const PATH = [HARDENED, 1, HARDENED + 2, 2, 1_000_000_000];
/** Seeds of BIP-32's test vectors 1 to 4. Those of the third and fourth begin keys with zeros, which some programs once lost. */
const SEEDS = [
  '000102030405060708090a0b0c0d0e0f',
  'fffcf9f6f3f0edeae7e4e1dedbd8d5d2cfccc9c6c3c0bdbab7b4b1aeaba8a5a29f9c999693908d8a8784817e7b7875726f6c696663605d5a5754514e4b484542',
  '4b381541583be4423346c643850da4b320e46a87ae3d2a4e6da11eba819cd4acba45d239319ac14f863b8d5ab5a0d0c64d2e8a1e7d1457df2e5a3c51c73235be',
  '3ddd5602285899a946114506157c7997e5444528f3003f6134712147db19b678',
];

test("gives the keys of BIP-32's first vector", () => {
  const root = ExtendedKey.root(fromHex(SEEDS[0]!)!, secp256k1);
  assert.equal(toHex(root.privateKey), 'e8f32e723decf4051aefac8e2c93c9c5b214313817cdb01a1494b917c8436b35');
  assert.equal(toHex(root.publicKey), '0339a36013301597daef41fbe593a02cc513d0b55527ec2df1050e2e8ff49c85c2');
  const last = root.descendant(PATH);
  assert.equal(toHex(last.privateKey), '471b76e389e528d6de6d816857e012c5455051cad6660850e58372a6c3e6e7c8');
});

test('gives the keys that another program gives, at every step of a path', () => {
  for (const seed of SEEDS) {
    let ours = ExtendedKey.root(fromHex(seed)!, secp256k1);
    let theirs = HDKey.fromMasterSeed(fromHex(seed)!);
    for (const index of [...PATH, 0, HARDENED - 1, 2 ** 32 - 1]) {
      ours = ours.child(index);
      theirs = theirs.deriveChild(index);
      assert.deepEqual(ours.privateKey, theirs.privateKey);
      assert.deepEqual(ours.publicKey, theirs.publicKey);
    }
  }
});

test('takes seeds of 16 to 64 bytes', () => {
  for (const size of [16, 64]) assert.equal(ExtendedKey.root(new Uint8Array(size), secp256k1).privateKey.length, 32);
  for (const size of [15, 65]) assert.throws(() => ExtendedKey.root(new Uint8Array(size), secp256k1), AssertionError);
});
