/**
 * Takes blocks out of files into a chain, in whatever order they stand there. The same for files that are imported, whose blocks are
 * copied, and for the node's own, whose blocks stay where they are while their index is made anew.
 *
 * @module
 */

import type { Block } from '../core/primitives/block.ts';
import { decodeBlock } from '../core/primitives/block.ts';
import type { BlockHash, HashKey } from '../core/primitives/ids.ts';
import { hashKey } from '../core/primitives/ids.ts';
import type { Chain } from '../engine/chain/chain.ts';
import type { BlockFile, SourcedBlock } from '../platform/store/block-sources.ts';
import { blocksIn, readAgain } from '../platform/store/block-sources.ts';

/** Blocks that may wait for the one before them; later ones are passed over. Each takes some 200 bytes. */
export const WAITING_BLOCKS_MAX = 2_000_000;

/** So many of the blocks that are refused are named; a file of another network could hold a million. */
export const REFUSED_NAMED_MAX = 10;

/** A block that breaks a rule, and where it stands. */
export interface RefusedBlock {
  /** The file, and the offset of the block's first byte in it. */
  readonly path: string;
  readonly offset: number;
  readonly hash: BlockHash;
  readonly reason: string;
}

/** How far the loading has come. */
export interface LoadProgress {
  /** Blocks that were found. */
  readonly found: number;
  readonly doneBytes: number;
  readonly totalBytes: number;
  /** Height of the tip. */
  readonly height: number;
}

/** What became of the blocks. */
export interface LoadOutcome {
  readonly found: number;
  /** Stored now. */
  readonly added: number;
  readonly known: number;
  readonly invalid: number;
  /** The one before them was nowhere. */
  readonly unlinked: number;
  /** The first that was refused. */
  readonly firstRefused: RefusedBlock | undefined;
}

/** What is loaded, and how. */
export interface LoadOptions {
  readonly chain: Chain;
  readonly files: readonly BlockFile[];
  /** The files are the chain's own: the blocks are not copied. */
  readonly inPlace: boolean;
  readonly onProgress?: (progress: LoadProgress) => void;
  /** Told of the first `REFUSED_NAMED_MAX` that are refused. */
  readonly onRefused?: (block: RefusedBlock) => void;
  /** Ends it between two blocks. */
  readonly signal?: { readonly aborted: boolean };
}

interface WaitingBlock {
  readonly file: BlockFile;
  readonly offset: number;
  readonly sizeBytes: number;
}

/** Loads every block of the files. @throws NodeError where the files cannot be read or the chain cannot be written */
export async function loadBlocks(options: LoadOptions): Promise<LoadOutcome> {
  return new Loader(options).run();
}

class Loader {
  readonly #options: LoadOptions;
  /** Blocks by the one that they wait for. */
  readonly #waiting = new Map<HashKey, WaitingBlock[]>();
  #waitingCount = 0;
  readonly #counts = { found: 0, added: 0, known: 0, invalid: 0, unlinked: 0 };
  #firstRefused: RefusedBlock | undefined;

  constructor(options: LoadOptions) {
    this.#options = options;
  }

  async run(): Promise<LoadOutcome> {
    const { chain, files, onProgress, signal } = this.#options;
    const totalBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
    const before = new Map<BlockFile, number>();
    let sumBytes = 0;
    for (const file of files) {
      before.set(file, sumBytes);
      sumBytes += file.sizeBytes;
    }
    for await (const found of blocksIn(files, chain.params.messageStart)) {
      if (signal?.aborted === true) break;
      this.#counts.found++;
      await this.#take(found, found.block, found.raw);
      const doneBytes = (before.get(found.file) ?? 0) + found.offset + found.raw.length;
      onProgress?.({ found: this.#counts.found, doneBytes, totalBytes, height: chain.tip.height });
    }
    this.#counts.unlinked += this.#waitingCount;
    return { ...this.#counts, firstRefused: this.#firstRefused };
  }

  /** Takes a block and then those that waited for it, and so on. */
  async #take(found: Pick<SourcedBlock, 'file' | 'offset'>, block: Block, raw: Uint8Array): Promise<void> {
    if (!(await this.#offer(found, block, raw))) return;
    const queue = this.#released(block);
    for (const place of queue) {
      const bytes = await readAgain(place);
      const next = decodeBlock(bytes);
      if (await this.#offer(place, next, bytes)) queue.push(...this.#released(next));
    }
  }

  #released(block: Block): WaitingBlock[] {
    const key = hashKey(block.header.hash);
    const released = this.#waiting.get(key) ?? [];
    this.#waiting.delete(key);
    this.#waitingCount -= released.length;
    return released;
  }

  /** @returns whether blocks that build on it can be taken now */
  async #offer(at: { readonly file: BlockFile; readonly offset: number }, block: Block, raw: Uint8Array): Promise<boolean> {
    const { chain, inPlace } = this.#options;
    const { number } = at.file;
    const storedAt = inPlace && number !== undefined ? { file: number, offset: at.offset, sizeBytes: raw.length } : undefined;
    const { rejection, isNew } = await chain.acceptBlock(block, storedAt === undefined ? { raw } : { raw, storedAt });
    if (rejection?.kind === 'missing-prev') {
      this.#wait({ file: at.file, offset: at.offset, sizeBytes: raw.length }, block);
      return false;
    }
    if (rejection !== undefined) {
      this.#refused({ path: at.file.path, offset: at.offset, hash: block.header.hash, reason: rejection.reason });
      return false;
    }
    if (isNew) this.#counts.added++;
    else this.#counts.known++;
    return true;
  }

  #refused(block: RefusedBlock): void {
    this.#firstRefused ??= block;
    if (this.#counts.invalid++ < REFUSED_NAMED_MAX) this.#options.onRefused?.(block);
  }

  #wait(place: WaitingBlock, block: Block): void {
    if (this.#waitingCount >= WAITING_BLOCKS_MAX) {
      this.#counts.unlinked++;
      return;
    }
    const key = hashKey(block.header.prevBlockHash);
    const others = this.#waiting.get(key);
    if (others === undefined) this.#waiting.set(key, [place]);
    else others.push(place);
    this.#waitingCount++;
  }
}
