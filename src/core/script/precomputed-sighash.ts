/**
 * The parts of signature hashes that all inputs of a transaction share. Each is computed when it is first asked for and never again,
 * which is what makes hashing linear in the number of inputs for witness spends (BIP-143, BIP-341). Core's `PrecomputedTransactionData`.
 *
 * @module
 */

import { ByteWriter } from '../primitives/byte-writer.ts';
import { type TransactionFields, type TxOutput, writeTxOutput } from '../primitives/transaction.ts';
import { hashInput, type PausedHash } from './hash-input.ts';

/** Bytes of an input whose script is blanked: outpoint, a length of zero, sequence. */
export const BLANK_INPUT_SIZE = 41;

/** The beginning of a signature hash of before segwit, up to the input that it stands before. */
interface LegacyPrefix {
  readonly inputIndex: number;
  readonly hash: PausedHash;
}

/** The last such beginning: with the sequences of the inputs, and with zeros for them. */
export interface LegacyPrefixes {
  sequences: LegacyPrefix | undefined;
  zeroSequences: LegacyPrefix | undefined;
}

/** Writes the outpoints of all inputs. */
function writePrevouts({ inputs }: TransactionFields): void {
  for (let i = 0; i < inputs.length; i++) hashInput.outPoint(inputs[i]!.prevout);
}

function writeSequences({ inputs }: TransactionFields): void {
  for (let i = 0; i < inputs.length; i++) hashInput.u32(inputs[i]!.sequence);
}

function writeOutputs({ outputs }: TransactionFields): void {
  for (let i = 0; i < outputs.length; i++) hashInput.output(outputs[i]!);
}

function writeAmounts(spentOutputs: readonly TxOutput[]): void {
  for (let i = 0; i < spentOutputs.length; i++) hashInput.u64(spentOutputs[i]!.value);
}

/** Each script with its length. */
function writeScripts(spentOutputs: readonly TxOutput[]): void {
  for (let i = 0; i < spentOutputs.length; i++) hashInput.varBytes(spentOutputs[i]!.scriptPubKey);
}

/** SHA-256 of all outpoints, of all sequences and of all outputs, then the same of these three: 192 bytes. */
function digestsOf(tx: TransactionFields): Uint8Array {
  hashInput.begin();
  writePrevouts(tx);
  const prevoutsEnd = hashInput.written;
  writeSequences(tx);
  const sequencesEnd = hashInput.written;
  writeOutputs(tx);
  const outputsEnd = hashInput.written;
  if (prevoutsEnd === undefined || sequencesEnd === undefined || outputsEnd === undefined) return digestsOfLarge(tx);
  return hashInput.sha256Three(prevoutsEnd, sequencesEnd - prevoutsEnd, outputsEnd - sequencesEnd);
}

/** The same one after the other, for transactions that do not go through at once. */
function digestsOfLarge(tx: TransactionFields): Uint8Array {
  const digests = new Uint8Array(192);
  for (const [i, write] of [writePrevouts, writeSequences, writeOutputs].entries()) {
    hashInput.begin();
    write(tx);
    hashInput.sha256Into(digests, 32 * i);
    hashInput
      .begin()
      .raw(digests.subarray(32 * i, 32 * i + 32))
      .sha256Into(digests, 96 + 32 * i);
  }
  return digests;
}

function blankedInputs({ inputs }: TransactionFields, zeroSequences: boolean): Uint8Array {
  const writer = new ByteWriter(inputs.length * BLANK_INPUT_SIZE);
  for (const { prevout, sequence } of inputs) {
    writer
      .raw(prevout.txid)
      .u32(prevout.vout)
      .u8(0)
      .u32(zeroSequences ? 0 : sequence);
  }
  return writer.finish();
}

/** A transaction with what its signature hashes share. Good for as long as the transaction, which is immutable, is. */
export class PrecomputedSighash {
  readonly tx: TransactionFields;
  /** What each input spends, in their order. Empty where only signature hashes of before segwit are wanted. */
  readonly spentOutputs: readonly TxOutput[];
  /** What signature hashes of before segwit share; kept by who takes them. */
  readonly legacyPrefixes: LegacyPrefixes = { sequences: undefined, zeroSequences: undefined };
  #digests: Uint8Array | undefined = undefined;
  #inputsTwice: Uint8Array | undefined = undefined;
  #outputsTwice: Uint8Array | undefined = undefined;
  #taproot: Uint8Array | undefined = undefined;
  #blankInputs: Uint8Array | undefined = undefined;
  #blankInputsZeroed: Uint8Array | undefined = undefined;
  #outputBytes: Uint8Array | undefined = undefined;

  constructor(tx: TransactionFields, spentOutputs: readonly TxOutput[]) {
    this.tx = tx;
    this.spentOutputs = spentOutputs;
  }

  #sharedDigests(): Uint8Array {
    this.#digests ??= digestsOf(this.tx);
    return this.#digests;
  }

  /** BIP-143's hashPrevouts and hashSequence after one another: 64 bytes. */
  inputsTwice(): Uint8Array {
    this.#inputsTwice ??= this.#sharedDigests().subarray(96, 160);
    return this.#inputsTwice;
  }

  /** BIP-143's hashOutputs: 32 bytes. */
  outputsTwice(): Uint8Array {
    this.#outputsTwice ??= this.#sharedDigests().subarray(160);
    return this.#outputsTwice;
  }

  /** BIP-341's sha_prevouts, sha_amounts, sha_scriptpubkeys, sha_sequences and sha_outputs, in the order in which they are hashed: 160 bytes. */
  taproot(): Uint8Array {
    if (this.#taproot === undefined) {
      const shared = this.#sharedDigests();
      const digests = new Uint8Array(160);
      digests.set(shared.subarray(0, 32));
      digests.set(shared.subarray(32, 96), 96);
      hashInput.begin();
      writeAmounts(this.spentOutputs);
      hashInput.sha256Into(digests, 32);
      hashInput.begin();
      writeScripts(this.spentOutputs);
      hashInput.sha256Into(digests, 64);
      this.#taproot = digests;
    }
    return this.#taproot;
  }

  /**
   * The inputs with empty scripts, `BLANK_INPUT_SIZE` bytes each, as signature hashes of before segwit take all but one of them; with
   * zeros for their sequences if told so.
   */
  blankInputs(zeroSequences: boolean): Uint8Array {
    if (zeroSequences) {
      this.#blankInputsZeroed ??= blankedInputs(this.tx, true);
      return this.#blankInputsZeroed;
    }
    this.#blankInputs ??= blankedInputs(this.tx, false);
    return this.#blankInputs;
  }

  /** The outputs one after another, without their count. */
  outputBytes(): Uint8Array {
    if (this.#outputBytes === undefined) {
      const writer = new ByteWriter();
      for (const output of this.tx.outputs) writeTxOutput(writer, output);
      this.#outputBytes = writer.finish();
    }
    return this.#outputBytes;
  }
}

/**
 * Prepares the signature hashes of a transaction; computes nothing yet.
 *
 * @param spentOutputs - what each input spends, in their order; all of them, since taproot signatures commit to all
 */
export function precomputeSighash(tx: TransactionFields, spentOutputs: readonly TxOutput[]): PrecomputedSighash {
  return new PrecomputedSighash(tx, spentOutputs);
}
