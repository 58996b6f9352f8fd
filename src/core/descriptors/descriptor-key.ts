/**
 * The keys that descriptors name, and what they are at a place of a range.
 *
 * @module
 */

import { concatBytes, toHex } from '../base/bytes.ts';
import type { Bip32Versions } from '../params/types.ts';
import { DEPTH_MAX, type ExtendedKey, type ExtendedPublicKey, encodeExtendedKey, HARDENED, keyFingerprint } from './extended-key.ts';

/** Where a key is said to come from: `[d34db33f/44'/0']`. */
export interface KeyOrigin {
  /** 4 bytes. */
  readonly fingerprint: Uint8Array;
  readonly path: readonly number[];
}

/** A key at one place of a range. */
export interface PlacedKey {
  /** 33 bytes, or 65 where it was written so. */
  readonly publicKey: Uint8Array;
  /** What is known of where it comes from. */
  readonly origin: KeyOrigin;
}

/** A key as a descriptor names it. */
export interface DescriptorKey {
  /** Whether it is another one at each place of a range. */
  readonly isRange: boolean;
  /** Whether it was written with its private key. */
  readonly isPrivate: boolean;
  /** Bytes of the public key. */
  readonly sizeBytes: number;
  /** The key at a place less than 2^31; undefined where that takes a private key which is not there, or is too deep in the tree. */
  at(position: number): PlacedKey | undefined;
  /** Its text without private keys. */
  text(versions: Bip32Versions): string;
}

/** A path as text, with `'` or `h` behind hardened steps. */
export function pathText(path: readonly number[], apostrophe: boolean): string {
  const mark = apostrophe ? "'" : 'h';
  return path.map((index) => (index >= HARDENED ? `/${index - HARDENED}${mark}` : `/${index}`)).join('');
}

function originText({ fingerprint, path }: KeyOrigin, apostrophe: boolean): string {
  return `[${toHex(fingerprint)}${pathText(path, apostrophe)}]`;
}

/** The text of a placed key; `xOnly` in taproot. */
export function placedKeyText({ origin, publicKey }: PlacedKey, xOnly: boolean): string {
  return originText(origin, false) + toHex(xOnly ? xOnlyOf(publicKey) : publicKey);
}

/** x of a compressed key, a view. */
export function xOnlyOf(publicKey: Uint8Array): Uint8Array {
  return publicKey.subarray(1, 33);
}

/** A key that is always the same. */
export function constantKey(publicKey: Uint8Array, options: { readonly isPrivate: boolean; readonly showXOnly: boolean }): DescriptorKey {
  const origin: KeyOrigin = { fingerprint: keyFingerprint(publicKey), path: [] };
  return {
    isRange: false,
    isPrivate: options.isPrivate,
    sizeBytes: publicKey.length,
    at: () => ({ publicKey, origin }),
    text: () => toHex(options.showXOnly ? xOnlyOf(publicKey) : publicKey),
  };
}

/** How the last step of a path follows the range. */
export type Wildcard = 'none' | 'plain' | 'hardened';

/** A key at the end of a path, or all children of one. */
export interface TreeKeyOptions {
  readonly root: ExtendedPublicKey;
  /** Where it was written with its private key. */
  readonly privateRoot: ExtendedKey | undefined;
  readonly path: readonly number[];
  readonly wildcard: Wildcard;
  /** Whether hardened steps are shown with `'`. */
  readonly apostrophe: boolean;
}

/** A key of a tree. */
export function treeKey(options: TreeKeyOptions): DescriptorKey {
  const { apostrophe, path, privateRoot, root, wildcard } = options;
  const isHardened = wildcard === 'hardened' || path.some((index) => index >= HARDENED);
  const start = isHardened ? privateRoot : root;
  const steps = path.length + (wildcard === 'none' ? 0 : 1);
  const fingerprint = keyFingerprint(root.publicKey);
  const star = { none: '', plain: '/*', hardened: apostrophe ? "/*'" : '/*h' }[wildcard];
  // The key whose children a range is made of: derived once.
  let parent: ExtendedKey | ExtendedPublicKey | undefined;
  return {
    isRange: wildcard !== 'none',
    isPrivate: privateRoot !== undefined,
    sizeBytes: 33,
    at: (position) => {
      if (start === undefined || start.place.depth + steps > DEPTH_MAX) return undefined;
      parent ??= start.descendant(path);
      if (wildcard === 'none') return { publicKey: parent.publicKey, origin: { fingerprint, path } };
      const index = wildcard === 'hardened' ? HARDENED + position : position;
      return { publicKey: parent.child(index).publicKey, origin: { fingerprint, path: [...path, index] } };
    },
    text: (versions) => encodeExtendedKey(root, versions) + pathText(path, apostrophe) + star,
  };
}

/** A key with what was said of where it comes from. */
export function keyWithOrigin(origin: KeyOrigin, key: DescriptorKey, apostrophe: boolean): DescriptorKey {
  return {
    ...key,
    at: (position) => {
      const placed = key.at(position);
      if (placed === undefined) return undefined;
      return { publicKey: placed.publicKey, origin: { ...origin, path: [...origin.path, ...placed.origin.path] } };
    },
    text: (versions) => originText(origin, apostrophe) + key.text(versions),
  };
}

/** A compressed key of an x, with even y. */
export function evenKeyOf(x: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of(2), x);
}
