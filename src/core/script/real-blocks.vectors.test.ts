/**
 * Real blocks with what they spent: each of their scripts verifies under the rules of its time, and not after one bit was flipped.
 */

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { hex } from '../../../test/support/core-script-text.ts';
import { engines } from '../../../test/support/secp256k1-engines.ts';
import { describeVectors, readVectorBytes, readVectorJson } from '../../../test/support/vectors.ts';
import { bytesEqual } from '../base/bytes.ts';
import { merkleRootOf } from '../crypto/merkle.ts';
import type { Secp256k1 } from '../crypto/secp256k1.ts';
import { type Block, decodeBlock, encodeBlock } from '../primitives/block.ts';
import { decodeBits, hashToNumber } from '../primitives/compact-target.ts';
import { toDisplayHex } from '../primitives/ids.ts';
import type { TransactionFields, TxInput, TxOutput } from '../primitives/transaction.ts';
import { FLAG } from './flags.ts';
import { classifyOutput, type OutputType } from './output-template.ts';
import { parseScript } from './script-reader.ts';
import { encodePush } from './script-writer.ts';
import { verifyTransactionScripts } from './verify-script.ts';

/** Rules of the main network in 2014: P2SH alone. */
const FLAGS_2014 = FLAG.P2SH;
/** Rules of testnet3 in 2016, segwit active. */
const FLAGS_2016 = FLAG.P2SH | FLAG.DERSIG | FLAG.CHECKLOCKTIMEVERIFY | FLAG.CHECKSEQUENCEVERIFY | FLAG.WITNESS | FLAG.NULLDUMMY;

interface RealBlock {
  readonly name: string;
  readonly flags: number;
  readonly inputs: number;
  readonly witnessInputs: number;
  readonly types: Readonly<Partial<Record<OutputType, number>>>;
}

const BLOCKS: readonly RealBlock[] = [
  { name: 'block300025', flags: FLAGS_2014, inputs: 1_427, witnessInputs: 0, types: { pubkeyhash: 1_424, multisig: 3 } },
  {
    name: 'block928816',
    flags: FLAGS_2016,
    inputs: 8_692,
    witnessInputs: 8_629,
    types: { pubkeyhash: 58, scripthash: 5, witness_v0_keyhash: 8_629 },
  },
  { name: 'block928828', flags: FLAGS_2016, inputs: 1_972, witnessInputs: 0, types: { pubkeyhash: 75, scripthash: 1_897 } },
  { name: 'block1087400', flags: FLAGS_2016, inputs: 205, witnessInputs: 2, types: { pubkeyhash: 138, scripthash: 67 } },
];

/** A transaction of a block with what it spends. */
interface Spend {
  readonly tx: TransactionFields;
  readonly spentOutputs: readonly TxOutput[];
}

function readSpends(name: string): Spend[] {
  const block = decodeBlock(readVectorBytes(`blocks/${name}.raw`));
  const spent = readVectorJson<[number, string][]>(`blocks/${name}.spent.json`).map(([value, script]) => ({
    value: BigInt(value),
    scriptPubKey: hex(script),
  }));
  let at = 0;
  const spends = block.transactions.slice(1).map((tx) => {
    const from = at;
    at += tx.inputs.length;
    return { tx, spentOutputs: spent.slice(from, at) };
  });
  assert.equal(at, spent.length);
  return spends;
}

/** A copy with the lowest bit of one byte flipped, counted from the end. */
function flipped(bytes: Uint8Array, fromEnd: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const at = copy.length - fromEnd;
  copy[at] = copy[at]! ^ 1;
  return copy;
}

/** Whether bytes look like a DER signature with its hash type. */
function isSignature(bytes: Uint8Array): boolean {
  return bytes.length >= 60 && bytes.length <= 73 && bytes[0] === 0x30;
}

/** The input with the last bit of s flipped in its first signature. */
function withFlippedSignature(input: TxInput): TxInput {
  const flipFirst = (items: readonly Uint8Array[]): Uint8Array[] => {
    const first = items.findIndex(isSignature);
    return items.map((item, i) => (i === first ? flipped(item, 2) : item));
  };
  if (input.witness.some(isSignature)) return { ...input, witness: flipFirst(input.witness) };
  const pushes = parseScript(input.scriptSig).ops.map(({ data }) => data ?? new Uint8Array(0));
  return { ...input, scriptSig: Uint8Array.from(flipFirst(pushes).flatMap((push) => [...encodePush(push)])) };
}

