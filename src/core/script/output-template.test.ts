import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { hex, scriptOfText } from '../../../test/support/core-script-text.ts';
import { concatBytes } from '../base/bytes.ts';
import {
  anchorScript,
  classifyOutput,
  isP2sh,
  isUnspendable,
  isWitnessProgram,
  multisigScript,
  nullDataScript,
  p2pkhScript,
  p2pkScript,
  p2shScript,
  p2trScript,
  p2wpkhScript,
  p2wshScript,
  witnessProgramOf,
  witnessProgramScript,
} from './output-template.ts';
import { encodePush, encodeScript } from './script-writer.ts';

const HASH = new Uint8Array(20).fill(7);
const HASH_32 = new Uint8Array(32).fill(7);
const COMPRESSED = concatBytes(Uint8Array.of(2), HASH_32);
const UNCOMPRESSED = concatBytes(Uint8Array.of(4), HASH_32, HASH_32);

describe('classifyOutput', () => {
  it('recognises each shape that is built here', () => {
    assert.deepEqual(classifyOutput(p2pkScript(COMPRESSED)), { type: 'pubkey', publicKey: COMPRESSED });
    assert.deepEqual(classifyOutput(p2pkScript(UNCOMPRESSED)), { type: 'pubkey', publicKey: UNCOMPRESSED });
    assert.deepEqual(classifyOutput(p2pkhScript(HASH)), { type: 'pubkeyhash', hash: HASH });
    assert.deepEqual(classifyOutput(p2shScript(HASH)), { type: 'scripthash', hash: HASH });
    assert.deepEqual(classifyOutput(p2wpkhScript(HASH)), { type: 'witness_v0_keyhash', hash: HASH });
    assert.deepEqual(classifyOutput(p2wshScript(HASH_32)), { type: 'witness_v0_scripthash', hash: HASH_32 });
    assert.deepEqual(classifyOutput(p2trScript(HASH_32)), { type: 'witness_v1_taproot', outputKey: HASH_32 });
    assert.deepEqual(classifyOutput(anchorScript()), { type: 'anchor' });
    assert.deepEqual(classifyOutput(nullDataScript(HASH)), { type: 'nulldata' });
    const publicKeys = [COMPRESSED, UNCOMPRESSED, COMPRESSED];
    assert.deepEqual(classifyOutput(multisigScript(2, publicKeys)), { type: 'multisig', required: 2, publicKeys });
  });

  it('takes a key only of the length that its first byte promises', () => {
    assert.equal(classifyOutput(p2pkScript(concatBytes(Uint8Array.of(4), HASH_32))).type, 'nonstandard');
    assert.equal(classifyOutput(p2pkScript(concatBytes(Uint8Array.of(2), HASH_32, HASH_32))).type, 'nonstandard');
    assert.equal(classifyOutput(p2pkScript(concatBytes(Uint8Array.of(6), HASH_32, HASH_32))).type, 'pubkey');
  });

  it('takes OP_RETURN for data only where pushes follow', () => {
    assert.equal(classifyOutput(scriptOfText('RETURN')).type, 'nulldata');
    assert.equal(classifyOutput(scriptOfText('RETURN 1 0x01 0xaa')).type, 'nulldata');
    assert.equal(classifyOutput(scriptOfText('RETURN NOP')).type, 'nonstandard');
    assert.equal(classifyOutput(scriptOfText('RETURN 0x02 0xaa')).type, 'nonstandard');
  });

  it('takes up to 20 keys for a multisignature, at least as many as are required, and counts in their shortest form', () => {
    const keys = (count: number) => new Array<Uint8Array>(count).fill(COMPRESSED);
    assert.equal(classifyOutput(multisigScript(16, keys(16))).type, 'multisig');
    assert.equal(classifyOutput(multisigScript(17, keys(17))).type, 'multisig');
    assert.equal(classifyOutput(multisigScript(20, keys(20))).type, 'multisig');
    assert.equal(classifyOutput(multisigScript(20, keys(21))).type, 'nonstandard');
    assert.equal(classifyOutput(multisigScript(2, keys(1))).type, 'nonstandard');
    assert.equal(classifyOutput(multisigScript(0, keys(1))).type, 'nonstandard');
    const text = (before: string, after: string) => concatBytes(scriptOfText(before), encodeScript(keys(1)), scriptOfText(after));
    assert.equal(classifyOutput(text('1', '1 CHECKMULTISIG')).type, 'multisig');
    assert.equal(classifyOutput(text('0x01 0x01', '1 CHECKMULTISIG')).type, 'nonstandard');
    assert.equal(classifyOutput(text('1', '2 CHECKMULTISIG')).type, 'nonstandard');
    assert.equal(classifyOutput(text('1', '1 NOP CHECKMULTISIG')).type, 'nonstandard');
    assert.equal(classifyOutput(text('1', '1 CHECKMULTISIGVERIFY')).type, 'nonstandard');
    assert.equal(classifyOutput(scriptOfText('CHECKMULTISIG')).type, 'nonstandard');
    assert.equal(classifyOutput(scriptOfText('1 0 CHECKMULTISIG')).type, 'nonstandard');
  });

  it('recognises witness programs of 2 to 40 bytes and no others', () => {
    for (const [version, size] of [
      [0, 2],
      [0, 40],
      [1, 2],
      [16, 40],
    ] as const) {
      const script = witnessProgramScript(version, new Uint8Array(size));
      assert.deepEqual(witnessProgramOf(script), { version, program: new Uint8Array(size) });
      assert.equal(classifyOutput(script).type, version === 0 ? 'nonstandard' : 'witness_unknown');
    }
    for (const script of [
      encodeScript([0, new Uint8Array(1)]),
      encodeScript([0x60, new Uint8Array(41)]),
      encodeScript([0x4f, HASH]),
      concatBytes(p2wpkhScript(HASH), hex('00')),
    ]) {
      assert.equal(isWitnessProgram(script), false);
    }
    // The same program pushed with a longer header.
    assert.equal(isWitnessProgram(concatBytes(hex('004c14'), HASH)), false);
  });

  it('takes a script hash only as BIP-16 writes it', () => {
    assert.equal(isP2sh(p2shScript(HASH)), true);
    assert.equal(isP2sh(concatBytes(hex('a94c14'), HASH, hex('87'))), false);
    assert.equal(isP2sh(concatBytes(p2shScript(HASH), hex('61'))), false);
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (script) => typeof classifyOutput(script).type === 'string'));
  });
});

describe('isUnspendable', () => {
  it('is what begins with OP_RETURN, or is longer than 10,000 bytes', () => {
    assert.equal(isUnspendable(scriptOfText('RETURN')), true);
    assert.equal(isUnspendable(scriptOfText('NOP RETURN')), false);
    assert.equal(isUnspendable(new Uint8Array(10_000)), false);
    assert.equal(isUnspendable(new Uint8Array(10_001)), true);
    assert.equal(isUnspendable(new Uint8Array(0)), false);
    assert.equal(isUnspendable(encodePush(HASH)), false);
  });
});
