/**
 * What a partly signed input already has: its signatures by key, and the scripts behind hashes. Core's `SignatureData`.
 *
 * @module
 */

import { hash160 } from '../crypto/index.ts';
import { type HashKey, hashKey } from '../primitives/ids.ts';
import { classifyOutput, createMachine, evalScript, FLAG, type SignatureChecker } from '../script/index.ts';
import { checkAnswer, InputChecker, type InputScripts, type SignedInput } from './input-checker.ts';

/** A signature with its hash type, and the key it is good for. */
export interface KeySignature {
  readonly publicKey: Uint8Array;
  readonly signature: Uint8Array;
}

/** What is known of the answer to an output. */
export interface SignatureData extends InputScripts {
  /** The input answers its output as it is. */
  readonly complete: boolean;
  /** By the hash160 of the key. */
  readonly signatures: Map<HashKey, KeySignature>;
  /** The scripts whose hash a P2SH output or program has, and a P2WSH program. */
  readonly redeemScript: Uint8Array | undefined;
  readonly witnessScript: Uint8Array | undefined;
}

/** No signature is good: what an input pushes is only looked at. */
const NO_CHECKER: SignatureChecker = {
  checkEcdsa: () => false,
  checkSchnorr: () => 'SCHNORR_SIG',
  checkLockTime: () => false,
  checkSequence: () => false,
};

/** The elements that an input script leaves, as far as it runs. */
function pushedBy(scriptSig: Uint8Array): Uint8Array[] {
  const stack: Uint8Array[] = [];
  evalScript(createMachine({ script: scriptSig, stack, flags: FLAG.STRICTENC, version: 'base', checker: NO_CHECKER }), undefined);
  return stack;
}

/** The last element, where it is not empty: a script behind a hash. It is taken off. */
function takeScript(stack: Uint8Array[]): Uint8Array | undefined {
  return stack.at(-1)?.length === 0 ? undefined : stack.pop();
}

/** What an input of a transaction has. Core's `DataFromTransaction`. */
export function signatureDataOf(input: SignedInput, answer: InputScripts): SignatureData {
  const { scriptSig, witness } = answer;
  const signatures: SignatureData['signatures'] = new Map();
  const checker = new InputChecker(input, (signature, publicKey) => {
    const key = hashKey(hash160(publicKey));
    if (!signatures.has(key)) signatures.set(key, { publicKey, signature });
  });
  const found = { scriptSig, witness, signatures };
  if (checkAnswer(input, answer, checker) === undefined) {
    return { ...found, complete: true, redeemScript: undefined, witnessScript: undefined };
  }
  let stack = pushedBy(scriptSig);
  let script = input.spent.scriptPubKey;
  let template = classifyOutput(script);
  let version: 'base' | 'witnessV0' = 'base';
  const redeemScript = template.type === 'scripthash' ? takeScript(stack) : undefined;
  if (redeemScript !== undefined) {
    script = redeemScript;
    template = classifyOutput(script);
  }
  const items = [...witness];
  const witnessScript = template.type === 'witness_v0_scripthash' ? takeScript(items) : undefined;
  if (witnessScript !== undefined) {
    script = witnessScript;
    template = classifyOutput(script);
    stack = items;
    version = 'witnessV0';
  }
  if (template.type === 'multisig')
    matchSignatures(stack, template.publicKeys, (signature, key) => {
      return signatures.has(hashKey(hash160(key))) || checker.checkEcdsa(signature, key, script, version);
    });
  return { ...found, complete: false, redeemScript, witnessScript };
}

/** Tries each element as a signature of each key after the last that one was found for. */
function matchSignatures(
  stack: readonly Uint8Array[],
  publicKeys: readonly Uint8Array[],
  isGood: (signature: Uint8Array, publicKey: Uint8Array) => boolean,
): void {
  let next = 0;
  for (const signature of stack) {
    const at = publicKeys.findIndex((key, index) => index >= next && isGood(signature, key));
    if (at >= 0) next = at + 1;
  }
}

/** Both together; a complete one is not added to. Core's `MergeSignatureData`. */
export function mergeSignatureData(first: SignatureData, second: SignatureData): SignatureData {
  if (first.complete) return first;
  if (second.complete) return second;
  return {
    ...first,
    signatures: new Map([...second.signatures, ...first.signatures]),
    redeemScript: first.redeemScript ?? second.redeemScript,
    witnessScript: first.witnessScript ?? second.witnessScript,
  };
}

/** Nothing is known. */
export const NO_SIGNATURE_DATA: SignatureData = {
  complete: false,
  scriptSig: new Uint8Array(0),
  witness: [],
  signatures: new Map(),
  redeemScript: undefined,
  witnessScript: undefined,
};
