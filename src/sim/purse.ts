import { concatBytes } from '../core/base/bytes.ts';
import { encodeDer } from '../core/crypto/der.ts';
import type { Secp256k1 } from '../core/crypto/secp256k1.ts';
import { hash160 } from '../core/crypto/sha256.ts';
import type { OutPoint, Satoshis, Transaction, TransactionFields, TxOutput } from '../core/primitives/transaction.ts';
import { makeTransaction } from '../core/primitives/transaction.ts';
import { p2pkhScript, p2wpkhScript } from '../core/script/output-template.ts';
import { precomputeSighash } from '../core/script/precomputed-sighash.ts';
import { sighashV0 } from '../core/script/sighash-v0.ts';
import type { SimRandom } from './sim-random.ts';

const SIGHASH_ALL = 1;

/** Says that it may be replaced (BIP-125). */
const SEQUENCE = 0xfffffffd;

/** One output that a purse can spend. */
export interface PurseCoin {
  readonly outPoint: OutPoint;
  readonly value: Satoshis;
}

/** One key, its output script (P2WPKH) and its signatures: a user of the simulated network. */
export class Purse {
  readonly script: Uint8Array;
  readonly #secp256k1: Secp256k1;
  readonly #privateKey: Uint8Array;
  readonly #publicKey: Uint8Array;
  readonly #scriptCode: Uint8Array;

  constructor(secp256k1: Secp256k1, random: SimRandom) {
    this.#secp256k1 = secp256k1;
    let key = random.bytes(32);
    let publicKey = secp256k1.publicKeyOf(key);
    // All but about one of 2^128 numbers are a key.
    while (publicKey === undefined) {
      key = random.bytes(32);
      publicKey = secp256k1.publicKeyOf(key);
    }
    this.#privateKey = key;
    this.#publicKey = publicKey;
    const keyHash = hash160(publicKey);
    this.script = p2wpkhScript(keyHash);
    this.#scriptCode = p2pkhScript(keyHash);
  }

  /** A transaction that spends coins of this purse, signed. What the outputs leave is the fee. */
  spend(coins: readonly PurseCoin[], outputs: readonly TxOutput[]): Transaction {
    const none = new Uint8Array();
    const inputs = coins.map(({ outPoint }) => ({ prevout: outPoint, scriptSig: none, sequence: SEQUENCE, witness: [] }));
    const fields: TransactionFields = { version: 2, inputs, outputs, lockTime: 0 };
    const spent = coins.map(({ value }) => ({ value, scriptPubKey: this.script }));
    const precomputed = precomputeSighash(fields, spent);
    const signed = inputs.map((input, index) => {
      const hash = sighashV0(precomputed, index, this.#scriptCode, SIGHASH_ALL);
      const signature = encodeDer(this.#secp256k1.signEcdsa(hash, this.#privateKey));
      return { ...input, witness: [concatBytes(signature, Uint8Array.of(SIGHASH_ALL)), this.#publicKey] };
    });
    return makeTransaction({ ...fields, inputs: signed });
  }
}
