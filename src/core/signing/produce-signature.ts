/**
 * The answer to an output, out of keys, scripts and signatures that are there already. Core's `ProduceSignature` and `SignStep`; scripts
 * that need miniscript are not answered.
 *
 * @module
 */

import { bytesEqual, concatBytes } from '../base/bytes.ts';
import { encodeDer, hash160, ripemd160 } from '../crypto/index.ts';
import { hashKey } from '../primitives/ids.ts';
import {
  classifyOutput,
  encodeMinimalPush,
  type OutputTemplate,
  type OutputType,
  p2pkhScript,
  SIGHASH,
  sighashLegacy,
  sighashTaproot,
  sighashV0,
  type TaprootContext,
} from '../script/index.ts';
import { checkAnswer, InputChecker, type SignedInput } from './input-checker.ts';
import type { KeyRing } from './key-ring.ts';
import type { SignatureData } from './signature-data.ts';

/** Spent by its key: no annex, no script. */
const KEY_SPEND: TaprootContext = { annexHash: undefined, tapleafHash: undefined, codeSeparatorPosition: 0xffffffff };

/** Schnorr signatures are made without further chance, as Core makes them here. */
const NO_CHANCE = new Uint8Array(32);

const EMPTY: Uint8Array = new Uint8Array(0);

/** What an output is signed with. */
export interface SigningPlan {
  readonly input: SignedInput;
  readonly keys: KeyRing;
  /** `SIGHASH.DEFAULT` is ALL for what is not taproot. */
  readonly hashType: number;
}

/** What one script came to: what answers it, or the script behind its hash. */
interface StepResult {
  readonly isSolved: boolean;
  readonly type: OutputType;
  readonly items: readonly Uint8Array[];
}

type Version = 'base' | 'witnessV0';

/** Answers one script after another, and collects the signatures that it makes. */
class Producer {
  readonly #plan: SigningPlan;
  readonly #data: SignatureData;

  constructor(plan: SigningPlan, data: SignatureData) {
    this.#plan = plan;
    this.#data = { ...data, signatures: new Map(data.signatures) };
  }

