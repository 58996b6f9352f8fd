import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createWasmSecp256k1, hash160, sha256 } from '../crypto/index.ts';
import type { Txid } from '../primitives/ids.ts';
import type { TransactionFields, TxInput, TxOutput } from '../primitives/transaction.ts';
import {
  multisigScript,
  p2pkhScript,
  p2pkScript,
  p2shScript,
  p2trScript,
  p2wpkhScript,
  p2wshScript,
  SIGHASH,
  STANDARD_FLAGS,
  verifyTransactionScripts,
} from '../script/index.ts';
import { inputMerger, inputSigner, isSignedBy, KeyRing, signMessage } from './index.ts';

const secp256k1 = createWasmSecp256k1();

const SECRETS = ['a', 'b', 'c'].map((name) => sha256(Uint8Array.of(name.charCodeAt(0))));
const POINTS = SECRETS.map((secret) => secp256k1.publicKeyOf(secret) as Uint8Array);
const [FIRST] = POINTS as [Uint8Array];
const MULTISIG = multisigScript(2, POINTS);

/** Outputs of each kind, nested ones too. */
const SCRIPTS: readonly Uint8Array[] = [
  p2pkScript(FIRST),
  p2pkhScript(hash160(FIRST)),
  p2wpkhScript(hash160(FIRST)),
  p2shScript(hash160(p2wpkhScript(hash160(FIRST)))),
  MULTISIG,
  p2shScript(hash160(MULTISIG)),
  p2wshScript(sha256(MULTISIG)),
  p2shScript(hash160(p2wshScript(sha256(MULTISIG)))),
  p2trScript(FIRST.subarray(1)),
];

const SPENT: readonly TxOutput[] = SCRIPTS.map((scriptPubKey, index) => ({ value: BigInt(1000 + index), scriptPubKey }));

const UNSIGNED: TransactionFields = {
  version: 2,
  inputs: SCRIPTS.map((_, vout): TxInput => {
    return {
      prevout: { txid: sha256(Uint8Array.of(vout)) as Txid, vout },
      scriptSig: new Uint8Array(0),
      sequence: 0xfffffffd,
      witness: [],
    };
  }),
  outputs: SCRIPTS.map((scriptPubKey) => ({ value: 900n, scriptPubKey })),
  lockTime: 0,
};

/** Some of the keys, and all scripts. */
function ringOf(...which: readonly number[]): KeyRing {
  const keys = new KeyRing();
  for (const index of which) keys.addKey({ privateKey: SECRETS[index] as Uint8Array, compressed: true }, secp256k1);
  for (const script of [MULTISIG, p2wpkhScript(hash160(FIRST))]) keys.addScript(script);
  return keys;
}

function signAll(
  tx: TransactionFields,
  keys: KeyRing,
  hashType: number = SIGHASH.DEFAULT,
  spentOutputs: readonly (TxOutput | undefined)[] = SPENT,
) {
  const sign = inputSigner({ tx, spentOutputs, keys, hashType, secp256k1 });
  const results = tx.inputs.map((_, index) => sign(index));
  return { tx: { ...tx, inputs: results.map(({ input }) => input) }, problems: results.map(({ problem }) => problem) };
}

describe('signing inputs', () => {
  for (const hashType of [0, 1, 2, 3, 0x81, 0x82, 0x83]) {
    it(`answers each kind of output with signatures of type ${hashType}`, () => {
      const { problems, tx } = signAll(UNSIGNED, ringOf(0, 1), hashType);
      assert.deepEqual(
        problems.filter((problem) => problem !== undefined),
        [],
      );
      assert.equal(verifyTransactionScripts(tx, SPENT, STANDARD_FLAGS, secp256k1), undefined);
    });
  }

  it('completes what has one of two signatures, and leaves alone what is complete', () => {
    const half = signAll(UNSIGNED, ringOf(0));
    assert.deepEqual(
      half.problems.map((problem) => problem !== undefined),
      SCRIPTS.map((_, index) => index >= 4 && index <= 7),
    );
    const whole = signAll(half.tx, ringOf(2));
    assert.equal(verifyTransactionScripts(whole.tx, SPENT, STANDARD_FLAGS, secp256k1), undefined);
    assert.deepEqual(signAll(whole.tx, ringOf(0, 1, 2), SIGHASH.NONE).tx, whole.tx);
  });

  it('puts halves together that were signed apart', () => {
    const halves = [0, 1, 2].map((key) => signAll(UNSIGNED, ringOf(key)).tx);
    const merge = inputMerger(halves, SPENT, secp256k1);
    const tx = { ...UNSIGNED, inputs: UNSIGNED.inputs.map((_, index) => merge(index)) };
    assert.equal(verifyTransactionScripts(tx, SPENT, STANDARD_FLAGS, secp256k1), undefined);
  });

  it('signs no taproot input while another output is unknown, nor SINGLE without an output beside it', () => {
    const { problems } = signAll(UNSIGNED, ringOf(0, 1), SIGHASH.DEFAULT, [undefined, ...SPENT.slice(1)]);
    assert.equal(problems[0], 'unknown-output');
    assert.equal(problems[8], 'WITNESS_PROGRAM_WITNESS_EMPTY');
    assert.equal(problems[1], undefined);
    const short = { ...UNSIGNED, outputs: UNSIGNED.outputs.slice(0, 2) };
    assert.deepEqual(
      signAll(short, ringOf(0, 1), SIGHASH.SINGLE).problems.map((problem) => problem === undefined),
      SCRIPTS.map((_, index) => index < 2),
    );
  });

  it('does not sign witness scripts with uncompressed keys', () => {
    const large = secp256k1.publicKeyOf(SECRETS[0] as Uint8Array, false) as Uint8Array;
    const keys = new KeyRing();
    keys.addKey({ privateKey: SECRETS[0] as Uint8Array, compressed: false }, secp256k1);
    const spent = [p2pkhScript(hash160(large)), p2wpkhScript(hash160(large))].map((scriptPubKey) => ({ value: 1n, scriptPubKey }));
    const tx = { ...UNSIGNED, inputs: UNSIGNED.inputs.slice(0, 2) };
    const { problems } = signAll(tx, keys, SIGHASH.ALL, spent);
    assert.deepEqual(
      problems.map((problem) => problem === undefined),
      [true, false],
    );
  });
});

describe('signed messages', () => {
  it('are known by the hash of the key, in the form that it was signed with', () => {
    const message = new TextEncoder().encode('hello');
    for (const compressed of [true, false]) {
      const privateKey = SECRETS[0] as Uint8Array;
      const signature = signMessage(message, { privateKey, compressed }, secp256k1);
      const keyHash = hash160(secp256k1.publicKeyOf(privateKey, compressed) as Uint8Array);
      assert.equal(isSignedBy(keyHash, message, signature), true);
      assert.equal(isSignedBy(keyHash, message.subarray(1), signature), false);
      assert.equal(isSignedBy(hash160(secp256k1.publicKeyOf(privateKey, !compressed) as Uint8Array), message, signature), false);
      for (const size of [0, 64, 66]) assert.equal(isSignedBy(keyHash, message, new Uint8Array(size).fill(31)), false);
    }
  });
});
