/**
 * Keys in order: accounts of BIP-84 (P2WPKH) and BIP-86 (P2TR), each with a receiving and a change chain, and which output
 * scripts are therefore ours.
 *
 * @module
 */

import { assert } from '../../core/base/assert.ts';
import type { Secp256k1 } from '../../core/crypto/secp256k1.ts';
import { hash160 } from '../../core/crypto/sha256.ts';
import { ExtendedKey, HARDENED } from '../../core/descriptors/index.ts';
import type { HashKey } from '../../core/primitives/ids.ts';
import { hashKey } from '../../core/primitives/ids.ts';
import { p2trScript, p2wpkhScript } from '../../core/script/output-template.ts';
import { taptweakHash } from '../../core/script/taproot.ts';

/** `wpkh`: BIP-84. `tr`: BIP-86, spent by the key alone. */
export type ScriptKind = 'wpkh' | 'tr';

/** 0 receives, 1 takes change. */
export type ChainNumber = 0 | 1;

/** Which key an output script belongs to. */
export interface KeyPath {
  readonly kind: ScriptKind;
  readonly chain: ChainNumber;
  readonly index: number;
}

/** Keys looked ahead beyond the last used one: payments to them are found too. The figure of BIP-44. */
export const GAP_LIMIT = 20;

const PURPOSE: Readonly<Record<ScriptKind, number>> = { wpkh: 84, tr: 86 };

/** One chain of an account: what was derived, and how far it is used. */
interface KeyChain {
  readonly path: Omit<KeyPath, 'index'>;
  /** Undefined until the first key is wanted. */
  parent: ExtendedKey | undefined;
  /** Scripts by index, as far as they are derived. */
  readonly scripts: Uint8Array[];
  /** First index never handed out or seen used. */
  next: number;
}

/** How far each chain is used; what must be remembered besides the words. */
export type KeychainState = Readonly<Record<string, number>>;

/** Options of a keychain. */
export interface KeychainOptions {
  /** Seed of BIP-39. */
  readonly seed: Uint8Array;
  /** BIP-44 coin type. */
  readonly coinType: number;
  readonly secp256k1: Secp256k1;
  readonly state?: KeychainState;
}

/** Four bytes of the hash or key that a script of ours ends with, as a number. */
function headOf(script: Uint8Array): number {
  return script[2]! | (script[3]! << 8) | (script[4]! << 16) | (script[5]! << 24);
}

/** The keys of one seed. They are derived when they are first wanted: a node's start waits for none of them. */
export class Keychain {
  readonly #seed: Uint8Array;
  readonly #coinType: number;
  readonly #secp256k1: Secp256k1;
  readonly #chains: readonly KeyChain[];
  readonly #paths = new Map<HashKey, KeyPath>();
  /** What each of these scripts begins with: every output of every block is looked for, and next to none is ours. */
  readonly #heads = new Set<number>();
  /** Whether every chain is derived as far as its gap reaches. */
  #isComplete = false;

  constructor(options: KeychainOptions) {
    this.#seed = options.seed;
    this.#coinType = options.coinType;
    this.#secp256k1 = options.secp256k1;
    this.#chains = (['wpkh', 'tr'] as const).flatMap((kind) =>
      ([0, 1] as const).map((chain) => ({
        path: { kind, chain },
        parent: undefined,
        scripts: [],
        next: options.state?.[`${kind}${chain}`] ?? 0,
      })),
    );
  }

  /** How far each chain is used. */
  state(): KeychainState {
    return Object.fromEntries(this.#chains.map((chain) => [`${chain.path.kind}${chain.path.chain}`, chain.next]));
  }

  /** Whose key a script needs; undefined where it is not ours. */
  pathOf(script: Uint8Array): KeyPath | undefined {
    // Both kinds are short: a script of another length is not looked up.
    if (script.length !== 22 && script.length !== 34) return undefined;
    this.#complete();
    return this.#heads.has(headOf(script)) ? this.#paths.get(hashKey(script)) : undefined;
  }

  /** The script of the next unused key; the same until it is used or handed out. */
  nextScript(kind: ScriptKind, chain: ChainNumber): Uint8Array {
    const keys = this.#chain({ kind, chain });
    this.#deriveTo(keys, keys.next);
    return keys.scripts[keys.next]!;
  }

  /** Marks a key as used, so that the next one follows it. @returns whether anything changed */
  markUsed(path: KeyPath): boolean {
    const chain = this.#chain(path);
    if (path.index < chain.next) return false;
    chain.next = path.index + 1;
    this.#isComplete = false;
    return true;
  }

  /** The private key that signs for a path: for `tr` already tweaked as BIP-341 says. */
  signingKey(path: KeyPath): Uint8Array {
    const { privateKey, publicKey } = this.#parent(this.#chain(path)).child(path.index);
    if (path.kind === 'wpkh') return privateKey;
    const even = publicKey[0] === 2 ? privateKey : this.#secp256k1.negatePrivate(privateKey);
    const tweaked = this.#secp256k1.tweakPrivate(even, taptweakHash(publicKey.subarray(1), undefined));
    assert(tweaked !== undefined, 'a hash is no inverse of a key');
    return tweaked;
  }

  /** The compressed public key of a path, untweaked. */
  publicKey(path: KeyPath): Uint8Array {
    return this.#parent(this.#chain(path)).child(path.index).publicKey;
  }

  #chain(path: Omit<KeyPath, 'index'>): KeyChain {
    const chain = this.#chains.find((each) => each.path.kind === path.kind && each.path.chain === path.chain);
    assert(chain !== undefined, 'every kind has both chains');
    return chain;
  }

  /** The key whose children are the keys of a chain. */
  #parent(chain: KeyChain): ExtendedKey {
    const { kind, chain: number } = chain.path;
    const path = [HARDENED + PURPOSE[kind], HARDENED + this.#coinType, HARDENED, number];
    chain.parent ??= ExtendedKey.root(this.#seed, this.#secp256k1).descendant(path);
    return chain.parent;
  }

  /** Derives what a script can still be looked for under: the gap beyond the last used key of each chain. */
  #complete(): void {
    if (this.#isComplete) return;
    for (const chain of this.#chains) this.#deriveTo(chain, chain.next + GAP_LIMIT - 1);
    this.#isComplete = true;
  }

  /** Derives the scripts of a chain up to an index and with it. */
  #deriveTo(chain: KeyChain, last: number): void {
    for (let index = chain.scripts.length; index <= last; index++) {
      const script = this.#scriptOf(chain.path.kind, this.publicKey({ ...chain.path, index }));
      chain.scripts.push(script);
      this.#paths.set(hashKey(script), { ...chain.path, index });
      this.#heads.add(headOf(script));
    }
  }

  #scriptOf(kind: ScriptKind, publicKey: Uint8Array): Uint8Array {
    if (kind === 'wpkh') return p2wpkhScript(hash160(publicKey));
    const internal = publicKey.subarray(1);
    const tweaked = this.#secp256k1.tweakXOnly(internal, taptweakHash(internal, undefined));
    assert(tweaked !== undefined, 'a hash is no inverse of a key');
    return p2trScript(tweaked.key);
  }
}
