import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeVectors, readVectorJson } from '../../../test/support/vectors.ts';
import { fromHex, toHex } from '../base/bytes.ts';
import type { AddressPrefixes } from './address.ts';
import { addressOfScript, isAddressError, scriptOfAddress } from './address.ts';
import { decodeBase58, encodeBase58 } from './base58.ts';
import { decodeWif, encodeWif } from './wif.ts';

const TEST_BASE58 = { pubkeyHash: 111, scriptHash: 196, privateKey: 239 };

/** Prefixes of Bitcoin's networks, which need not be built in for this. */
const PREFIXES: Readonly<Record<string, AddressPrefixes>> = {
  main: { bech32Prefix: 'bc', base58: { pubkeyHash: 0, scriptHash: 5, privateKey: 128 } },
  testnet4: { bech32Prefix: 'tb', base58: TEST_BASE58 },
  signet: { bech32Prefix: 'tb', base58: TEST_BASE58 },
  regtest: { bech32Prefix: 'bcrt', base58: TEST_BASE58 },
};

interface KeyIo {
  readonly chain: string;
  readonly isPrivkey: boolean;
  readonly isCompressed?: boolean;
  readonly tryCaseFlip?: boolean;
}

function prefixesOf(chain: string): AddressPrefixes {
  const prefixes = PREFIXES[chain];
  assert.ok(prefixes, `prefixes of ${chain}`);
  return prefixes;
}

function scriptHex(text: string, prefixes: AddressPrefixes): string {
  const result = scriptOfAddress(text, prefixes);
  return isAddressError(result) ? `refused: ${result.problem}` : toHex(result.script);
}

/** The same letters in the other case. */
function flipped(text: string): string {
  return text === text.toLowerCase() ? text.toUpperCase() : text.toLowerCase();
}

function checkAddress(text: string, hex: string, row: KeyIo): void {
  const prefixes = prefixesOf(row.chain);
  assert.equal(scriptHex(text, prefixes), hex, text);
  assert.equal(addressOfScript(fromHex(hex) ?? new Uint8Array(), prefixes), text);
  assert.ok(isAddressError(decodeWif(text, prefixes)), `${text} is no private key`);
  if (row.tryCaseFlip) assert.equal(scriptHex(flipped(text), prefixes), hex, flipped(text));
  else assert.match(scriptHex(flipped(text), prefixes), /^refused/, 'the case of Base58 matters');
}

function checkPrivateKey(text: string, hex: string, row: KeyIo): void {
  const prefixes = prefixesOf(row.chain);
  const key = decodeWif(text, prefixes);
  assert.ok(!isAddressError(key), text);
  assert.equal(toHex(key.privateKey), hex);
  assert.equal(key.compressed, row.isCompressed);
  assert.equal(encodeWif(key, prefixes), text);
  assert.ok(isAddressError(scriptOfAddress(text, prefixes)), `${text} is no address`);
}

describeVectors("Core's key and address vectors", () => {
  it('reads and writes every valid address and private key', () => {
    const rows = readVectorJson<readonly [string, string, KeyIo][]>('core/key_io_valid.json');
    let addresses = 0;
    let flips = 0;
    for (const [text, hex, row] of rows) {
      if (row.isPrivkey) checkPrivateKey(text, hex, row);
      else checkAddress(text, hex, row);
      addresses += row.isPrivkey ? 0 : 1;
      flips += row.tryCaseFlip ? 1 : 0;
    }
    assert.deepEqual({ rows: rows.length, addresses, flips }, { rows: 70, addresses: 54, flips: 32 });
  });

  it('refuses every valid address and key of main on the test networks, and the other way', () => {
    const rows = readVectorJson<readonly [string, string, KeyIo][]>('core/key_io_valid.json');
    for (const [text, , row] of rows) {
      const other = prefixesOf(row.chain === 'main' ? 'regtest' : 'main');
      assert.ok(isAddressError(scriptOfAddress(text, other)), text);
      assert.ok(isAddressError(decodeWif(text, other)), text);
    }
    assert.equal(rows.length, 70);
  });

  it('refuses every invalid address and private key on every network', () => {
    const rows = readVectorJson<readonly [string][]>('core/key_io_invalid.json');
    for (const [text] of rows) {
      for (const prefixes of Object.values(PREFIXES)) {
        assert.ok(isAddressError(scriptOfAddress(text, prefixes)), text);
        assert.ok(isAddressError(decodeWif(text, prefixes)), text);
      }
    }
    assert.equal(rows.length, 70);
  });

  it('encodes and decodes every Base58 row', () => {
    const rows = readVectorJson<readonly [string, string][]>('core/base58_encode_decode.json');
    for (const [hex, text] of rows) {
      const bytes = fromHex(hex) ?? assert.fail(hex);
      assert.equal(encodeBase58(bytes), text);
      assert.equal(toHex(decodeBase58(text, bytes.length) ?? assert.fail(text)), hex.toLowerCase());
      if (bytes.length > 0) assert.equal(decodeBase58(text, bytes.length - 1), undefined, 'one byte over the limit');
    }
    assert.equal(rows.length, 21);
  });
});
