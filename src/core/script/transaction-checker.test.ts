import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hex, scriptOfText } from '../../../test/support/core-script-text.ts';
import { engines } from '../../../test/support/secp256k1-engines.ts';
import { concatBytes } from '../base/bytes.ts';
import { encodeDer } from '../crypto/der.ts';
import type { Secp256k1 } from '../crypto/secp256k1.ts';
import type { Txid } from '../primitives/ids.ts';
import type { TransactionFields } from '../primitives/transaction.ts';
import { precomputeSighash } from './precomputed-sighash.ts';
import { sighashLegacy } from './sighash-legacy.ts';
import { sighashTaproot } from './sighash-taproot.ts';
import { SIGHASH } from './sighash-type.ts';
import type { TaprootContext } from './signature-checker.ts';
import { TransactionChecker } from './transaction-checker.ts';

const [engine] = engines as readonly [Secp256k1, ...Secp256k1[]];
const PRIVATE_KEY = new Uint8Array(32).fill(9);
const KEY_PATH: TaprootContext = { annexHash: undefined, tapleafHash: undefined, codeSeparatorPosition: 0xffffffff };
const SPENT = { value: 5_000n, scriptPubKey: scriptOfText('1') };

function transaction(changes: Partial<TransactionFields> & { readonly sequence?: number } = {}): TransactionFields {
  const { sequence = 0, ...fields } = changes;
  const input = { prevout: { txid: new Uint8Array(32).fill(1) as Txid, vout: 0 }, scriptSig: new Uint8Array(0), sequence, witness: [] };
  return { version: 2, inputs: [input, input], outputs: [{ value: 1n, scriptPubKey: scriptOfText('1') }], lockTime: 0, ...fields };
}

function checkerOf(tx: TransactionFields, secp256k1: Secp256k1 = engine): TransactionChecker {
  return new TransactionChecker(precomputeSighash(tx, [SPENT, SPENT]), 0, secp256k1);
}

describe('checkLockTime', () => {
  it('is met at the lock time and not one past it', () => {
    assert.equal(checkerOf(transaction({ lockTime: 100 })).checkLockTime(100), true);
    assert.equal(checkerOf(transaction({ lockTime: 100 })).checkLockTime(101), false);
  });

  it('does not compare heights with times', () => {
    assert.equal(checkerOf(transaction({ lockTime: 500_000_000 })).checkLockTime(499_999_999), false);
    assert.equal(checkerOf(transaction({ lockTime: 500_000_000 })).checkLockTime(500_000_000), true);
    assert.equal(checkerOf(transaction({ lockTime: 499_999_999 })).checkLockTime(500_000_000), false);
  });

  it('is never met by an input that is final, nor beyond 32 bits', () => {
    assert.equal(checkerOf(transaction({ lockTime: 100, sequence: 0xffffffff })).checkLockTime(100), false);
    assert.equal(checkerOf(transaction({ lockTime: 100, sequence: 0xfffffffe })).checkLockTime(100), true);
    assert.equal(checkerOf(transaction({ lockTime: 0xffffffff })).checkLockTime(2 ** 32), false);
  });
});

describe('checkSequence', () => {
  it('is met at the age and not one past it, in blocks and in units of 512 seconds', () => {
    assert.equal(checkerOf(transaction({ sequence: 10 })).checkSequence(10), true);
    assert.equal(checkerOf(transaction({ sequence: 10 })).checkSequence(11), false);
    assert.equal(checkerOf(transaction({ sequence: 0x40000a })).checkSequence(0x40000a), true);
    assert.equal(checkerOf(transaction({ sequence: 0x40000a })).checkSequence(0x40000b), false);
    assert.equal(checkerOf(transaction({ sequence: 0x40000a })).checkSequence(10), false);
    assert.equal(checkerOf(transaction({ sequence: 10 })).checkSequence(0x400001), false);
  });

  it('looks at the type and the low 16 bits only', () => {
    assert.equal(checkerOf(transaction({ sequence: 0x3f000a })).checkSequence(10), true);
    assert.equal(checkerOf(transaction({ sequence: 10 })).checkSequence(2 ** 32 + 0x3f000a), true);
  });

  it('is not met before version 2, counted unsigned, nor where the input has no age', () => {
    assert.equal(checkerOf(transaction({ version: 1, sequence: 10 })).checkSequence(10), false);
    assert.equal(checkerOf(transaction({ version: 0xffffffff, sequence: 10 })).checkSequence(10), true);
    assert.equal(checkerOf(transaction({ version: -1, sequence: 10 })).checkSequence(10), true);
    assert.equal(checkerOf(transaction({ sequence: 0x8000000a })).checkSequence(10), false);
  });
});

