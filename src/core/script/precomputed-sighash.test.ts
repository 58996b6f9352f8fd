import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { SeededRandom } from '../../../test/support/seeded-random.ts';
import { ByteWriter } from '../primitives/byte-writer.ts';
import type { Txid } from '../primitives/ids.ts';
import { type TransactionFields, type TxOutput, writeTxOutput } from '../primitives/transaction.ts';
import { precomputeSighash } from './precomputed-sighash.ts';

const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash('sha256').update(bytes).digest());

/** What `each` writes of all items, hashed. */
function hashOf<T>(items: readonly T[], each: (writer: ByteWriter, item: T) => unknown): Uint8Array {
  const writer = new ByteWriter();
  for (const item of items) each(writer, item);
  return sha256(writer.finish());
}

function sample(random: SeededRandom, count: number, scriptSize: number): { tx: TransactionFields; spentOutputs: TxOutput[] } {
  const some = (size: number) => Array.from({ length: count }, (_, i) => ({ value: BigInt(i) << 20n, scriptPubKey: random.bytes(size) }));
  const inputs = Array.from({ length: count }, (_, vout) => ({
    prevout: { txid: random.bytes(32) as Txid, vout },
    scriptSig: new Uint8Array(0),
    sequence: 0xffffffff - vout,
    witness: [],
  }));
  return { tx: { version: 2, inputs, outputs: some(scriptSize), lockTime: 0 }, spentOutputs: some(scriptSize + 1) };
}

describe('what the signature hashes of a transaction share', () => {
  // From 1,639 inputs of 40 bytes on, and with long scripts from three on, they do not lie in the kernel at once.
  for (const [count, scriptSize] of [
    [1, 0],
    [1, 22],
    [2, 34],
    [7, 22],
    [400, 34],
    [1_000, 22],
    [1_638, 0],
    [1_639, 0],
    [3, 30_000],
    [2, 80_000],
  ] as const) {
    it(`is what BIP-143 and BIP-341 say, of ${count} inputs and outputs with scripts of ${scriptSize} bytes`, () => {
      const { tx, spentOutputs } = sample(new SeededRandom(count), count, scriptSize);
      const prevouts = hashOf(tx.inputs, (writer, { prevout }) => writer.raw(prevout.txid).u32(prevout.vout));
      const sequences = hashOf(tx.inputs, (writer, { sequence }) => writer.u32(sequence));
      const outputs = hashOf(tx.outputs, writeTxOutput);
      const amounts = hashOf(spentOutputs, (writer, { value }) => writer.u64(value));
      const scripts = hashOf(spentOutputs, (writer, { scriptPubKey }) => writer.varBytes(scriptPubKey));
      const precomputed = precomputeSighash(tx, spentOutputs);
      const text = (...parts: readonly Uint8Array[]): string => Buffer.concat(parts).toString('hex');
      assert.equal(text(precomputed.taproot()), text(prevouts, amounts, scripts, sequences, outputs));
      assert.equal(text(precomputed.inputsTwice()), text(sha256(prevouts), sha256(sequences)));
      assert.equal(text(precomputed.outputsTwice()), text(sha256(outputs)));
    });
  }
});
