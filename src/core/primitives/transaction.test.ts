import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { concatBytes, fromHex, toHex } from '../base/bytes.ts';
import { sha256d } from '../crypto/sha256.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { DecodeError } from './decode-error.ts';
import type { Txid } from './ids.ts';
import { toDisplayHex, zeroHash } from './ids.ts';
import type { Transaction, TransactionFields } from './transaction.ts';
import {
  decodeTransaction,
  encodeTransaction,
  encodeTransactionStripped,
  hasWitness,
  isCoinbase,
  makeTransaction,
  NULL_VOUT,
  ownCopy,
  readTransaction,
  strippedSizeOf,
  transactionWeightWu,
} from './transaction.ts';

/** Plain objects, as ours are. */
const plain = { noNullPrototype: true };
const u32 = fc.integer({ min: 0, max: 0xffffffff });
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }) as fc.Arbitrary<Uint8Array> as fc.Arbitrary<Txid>;
const script = fc.uint8Array({ maxLength: 300 });
const input = fc.record(
  {
    prevout: fc.record({ txid: hash, vout: u32 }, plain),
    scriptSig: script,
    sequence: u32,
    witness: fc.array(fc.uint8Array({ maxLength: 80 }), { maxLength: 3 }),
  },
  plain,
);
const output = fc.record({ value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), scriptPubKey: script }, plain);
const anyFields: fc.Arbitrary<TransactionFields> = fc.record(
  {
    version: u32,
    inputs: fc.array(input, { minLength: 1, maxLength: 4 }),
    outputs: fc.array(output, { maxLength: 4 }),
    lockTime: u32,
  },
  plain,
);

const spend: TransactionFields = {
  version: 2,
  inputs: [
    { prevout: { txid: zeroHash<Txid>().fill(7), vout: 1 }, scriptSig: Uint8Array.of(1, 2), sequence: 0xfffffffd, witness: [] },
    {
      prevout: { txid: zeroHash<Txid>().fill(8), vout: 0 },
      scriptSig: Uint8Array.of(),
      sequence: 5,
      witness: [Uint8Array.of(9), Uint8Array.of()],
    },
  ],
  outputs: [{ value: 5_000n, scriptPubKey: Uint8Array.of(0x51) }],
  lockTime: 100,
};

function refusal(bytes: Uint8Array): DecodeError {
  try {
    decodeTransaction(bytes);
  } catch (error) {
    assert.ok(error instanceof DecodeError, String(error));
    return error;
  }
  return assert.fail(`decoded ${toHex(bytes)}`);
}

function hexBytes(text: string): Uint8Array {
  return fromHex(text.replace(/\s/g, '')) ?? assert.fail(text);
}