describe('checkEcdsa', () => {
  const publicKey = engine.publicKeyOf(PRIVATE_KEY)!;
  const script = scriptOfText('DUP CHECKSIG');

  it('finds a signature good under the type it was made for and no other', () => {
    const tx = transaction();
    const hash = sighashLegacy(precomputeSighash(tx, []), 0, script, SIGHASH.ALL);
    const der = encodeDer(engine.signEcdsa(hash, PRIVATE_KEY));
    const checker = checkerOf(tx);
    const check = (type: number) => checker.checkEcdsa(concatBytes(der, Uint8Array.of(type)), publicKey, script, 'base');
    assert.equal(check(SIGHASH.ALL), true);
    assert.equal(check(SIGHASH.NONE), false);
    assert.equal(checker.checkEcdsa(concatBytes(der, Uint8Array.of(1)), publicKey, script, 'witnessV0'), false);
    assert.equal(checker.checkEcdsa(new Uint8Array(0), publicKey, script, 'base'), false);
    assert.equal(checker.checkEcdsa(Uint8Array.of(1), publicKey, script, 'base'), false);
    assert.equal(checker.checkEcdsa(concatBytes(der, Uint8Array.of(1)), publicKey.subarray(1), script, 'base'), false);
  });

  it('hashes once for many keys, and again for another script or type', () => {
    const hashes = new Set<Uint8Array>();
    const counting: Secp256k1 = {
      ...engine,
      verifyEcdsa: (_key, hash) => {
        hashes.add(hash);
        return false;
      },
    };
    const checker = checkerOf(transaction(), counting);
    const signature = (type: number) => concatBytes(hex('3006020101020101'), Uint8Array.of(type));
    const check = (type: number, code: Uint8Array) => checker.checkEcdsa(signature(type), publicKey, code, 'base');
    check(SIGHASH.ALL, script);
    check(SIGHASH.ALL, script);
    check(SIGHASH.ALL, script.slice());
    assert.equal(hashes.size, 1);
    check(SIGHASH.NONE, script);
    check(SIGHASH.ALL, script);
    assert.equal(hashes.size, 2);
    check(SIGHASH.ALL, scriptOfText('CHECKSIG'));
    check(SIGHASH.NONE, script);
    assert.equal(hashes.size, 3);
    check(SIGHASH.ALL, script);
    assert.equal(hashes.size, 4);
  });

  it('hashes the number one for SINGLE without an output beside the input', () => {
    const hash = sighashLegacy(precomputeSighash(transaction(), []), 1, script, SIGHASH.SINGLE);
    assert.deepEqual([...hash], [1, ...new Array<number>(31).fill(0)]);
    assert.notDeepEqual(sighashLegacy(precomputeSighash(transaction(), []), 0, script, SIGHASH.SINGLE), hash);
  });
});

describe('checkSchnorr', () => {
  it('takes 64 bytes, or 65 with a type that is known and not zero', () => {
    const tx = transaction();
    const precomputed = precomputeSighash(tx, [SPENT, SPENT]);
    const key = engine.publicKeyOf(PRIVATE_KEY)!.slice(1);
    const sign = (type: number): Uint8Array =>
      engine.signSchnorr(sighashTaproot(precomputed, 0, type, KEY_PATH)!, PRIVATE_KEY, new Uint8Array(32));
    const checker = checkerOf(tx);
    const check = (signature: Uint8Array, type?: number) =>
      checker.checkSchnorr(type === undefined ? signature : concatBytes(signature, Uint8Array.of(type)), key, KEY_PATH);
    assert.equal(check(sign(0)), undefined);
    assert.equal(check(sign(0), 0), 'SCHNORR_SIG_HASHTYPE');
    for (const type of [1, 2, 3, 0x81, 0x82, 0x83]) assert.equal(check(sign(type), type), undefined, String(type));
    for (const type of [4, 0x7f, 0x80, 0x84, 0xff]) assert.equal(check(sign(0), type), 'SCHNORR_SIG_HASHTYPE', String(type));
    assert.equal(check(sign(1)), 'SCHNORR_SIG');
    assert.equal(check(new Uint8Array(63)), 'SCHNORR_SIG_SIZE');
    assert.equal(check(new Uint8Array(66)), 'SCHNORR_SIG_SIZE');
  });

  it('has no SINGLE without an output beside the input', () => {
    const precomputed = precomputeSighash(transaction(), [SPENT, SPENT]);
    assert.equal(sighashTaproot(precomputed, 1, SIGHASH.SINGLE, KEY_PATH), undefined);
    assert.equal(sighashTaproot(precomputed, 1, SIGHASH.SINGLE | SIGHASH.ANYONECANPAY, KEY_PATH), undefined);
    assert.notEqual(sighashTaproot(precomputed, 0, SIGHASH.SINGLE, KEY_PATH), undefined);
  });
});
