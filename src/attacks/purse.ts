/**
 * Coins that an attacker mined itself, and payments with them.
 *
 * @module
 */

import { bytesEqual, concatBytes } from '../core/base/bytes.ts';
import { encodeDer } from '../core/crypto/der.ts';
import type { Secp256k1 } from '../core/crypto/secp256k1.ts';
import { hash160 } from '../core/crypto/sha256.ts';
import type { Block } from '../core/primitives/block.ts';
import type { BlockHash } from '../core/primitives/ids.ts';
import type { OutPoint, Satoshis, Transaction, TransactionFields, TxInput, TxOutput } from '../core/primitives/transaction.ts';
import { makeTransaction } from '../core/primitives/transaction.ts';
import { precomputeSighash } from '../core/script/precomputed-sighash.ts';
import { SIGHASH } from '../core/script/sighash-type.ts';
import { sighashV0 } from '../core/script/sighash-v0.ts';
import type { SeenChain } from './seen-chain.ts';

/** An output of ours. */
export interface PurseCoin {
  readonly outPoint: OutPoint;
  readonly value: Satoshis;
}

/** A reward of ours. */
export interface Reward extends PurseCoin {
  readonly blockHash: BlockHash;
}

/** What differs from an ordinary payment. */
export interface SpendChanges {
  readonly version?: number;
  readonly lockTime?: number;
  readonly sequence?: number;
}

/** Replaceable (BIP-125), without a lock by age. */
const SEQUENCE = 0xfffffffd;

const NOTHING = new Uint8Array(0);

const withLength = (bytes: Uint8Array): Uint8Array => concatBytes(Uint8Array.of(bytes.length), bytes);

/** One key, its script (P2WPKH) and its coins. */
export class Purse {
  /** The output script. */
  readonly script: Uint8Array;
  readonly #secp256k1: Secp256k1;
  readonly #privateKey: Uint8Array;
  readonly #publicKey: Uint8Array;
  readonly #scriptCode: Uint8Array;
  #rewards: Reward[] = [];

  /** @param privateKey - of no worth: whoever has the seed of a run has it */
  constructor(secp256k1: Secp256k1, privateKey: Uint8Array) {
    const publicKey = secp256k1.publicKeyOf(privateKey);
    if (publicKey === undefined) throw new Error('these bytes are no private key');
    const keyHash = hash160(publicKey);
    this.#secp256k1 = secp256k1;
    this.#privateKey = privateKey;
    this.#publicKey = publicKey;
    this.script = concatBytes(Uint8Array.of(0), withLength(keyHash));
    this.#scriptCode = concatBytes(Uint8Array.of(0x76, 0xa9), withLength(keyHash), Uint8Array.of(0x88, 0xac));
  }

  /** An output to this key. */
  output(value: Satoshis): TxOutput {
    return { value, scriptPubKey: this.script };
  }

  /** Remembers the reward of a block that the target took. */
  remember({ header, transactions: [coinbase] }: Block): void {
    const paid = coinbase?.outputs[0];
    if (coinbase === undefined || paid === undefined || !bytesEqual(paid.scriptPubKey, this.script)) return;
    this.#rewards.push({ outPoint: { txid: coinbase.txid, vout: 0 }, value: paid.value, blockHash: header.hash });
  }

  /** Takes the oldest or the youngest reward that a block after the tip may spend; undefined where there is none. */
  takeReward(chain: SeenChain, maturity: number, which: 'oldest' | 'youngest' = 'oldest'): Reward | undefined {
    this.#rewards = this.#rewards.filter(({ blockHash, value }) => chain.heightOf(blockHash) !== undefined && value > 0n);
    const isMature = ({ blockHash }: Reward): boolean => (chain.heightOf(blockHash) as number) + maturity <= chain.tip.height + 1;
    const at = which === 'oldest' ? this.#rewards.findIndex(isMature) : this.#rewards.findLastIndex(isMature);
    return at < 0 ? undefined : this.#rewards.splice(at, 1)[0];
  }

  /** A payment, signed. What the outputs leave is the fee. */
  spend(coins: readonly PurseCoin[], outputs: readonly TxOutput[], changes: SpendChanges = {}): Transaction {
    const { version = 2, lockTime = 0, sequence = SEQUENCE } = changes;
    const inputs = coins.map(({ outPoint }): TxInput => ({ prevout: outPoint, scriptSig: NOTHING, sequence, witness: [] }));
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
