import { concatBytes } from '../base/bytes.ts';
import { encodeDer } from '../crypto/der.ts';
import type { Secp256k1 } from '../crypto/secp256k1.ts';
import { hash160 } from '../crypto/sha256.ts';
import type { OutPoint, Satoshis, Transaction, TransactionFields, TxInput, TxOutput } from '../primitives/transaction.ts';
import { makeTransaction } from '../primitives/transaction.ts';
import { p2pkhScript, p2wpkhScript } from '../script/output-template.ts';
import { precomputeSighash } from '../script/precomputed-sighash.ts';
import { SIGHASH } from '../script/sighash-type.ts';
import { sighashV0 } from '../script/sighash-v0.ts';

/** Says that it may be replaced (BIP-125), and locks nothing by age. */
const SEQUENCE = 0xfffffffd;

/** An output that pays to the key. */
export interface KeyCoin {
  readonly outPoint: OutPoint;
  readonly value: Satoshis;
}

/** What differs from an ordinary payment. */
export interface SpendChanges {
  readonly version?: number;
  readonly lockTime?: number;
  readonly sequence?: number;
}

/** One private key and the script of its outputs (P2WPKH), for programs that keep a few coins of their own. */
export class SingleKey {
  /** The output script. */
  readonly script: Uint8Array;
  readonly #secp256k1: Secp256k1;
  readonly #privateKey: Uint8Array;
  readonly #publicKey: Uint8Array;
  readonly #scriptCode: Uint8Array;

  /**
   * @param privateKey - 32 bytes
   * @throws RangeError where these are no key: zero, or not below the order of the curve
   */
  constructor(secp256k1: Secp256k1, privateKey: Uint8Array) {
    const publicKey = secp256k1.publicKeyOf(privateKey);
    if (publicKey === undefined) throw new RangeError('these bytes are no private key');
    const keyHash = hash160(publicKey);
    this.#secp256k1 = secp256k1;
    this.#privateKey = privateKey;
    this.#publicKey = publicKey;
    this.script = p2wpkhScript(keyHash);
    this.#scriptCode = p2pkhScript(keyHash);
  }

  /** An output to this key. */
  output(value: Satoshis): TxOutput {
    return { value, scriptPubKey: this.script };
  }

  /** A transaction that spends coins of this key, signed (BIP-143, `SIGHASH_ALL`). What the outputs leave is the fee. */
  spend(coins: readonly KeyCoin[], outputs: readonly TxOutput[], changes: SpendChanges = {}): Transaction {
    const { version = 2, lockTime = 0, sequence = SEQUENCE } = changes;
    const scriptSig = new Uint8Array(0);
    const inputs = coins.map(({ outPoint }): TxInput => ({ prevout: outPoint, scriptSig, sequence, witness: [] }));
    const fields: TransactionFields = { version, inputs, outputs, lockTime };
    const precomputed = precomputeSighash(
      fields,
      coins.map(({ value }) => this.output(value)),
    );
    const signed = inputs.map((input, index): TxInput => {
      const hash = sighashV0(precomputed, index, this.#scriptCode, SIGHASH.ALL);
      const signature = concatBytes(encodeDer(this.#secp256k1.signEcdsa(hash, this.#privateKey)), Uint8Array.of(SIGHASH.ALL));
      return { ...input, witness: [signature, this.#publicKey] };
    });
    return makeTransaction({ ...fields, inputs: signed });
  }
}
