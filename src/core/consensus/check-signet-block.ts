/**
 * The signature of a block on a signet (BIP-325). Core's `CheckSignetBlockSolution`.
 *
 * A solution stands in the coinbase output that commits to the witnesses, behind four bytes that mark it. It is the input script and the
 * witness of a made-up transaction which spends a made-up output: its script is the network's challenge, and what it signs is the block
 * without the solution and without the nonce. So the work can be searched for after the signing.
 *
 * @module
 */

import { concatBytes } from '../base/bytes.ts';
import { merkleRootOf } from '../crypto/merkle.ts';
import type { Block, HeaderFields } from '../primitives/block.ts';
import { ByteReader } from '../primitives/byte-reader.ts';
import { ByteWriter } from '../primitives/byte-writer.ts';
import { DecodeError } from '../primitives/decode-error.ts';
import { zeroHash } from '../primitives/ids.ts';
import type { Transaction, TxOutput } from '../primitives/transaction.ts';
import { makeTransaction, NULL_VOUT } from '../primitives/transaction.ts';
import { FLAG } from '../script/flags.ts';
import { parseScript } from '../script/script-reader.ts';
import { encodePush, encodeScript } from '../script/script-writer.ts';
import { findWitnessCommitmentIndex } from './witness-commitment.ts';

/** What a push of a solution begins with. Core's `SIGNET_HEADER`. */
const SOLUTION_HEADER = Uint8Array.of(0xec, 0xc7, 0xda, 0xa2);

/** Rules of the made-up transaction, the same on every signet and at every height. Core's `BLOCK_SCRIPT_VERIFY_FLAGS`. */
export const SOLUTION_FLAGS: number = FLAG.P2SH | FLAG.WITNESS | FLAG.DERSIG | FLAG.NULLDUMMY;

const OP_RETURN = 0x6a;
const OP_0 = 0x00;

/** Most items of a solution's witness, as many as bytes of a block could hold. */
const WITNESS_ITEMS_MAX = 4_000_000;

/** Scripts to run; a job of the script verifier as it is. */
export interface SignetScriptCheck {
  readonly tx: Transaction;
  readonly spentOutputs: readonly TxOutput[];
  readonly flags: number;
}

/** What satisfies a challenge. */
export interface SignetSolution {
  readonly scriptSig: Uint8Array;
  readonly witness: readonly Uint8Array[];
}

/** A commitment's script without the solution in it. */
interface Commitment {
  readonly script: Uint8Array;
  /** Empty where there is none: a challenge such as OP_TRUE needs none. */
  readonly solution: Uint8Array;
}

function isSolution(data: Uint8Array): boolean {
  return data.length > SOLUTION_HEADER.length && SOLUTION_HEADER.every((byte, i) => data[i] === byte);
}

/** Takes the first solution out of a script; its mark stays. Core's `FetchAndClearCommitmentSection`, which so writes pushes anew. */
function takeSolution(script: Uint8Array): Commitment {
  const { ops } = parseScript(script);
  const at = ops.findIndex(({ data }) => data !== undefined && isSolution(data));
  const solution = ops[at]?.data?.subarray(SOLUTION_HEADER.length);
  if (solution === undefined) return { script, solution: new Uint8Array() };
  const parts = ops.map(({ opcode, data }, index) => {
    if (index === at) return encodePush(SOLUTION_HEADER);
    return data === undefined || data.length === 0 ? Uint8Array.of(opcode) : encodePush(data);
  });
  return { script: concatBytes(...parts), solution };
}

/** Input script and witness of a solution. @throws DecodeError for bytes that are neither, or more */
function decodeSolution(solution: Uint8Array): SignetSolution {
  if (solution.length === 0) return { scriptSig: solution, witness: [] };
  const reader = new ByteReader(solution);
  const scriptSig = reader.varBytes({ max: solution.length, what: 'input script of a solution' });
  const count = reader.compactSize({ max: WITNESS_ITEMS_MAX, itemSizeMin: 1, what: 'witness items of a solution' });
  const witness: Uint8Array[] = [];
  for (let i = 0; i < count; i++) witness.push(reader.varBytes({ max: solution.length, what: 'witness item of a solution' }));
  reader.end('solution');
  return { scriptSig, witness };
}

/** A solution as bytes. */
export function encodeSolution({ scriptSig, witness }: SignetSolution): Uint8Array {
  const writer = new ByteWriter().varBytes(scriptSig).compactSize(witness.length);
  for (const item of witness) writer.varBytes(item);
  return writer.finish();
}

/**
 * The script of a commitment with a solution behind it, for a miner. With an empty one it is what the solution signs: the mark is there, and nothing
 * behind it.
 *
 * @param commitment - without a solution
 */
export function commitmentWithSolution(commitment: Uint8Array, solution: Uint8Array): Uint8Array {
  return concatBytes(commitment, encodePush(concatBytes(SOLUTION_HEADER, solution)));
}

/** What a solution signs: version, parent, Merkle root without the solution, and time. */
function signedData(header: HeaderFields, coinbase: Transaction, others: readonly Transaction[]): Uint8Array {
  const { root } = merkleRootOf([coinbase.txid, ...others.map((tx) => tx.txid)]);
  const writer = new ByteWriter(72);
  return writer
    .u32(header.version >>> 0)
    .raw(header.prevBlockHash)
    .raw(root)
    .u32(header.timeSeconds)
    .finish();
}

/** The made-up output that a solution spends, as the transaction which makes it. */
function transactionToSpend(challenge: Uint8Array, signed: Uint8Array): Transaction {
  return makeTransaction({
    version: 0,
    inputs: [{ prevout: { txid: zeroHash(), vout: NULL_VOUT }, scriptSig: encodeScript([OP_0, signed]), sequence: 0, witness: [] }],
    outputs: [{ value: 0n, scriptPubKey: challenge }],
    lockTime: 0,
  });
}

/**
 * The scripts that decide whether a block is signed; undefined where nothing can make it so: it commits to no witnesses, or its solution
 * makes no sense. `checkBlock` must have passed, so that the transactions are the header's.
 *
 * @param challenge - the network's `signetChallenge`
 */
export function signetScriptCheck(block: Block, challenge: Uint8Array): SignetScriptCheck | undefined {
  const [coinbase, ...others] = block.transactions;
  const index = coinbase === undefined ? -1 : findWitnessCommitmentIndex(coinbase);
  const output = coinbase?.outputs[index];
  if (coinbase === undefined || output === undefined) return undefined;
  const { script, solution } = takeSolution(output.scriptPubKey);
  const outputs = coinbase.outputs.map((each, i) => (i === index ? { ...output, scriptPubKey: script } : each));
  const signed = signedData(block.header, makeTransaction({ ...coinbase, outputs }), others);
  const { txid, outputs: spentOutputs } = transactionToSpend(challenge, signed);
  try {
    const input = { prevout: { txid, vout: 0 }, ...decodeSolution(solution), sequence: 0 };
    const tx = makeTransaction({
      version: 0,
      inputs: [input],
      outputs: [{ value: 0n, scriptPubKey: Uint8Array.of(OP_RETURN) }],
      lockTime: 0,
    });
    return { tx, spentOutputs, flags: SOLUTION_FLAGS };
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
