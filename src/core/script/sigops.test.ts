import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hex, scriptOfText } from '../../../test/support/core-script-text.ts';
import { concatBytes } from '../base/bytes.ts';
import type { Txid } from '../primitives/ids.ts';
import { NULL_VOUT, type TransactionFields } from '../primitives/transaction.ts';
import { FLAG } from './flags.ts';
import { p2shScript, p2trScript, p2wpkhScript, p2wshScript } from './output-template.ts';
import { encodePush } from './script-writer.ts';
import { countSigops, legacySigopCount, p2shSigops, transactionSigopsCost, witnessSigops } from './sigops.ts';

const NOTHING = new Uint8Array(0);
const HASH = new Uint8Array(20).fill(7);
const HASH_32 = new Uint8Array(32).fill(7);
const MULTISIG_2_OF_3 = scriptOfText('2 0 0 0 3 CHECKMULTISIG');

function transaction(scriptSig: Uint8Array, witness: readonly Uint8Array[], scriptPubKey: Uint8Array = NOTHING): TransactionFields {
  const prevout = { txid: new Uint8Array(32).fill(1) as Txid, vout: 0 };
  return { version: 2, inputs: [{ prevout, scriptSig, sequence: 0, witness }], outputs: [{ value: 0n, scriptPubKey }], lockTime: 0 };
}

/** The cost of spending one output, with all rules of today. */
function cost(
  spentScript: Uint8Array,
  scriptSig: Uint8Array,
  witness: readonly Uint8Array[],
  flags: number = FLAG.P2SH | FLAG.WITNESS,
): number {
  return transactionSigopsCost(transaction(scriptSig, witness), [{ value: 0n, scriptPubKey: spentScript }], flags);
}

describe('countSigops', () => {
  it('counts 1 for OP_CHECKSIG and 20 for OP_CHECKMULTISIG, or its keys where they are seen', () => {
    assert.equal(countSigops(scriptOfText('CHECKSIG CHECKSIGVERIFY'), false), 2);
    assert.equal(countSigops(MULTISIG_2_OF_3, false), 20);
    assert.equal(countSigops(MULTISIG_2_OF_3, true), 3);
    assert.equal(countSigops(scriptOfText('16 CHECKMULTISIGVERIFY'), true), 16);
    assert.equal(countSigops(scriptOfText('17 CHECKMULTISIG'), true), 20);
    assert.equal(countSigops(scriptOfText('0 CHECKMULTISIG'), true), 20);
    assert.equal(countSigops(scriptOfText('CHECKMULTISIG'), true), 20);
  });

  it('counts what is never executed, and up to where a script cannot be read, and nothing within data', () => {
    assert.equal(countSigops(scriptOfText('0 IF CHECKSIG ENDIF'), true), 1);
    assert.equal(countSigops(hex('ac02acacacac4c'), true), 3);
    assert.equal(countSigops(hex('01ac'), true), 0);
  });
});

describe('signature operations of an input', () => {
  it('are those of the redeem script for P2SH, if the input only pushes', () => {
    const scriptPubKey = p2shScript(HASH);
    assert.equal(p2shSigops(encodePush(MULTISIG_2_OF_3), scriptPubKey), 3);
    assert.equal(p2shSigops(concatBytes(encodePush(MULTISIG_2_OF_3), scriptOfText('NOP')), scriptPubKey), 0);
    assert.equal(p2shSigops(NOTHING, scriptPubKey), 0);
    assert.equal(p2shSigops(encodePush(MULTISIG_2_OF_3), scriptOfText('1')), 0);
  });

  it('are 1 for P2WPKH, those of the script for P2WSH, none for taproot and versions without rules', () => {
    const input = { scriptSig: NOTHING, witness: [NOTHING, MULTISIG_2_OF_3] };
    assert.equal(witnessSigops(input, p2wpkhScript(HASH)), 1);
    assert.equal(witnessSigops(input, p2wshScript(HASH_32)), 3);
    assert.equal(witnessSigops({ scriptSig: NOTHING, witness: [] }, p2wshScript(HASH_32)), 0);
    assert.equal(witnessSigops(input, p2trScript(HASH_32)), 0);
    assert.equal(witnessSigops({ ...input, scriptSig: encodePush(p2wshScript(HASH_32)) }, p2shScript(HASH)), 3);
    assert.equal(witnessSigops({ ...input, scriptSig: encodePush(p2wpkhScript(HASH)) }, p2shScript(HASH)), 1);
    assert.equal(
      witnessSigops({ ...input, scriptSig: concatBytes(encodePush(p2wpkhScript(HASH)), scriptOfText('NOP')) }, p2shScript(HASH)),
      0,
    );
  });
});

describe('transactionSigopsCost', () => {
  it('is 4 outside witnesses and 1 within, each rule only under its flag', () => {
    const nested = encodePush(p2wpkhScript(HASH));
    assert.equal(cost(p2wpkhScript(HASH), NOTHING, [NOTHING, NOTHING]), 1);
    assert.equal(cost(p2shScript(HASH), nested, [NOTHING, NOTHING]), 1);
    assert.equal(cost(p2shScript(HASH), encodePush(MULTISIG_2_OF_3), []), 12);
    assert.equal(cost(p2shScript(HASH), encodePush(MULTISIG_2_OF_3), [], 0), 0);
    assert.equal(cost(p2wpkhScript(HASH), NOTHING, [NOTHING, NOTHING], FLAG.P2SH), 0);
    assert.equal(cost(scriptOfText('CHECKSIG'), scriptOfText('CHECKSIG'), []), 4);
  });

  it('counts the outputs, and of a coinbase nothing else', () => {
    const tx = transaction(scriptOfText('CHECKSIG'), [], scriptOfText('CHECKMULTISIG'));
    assert.equal(legacySigopCount(tx), 21);
    const coinbase = { ...tx, inputs: [{ ...tx.inputs[0]!, prevout: { txid: new Uint8Array(32) as Txid, vout: NULL_VOUT } }] };
    assert.equal(transactionSigopsCost(coinbase, [], FLAG.P2SH | FLAG.WITNESS), 84);
  });
});
