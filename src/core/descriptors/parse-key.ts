/**
 * Reading the keys of descriptors: hexadecimal, WIF, `xpub` and `xprv` with paths, origins and ranges (BIP-380, BIP-389). Core's
 * `ParsePubkey`.
 *
 * @module
 */

import { type AddressPrefixes, isAddressError } from '../address/address.ts';
import { decodeWif } from '../address/wif.ts';
import { fromHex } from '../base/bytes.ts';
import type { Bip32Versions } from '../params/types.ts';
import { DescriptorError } from './descriptor-error.ts';
import { constantKey, type DescriptorKey, evenKeyOf, type KeyOrigin, keyWithOrigin, treeKey, type Wildcard } from './descriptor-key.ts';
import { decodeExtendedKey, ExtendedKey, HARDENED, type KeyCurve } from './extended-key.ts';

/** What of a network's parameters its descriptors depend on; every `NetworkParams` is one. */
export interface DescriptorNetwork extends AddressPrefixes {
  readonly bip32: Bip32Versions;
}

/** Where in a descriptor something stands. */
export type DescriptorPlace = 'top' | 'sh' | 'wsh' | 'wpkh' | 'tr';

/** What reading depends on. */
export interface ParseContext {
  readonly network: DescriptorNetwork;
  readonly curve: KeyCurve;
}

/** Most alternatives of one `<0;1;...>`; each is a descriptor of its own. BIP-389 and Core name no limit. */
export const MULTIPATH_MAX = 1_000;

/** How hardened steps are written: as the last one was that was read. */
interface Notation {
  apostrophe: boolean;
}

const SPACE = /^\s|\s$/;
const NUMBER = /^\d+$/;

/** The whole number of a text that fits 32 bits, or undefined. */
export function parseUint32(text: string): number | undefined {
  if (!NUMBER.test(text)) return undefined;
  const value = Number(text);
  return value <= 0xffff_ffff ? value : undefined;
}

/** One step of a path. */
function parseStep(text: string, notation: Notation): number {
  const last = text.at(-1);
  const isHardened = last === "'" || last === 'h';
  if (isHardened) notation.apostrophe = last === "'";
  const digits = isHardened ? text.slice(0, -1) : text;
  const index = parseUint32(digits);
  if (index === undefined) throw new DescriptorError(`Key path value '${digits}' is not a valid uint32`);
  if (index >= HARDENED) throw new DescriptorError(`Key path value ${index} is out of range`);
  return isHardened ? HARDENED + index : index;
}

function parseAlternatives(text: string, notation: Notation): number[] {
  const parts = text.slice(1, -1).split(';');
  if (parts.length < 2) throw new DescriptorError('Multipath key path specifiers must have at least two items');
  if (parts.length > MULTIPATH_MAX) throw new DescriptorError(`Multipath key path specifiers must have at most ${MULTIPATH_MAX} items`);
  const values = new Set<number>();
  for (const part of parts) {
    const value = parseStep(part, notation);
    if (values.has(value)) throw new DescriptorError(`Duplicated key path value ${value} in multipath specifier`);
    values.add(value);
  }
  return [...values];
}

/** The paths that steps stand for: one, or as many as `<...>` has alternatives. */
function parsePaths(steps: readonly string[], notation: Notation, allowMultipath: boolean): number[][] {
  let before: number[] = [];
  let alternatives: number[] | undefined;
  let path: number[] = [];
  for (const step of steps) {
    if (!step.startsWith('<') || !step.endsWith('>')) {
      path.push(parseStep(step, notation));
      continue;
    }
    if (!allowMultipath) {
      throw new DescriptorError(`Key path value '${step}' specifies multipath in a section where multipath is not allowed`);
    }
    if (alternatives !== undefined) throw new DescriptorError('Multiple multipath key path specifiers found');
    alternatives = parseAlternatives(step, notation);
    [before, path] = [path, []];
  }
  return alternatives === undefined ? [path] : alternatives.map((value) => [...before, value, ...path]);
}

function allowsUncompressed(place: DescriptorPlace): boolean {
  return place === 'top' || place === 'sh';
}

