/**
 * The 32-byte hashes that name things, and their text.
 *
 * Bytes are in wire order everywhere, the order in which SHA-256 gives them. Bitcoin shows transaction and block hashes with
 * the bytes reversed; that happens here and nowhere else.
 *
 * @module
 */

import type { Brand } from '../base/brand.ts';
import { fromHex, toHex } from '../base/bytes.ts';

/** SHA-256d over a transaction without its witnesses. 32 bytes, wire order. */
export type Txid = Brand<Uint8Array, 'Txid'>;
/** SHA-256d over a transaction with its witnesses (BIP-141). 32 bytes, wire order. */
export type Wtxid = Brand<Uint8Array, 'Wtxid'>;
/** SHA-256d over the 80 bytes of a header. 32 bytes, wire order. */
export type BlockHash = Brand<Uint8Array, 'BlockHash'>;
/** Root of the tree over a block's txids. 32 bytes, wire order. */
export type MerkleRoot = Brand<Uint8Array, 'MerkleRoot'>;

/** A hash as key of a Map or Set: one character a byte, cheaper than hexadecimal. Never shown. */
export type HashKey = Brand<string, 'HashKey'>;

type Eight = readonly [number, number, number, number, number, number, number, number];
/** A hash whose length was checked: each of its bytes is there. */
type Bytes32 = readonly [...Eight, ...Eight, ...Eight, ...Eight];

/**
 * Key of a 32-byte hash. Keys of different kinds of hashes do not mix in one Map. Bytes of another length have keys too, of a
 * character a byte; they are made more slowly.
 *
 * Written out because it is made for every input of every block: 0.05 µs on Node 20, with `apply` over the array 0.2 µs.
 */
export function hashKey(hash: Uint8Array): HashKey {
  if (hash.length !== 32) return keyOfAnyLength(hash);
  const b = hash as unknown as Bytes32;
  // biome-ignore format: eight a line.
  return String.fromCharCode(
    b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7],
    b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15],
    b[16], b[17], b[18], b[19], b[20], b[21], b[22], b[23],
    b[24], b[25], b[26], b[27], b[28], b[29], b[30], b[31],
  ) as HashKey;
}

/**
 * Key of a 32-byte hash and an unsigned number of 32 bits, four characters longer. In one call as well: a string that is put together of
 * two must be copied before it can be looked up.
 */
export function hashKeyWithIndex(hash: Uint8Array, index: number): HashKey {
  const [i, j, k, l] = [index & 0xff, (index >>> 8) & 0xff, (index >>> 16) & 0xff, index >>> 24];
  if (hash.length !== 32) return (keyOfAnyLength(hash) + String.fromCharCode(i, j, k, l)) as HashKey;
  const b = hash as unknown as Bytes32;
  // biome-ignore format: eight a line.
  return String.fromCharCode(
    b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7],
    b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15],
    b[16], b[17], b[18], b[19], b[20], b[21], b[22], b[23],
    b[24], b[25], b[26], b[27], b[28], b[29], b[30], b[31],
    i, j, k, l,
  ) as HashKey;
}

/** The same for any length: a string a byte, since a call takes no million arguments. */
function keyOfAnyLength(bytes: Uint8Array): HashKey {
  let key = '';
  for (const byte of bytes) key += String.fromCharCode(byte);
  return key as HashKey;
}

/** The bytes behind a key. */
export function hashOfKey<T extends Uint8Array = Uint8Array>(key: HashKey): T {
  const bytes = new Uint8Array(key.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = key.charCodeAt(i);
  return bytes as unknown as T;
}

/** Character codes of the first and of the second hexadecimal digit of each byte. */
const H: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => (byte >> 4).toString(16).charCodeAt(0));
const L: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => (byte & 15).toString(16).charCodeAt(0));

/** Hexadecimal in display order, that is to say reversed. In one call for a hash, as {@link hashKey}. */
export function toDisplayHex(hash: Uint8Array): string {
  if (hash.length !== 32) return toHex(Uint8Array.from(hash).reverse());
  const b = hash as unknown as Bytes32;
  // biome-ignore format: four a line.
  return String.fromCharCode(
    H[b[31]]!, L[b[31]]!, H[b[30]]!, L[b[30]]!, H[b[29]]!, L[b[29]]!, H[b[28]]!, L[b[28]]!,
    H[b[27]]!, L[b[27]]!, H[b[26]]!, L[b[26]]!, H[b[25]]!, L[b[25]]!, H[b[24]]!, L[b[24]]!,
    H[b[23]]!, L[b[23]]!, H[b[22]]!, L[b[22]]!, H[b[21]]!, L[b[21]]!, H[b[20]]!, L[b[20]]!,
    H[b[19]]!, L[b[19]]!, H[b[18]]!, L[b[18]]!, H[b[17]]!, L[b[17]]!, H[b[16]]!, L[b[16]]!,
    H[b[15]]!, L[b[15]]!, H[b[14]]!, L[b[14]]!, H[b[13]]!, L[b[13]]!, H[b[12]]!, L[b[12]]!,
    H[b[11]]!, L[b[11]]!, H[b[10]]!, L[b[10]]!, H[b[9]]!, L[b[9]]!, H[b[8]]!, L[b[8]]!,
    H[b[7]]!, L[b[7]]!, H[b[6]]!, L[b[6]]!, H[b[5]]!, L[b[5]]!, H[b[4]]!, L[b[4]]!,
    H[b[3]]!, L[b[3]]!, H[b[2]]!, L[b[2]]!, H[b[1]]!, L[b[1]]!, H[b[0]]!, L[b[0]]!,
  );
}

/** Wire-order hash of 64 hexadecimal digits in display order, or undefined where the text is anything else. */
export function fromDisplayHex<T extends Uint8Array = Uint8Array>(text: string): T | undefined {
  if (text.length !== 64) return undefined;
  return fromHex(text)?.reverse() as unknown as T | undefined;
}

/** 32 zero bytes: the parent of a genesis block, the transaction that a coinbase spends. A new array each time. */
export function zeroHash<T extends Uint8Array>(): T {
  return new Uint8Array(32) as unknown as T;
}
