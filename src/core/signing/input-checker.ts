/**
 * The checker of signatures while an input is signed: it remembers which are good, and owns up to what it cannot know.
 *
 * @module
 */

import type { Secp256k1 } from '../crypto/secp256k1.ts';
import type { TxInput, TxOutput } from '../primitives/transaction.ts';
import {
  type PrecomputedSighash,
  type ScriptError,
  type SignatureChecker,
  STANDARD_FLAGS,
  type TaprootContext,
  TransactionChecker,
  verifySpend,
} from '../script/index.ts';

/** One input of a transaction, and the output that it spends. */
export interface SignedInput {
  readonly index: number;
  readonly spent: TxOutput;
  readonly precomputed: PrecomputedSighash;
  /** Whether what every input spends is known: taproot's signatures commit to all of it. */
  readonly knowsAll: boolean;
  readonly secp256k1: Secp256k1;
}

/** What an input answers an output with. */
export type InputScripts = Pick<TxInput, 'scriptSig' | 'witness'>;

/** Answers for one input. */
export class InputChecker extends TransactionChecker implements SignatureChecker {
  readonly #knowsAll: boolean;
  readonly #onGood: ((signature: Uint8Array, publicKey: Uint8Array) => void) | undefined;

  /** `onGood` is told of each ECDSA signature that is good for a key. */
  constructor(input: SignedInput, onGood?: (signature: Uint8Array, publicKey: Uint8Array) => void) {
    super(input.precomputed, input.index, input.secp256k1);
    this.#knowsAll = input.knowsAll;
    this.#onGood = onGood;
  }

  override checkEcdsa(...[signature, publicKey, ...rest]: Parameters<SignatureChecker['checkEcdsa']>): boolean {
    const good = super.checkEcdsa(signature, publicKey, ...rest);
    if (good) this.#onGood?.(signature, publicKey);
    return good;
  }

  override checkSchnorr(signature: Uint8Array, publicKey: Uint8Array, context: TaprootContext): ScriptError | undefined {
    const error = super.checkSchnorr(signature, publicKey, context);
    return this.#knowsAll || error === 'SCHNORR_SIG_SIZE' ? error : 'SCHNORR_SIG_HASHTYPE';
  }
}

/** Whether an input answers the output by the rules of relaying; why not, where it does not. */
export function checkAnswer(input: SignedInput, answer: InputScripts, checker: SignatureChecker): ScriptError | undefined {
  const { secp256k1, spent } = input;
  return verifySpend({ ...answer, scriptPubKey: spent.scriptPubKey, flags: STANDARD_FLAGS, checker, secp256k1 });
}