/** A public key in hexadecimal. */
function parseHexKey(text: string, bytes: Uint8Array, place: DescriptorPlace, curve: KeyCurve): DescriptorKey {
  const isHybrid = bytes.length === 65 && (bytes[0] === 6 || bytes[0] === 7);
  if (isHybrid) throw new DescriptorError('Hybrid public keys are not allowed');
  if (curve.isPublicKey(bytes)) {
    if (bytes.length === 33 || allowsUncompressed(place)) return constantKey(bytes, { isPrivate: false, showXOnly: false });
    throw new DescriptorError('Uncompressed keys are not allowed');
  }
  if (place === 'tr' && curve.isXOnlyPublicKey(bytes)) return constantKey(evenKeyOf(bytes), { isPrivate: false, showXOnly: true });
  throw new DescriptorError(`Pubkey '${text}' is invalid`);
}

/** A private key in WIF, or undefined. */
function parseWifKey(text: string, place: DescriptorPlace, { curve, network }: ParseContext): DescriptorKey | undefined {
  const wif = decodeWif(text, network);
  if (isAddressError(wif)) return undefined;
  if (!wif.compressed && !allowsUncompressed(place)) throw new DescriptorError('Uncompressed keys are not allowed');
  const publicKey = curve.publicKeyOf(wif.privateKey, wif.compressed) as Uint8Array;
  return constantKey(publicKey, { isPrivate: true, showXOnly: place === 'tr' });
}

function takeWildcard(steps: string[], notation: Notation): Wildcard {
  const last = steps.at(-1);
  if (last !== '*' && last !== "*'" && last !== '*h') return 'none';
  steps.pop();
  if (last === '*') return 'plain';
  notation.apostrophe = last === "*'";
  return 'hardened';
}

/** A key without its origin: one, or one for each alternative of a multipath. */
function parseBareKey(text: string, place: DescriptorPlace, context: ParseContext, notation: Notation): DescriptorKey[] {
  const [name = '', ...steps] = text.split('/');
  if (name === '') throw new DescriptorError('No key provided');
  if (SPACE.test(name)) throw new DescriptorError(`Key '${name}' is invalid due to whitespace`);
  if (steps.length === 0) {
    const bytes = fromHex(name);
    if (bytes !== undefined) return [parseHexKey(name, bytes, place, context.curve)];
    const key = parseWifKey(name, place, context);
    if (key !== undefined) return [key];
  }
  const extended = decodeExtendedKey(name, context.network.bip32, context.curve);
  if (extended === undefined) throw new DescriptorError(`key '${name}' is not valid`);
  const privateRoot = extended instanceof ExtendedKey ? extended : undefined;
  const root = extended instanceof ExtendedKey ? extended.neutered() : extended;
  const wildcard = takeWildcard(steps, notation);
  const paths = parsePaths(steps, notation, true);
  return paths.map((path) => treeKey({ root, privateRoot, path, wildcard, apostrophe: notation.apostrophe }));
}

function parseOrigin(text: string, notation: Notation): KeyOrigin {
  if (!text.startsWith('[')) {
    throw new DescriptorError(`Key origin start '[ character expected but not found, got '${text[0] ?? ']'}' instead`);
  }
  const [fingerprint = '', ...steps] = text.slice(1).split('/');
  if (fingerprint.length !== 8) {
    throw new DescriptorError(`Fingerprint is not 4 bytes (${fingerprint.length} characters instead of 8 characters)`);
  }
  const bytes = fromHex(fingerprint);
  if (bytes === undefined) throw new DescriptorError(`Fingerprint '${fingerprint}' is not hex`);
  const [path = []] = parsePaths(steps, notation, false);
  return { fingerprint: bytes, path };
}

/** The key of a text: one, or one for each alternative of a multipath. @throws DescriptorError */
export function parseKey(text: string, place: DescriptorPlace, context: ParseContext): DescriptorKey[] {
  const parts = text.split(']');
  if (parts.length > 2) throw new DescriptorError("Multiple ']' characters found for a single pubkey");
  const notation: Notation = { apostrophe: false };
  const [first = '', second] = parts;
  if (second === undefined) return parseBareKey(first, place, context, notation);
  const origin = parseOrigin(first, notation);
  return parseBareKey(second, place, context, notation).map((key) => keyWithOrigin(origin, key, notation.apostrophe));
}
