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

/** Hexadecimal in display order, that is to say reversed. */
export function toDisplayHex(hash: Uint8Array): string {
  return toHex(Uint8Array.from(hash).reverse());
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
