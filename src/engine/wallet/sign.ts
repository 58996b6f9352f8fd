/**
 * Signing inputs that spend keys of ours: P2WPKH (BIP-143) and P2TR by its key (BIP-341), each over everything (SIGHASH_ALL,
 * SIGHASH_DEFAULT).
 *
 * @module
 */

import { pubkeyHashScript } from '../../core/address/address.ts';
import { assert } from '../../core/base/assert.ts';
import { concatBytes } from '../../core/base/bytes.ts';
import { encodeDer } from '../../core/crypto/der.ts';
import type { Secp256k1 } from '../../core/crypto/secp256k1.ts';
import { hash160 } from '../../core/crypto/sha256.ts';
import type { Transaction, TransactionFields, TxInput, TxOutput } from '../../core/primitives/transaction.ts';
import { makeTransaction } from '../../core/primitives/transaction.ts';
import type { PrecomputedSighash } from '../../core/script/precomputed-sighash.ts';
import { precomputeSighash } from '../../core/script/precomputed-sighash.ts';
import { sighashTaproot } from '../../core/script/sighash-taproot.ts';
import { sighashV0 } from '../../core/script/sighash-v0.ts';
import type { TaprootContext } from '../../core/script/signature-checker.ts';
import type { Random } from '../ports/random.ts';
import type { Keychain, KeyPath } from './keychain.ts';

const SIGHASH_ALL = 1;
const SIGHASH_DEFAULT = 0;

/** Spent by its key: no annex, no script. */
const KEY_SPEND: TaprootContext = { annexHash: undefined, tapleafHash: undefined, codeSeparatorPosition: 0xffffffff };

const NOTHING: TxOutput = { value: 0n, scriptPubKey: new Uint8Array(0) };

/** What is signed and with what. */
export interface SignRequest {
  readonly fields: TransactionFields;
  /** What each input spends; undefined where it is not known. */
  readonly spentOutputs: readonly (TxOutput | undefined)[];
  readonly keychain: Keychain;
  readonly secp256k1: Secp256k1;
  /** Auxiliary chance for Schnorr signatures, against side channels. */
  readonly random: Random;
}

/** A transaction with signatures; complete when every input has one, ours or from elsewhere. */
export interface SignResult {
  readonly tx: Transaction;
  readonly complete: boolean;
}

/** Signs every input of ours. Taproot inputs wait until all spent outputs are known, since their signatures cover them. */
export function signInputs(request: SignRequest): SignResult {
  const { fields, spentOutputs, keychain } = request;
  const allKnown = spentOutputs.every((output) => output !== undefined);
  // An unknown output stands in as nothing: only taproot's hash would see it, and that waits until all are known.
  const precomputed = precomputeSighash(
    fields,
    spentOutputs.map((output) => output ?? NOTHING),
  );
  let complete = true;
  const inputs = fields.inputs.map((input, index): TxInput => {
    const output = spentOutputs[index];
    const path = output === undefined ? undefined : keychain.pathOf(output.scriptPubKey);
    if (output === undefined || path === undefined || (path.kind === 'tr' && !allKnown)) {
      complete &&= input.scriptSig.length > 0 || input.witness.length > 0;
      return input;
    }
    const witness = path.kind === 'tr' ? signTaproot(request, precomputed, index, path) : signV0(request, precomputed, index, path);
    return { ...input, scriptSig: new Uint8Array(0), witness };
  });
  return { tx: makeTransaction({ ...fields, inputs }), complete };
}

function signTaproot(request: SignRequest, precomputed: PrecomputedSighash, index: number, path: KeyPath): Uint8Array[] {
  const hash = sighashTaproot(precomputed, index, SIGHASH_DEFAULT, KEY_SPEND);
  assert(hash !== undefined, 'the default type is known');
  return [request.secp256k1.signSchnorr(hash, request.keychain.signingKey(path), request.random.bytes(32))];
}

function signV0(request: SignRequest, precomputed: PrecomputedSighash, index: number, path: KeyPath): Uint8Array[] {
  const publicKey = request.keychain.publicKey(path);
  const hash = sighashV0(precomputed, index, pubkeyHashScript(hash160(publicKey)), SIGHASH_ALL);
  const signature = encodeDer(request.secp256k1.signEcdsa(hash, request.keychain.signingKey(path)));
  return [concatBytes(signature, Uint8Array.of(SIGHASH_ALL)), publicKey];
}
