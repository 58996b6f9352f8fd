import { assert } from '../base/assert.ts';
import { concatBytes } from '../base/bytes.ts';
import { isPrivateKey } from '../crypto/scalar.ts';
import type { AddressError, AddressPrefixes } from './address.ts';
import { decodeBase58Check, encodeBase58Check } from './base58.ts';

/** A private key as its text says it. */
export interface WifKey {
  /** 32 bytes, most significant first: from 1 to the order of secp256k1 minus 1. */
  readonly privateKey: Uint8Array;
  /** Whether its public key is written in 33 bytes, not 65. */
  readonly compressed: boolean;
}

const KEY_SIZE_BYTES = 32;

/** Text of a private key (wallet import format). The caller holds a sound key. */
export function encodeWif(key: WifKey, prefixes: Pick<AddressPrefixes, 'base58'>): string {
  assert(isPrivateKey(key.privateKey), 'a private key is 32 bytes below the order');
  const head = Uint8Array.of(prefixes.base58.privateKey);
  return encodeBase58Check(concatBytes(head, key.privateKey, key.compressed ? Uint8Array.of(1) : new Uint8Array(0)));
}

/** The private key of a text of this network. Core's `DecodeSecret`. The refusal never repeats the text, which may be almost a key. */
export function decodeWif(text: string, prefixes: Pick<AddressPrefixes, 'base58'>): WifKey | AddressError {
  const payload = decodeBase58Check(text, 1 + KEY_SIZE_BYTES + 1);
  if (payload === undefined) return { problem: 'Invalid private key encoding', positions: [] };
  const compressed = payload.length === KEY_SIZE_BYTES + 2;
  const shape = payload.length === KEY_SIZE_BYTES + 1 || (compressed && payload[KEY_SIZE_BYTES + 1] === 1);
  if (!shape) return { problem: 'Invalid length of private key', positions: [] };
  if (payload[0] !== prefixes.base58.privateKey) return { problem: 'Private key of another network', positions: [] };
  const privateKey = payload.slice(1, 1 + KEY_SIZE_BYTES);
  return isPrivateKey(privateKey) ? { privateKey, compressed } : { problem: 'Private key outside allowed range', positions: [] };
}
