import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressOfScript } from '../../core/address/address.ts';
import { toHex } from '../../core/base/bytes.ts';
import { chooseSecp256k1 } from '../../core/crypto/node/choose-secp256k1.ts';
import { regtest } from '../../core/params/regtest.ts';
import { GAP_LIMIT, Keychain } from './keychain.ts';
import { createMnemonic, parseMnemonic, seedOf } from './seed.ts';

const MNEMONIC = 'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about';
/** BIP-84's and BIP-86's published vectors are of the main network. */
const main = { ...regtest, bech32Prefix: 'bc', base58: { pubkeyHash: 0, scriptHash: 5, privateKey: 128 } };
const secp256k1 = chooseSecp256k1('wasm');

function keychain(state?: Readonly<Record<string, number>>): Keychain {
  return new Keychain({ seed: seedOf(MNEMONIC), coinType: 0, secp256k1, ...(state === undefined ? {} : { state }) });
}

const address = (keys: Keychain, kind: 'wpkh' | 'tr', chain: 0 | 1) => addressOfScript(keys.nextScript(kind, chain), main);

test('gives the addresses that BIP-84 publishes', () => {
  const keys = keychain();
  assert.equal(address(keys, 'wpkh', 0), 'bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu');
  assert.equal(address(keys, 'wpkh', 1), 'bc1q8c6fshw2dlwun7ekn9qwf37cu2rn755upcp6el');
  keys.markUsed({ kind: 'wpkh', chain: 0, index: 0 });
  assert.equal(address(keys, 'wpkh', 0), 'bc1qnjg0jd8228aq7egyzacy8cys3knf9xvrerkf9g');
});

test('gives the addresses that BIP-86 publishes', () => {
  const keys = keychain();
  assert.equal(address(keys, 'tr', 0), 'bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr');
  assert.equal(address(keys, 'tr', 1), 'bc1p3qkhfews2uk44qtvauqyr2ttdsw7svhkl9nkm9s9c3x4ax5h60wqwruhk7');
  keys.markUsed({ kind: 'tr', chain: 0, index: 0 });
  assert.equal(address(keys, 'tr', 0), 'bc1p4qhjn9zdvkux4e44uhx8tc55attvtyu358kutcqkudyccelu0was9fqzwh');
});

test('signs with the key behind each address', () => {
  const keys = keychain();
  const taproot = keys.pathOf(keys.nextScript('tr', 0));
  const segwit = keys.pathOf(keys.nextScript('wpkh', 0));
  assert.ok(taproot !== undefined && segwit !== undefined);
  const tweaked = secp256k1.publicKeyOf(keys.signingKey(taproot));
  assert.equal(toHex(tweaked!.subarray(1)), toHex(keys.nextScript('tr', 0).subarray(2)));
  assert.equal(toHex(secp256k1.publicKeyOf(keys.signingKey(segwit))!), toHex(keys.publicKey(segwit)));
});

test(`knows scripts ${GAP_LIMIT} beyond the last used one and none further`, () => {
  const last = keychain({ wpkh0: GAP_LIMIT - 1 }).nextScript('wpkh', 0);
  const beyond = keychain({ wpkh0: GAP_LIMIT }).nextScript('wpkh', 0);
  const keys = keychain();
  assert.deepEqual(keys.pathOf(last), { kind: 'wpkh', chain: 0, index: GAP_LIMIT - 1 });
  assert.equal(keys.pathOf(beyond), undefined);
  assert.equal(keys.markUsed({ kind: 'wpkh', chain: 0, index: 0 }), true);
  assert.deepEqual(keys.pathOf(beyond), { kind: 'wpkh', chain: 0, index: GAP_LIMIT });
  assert.equal(keys.markUsed({ kind: 'wpkh', chain: 0, index: 0 }), false);
});

test('takes words in any case and spacing, and refuses a wrong checksum, count or word', () => {
  assert.equal(parseMnemonic(`  ${MNEMONIC.toUpperCase().replaceAll(' ', '\n ')} `), MNEMONIC);
  assert.equal(parseMnemonic(MNEMONIC.replace('about', 'abandon')), undefined);
  assert.equal(parseMnemonic(MNEMONIC.slice(8)), undefined);
  assert.equal(parseMnemonic(MNEMONIC.replace('about', 'quoin')), undefined);
  assert.equal(parseMnemonic('a'.repeat(1_000_000)), undefined);
});

test('makes words of the chance it is given', () => {
  const words = createMnemonic({ bytes: (count) => new Uint8Array(count), below: () => 0 });
  assert.equal(words, MNEMONIC);
});
