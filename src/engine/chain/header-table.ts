/**
 * Headers as rows of numbers in typed arrays, off the JavaScript heap: 145 bytes each, and millions of them cost the garbage collector
 * nothing. As objects they took above 1,000.
 *
 * Owns the rows and what follows from one row's place above another: height, ancestors, forks, work. Rows are numbered as they come, parents
 * before children, the genesis block first; they are never taken away. Does not own which hash is which row (`HeaderIndex`) nor what rules
 * say of a header.
 *
 * @module
 */

import { MEDIAN_TIME_SPAN, medianTime } from '../../core/consensus/median-time.ts';
import { blockWork } from '../../core/consensus/proof-of-work.ts';
import type { HeaderFields } from '../../core/primitives/block.ts';
import type { ChainWork } from '../../core/primitives/compact-target.ts';
import type { BlockHash, MerkleRoot } from '../../core/primitives/ids.ts';
import { zeroHash } from '../../core/primitives/ids.ts';
import type { FilePosition } from '../ports/block-store.ts';
import { HEADER_ROW, NO_FILE } from '../ports/header-store.ts';
import { isSkipBetter, skipHeight } from './skip-height.ts';

/** Rows of a chunk: its 0.6 MB come as they are, so that no growth copies anything. */
const CHUNK_ROWS_LOG2 = 12;
const CHUNK_ROWS = 1 << CHUNK_ROWS_LOG2;
const ROW_MASK = CHUNK_ROWS - 1;

const HASH_WORDS = 8;
/** Words of the work that each row has. Beyond these 128 bits no chain comes that has shown its work; the others are made if one does. */
const WORK_WORDS = 4;
const POSITION_WORDS = 3;

/** The fields of `CHUNK_ROWS` rows, each in an array of its own: what looks through all rows reads little memory. */
class Chunk {
  readonly versions = new Int32Array(CHUNK_ROWS);
  readonly merkleRoots = new Uint8Array(CHUNK_ROWS * 32);
  readonly times = new Uint32Array(CHUNK_ROWS);
  readonly bits = new Uint32Array(CHUNK_ROWS);
  readonly nonces = new Uint32Array(CHUNK_ROWS);
  readonly hashes = new Uint32Array(CHUNK_ROWS * HASH_WORDS);
  readonly hashBytes = new Uint8Array(this.hashes.buffer);
  readonly parents = new Uint32Array(CHUNK_ROWS);
  readonly skips = new Uint32Array(CHUNK_ROWS);
  readonly heights = new Uint32Array(CHUNK_ROWS);
  readonly works = new Uint32Array(CHUNK_ROWS * WORK_WORDS);
  /** The high half of the work, where any row of the chunk has one. */
  worksHigh: Uint32Array | undefined;
  readonly txCounts = new Uint32Array(CHUNK_ROWS);
  readonly sequences = new Float64Array(CHUNK_ROWS);
  readonly blocks = new Uint32Array(CHUNK_ROWS * POSITION_WORDS);
  readonly undos = new Uint32Array(CHUNK_ROWS * POSITION_WORDS);
  readonly statuses = new Uint8Array(CHUNK_ROWS);

  get sizeBytes(): number {
    let sizeBytes = 0;
    for (const field of Object.values(this)) if (ArrayBuffer.isView(field)) sizeBytes += field.byteLength;
    return sizeBytes - this.hashBytes.byteLength;
  }
}

/** The rows. A row is named by its number from 0 on; 0 is the genesis block, whose parent is itself. */
export class HeaderTable {
  readonly #chunks: Chunk[] = [];
  /** Precedence of those that were put before others by hand; of all others it is the sequence. */
  readonly #precedences = new Map<number, number>();
  /** What the genesis block says that it builds on; every other's parent is here. */
  #beforeFirst: BlockHash = zeroHash<BlockHash>();
  #count = 0;
  #workBits = -1;
  /** Work of a block of `#workBits`, the least significant word first. */
  readonly #work = new Uint32Array(WORK_WORDS * 2);

  /** Number of rows. */
  get count(): number {
    return this.#count;
  }

  /** Memory of all rows, used and spare. */
  get sizeBytes(): number {
    return this.#chunks.reduce((sum, chunk) => sum + chunk.sizeBytes, 0);
  }

