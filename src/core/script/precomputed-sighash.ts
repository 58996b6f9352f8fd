/**
 * The parts of signature hashes that all inputs of a transaction share. Each is computed when it is first asked for and never again,
 * which is what makes hashing linear in the number of inputs for witness spends (BIP-143, BIP-341). Core's `PrecomputedTransactionData`.
 *
 * @module
 */

import { sha256 } from '../crypto/sha256.ts';
import type { TransactionFields, TxOutput } from '../primitives/transaction.ts';
import { hashInput } from './hash-input.ts';

/** Bytes of an input whose script is blanked: outpoint, a length of zero, sequence. */
export const BLANK_INPUT_SIZE = 41;

/** A transaction with what its signature hashes share. Good for as long as the transaction, which is immutable, is. */
export class PrecomputedSighash {
  readonly tx: TransactionFields;
  /** What each input spends, in their order. Empty where only signature hashes of before segwit are wanted. */
  readonly spentOutputs: readonly TxOutput[];
  #prevouts: Uint8Array | undefined;
  #sequences: Uint8Array | undefined;
  #outputs: Uint8Array | undefined;
  #amounts: Uint8Array | undefined;
  #scripts: Uint8Array | undefined;
  #prevoutsTwice: Uint8Array | undefined;
  #sequencesTwice: Uint8Array | undefined;
  #outputsTwice: Uint8Array | undefined;
  #blankInputs: Uint8Array | undefined;
  #outputBytes: Uint8Array | undefined;

  constructor(tx: TransactionFields, spentOutputs: readonly TxOutput[]) {
    this.tx = tx;
    this.spentOutputs = spentOutputs;
  }

  /** SHA-256 over all outpoints: BIP-341's sha_prevouts. */
  prevouts(): Uint8Array {
    if (this.#prevouts === undefined) {
      hashInput.begin();
      for (const { prevout } of this.tx.inputs) hashInput.outPoint(prevout);
      this.#prevouts = hashInput.sha256();
    }
    return this.#prevouts;
  }

  /** SHA-256 over all sequences: sha_sequences. */
  sequences(): Uint8Array {
    if (this.#sequences === undefined) {
      hashInput.begin();
      for (const { sequence } of this.tx.inputs) hashInput.u32(sequence);
      this.#sequences = hashInput.sha256();
    }
    return this.#sequences;
  }

  /** SHA-256 over all outputs: sha_outputs. */
  outputs(): Uint8Array {
    if (this.#outputs === undefined) {
      hashInput.begin();
      for (const output of this.tx.outputs) hashInput.output(output);
      this.#outputs = hashInput.sha256();
    }
    return this.#outputs;
  }

  /** SHA-256 over the amounts of all spent outputs: sha_amounts. */
  amounts(): Uint8Array {
    if (this.#amounts === undefined) {
      hashInput.begin();
      for (const { value } of this.spentOutputs) hashInput.u64(value);
      this.#amounts = hashInput.sha256();
    }
    return this.#amounts;
  }

  /** SHA-256 over the scripts of all spent outputs, each with its length: sha_scriptpubkeys. */
  scripts(): Uint8Array {
    if (this.#scripts === undefined) {
      hashInput.begin();
      for (const { scriptPubKey } of this.spentOutputs) hashInput.varBytes(scriptPubKey);
      this.#scripts = hashInput.sha256();
    }
    return this.#scripts;
  }

  /** BIP-143's hashPrevouts, the SHA-256 of `prevouts`. */
  prevoutsTwice(): Uint8Array {
    this.#prevoutsTwice ??= sha256(this.prevouts());
    return this.#prevoutsTwice;
  }

  /** BIP-143's hashSequence. */
  sequencesTwice(): Uint8Array {
    this.#sequencesTwice ??= sha256(this.sequences());
    return this.#sequencesTwice;
  }

  /** BIP-143's hashOutputs. */
  outputsTwice(): Uint8Array {
    this.#outputsTwice ??= sha256(this.outputs());
    return this.#outputsTwice;
  }

  /** The inputs with empty scripts, `BLANK_INPUT_SIZE` bytes each, as signature hashes of before segwit take all but one of them. */
  blankInputs(): Uint8Array {
    if (this.#blankInputs === undefined) {
      hashInput.begin();
      for (const { prevout, sequence } of this.tx.inputs) hashInput.outPoint(prevout).u8(0).u32(sequence);
      this.#blankInputs = hashInput.copy();
    }
    return this.#blankInputs;
  }

  /** The outputs one after another, without their count. */
  outputBytes(): Uint8Array {
    if (this.#outputBytes === undefined) {
      hashInput.begin();
      for (const output of this.tx.outputs) hashInput.output(output);
      this.#outputBytes = hashInput.copy();
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