  /** A signature of a key: one that is there, or a new one. */
  #signature(publicKey: Uint8Array, script: Uint8Array, version: Version): Uint8Array | undefined {
    const { keys, hashType, input } = this.#plan;
    const keyHash = hash160(publicKey);
    const known = this.#data.signatures.get(hashKey(keyHash));
    if (known !== undefined) return known.signature;
    const key = keys.key(keyHash);
    // Witness scripts have no uncompressed keys.
    if (key === undefined || (version === 'witnessV0' && !key.compressed)) return undefined;
    const type = hashType === SIGHASH.DEFAULT ? SIGHASH.ALL : hashType;
    const sighash = version === 'base' ? sighashLegacy : sighashV0;
    const hash = sighash(input.precomputed, input.index, script, type);
    const signature = concatBytes(encodeDer(input.secp256k1.signEcdsa(hash, key.privateKey)), Uint8Array.of(type));
    this.#data.signatures.set(hashKey(keyHash), { publicKey, signature });
    return signature;
  }

  #payToKeyHash(keyHash: Uint8Array, script: Uint8Array, version: Version): Uint8Array[] | undefined {
    const publicKey = this.#data.signatures.get(hashKey(keyHash))?.publicKey ?? this.#plan.keys.key(keyHash)?.publicKey;
    if (publicKey === undefined) return undefined;
    const signature = this.#signature(publicKey, script, version);
    return signature === undefined ? undefined : [signature, publicKey];
  }

  /** As many signatures as are wanted, in the order of the keys, and empty ones where there are too few. */
  #multisig(template: OutputTemplate & { type: 'multisig' }, script: Uint8Array, version: Version): StepResult {
    const { publicKeys, required, type } = template;
    const made = publicKeys.map((key) => this.#signature(key, script, version)).filter((each) => each !== undefined);
    const used = made.slice(0, required);
    const missing = required - used.length;
    // OP_CHECKMULTISIG takes one element more than it looks at. Core's loop fills up to half of what is missing, and so does this.
    return { isSolved: missing === 0, type, items: [EMPTY, ...used, ...Array<Uint8Array>(Math.ceil(missing / 2)).fill(EMPTY)] };
  }

  #scriptOf(scriptHash: Uint8Array): Uint8Array | undefined {
    const { redeemScript, witnessScript } = this.#data;
    const own = [redeemScript, witnessScript].find((script) => script !== undefined && bytesEqual(hash160(script), scriptHash));
    return this.#plan.keys.script(scriptHash) ?? own;
  }

  #taproot(outputKey: Uint8Array): Uint8Array | undefined {
    const { hashType, input, keys } = this.#plan;
    const key = keys.keyOfX(outputKey);
    if (key === undefined || !input.knowsAll) return undefined;
    const hash = sighashTaproot(input.precomputed, input.index, hashType, KEY_SPEND);
    if (hash === undefined) return undefined;
    const signature = input.secp256k1.signSchnorr(hash, key.privateKey, NO_CHANCE);
    return hashType === SIGHASH.DEFAULT ? signature : concatBytes(signature, Uint8Array.of(hashType));
  }

  /** What answers one script, hashes not followed. */
  step(script: Uint8Array, version: Version): StepResult {
    const template = classifyOutput(script);
    const { type } = template;
    const result = (items: readonly Uint8Array[] | undefined): StepResult => ({ isSolved: items !== undefined, type, items: items ?? [] });
    const one = (item: Uint8Array | undefined): StepResult => result(item && [item]);
    switch (template.type) {
      case 'pubkey':
        return one(this.#signature(template.publicKey, script, version));
      case 'pubkeyhash':
        return result(this.#payToKeyHash(template.hash, script, version));
      case 'multisig':
        return this.#multisig(template, script, version);
      case 'scripthash':
        return one(this.#scriptOf(template.hash));
      case 'witness_v0_scripthash':
        return one(this.#scriptOf(ripemd160(template.hash)));
      case 'witness_v0_keyhash':
        return one(template.hash);
      case 'witness_v1_taproot':
        return one(this.#taproot(template.outputKey));
      case 'anchor':
        return result([]);
      default:
        return result(undefined);
    }
  }

  /** The answer of a witness program, of what `step` said of the output. */
  #witness(program: StepResult, isNested: boolean): { readonly isSolved: boolean; readonly witness: readonly Uint8Array[] } | undefined {
    const [first] = program.items;
    if (program.type === 'witness_v1_taproot' && !isNested) {
      return { isSolved: program.isSolved, witness: program.isSolved ? program.items : this.#data.witness };
    }
    if (!program.isSolved || first === undefined) return undefined;
    if (program.type === 'witness_v0_keyhash') {
      const { isSolved, items } = this.step(p2pkhScript(first), 'witnessV0');
      return { isSolved, witness: items };
    }
    if (program.type !== 'witness_v0_scripthash') return undefined;
    const { isSolved, items, type } = this.step(first, 'witnessV0');
    const isNestedAgain = type === 'scripthash' || type === 'witness_v0_scripthash' || type === 'witness_v0_keyhash';
    return { isSolved: isSolved && !isNestedAgain, witness: [...items, first] };
  }

  /** The answer to the output. */
  produce(): SignatureData {
    const { input } = this.#plan;
    let found = this.step(input.spent.scriptPubKey, 'base');
    let redeemScript: Uint8Array | undefined;
    if (found.isSolved && found.type === 'scripthash') {
      redeemScript = found.items[0] as Uint8Array;
      found = this.step(redeemScript, 'base');
      if (found.type === 'scripthash') found = { ...found, isSolved: false };
    }
    const segwit = this.#witness(found, redeemScript !== undefined);
    const items = segwit === undefined ? found.items : [];
    const pushes = redeemScript === undefined ? items : [...items, redeemScript];
    const answer = { scriptSig: concatBytes(...pushes.map(encodeMinimalPush)), witness: segwit?.witness ?? [] };
    const isSolved = segwit === undefined ? found.isSolved : segwit.isSolved;
    const complete = isSolved && checkAnswer(input, answer, new InputChecker(input)) === undefined;
    return { ...this.#data, ...answer, redeemScript, complete };
  }
}

/** The answer to an output, as far as it can be given; what is complete stays as it is. */
export function produceSignature(plan: SigningPlan, data: SignatureData): SignatureData {
  return data.complete ? data : new Producer(plan, data).produce();
}
