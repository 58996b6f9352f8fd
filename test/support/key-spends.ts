/**
 * Outputs to a key in the three usual forms, and signed transactions that spend them.
 *
 * The signature hashes are written out here from BIP-143, BIP-341 and the rules of 2009, so that a test does not trust what it tests.
 *
 * @module
 */

import { concatBytes } from '../../src/core/base/bytes.ts';
import { encodeDer } from '../../src/core/crypto/der.ts';
import type { Secp256k1 } from '../../src/core/crypto/secp256k1.ts';
import { hash160, sha256, sha256d, taggedHash } from '../../src/core/crypto/sha256.ts';
import { ByteWriter } from '../../src/core/primitives/byte-writer.ts';
import type { OutPoint, Satoshis, Transaction, TransactionFields, TxInput, TxOutput } from '../../src/core/primitives/transaction.ts';
import { encodeTransactionStripped, makeTransaction, writeTxOutput } from '../../src/core/primitives/transaction.ts';

/** P2WPKH, P2TR by its key, P2PKH. */
export type KeyOutputKind = 'wpkh' | 'tr' | 'pkh';

export const KEY_OUTPUT_KINDS: readonly KeyOutputKind[] = ['wpkh', 'tr', 'pkh'];

/** One output to spend. */
export interface KeyCoin {
  readonly outPoint: OutPoint;
  readonly value: Satoshis;
  readonly kind: KeyOutputKind;
}

const SIGHASH_ALL = 1;
const NO_BYTES = new Uint8Array();

const push = (bytes: Uint8Array): Uint8Array => concatBytes(Uint8Array.of(bytes.length), bytes);

/** One key, its output scripts and its signatures. */
export class TestKey {
  readonly #secp256k1: Secp256k1;
  readonly #privateKey: Uint8Array;
  readonly #publicKey: Uint8Array;
  readonly #taprootKey: Uint8Array;
  readonly scripts: Readonly<Record<KeyOutputKind, Uint8Array>>;

  /** @param fill - byte that the private key is made of, 1 to 254 */
  constructor(secp256k1: Secp256k1, fill: number) {
    this.#secp256k1 = secp256k1;
    this.#privateKey = new Uint8Array(32).fill(fill);
    this.#publicKey = secp256k1.publicKeyOf(this.#privateKey)!;
    const tweak = taggedHash('TapTweak', this.#publicKey.subarray(1));
    const even = this.#publicKey[0] === 2 ? this.#privateKey : secp256k1.negatePrivate(this.#privateKey);
    this.#taprootKey = secp256k1.tweakPrivate(even, tweak)!;
    const outputKey = secp256k1.tweakXOnly(this.#publicKey.subarray(1), tweak)!.key;
    const keyHash = hash160(this.#publicKey);
    this.scripts = {
      wpkh: concatBytes(Uint8Array.of(0), push(keyHash)),
      tr: concatBytes(Uint8Array.of(0x51), push(outputKey)),
      pkh: concatBytes(Uint8Array.of(0x76, 0xa9), push(keyHash), Uint8Array.of(0x88, 0xac)),
    };
  }

  /** An output of this key. */
  output(kind: KeyOutputKind, value: Satoshis): TxOutput {
    return { value, scriptPubKey: this.scripts[kind] };
  }

  /** A transaction that spends outputs of this key, signed. What the outputs leave is the fee. */
  spend(coins: readonly KeyCoin[], outputs: readonly TxOutput[]): Transaction {
    const inputs = coins.map(({ outPoint }) => ({ prevout: outPoint, scriptSig: NO_BYTES, sequence: 0xfffffffd, witness: [] }));
    const fields: TransactionFields = { version: 2, inputs, outputs, lockTime: 0 };
    return makeTransaction({ ...fields, inputs: inputs.map((input, index) => this.#signed(input, fields, coins, index)) });
  }

  #signed(input: TxInput, fields: TransactionFields, coins: readonly KeyCoin[], index: number): TxInput {
    const { kind, value } = coins[index]!;
    if (kind === 'tr') {
      const hash = taprootHash(fields, index, this.#spentOutputs(coins));
      return { ...input, witness: [this.#secp256k1.signSchnorr(hash, this.#taprootKey, new Uint8Array(32))] };
    }
    const hash = kind === 'wpkh' ? segwitHash(fields, index, this.scripts.pkh, value) : legacyHash(fields, index, this.scripts.pkh);
    const signature = concatBytes(encodeDer(this.#secp256k1.signEcdsa(hash, this.#privateKey)), Uint8Array.of(SIGHASH_ALL));
    if (kind === 'wpkh') return { ...input, witness: [signature, this.#publicKey] };
    return { ...input, scriptSig: concatBytes(push(signature), push(this.#publicKey)) };
  }

  #spentOutputs(coins: readonly KeyCoin[]): readonly TxOutput[] {
    return coins.map(({ kind, value }) => this.output(kind, value));
  }
}

const writeAll = <T>(items: readonly T[], write: (writer: ByteWriter, item: T) => void): Uint8Array => {
  const writer = new ByteWriter();
  for (const item of items) write(writer, item);
  return writer.finish();
};
const prevoutsOf = ({ inputs }: TransactionFields): Uint8Array =>
  writeAll(inputs, (writer, { prevout }) => writer.raw(prevout.txid).u32(prevout.vout));
const sequencesOf = ({ inputs }: TransactionFields): Uint8Array => writeAll(inputs, (writer, { sequence }) => writer.u32(sequence));
const outputsOf = ({ outputs }: TransactionFields): Uint8Array => writeAll(outputs, writeTxOutput);

/** BIP-143, SIGHASH_ALL. */
function segwitHash(tx: TransactionFields, index: number, scriptCode: Uint8Array, value: Satoshis): Uint8Array {
  const { prevout, sequence } = tx.inputs[index]!;
  const message = new ByteWriter()
    .u32(tx.version)
    .raw(sha256d(prevoutsOf(tx)))
    .raw(sha256d(sequencesOf(tx)));
  message.raw(prevout.txid).u32(prevout.vout).varBytes(scriptCode).u64(value).u32(sequence);
  return sha256d(
    message
      .raw(sha256d(outputsOf(tx)))
      .u32(tx.lockTime)
      .u32(SIGHASH_ALL)
      .finish(),
  );
}

/** BIP-341, SIGHASH_DEFAULT, spent by the key. */
function taprootHash(tx: TransactionFields, index: number, spent: readonly TxOutput[]): Uint8Array {
  const amounts = writeAll(spent, (writer, { value }) => writer.u64(value));
  const scripts = writeAll(spent, (writer, { scriptPubKey }) => writer.varBytes(scriptPubKey));
  const message = new ByteWriter().u8(0).u8(0).u32(tx.version).u32(tx.lockTime);
  for (const part of [prevoutsOf(tx), amounts, scripts, sequencesOf(tx), outputsOf(tx)]) message.raw(sha256(part));
  return taggedHash('TapSighash', message.u8(0).u32(index).finish());
}

/** The rules of 2009, SIGHASH_ALL: the signed input carries the script that it spends, the others none. */
function legacyHash(tx: TransactionFields, index: number, scriptCode: Uint8Array): Uint8Array {
  const inputs = tx.inputs.map((input, i) => ({ ...input, scriptSig: i === index ? scriptCode : NO_BYTES }));
  const message = encodeTransactionStripped({ ...tx, inputs });
  return sha256d(new ByteWriter().raw(message).u32(SIGHASH_ALL).finish());
}
