/**
 * Addresses: the text of the output scripts that have one.
 *
 * @module
 */

import { assert } from '../base/assert.ts';
import { concatBytes } from '../base/bytes.ts';
import type { Base58Prefixes } from '../params/types.ts';
import { CHECKSUM_SIZE_BYTES, decodeBase58, decodeBase58Check, encodeBase58Check } from './base58.ts';
import { bytesToValues, decodeBech32, encodeBech32, valuesToBytes } from './bech32.ts';

/** What of a network's parameters its addresses depend on; every `NetworkParams` is one. */
export interface AddressPrefixes {
  readonly bech32Prefix: string;
  readonly base58: Base58Prefixes;
}

/** Kinds of scripts that have an address, in Core's words. */
export type AddressKind =
  | 'pubkeyhash'
  | 'scripthash'
  | 'witness_v0_keyhash'
  | 'witness_v0_scripthash'
  | 'witness_v1_taproot'
  | 'anchor'
  | 'witness_unknown';

/** The script that an address stands for. */
export interface AddressScript {
  readonly kind: AddressKind;
  readonly script: Uint8Array;
}

/** Why a text is no address of a network. */
export interface AddressError {
  /** Core's words (`validateaddress`). */
  readonly problem: string;
  /** Indexes of the characters that are or may be wrong; empty where that cannot be told. */
  readonly positions: readonly number[];
}

/** What a script is, of the shapes that have an address. */
interface Destination {
  readonly kind: AddressKind;
  /** The hash or witness program in it, a view. */
  readonly payload: Uint8Array;
  /** Witness version; -1 where it is no witness program. */
  readonly version: number;
}

const HASH_SIZE_BYTES = 20;
/** Version byte and hash. */
const BASE58_PAYLOAD_SIZE = 1 + HASH_SIZE_BYTES;
const PROGRAM_SIZE_MIN = 2;
const PROGRAM_SIZE_MAX = 40;
const WITNESS_VERSION_MAX = 16;

const OP_1 = 0x51;
const P2PKH_HEAD = Uint8Array.of(0x76, 0xa9, HASH_SIZE_BYTES);
const P2PKH_TAIL = Uint8Array.of(0x88, 0xac);
const P2SH_HEAD = Uint8Array.of(0xa9, HASH_SIZE_BYTES);
const P2SH_TAIL = Uint8Array.of(0x87);
/** Program of a pay-to-anchor output, whose whole script is 51024e73. */
const ANCHOR_PROGRAM = Uint8Array.of(0x4e, 0x73);

/** Whether what `scriptOfAddress` or `decodeWif` gave is a refusal. */
export function isAddressError(result: object): result is AddressError {
  return 'problem' in result;
}

/**
 * The address of an output script, or undefined where its kind has none: also bare keys and bare multisig, whose hash Core does
 * not show as an address either, and witness programs of version 0 that are neither 20 nor 32 bytes.
 */
export function addressOfScript(script: Uint8Array, prefixes: AddressPrefixes): string | undefined {
  const destination = destinationOf(script);
  if (destination === undefined) return undefined;
  const { kind, payload, version } = destination;
  if (kind === 'pubkeyhash') return encodeBase58Check(concatBytes(Uint8Array.of(prefixes.base58.pubkeyHash), payload));
  if (kind === 'scripthash') return encodeBase58Check(concatBytes(Uint8Array.of(prefixes.base58.scriptHash), payload));
  const values = concatBytes(Uint8Array.of(version), bytesToValues(payload));
  return encodeBech32(prefixes.bech32Prefix, values, version === 0 ? 'bech32' : 'bech32m');
}

function destinationOf(script: Uint8Array): Destination | undefined {
  if (isBetween(script, P2PKH_HEAD, P2PKH_TAIL)) return { kind: 'pubkeyhash', payload: script.subarray(3, 23), version: -1 };
  if (isBetween(script, P2SH_HEAD, P2SH_TAIL)) return { kind: 'scripthash', payload: script.subarray(2, 22), version: -1 };
  const [first = 0xff, size = 0] = script;
  const version = first === 0 ? 0 : first - OP_1 + 1;
  if (first !== 0 && (version < 1 || version > WITNESS_VERSION_MAX)) return undefined;
  if (size < PROGRAM_SIZE_MIN || size > PROGRAM_SIZE_MAX || script.length !== size + 2) return undefined;
  const payload = script.subarray(2);
  const kind = kindOfProgram(version, payload);
  return kind === undefined ? undefined : { kind, payload, version };
}

/** Whether a script is `head`, a hash of 20 bytes and `tail`. */
function isBetween(script: Uint8Array, head: Uint8Array, tail: Uint8Array): boolean {
  if (script.length !== head.length + HASH_SIZE_BYTES + tail.length) return false;
  return head.every((byte, i) => script[i] === byte) && tail.every((byte, i) => script[head.length + HASH_SIZE_BYTES + i] === byte);
}

function kindOfProgram(version: number, program: Uint8Array): AddressKind | undefined {
  if (version === 0) {
    if (program.length === 20) return 'witness_v0_keyhash';
    return program.length === 32 ? 'witness_v0_scripthash' : undefined;
  }
  if (version === 1 && program.length === 32) return 'witness_v1_taproot';
  if (version === 1 && program.length === 2 && program.every((byte, i) => byte === ANCHOR_PROGRAM[i])) return 'anchor';
  return 'witness_unknown';
}