  #chunk(row: number): Chunk {
    return this.#chunks[row >>> CHUNK_ROWS_LOG2]!;
  }

  /** Appends a header of a parent that is here; the first one's is left out of account. @returns the row's number */
  add(header: HeaderFields & { readonly hash: BlockHash }, parent: number): number {
    const row = this.#append(parent);
    const chunk = this.#chunk(row);
    const at = row & ROW_MASK;
    chunk.versions[at] = header.version;
    chunk.merkleRoots.set(header.merkleRoot, at * 32);
    chunk.times[at] = header.timeSeconds;
    chunk.bits[at] = header.bits;
    chunk.nonces[at] = header.nonce;
    chunk.hashBytes.set(header.hash, at * 32);
    if (row === 0) this.#beforeFirst = header.prevBlockHash;
    this.#setWork(chunk, row, parent);
    return row;
  }

  /** Appends a packed row, header and state. @param at - where it begins in `bytes`, which `view` looks at too */
  addPacked(bytes: Uint8Array, view: DataView, at: number, parent: number): number {
    const row = this.#append(parent);
    const chunk = this.#chunk(row);
    const slot = row & ROW_MASK;
    const header = at + HEADER_ROW.header;
    chunk.versions[slot] = view.getInt32(header, true);
    copy32(bytes, header + 36, chunk.merkleRoots, slot * 32);
    chunk.times[slot] = view.getUint32(header + 68, true);
    chunk.bits[slot] = view.getUint32(header + 72, true);
    chunk.nonces[slot] = view.getUint32(header + 76, true);
    copy32(bytes, at + HEADER_ROW.hash, chunk.hashBytes, slot * 32);
    this.#setWork(chunk, row, parent);
    this.setPackedState(row, view, at);
    return row;
  }

  /** Sets what a packed row says beside its header; the status is the caller's to judge. */
  setPackedState(row: number, view: DataView, at: number): void {
    const chunk = this.#chunk(row);
    const slot = row & ROW_MASK;
    chunk.txCounts[slot] = view.getUint32(at + HEADER_ROW.txCount, true);
    chunk.sequences[slot] = view.getInt32(at + HEADER_ROW.sequence + 4, true) * 2 ** 32 + view.getUint32(at + HEADER_ROW.sequence, true);
    for (let i = 0; i < POSITION_WORDS; i++) {
      chunk.blocks[slot * POSITION_WORDS + i] = view.getUint32(at + HEADER_ROW.block + i * 4, true);
      chunk.undos[slot * POSITION_WORDS + i] = view.getUint32(at + HEADER_ROW.undo + i * 4, true);
    }
  }

  /** Writes a row in packed form. @param status - as it is stored */
  pack(row: number, status: number, bytes: Uint8Array, view: DataView, at: number): void {
    const chunk = this.#chunk(row);
    const slot = row & ROW_MASK;
    const header = at + HEADER_ROW.header;
    view.setUint32(at + HEADER_ROW.height, chunk.heights[slot]!, true);
    copy32(chunk.hashBytes, slot * 32, bytes, at + HEADER_ROW.hash);
    view.setInt32(header, chunk.versions[slot]!, true);
    bytes.set(row === 0 ? this.#beforeFirst : this.hash(this.parent(row)), header + 4);
    copy32(chunk.merkleRoots, slot * 32, bytes, header + 36);
    view.setUint32(header + 68, chunk.times[slot]!, true);
    view.setUint32(header + 72, chunk.bits[slot]!, true);
    view.setUint32(header + 76, chunk.nonces[slot]!, true);
    view.setUint32(at + HEADER_ROW.status, status, true);
    view.setUint32(at + HEADER_ROW.txCount, chunk.txCounts[slot]!, true);
    view.setBigInt64(at + HEADER_ROW.sequence, BigInt(chunk.sequences[slot]!), true);
    for (let i = 0; i < POSITION_WORDS; i++) {
      view.setUint32(at + HEADER_ROW.block + i * 4, chunk.blocks[slot * POSITION_WORDS + i]!, true);
      view.setUint32(at + HEADER_ROW.undo + i * 4, chunk.undos[slot * POSITION_WORDS + i]!, true);
    }
  }

  #append(parent: number): number {
    const row = this.#count++;
    if ((row & ROW_MASK) === 0) this.#chunks.push(new Chunk());
    const chunk = this.#chunk(row);
    const at = row & ROW_MASK;
    const height = row === 0 ? 0 : this.height(parent) + 1;
    chunk.parents[at] = row === 0 ? 0 : parent;
    chunk.heights[at] = height;
    chunk.skips[at] = row === 0 ? 0 : this.ancestor(parent, skipHeight(height));
    chunk.blocks[at * POSITION_WORDS] = NO_FILE;
    chunk.undos[at * POSITION_WORDS] = NO_FILE;
    return row;
  }

  /** Work of the branch: the parent's and this block's, word by word, as adding bigints would cost more than all else here. */
  #setWork(chunk: Chunk, row: number, parent: number): void {
    const at = row & ROW_MASK;
    this.#loadWork(chunk.bits[at]!);
    let carry = 0;
    for (let i = 0; i < WORK_WORDS * 2; i++) {
      const sum = (row === 0 ? 0 : this.#workWord(parent, i)) + this.#work[i]! + carry;
      carry = sum > 0xffffffff ? 1 : 0;
      if (i < WORK_WORDS) chunk.works[at * WORK_WORDS + i] = sum;
      else if (chunk.worksHigh !== undefined || sum !== 0) {
        chunk.worksHigh ??= new Uint32Array(CHUNK_ROWS * WORK_WORDS);
        chunk.worksHigh[at * WORK_WORDS + i - WORK_WORDS] = sum;
      }
    }
  }

  /** Nearly always the bits are those of the block before. */
  #loadWork(bits: number): void {
    if (bits === this.#workBits) return;
    let rest: bigint = blockWork(bits);
    for (let i = 0; i < WORK_WORDS * 2; i++) {
      this.#work[i] = Number(rest & 0xffffffffn);
      rest >>= 32n;
    }
    this.#workBits = bits;
  }

  #workWord(row: number, word: number): number {
    const chunk = this.#chunk(row);
    const at = (row & ROW_MASK) * WORK_WORDS;
    return word < WORK_WORDS ? chunk.works[at + word]! : (chunk.worksHigh?.[at + word - WORK_WORDS] ?? 0);
  }

  /** Work of the whole branch up to a row. */
  chainWork(row: number): ChainWork {
    let work = 0n;
    for (let i = WORK_WORDS * 2 - 1; i >= 0; i--) work = (work << 32n) | BigInt(this.#workWord(row, i));
    return work as ChainWork;
  }

  /** Below 0 where the first has less work, above 0 where it has more. */
  compareWork(a: number, b: number): number {
    for (let i = WORK_WORDS * 2 - 1; i >= 0; i--) {
      const difference = this.#workWord(a, i) - this.#workWord(b, i);
      if (difference !== 0) return difference;
    }
    return 0;
  }

  /** The header's fields but its parent's hash. Its hashes are copies. */
  fields(row: number): Omit<HeaderFields, 'prevBlockHash'> & { readonly hash: BlockHash } {
    const chunk = this.#chunk(row);
    const at = row & ROW_MASK;
    return {
      version: chunk.versions[at]!,
      merkleRoot: chunk.merkleRoots.slice(at * 32, at * 32 + 32) as MerkleRoot,
      timeSeconds: chunk.times[at]!,
      bits: chunk.bits[at]!,
      nonce: chunk.nonces[at]!,
      hash: this.hash(row),
    };
  }

  /** A copy of the hash. */
  hash(row: number): BlockHash {
    const at = (row & ROW_MASK) * 32;
    return this.#chunk(row).hashBytes.slice(at, at + 32) as BlockHash;
  }

  /** Whether a row has a hash, given as eight words of the machine's own order. */
  hasHash(row: number, words: Uint32Array): boolean {
    const { hashes } = this.#chunk(row);
    const at = (row & ROW_MASK) * HASH_WORDS;
    for (let i = 0; i < HASH_WORDS; i++) if (hashes[at + i] !== words[i]) return false;
    return true;
  }

  /** Whether a row has the hash that stands in a longer array. */
  hasHashAt(row: number, bytes: Uint8Array, at: number): boolean {
    const { hashBytes } = this.#chunk(row);
    const from = (row & ROW_MASK) * 32;
    for (let i = 0; i < 32; i++) if (hashBytes[from + i] !== bytes[at + i]) return false;
    return true;
  }

  /** One of the eight words of a row's hash. */
  hashWord(row: number, word: number): number {
    return this.#chunk(row).hashes[(row & ROW_MASK) * HASH_WORDS + word]!;
  }

  height(row: number): number {
    return this.#chunk(row).heights[row & ROW_MASK]!;
  }

  /** The row of the block before; of the genesis block its own. */
  parent(row: number): number {
    return this.#chunk(row).parents[row & ROW_MASK]!;
  }

  /** The ancestor at a height from 0 to the row's own (then itself). Core's `GetAncestor`. */
  ancestor(row: number, height: number): number {
    let at = row;
    for (let now = this.height(row); now > height; ) {
      const chunk = this.#chunk(at);
      if (isSkipBetter(now, height)) {
        at = chunk.skips[at & ROW_MASK]!;
        now = skipHeight(now);
      } else {
        at = chunk.parents[at & ROW_MASK]!;
        now--;
      }
    }
    return at;
  }

  /** Whether a row is on the branch that ends in `tip`. */
  isAncestor(row: number, tip: number): boolean {
    const height = this.height(row);
    return height <= this.height(tip) && this.ancestor(tip, height) === row;
  }

  /** The last row that two branches have in common. */
  fork(a: number, b: number): number {
    const height = Math.min(this.height(a), this.height(b));
    let left = this.ancestor(a, height);
    let right = this.ancestor(b, height);
    while (left !== right) {
      const leftSkip = this.#chunk(left).skips[left & ROW_MASK]!;
      const rightSkip = this.#chunk(right).skips[right & ROW_MASK]!;
      // Skips of one height lead to one height: while they differ the fork is below, and all between is passed over.
      const jump = leftSkip !== rightSkip;
      left = jump ? leftSkip : this.parent(left);
      right = jump ? rightSkip : this.parent(right);
    }
    return left;
  }

  /** Median time past of a row and the ten before it. */
  medianTimeSeconds(row: number): number {
    const times: number[] = [];
    for (let at = row; ; at = this.parent(at)) {
      times.push(this.#chunk(at).times[at & ROW_MASK]!);
      if (times.length === MEDIAN_TIME_SPAN || at === 0) return medianTime(times);
    }
  }

  /** Bits of `STATUS`. */
  status(row: number): number {
    return this.#chunk(row).statuses[row & ROW_MASK]!;
  }

  setStatus(row: number, status: number): void {
    this.#chunk(row).statuses[row & ROW_MASK] = status;
  }

  txCount(row: number): number {
    return this.#chunk(row).txCounts[row & ROW_MASK]!;
  }

  setTxCount(row: number, txCount: number): void {
    this.#chunk(row).txCounts[row & ROW_MASK] = txCount;
  }

  sequence(row: number): number {
    return this.#chunk(row).sequences[row & ROW_MASK]!;
  }

  setSequence(row: number, sequence: number): void {
    this.#chunk(row).sequences[row & ROW_MASK] = sequence;
  }

  /** What decides between branches of equal work: the least is preferred. */
  precedence(row: number): number {
    return this.#precedences.get(row) ?? this.sequence(row);
  }

  setPrecedence(row: number, precedence: number): void {
    this.#precedences.set(row, precedence);
  }

  /** Number of the file that a block is in, `NO_FILE` where it is not stored. */
  blockFile(row: number): number {
    return this.#chunk(row).blocks[(row & ROW_MASK) * POSITION_WORDS]!;
  }

  isStored(row: number): boolean {
    return this.blockFile(row) !== NO_FILE;
  }

  block(row: number): FilePosition | undefined {
    return positionAt(this.#chunk(row).blocks, row);
  }

  setBlock(row: number, position: FilePosition | undefined): void {
    setPosition(this.#chunk(row).blocks, row, position);
  }

  undo(row: number): FilePosition | undefined {
    return positionAt(this.#chunk(row).undos, row);
  }

  setUndo(row: number, position: FilePosition | undefined): void {
    setPosition(this.#chunk(row).undos, row, position);
  }
}

function copy32(from: Uint8Array, at: number, to: Uint8Array, toAt: number): void {
  for (let i = 0; i < 32; i++) to[toAt + i] = from[at + i]!;
}

function positionAt(positions: Uint32Array, row: number): FilePosition | undefined {
  const at = (row & ROW_MASK) * POSITION_WORDS;
  const file = positions[at]!;
  return file === NO_FILE ? undefined : { file, offset: positions[at + 1]!, sizeBytes: positions[at + 2]! };
}

function setPosition(positions: Uint32Array, row: number, position: FilePosition | undefined): void {
  const at = (row & ROW_MASK) * POSITION_WORDS;
  positions[at] = position?.file ?? NO_FILE;
  positions[at + 1] = position?.offset ?? 0;
  positions[at + 2] = position?.sizeBytes ?? 0;
}
