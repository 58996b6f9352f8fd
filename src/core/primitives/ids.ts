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

/** Key of a 32-byte hash. Keys of different kinds of hashes do not mix in one Map. */
export function hashKey(hash: Uint8Array): HashKey {
  return String.fromCharCode.apply(null, hash as unknown as number[]) as HashKey;
}

/** The 32 bytes behind a key. */
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