function replaced<T>(items: readonly T[], index: number, item: T): T[] {
  return items.map((each, i) => (i === index ? item : each));
}

/** One input of each kind of a block: by the type of what it spends, and whether it has a witness. */
function oneOfEachKind(spends: readonly Spend[]): { spend: Spend; inputIndex: number }[] {
  const found = new Map<string, { spend: Spend; inputIndex: number }>();
  for (const spend of spends) {
    for (const [inputIndex, input] of spend.tx.inputs.entries()) {
      const kind = `${classifyOutput(spend.spentOutputs[inputIndex]!.scriptPubKey).type} ${input.witness.length > 0}`;
      if (!found.has(kind)) found.set(kind, { spend, inputIndex });
    }
  }
  return [...found.values()];
}

/** Flips one bit at a time in one input and asserts that each is refused. */
function assertFlipsAreRefused({ tx, spentOutputs }: Spend, inputIndex: number, flags: number, engine: Secp256k1): void {
  const input = tx.inputs[inputIndex]!;
  const spent = spentOutputs[inputIndex]!;
  const refused = (changedTx: TransactionFields, changedOutputs: readonly TxOutput[], what: string): void => {
    assert.equal(verifyTransactionScripts(changedTx, changedOutputs, flags, engine)?.inputIndex, inputIndex, what);
  };
  assert.equal(verifyTransactionScripts(tx, spentOutputs, flags, engine), undefined);
  refused({ ...tx, inputs: replaced(tx.inputs, inputIndex, withFlippedSignature(input)) }, spentOutputs, 'signature');
  const script = flipped(spent.scriptPubKey, Math.floor(spent.scriptPubKey.length / 2));
  refused(tx, replaced(spentOutputs, inputIndex, { ...spent, scriptPubKey: script }), 'spent script');
  if (input.witness.length > 0) refused(tx, replaced(spentOutputs, inputIndex, { ...spent, value: spent.value ^ 1n }), 'amount');
}

describeVectors('real blocks', () => {
  for (const { name, flags, inputs, witnessInputs, types } of BLOCKS) {
    for (const engine of engines) {
      it(`verifies each script of ${name} with ${engine.name}`, () => {
        const spends = readSpends(name);
        const counted: Partial<Record<OutputType, number>> = {};
        let witnesses = 0;
        for (const { tx, spentOutputs } of spends) {
          assert.equal(verifyTransactionScripts(tx, spentOutputs, flags, engine), undefined);
          witnesses += tx.inputs.filter(({ witness }) => witness.length > 0).length;
          for (const { scriptPubKey } of spentOutputs) {
            const { type } = classifyOutput(scriptPubKey);
            counted[type] = (counted[type] ?? 0) + 1;
          }
        }
        assert.deepEqual(counted, types);
        assert.equal(witnesses, witnessInputs);
        assert.equal(
          spends.reduce((sum, { tx }) => sum + tx.inputs.length, 0),
          inputs,
        );
      });

      it(`refuses ${name} with a flipped bit in a signature, a spent script or a signed amount, with ${engine.name}`, () => {
        const kinds = oneOfEachKind(readSpends(name));
        assert.ok(kinds.length >= Object.keys(types).length);
        for (const { spend, inputIndex } of kinds) assertFlipsAreRefused(spend, inputIndex, flags, engine);
      });
    }
  }

  it('encodes block413567 to the bytes it was decoded from; its Merkle root and its proof of work hold', () => {
    const bytes = readVectorBytes('blocks/block413567.raw');
    const block: Block = decodeBlock(bytes);
    assert.equal(block.transactions.length, 1_557);
    assert.ok(bytesEqual(encodeBlock(block), bytes));
    const { root, mutated } = merkleRootOf(block.transactions.map(({ txid }) => txid));
    assert.ok(bytesEqual(root, block.header.merkleRoot));
    assert.equal(mutated, false);
    const { target, negative, overflow } = decodeBits(block.header.bits);
    assert.ok(!negative && !overflow && hashToNumber(block.header.hash) <= target);
    assert.match(toDisplayHex(block.header.hash), /^0{17}/);
  });
});