/** Script of a P2PKH output. The hash has 20 bytes. */
export function pubkeyHashScript(hash: Uint8Array): Uint8Array {
  assert(hash.length === HASH_SIZE_BYTES, 'a key hash has 20 bytes');
  return concatBytes(P2PKH_HEAD, hash, P2PKH_TAIL);
}

/** Script of a P2SH output. The hash has 20 bytes. */
export function scriptHashScript(hash: Uint8Array): Uint8Array {
  assert(hash.length === HASH_SIZE_BYTES, 'a script hash has 20 bytes');
  return concatBytes(P2SH_HEAD, hash, P2SH_TAIL);
}

/** Script of a witness program: version 0 to 16, 2 to 40 bytes. */
export function witnessProgramScript(version: number, program: Uint8Array): Uint8Array {
  assert(version >= 0 && version <= WITNESS_VERSION_MAX, 'a witness version is 0 to 16');
  assert(program.length >= PROGRAM_SIZE_MIN && program.length <= PROGRAM_SIZE_MAX, 'a witness program has 2 to 40 bytes');
  return concatBytes(Uint8Array.of(version === 0 ? 0 : OP_1 + version - 1, program.length), program);
}

/**
 * The script that an address of this network stands for. Core's `DecodeDestination`, but for one thing: Core takes every text
 * that begins with the bech32 prefix in any case for bech32. A Base58 address may begin so too (on `quoin`, `QN...`), so what is
 * sound Base58Check is taken for that first. Not both: a text is sound in the other encoding only by an accident of 2^-32.
 */
export function scriptOfAddress(text: string, prefixes: AddressPrefixes): AddressScript | AddressError {
  const payload = decodeBase58Check(text, BASE58_PAYLOAD_SIZE);
  const { bech32Prefix } = prefixes;
  if (payload !== undefined) return scriptOfBase58(payload, prefixes.base58);
  const beginsAsBech32 = text.slice(0, bech32Prefix.length).toLowerCase() === bech32Prefix;
  if (beginsAsBech32 && !isMistypedBase58(text, prefixes.base58)) return scriptOfBech32(text, bech32Prefix);
  return decodeBase58(text, BASE58_SIZE_LOOKED_AT) === undefined
    ? refuse('Invalid or unsupported Segwit (Bech32) or Base58 encoding.')
    : refuse('Invalid checksum or length of Base58 address (P2PKH or P2SH)');
}

/** Whether a text, its checksum aside, is a Base58 address of this network. No bech32 address is as short. */
function isMistypedBase58(text: string, versions: Base58Prefixes): boolean {
  const size = BASE58_PAYLOAD_SIZE + CHECKSUM_SIZE_BYTES;
  const bytes = decodeBase58(text, size);
  return bytes?.length === size && (bytes[0] === versions.pubkeyHash || bytes[0] === versions.scriptHash);
}

/** Longer texts are not decoded only to say what is wrong with them. Core's number. */
const BASE58_SIZE_LOOKED_AT = 100;

function refuse(problem: string, positions: readonly number[] = []): AddressError {
  return { problem, positions };
}

function scriptOfBase58(payload: Uint8Array, versions: Base58Prefixes): AddressScript | AddressError {
  const [version] = payload;
  const known = version === versions.pubkeyHash || version === versions.scriptHash;
  if (!known) return refuse('Invalid or unsupported Base58-encoded address.');
  if (payload.length !== BASE58_PAYLOAD_SIZE) return refuse('Invalid length for Base58 address (P2PKH or P2SH)');
  const hash = payload.subarray(1);
  if (version === versions.pubkeyHash) return { kind: 'pubkeyhash', script: pubkeyHashScript(hash) };
  return { kind: 'scripthash', script: scriptHashScript(hash) };
}

function scriptOfBech32(text: string, wantedPrefix: string): AddressScript | AddressError {
  const decoded = decodeBech32(text);
  if ('problem' in decoded) return decoded;
  const { encoding, prefix, values } = decoded;
  const [version] = values;
  if (version === undefined) return refuse('Empty Bech32 data section');
  if (prefix !== wantedPrefix)
    return refuse(`Invalid or unsupported prefix for Segwit (Bech32) address (expected ${wantedPrefix}, got ${prefix}).`);
  if (version === 0 && encoding !== 'bech32') return refuse('Version 0 witness address must use Bech32 checksum');
  if (version !== 0 && encoding !== 'bech32m') return refuse('Version 1+ witness address must use Bech32m checksum');
  const program = valuesToBytes(values.subarray(1));
  if (program === undefined) return refuse('Invalid padding in Bech32 data section');
  const bytes = `${program.length} ${program.length === 1 ? 'byte' : 'bytes'}`;
  if (version === 0 && program.length !== 20 && program.length !== 32)
    return refuse(`Invalid Bech32 v0 address program size (${bytes}), per BIP141`);
  if (version > WITNESS_VERSION_MAX) return refuse('Invalid Bech32 address witness version');
  if (program.length < PROGRAM_SIZE_MIN || program.length > PROGRAM_SIZE_MAX)
    return refuse(`Invalid Bech32 address program size (${bytes})`);
  const kind = kindOfProgram(version, program);
  assert(kind !== undefined, 'every program of these sizes has a kind');
  return { kind, script: witnessProgramScript(version, program) };
}
