/**
 * Headers and blocks and their exact bytes.
 *
 * @module
 */

import { sha256d } from '../crypto/sha256.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter, compactSizeLength } from './byte-writer.ts';
import type { BlockHash, MerkleRoot } from './ids.ts';
import type { Transaction } from './transaction.ts';
import { readTransactions, writeTransaction } from './transaction.ts';

/** Bytes of a header on the wire. */
export const HEADER_SIZE_BYTES = 80;

/** Bytes of the smallest transaction: version, no inputs, no outputs, lock time. */
const TRANSACTION_SIZE_MIN = 10;

/** What a header says. */
export interface HeaderFields {
  /** Signed 32 bits (BIP-9 looks at its bits). */
  readonly version: number;
  readonly prevBlockHash: BlockHash;
  readonly merkleRoot: MerkleRoot;
  /** Seconds since 1970, unsigned 32 bits. */
  readonly timeSeconds: number;
  /** Target in compact form, unsigned 32 bits. */
  readonly bits: number;
  /** Unsigned 32 bits. */
  readonly nonce: number;
}

/** A header with its hash, made by `makeHeader` or `readHeader`. */
export interface BlockHeader extends HeaderFields {
  readonly hash: BlockHash;
}

/** A header and its transactions, with their sizes; made by `makeBlock` or `readBlock`. */
export interface Block {
  readonly header: BlockHeader;
  readonly transactions: readonly Transaction[];
  /** Size without any witness, marker or flag. */
  readonly strippedSizeBytes: number;
  readonly sizeBytes: number;
}

/** The 80 bytes of a header. */
export function encodeHeader(header: HeaderFields): Uint8Array {
  return new ByteWriter(HEADER_SIZE_BYTES)
    .u32(header.version)
    .raw(header.prevBlockHash)
    .raw(header.merkleRoot)
    .u32(header.timeSeconds)
    .u32(header.bits)
    .u32(header.nonce)
    .finish();
}

/** A header of its fields, with its hash. */
export function makeHeader(fields: HeaderFields): BlockHeader {
  const { version, prevBlockHash, merkleRoot, timeSeconds, bits, nonce } = fields;
  return { version, prevBlockHash, merkleRoot, timeSeconds, bits, nonce, hash: sha256d(encodeHeader(fields)) as BlockHash };
}

/**
 * Reads 80 bytes. Its hashes are copies, since headers outlive the buffer they came in.
 *
 * @throws DecodeError
 */
export function readHeader(reader: ByteReader): BlockHeader {
  const bytes = reader.take(HEADER_SIZE_BYTES, 'header');
  const fields = new ByteReader(bytes);
  const version = fields.i32('header version');
  const prevBlockHash = fields.copy(32, 'header parent') as BlockHash;
  const merkleRoot = fields.copy(32, 'header merkle root') as MerkleRoot;
  const timeSeconds = fields.u32('header time');
  const bits = fields.u32('header bits');
  const nonce = fields.u32('header nonce');
  return { version, prevBlockHash, merkleRoot, timeSeconds, bits, nonce, hash: sha256d(bytes) as BlockHash };
}

/** A header of exactly 80 bytes. @throws DecodeError */
export function decodeHeader(bytes: Uint8Array): BlockHeader {
  const reader = new ByteReader(bytes);
  const header = readHeader(reader);
  reader.end('header');
  return header;
}

/** A block of its parts, with its sizes. */
export function makeBlock(header: BlockHeader, transactions: readonly Transaction[]): Block {
  const overhead = HEADER_SIZE_BYTES + compactSizeLength(transactions.length);
  let strippedSizeBytes = overhead;
  let sizeBytes = overhead;
  for (const tx of transactions) {
    strippedSizeBytes += tx.strippedSizeBytes;
    sizeBytes += tx.sizeBytes;
  }
  return { header, transactions, strippedSizeBytes, sizeBytes };
}

/** Weight of BIP-141. */
export function blockWeightWu(block: Block): number {
  return block.strippedSizeBytes * 3 + block.sizeBytes;
}

/** Wire form, with witnesses unless told otherwise. */
export function encodeBlock(block: Block, options: { readonly witness: boolean } = { witness: true }): Uint8Array {
  const writer = new ByteWriter(options.witness ? block.sizeBytes : block.strippedSizeBytes);
  writer.raw(encodeHeader(block.header)).compactSize(block.transactions.length);
  for (const tx of block.transactions) writeTransaction(writer, tx, options);
  return writer.finish();
}

/**
 * Reads a block; byte strings of its transactions are views into the reader's bytes.
 *
 * @throws DecodeError
 */
export function readBlock(reader: ByteReader): Block {
  const header = readHeader(reader);
  const count = reader.compactSize({ what: 'transaction count', itemSizeMin: TRANSACTION_SIZE_MIN });
  return makeBlock(header, readTransactions(reader, count));
}

/** One block and nothing after it. @throws DecodeError */
export function decodeBlock(bytes: Uint8Array): Block {
  const reader = new ByteReader(bytes);
  const block = readBlock(reader);
  reader.end('block');
  return block;
}
