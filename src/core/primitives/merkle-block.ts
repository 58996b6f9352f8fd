/**
 * Proofs that transactions are in a block (BIP-37's `merkleblock`, Core's `CMerkleBlock`): the header, and of the tree over the
 * transactions as much as is needed to compute its root.
 *
 * The tree is walked from its root, the left side first. For each node there is a bit: whether a wanted leaf is below it. Where it is not,
 * the node's hash follows and nothing of what is below it; a leaf has its hash in either case.
 *
 * @module
 */

import { bytesEqual } from '../base/bytes.ts';
import { sha256d } from '../crypto/sha256.ts';
import type { BlockHeader } from './block.ts';
import { encodeHeader, HEADER_SIZE_BYTES, readHeader } from './block.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';

/** What such a proof says. */
export interface MerkleBlock {
  readonly header: BlockHeader;
  /** How many transactions the block has, as the proof says: nothing proves it. */
  readonly transactionCount: number;
  /** Hashes in the order of the walk, 32 bytes each, wire order. */
  readonly hashes: readonly Uint8Array[];
  /** The bits of the walk, eight a byte, the lowest first. */
  readonly flags: Uint8Array;
}

/** A leaf that was proved. */
export interface MerkleMatch {
  /** Wire order. */
  readonly hash: Uint8Array;
  /** Its place in the block. */
  readonly position: number;
}

/** Nodes of a level, the leaves being level 0. */
function widthAt(level: number, leaves: number): number {
  return Math.ceil(leaves / 2 ** level);
}

/** The level of the root. */
function rootLevel(leaves: number): number {
  let level = 0;
  while (widthAt(level, leaves) > 1) level++;
  return level;
}

function pairHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  const pair = new Uint8Array(64);
  pair.set(left);
  pair.set(right, 32);
  return sha256d(pair);
}

/** Every level of the tree, the leaves first. */
function levelsOf(leaves: readonly Uint8Array[]): (readonly Uint8Array[])[] {
  const levels: (readonly Uint8Array[])[] = [leaves];
  for (let below = leaves; below.length > 1; below = levels.at(-1)!) {
    const level: Uint8Array[] = [];
    for (let i = 0; i < below.length; i += 2) level.push(pairHash(below[i]!, below[i + 1] ?? below[i]!));
    levels.push(level);
  }
  return levels;
}

/**
 * The proof for some transactions of a block.
 *
 * @param txids - of all its transactions, in their order; at least one
 * @param isWanted - by the place in the block
 */
export function makeMerkleBlock(header: BlockHeader, txids: readonly Uint8Array[], isWanted: (position: number) => boolean): MerkleBlock {
  const levels = levelsOf(txids);
  // For each level, which nodes have a wanted leaf below them.
  const wanted: boolean[][] = [txids.map((_, position) => isWanted(position))];
  for (let level = 1; level < levels.length; level++) {
    const below = wanted[level - 1]!;
    wanted.push(levels[level]!.map((_, i) => below[2 * i] === true || below[2 * i + 1] === true));
  }
  const hashes: Uint8Array[] = [];
  const bits: boolean[] = [];
  const walk = (level: number, at: number): void => {
    const leads = wanted[level]![at]!;
    bits.push(leads);
    if (level === 0 || !leads) {
      hashes.push(levels[level]![at]!);
      return;
    }
    walk(level - 1, 2 * at);
    if (2 * at + 1 < levels[level - 1]!.length) walk(level - 1, 2 * at + 1);
  };
  walk(levels.length - 1, 0);
  const flags = new Uint8Array(Math.ceil(bits.length / 8));
  bits.forEach((bit, i) => {
    if (bit) flags[i >> 3]! |= 1 << (i & 7);
  });
  return { header, transactionCount: txids.length, hashes, flags };
}

/** A walk through a proof that somebody else made; it gives up where it cannot be one. */
class ProofWalk {
  readonly #proof: MerkleBlock;
  readonly matches: MerkleMatch[] = [];
  #bitsUsed = 0;
  #hashesUsed = 0;
  isBad = false;

  constructor(proof: MerkleBlock) {
    this.#proof = proof;
  }

  /** Whether nothing is left over but the bits that fill the last byte. */
  get isDone(): boolean {
    return !this.isBad && this.#hashesUsed === this.#proof.hashes.length && (this.#bitsUsed + 7) >> 3 === this.#proof.flags.length;
  }

  /** The hash of a node; undefined as soon as the proof is bad. */
  node(level: number, at: number): Uint8Array | undefined {
    const { flags, hashes, transactionCount } = this.#proof;
    const bit = this.#bitsUsed++;
    if (this.isBad || bit >= flags.length * 8) return this.#fail();
    const leads = (flags[bit >> 3]! & (1 << (bit & 7))) !== 0;
    if (level === 0 || !leads) {
      const hash = hashes[this.#hashesUsed++];
      if (hash === undefined) return this.#fail();
      if (level === 0 && leads) this.matches.push({ hash, position: at });
      return hash;
    }
    const left = this.node(level - 1, 2 * at);
    if (2 * at + 1 >= widthAt(level - 1, transactionCount)) return left === undefined ? undefined : pairHash(left, left);
    const right = this.node(level - 1, 2 * at + 1);
    if (left === undefined || right === undefined) return undefined;
    // Equal neighbours would let a shorter list of transactions pass for a longer one (CVE-2012-2459).
    return bytesEqual(left, right) ? this.#fail() : pairHash(left, right);
  }

  #fail(): undefined {
    this.isBad = true;
    return undefined;
  }
}

/**
 * The transactions that a proof proves to be under its header's Merkle root; undefined where it proves nothing. Core's `ExtractMatches`.
 *
 * An inner node can be passed off as a transaction of 64 bytes (CVE-2017-12842): who knows the block holds its number of transactions
 * against `transactionCount`, which fixes how deep the tree is.
 *
 * @param transactionsMax - most that a block can have
 */
export function provenBy(proof: MerkleBlock, transactionsMax: number): readonly MerkleMatch[] | undefined {
  const { flags, hashes, header, transactionCount } = proof;
  if (transactionCount === 0 || transactionCount > transactionsMax) return undefined;
  if (hashes.length > transactionCount || flags.length * 8 < hashes.length) return undefined;
  const walk = new ProofWalk(proof);
  const root = walk.node(rootLevel(transactionCount), 0);
  if (root === undefined || !walk.isDone || !bytesEqual(root, header.merkleRoot)) return undefined;
  return walk.matches;
}

/** The bytes of a proof. */
export function encodeMerkleBlock({ flags, hashes, header, transactionCount }: MerkleBlock): Uint8Array {
  const writer = new ByteWriter(HEADER_SIZE_BYTES + 14 + 32 * hashes.length + flags.length);
  writer.raw(encodeHeader(header)).u32(transactionCount).compactSize(hashes.length);
  for (const hash of hashes) writer.raw(hash);
  return writer.varBytes(flags).finish();
}

/** A proof at the beginning of the bytes. @throws DecodeError */
export function decodeMerkleBlock(bytes: Uint8Array): MerkleBlock {
  const reader = new ByteReader(bytes);
  const header = readHeader(reader);
  const transactionCount = reader.u32('merkle block transaction count');
  const count = reader.compactSize({ what: 'merkle block hash count', itemSizeMin: 32 });
  const hashes: Uint8Array[] = [];
  for (let i = 0; i < count; i++) hashes.push(reader.copy(32, 'merkle block hash'));
  return { header, transactionCount, hashes, flags: reader.varBytes({ what: 'merkle block flags' }) };
}
