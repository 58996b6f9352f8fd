import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { scriptOfText } from '../../../test/support/core-script-text.ts';
import { engines } from '../../../test/support/secp256k1-engines.ts';
import type { Txid } from '../primitives/ids.ts';
import type { TransactionFields } from '../primitives/transaction.ts';
import { MANDATORY_FLAGS } from './flags.ts';
import { SCRIPT_ERRORS, scriptErrorText } from './script-error.ts';
import { verifyScript, verifyTransactionScripts } from './verify-script.ts';

function spending(...scripts: readonly string[]): { tx: TransactionFields; spentOutputs: { value: bigint; scriptPubKey: Uint8Array }[] } {
  const inputs = scripts.map((_, vout) => ({
    prevout: { txid: new Uint8Array(32).fill(1) as Txid, vout },
    scriptSig: new Uint8Array(0),
    sequence: 0,
    witness: [],
  }));
  const spentOutputs = scripts.map((text) => ({ value: 1n, scriptPubKey: scriptOfText(text) }));
  return { tx: { version: 2, inputs, outputs: [], lockTime: 0 }, spentOutputs };
}

describe('verifyTransactionScripts', () => {
  it('names the first input that fails and why', () => {
    const { tx, spentOutputs } = spending('1', '1', 'RETURN', '0');
    assert.deepEqual(verifyTransactionScripts(tx, spentOutputs, MANDATORY_FLAGS, engines[0]!), { inputIndex: 2, error: 'OP_RETURN' });
  });

  it('finds nothing where all inputs may spend', () => {
    const { tx, spentOutputs } = spending('1', '2');
    assert.equal(verifyTransactionScripts(tx, spentOutputs, MANDATORY_FLAGS, engines[0]!), undefined);
  });

  it('stops a caller that does not give one spent output for each input', () => {
    const { tx, spentOutputs } = spending('1', '1');
    const verify = () => verifyScript({ tx, inputIndex: 0, spentOutputs: spentOutputs.slice(1), flags: 0, secp256k1: engines[0]! });
    assert.throws(verify, /one spent output for each input/);
  });
});

describe('script errors', () => {
  it("have Core's sentences, no two the same", () => {
    assert.equal(scriptErrorText('EVAL_FALSE'), 'Script evaluated without error but finished with a false/empty top stack element');
    assert.equal(scriptErrorText('SIG_PUSHONLY'), 'Only push operators allowed in signatures');
    assert.equal(new Set(SCRIPT_ERRORS.map(scriptErrorText)).size, SCRIPT_ERRORS.length);
    assert.equal(SCRIPT_ERRORS.length, 53);
  });
});
