import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { SeededRandom } from '../../../test/support/seeded-random.ts';
import { useLongSha256 } from '../crypto/long-sha256.ts';
import { useNodeSha256 } from '../crypto/node/long-sha256.ts';
import { sha256d } from '../crypto/sha256.ts';
import type { Txid } from '../primitives/ids.ts';
import { encodeTransactionStripped, type TransactionFields, type TxOutput } from '../primitives/transaction.ts';
import { precomputeSighash } from './precomputed-sighash.ts';
import { sighashLegacy } from './sighash-legacy.ts';
import { SIGHASH } from './sighash-type.ts';

/** The rule by its words: a copy of the transaction is changed, written and hashed. */
function byTheWords(tx: TransactionFields, inputIndex: number, script: Uint8Array, hashType: number): Uint8Array {
  const chosen = hashType & 0x1f;
  const others = chosen === SIGHASH.NONE || chosen === SIGHASH.SINGLE;
  let inputs = tx.inputs.map((input, i) => ({
    ...input,
    scriptSig: i === inputIndex ? script : new Uint8Array(0),
    sequence: others && i !== inputIndex ? 0 : input.sequence,
  }));
  if ((hashType & SIGHASH.ANYONECANPAY) !== 0) inputs = [inputs[inputIndex]!];
  let outputs: readonly TxOutput[] = tx.outputs;
  if (chosen === SIGHASH.NONE) outputs = [];
  if (chosen === SIGHASH.SINGLE) {
    const blank = { value: -1n, scriptPubKey: new Uint8Array(0) };
    outputs = tx.outputs.slice(0, inputIndex + 1).map((output, i) => (i === inputIndex ? output : blank));
  }
  const bytes = encodeTransactionStripped({ ...tx, inputs, outputs });
  const type = new Uint8Array(4);
  new DataView(type.buffer).setInt32(0, hashType, true);
  return sha256d(Buffer.concat([bytes, type]));
}

function sample(random: SeededRandom, inputCount: number): TransactionFields {
  const inputs = Array.from({ length: inputCount }, (_, i) => ({
    prevout: { txid: random.bytes(32) as Txid, vout: i },
    scriptSig: random.bytes(i % 5),
    sequence: 0xfffffff0 + (i % 16),
    witness: [],
  }));
  const outputs = Array.from({ length: inputCount }, (_, i) => ({ value: BigInt(i), scriptPubKey: random.bytes(25) }));
  return { version: 0xffffffff, inputs, outputs, lockTime: 500_000_001 };
}

const TYPES = [SIGHASH.ALL, SIGHASH.NONE, SIGHASH.SINGLE].flatMap((type) => [type, type | SIGHASH.ANYONECANPAY, type | 0x40, type | -256]);

/** What holds whether long hashes are the kernel's or the platform's. */
function legacySuite(): void {
  it('are those of the changed copy, for few inputs and many, in any order, whatever was asked before', () => {
    const random = new SeededRandom(7);
    for (const inputCount of [1, 2, 8, 9, 10, 40, 300]) {
      const tx = sample(random, inputCount);
      const precomputed = precomputeSighash(tx, []);
      const indexes = [0, 0, 1, inputCount >> 1, inputCount - 1, 0, inputCount >> 2].filter((index) => index < inputCount);
      for (const inputIndex of indexes) {
        for (const hashType of TYPES) {
          const script = random.bytes(inputIndex % 2 === 0 ? 25 : 300).map((byte) => byte & 0x4f);
          const expected = byTheWords(tx, inputIndex, script, hashType);
          assert.deepEqual(sighashLegacy(precomputed, inputIndex, script, hashType), expected, `${inputCount}: ${inputIndex} ${hashType}`);
        }
      }
    }
  });

  it('hash what does not lie in the kernel at once', () => {
    const random = new SeededRandom(9);
    const tx = sample(random, 2_500);
    const precomputed = precomputeSighash(tx, []);
    const script = random.bytes(10).map((byte) => byte & 0x4f);
    for (const inputIndex of [0, 1, 1_598, 1_599, 2_499]) {
      assert.deepEqual(sighashLegacy(precomputed, inputIndex, script, SIGHASH.ALL), byTheWords(tx, inputIndex, script, SIGHASH.ALL));
    }
  });
}

describe('signature hashes of before segwit', legacySuite);

describe('signature hashes of before segwit whose long ones the platform does', () => {
  before(useNodeSha256);
  after(() => useLongSha256(undefined));
  legacySuite();
});