describe('transactions', () => {
  it('come back from their bytes as they were made', () => {
    fc.assert(
      fc.property(anyFields, (fields) => {
        const made = makeTransaction(fields);
        const bytes = encodeTransaction(made);
        const read = decodeTransaction(bytes);
        assert.deepEqual(read, made);
        assert.deepEqual(encodeTransaction(read), bytes);
        assert.equal(made.sizeBytes, bytes.length);
        assert.equal(made.strippedSizeBytes, encodeTransactionStripped(made).length);
        assert.equal(strippedSizeOf(fields), made.strippedSizeBytes);
        assert.deepEqual(made.txid, sha256d(encodeTransactionStripped(made)));
        assert.deepEqual(made.wtxid, sha256d(bytes));
        assert.equal(toHex(made.txid) === toHex(made.wtxid), !hasWitness(fields));
        assert.equal(transactionWeightWu(made), made.strippedSizeBytes * 3 + bytes.length);
      }),
    );
  });

  it('without their witnesses keep their id', () => {
    fc.assert(
      fc.property(anyFields, (fields) => {
        const stripped = decodeTransaction(encodeTransactionStripped(fields));
        assert.deepEqual(stripped.txid, makeTransaction(fields).txid);
        assert.equal(hasWitness(stripped), false);
      }),
    );
  });

  it('cut short at any byte are refused, and so is one byte more', () => {
    const bytes = encodeTransaction(spend);
    for (let length = 0; length < bytes.length; length++) refusal(bytes.slice(0, length));
    assert.match(refusal(concatBytes(bytes, Uint8Array.of(0))).message, /1 bytes are left over/);
  });

  it('take a version as unsigned 32 bits', () => {
    assert.equal(makeTransaction({ ...spend, version: -1 }).version, 0xffffffff);
    assert.equal(decodeTransaction(encodeTransaction({ ...spend, version: -1 })).version, 0xffffffff);
  });

  it('never make anything but a refusal of bytes that are none', () => {
    const bytes = encodeTransaction(spend);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, byte) => {
        const changed = Uint8Array.from(bytes).fill(byte, at, at + 1);
        try {
          assert.deepEqual(encodeTransaction(decodeTransaction(changed)), changed);
        } catch (error) {
          assert.ok(error instanceof DecodeError, String(error));
        }
      }),
      { numRuns: 2_000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        assert.throws(() => decodeTransaction(concatBytes(bytes, Uint8Array.of(0xff, 0xff, 0xff))), DecodeError);
      }),
    );
  });

  it('are refused with a flag but no witness, and with a flag that nobody knows', () => {
    const head = '02000000 00';
    const body = `01 ${'07'.repeat(32)} 01000000 00 ffffffff 01 0000000000000000 00`;
    assert.match(refusal(hexBytes(`${head} 01 ${body} 00 00000000`)).message, /superfluous witness/);
    assert.equal(hasWitness(decodeTransaction(hexBytes(`${head} 01 ${body} 01 00 00000000`))), true);
    const unknown = refusal(hexBytes(`${head} 02 ${body} 00000000`));
    assert.match(unknown.message, /unknown flag 2/);
    assert.equal(unknown.offset, 5);
    assert.match(refusal(hexBytes(`${head} 03 ${body} 01 00 00000000`)).message, /unknown flag 3/);
    // No inputs, flag 1: a witness of nothing.
    assert.match(refusal(hexBytes('01000000 00 01 00 00 00000000')).message, /superfluous witness/);
  });

  it('without inputs and outputs are ten bytes', () => {
    const empty = decodeTransaction(hexBytes('01000000 00 00 00000000'));
    assert.deepEqual([empty.inputs, empty.outputs, empty.sizeBytes, empty.strippedSizeBytes], [[], [], 10, 10]);
    assert.equal(toHex(encodeTransaction(empty)), '01000000000000000000');
  });

  it('refuse counts that cannot be, before memory is taken for them', () => {
    assert.match(refusal(hexBytes('01000000 fe00000002')).message, /input count at byte 4: 33554432 cannot fit/);
    assert.match(refusal(hexBytes('01000000 fe01000002')).message, /over the limit/);
    const oneInput = `01000000 01 ${'07'.repeat(32)} 01000000`;
    assert.equal(refusal(hexBytes(`${oneInput} fe00000002`)).what, 'input script');
    assert.equal(refusal(hexBytes(`${oneInput} 00 ffffffff fe00000002`)).what, 'output count');
    assert.match(refusal(hexBytes(`${oneInput} fd0100 00 ffffffff`)).message, /non-canonical/);
  });

  it('are read one after another, their bytes being views', () => {
    const bytes = concatBytes(encodeTransaction(spend), encodeTransaction({ ...spend, lockTime: 1 }));
    const reader = new ByteReader(bytes);
    const first = readTransaction(reader);
    const second = readTransaction(reader);
    reader.end('two');
    assert.deepEqual([first.lockTime, second.lockTime], [100, 1]);
    assert.equal(second.inputs[0]?.scriptSig.buffer, bytes.buffer);
    assert.deepEqual(first, makeTransaction(spend));
  });

  it('are copied whole, and a copy keeps nothing of what was copied', () => {
    fc.assert(
      fc.property(anyFields, (fields) => {
        const read = decodeTransaction(encodeTransaction(fields));
        const copy = ownCopy(read);
        assert.deepEqual(copy, read);
        assert.equal(copy.txid === (copy.wtxid as Uint8Array), !hasWitness(fields));
        const parts = ({ txid, wtxid, inputs, outputs }: Transaction) => [
          ...[txid, wtxid, ...outputs.map(({ scriptPubKey }) => scriptPubKey)],
          ...inputs.flatMap(({ prevout, scriptSig, witness }) => [prevout.txid, scriptSig, ...witness]),
        ];
        const before = new Set(parts(read).map(({ buffer }) => buffer));
        assert.ok(parts(copy).every(({ buffer }) => !before.has(buffer)));
      }),
    );
  });

  it('know a coinbase by its one input that spends nothing', () => {
    const nothing = { prevout: { txid: zeroHash<Txid>(), vout: NULL_VOUT }, scriptSig: new Uint8Array(2), sequence: 0, witness: [] };
    assert.ok(isCoinbase({ ...spend, inputs: [nothing] }));
    assert.ok(!isCoinbase({ ...spend, inputs: [nothing, nothing] }));
    assert.ok(!isCoinbase({ ...spend, inputs: [] }));
    assert.ok(!isCoinbase({ ...spend, inputs: [{ ...nothing, prevout: { txid: zeroHash<Txid>(), vout: 0 } }] }));
    assert.ok(!isCoinbase({ ...spend, inputs: [{ ...nothing, prevout: { txid: zeroHash<Txid>().fill(1, 31), vout: NULL_VOUT } }] }));
  });

  it('have the ids that are known of a published one', () => {
    // The native P2WPKH example of BIP-143.
    const bytes = hexBytes(
      '01000000000102fff7f7881a8099afa6940d42d1e7f6362bec38171ea3edf433541db4e4ad969f00000000494830450221008b9d1dc26ba6a9cb62127b02742fa9d754cd3bebf337f7a55d114c8e5cdd30be022040529b194ba3f9281a99f2b1c0a19c0489bc22ede944ccf4ecbab4cc618ef3ed01eeffffffef51e1b804cc89d182d279655c3aa89e815b1b309fe287d9b2b55d57b90ec68a0100000000ffffffff02202cb206000000001976a9148280b37df378db99f66f85c95a783a76ac7a6d5988ac9093510d000000001976a9143bde42dbee7e4dbe6a21b2d50ce2f0167faa815988ac000247304402203609e17b84f6a7d30c80bfa610b5b4542f32a8a0d5447a12fb1366d7f01cc44a0220573a954c4518331561406f90300e8f3358f51928d43c212a8caed02de67eebee0121025476c2e83188368da1ff3e292e7acafcdb3566bb0ad253f62fc70f07aeee635711000000',
    );
    const tx = decodeTransaction(bytes);
    assert.equal(toDisplayHex(tx.txid), 'e8151a2af31c368a35053ddd4bdb285a8595c769a3ad83e0fa02314a602d4609');
    assert.deepEqual(encodeTransaction(tx), bytes);
  });

  it('write amounts of all 64 bits exactly', () => {
    for (const value of [0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n)]) {
      const tx = decodeTransaction(encodeTransaction({ ...spend, outputs: [{ value, scriptPubKey: new Uint8Array() }] }));
      assert.equal(tx.outputs[0]?.value, value);
    }
    assert.equal(
      new ByteWriter()
        .u64(-1n)
        .finish()
        .every((byte) => byte === 255),
      true,
    );
  });
});
