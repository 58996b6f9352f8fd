/**
 * Deletes block files that nobody needs any more.
 *
 * Owns which files go and in what order things are written then, so that a crash at any instant leaves a chain that goes on. Does not own
 * what a missing block means to those who ask for it.
 *
 * @module
 */

import type { NetworkParams } from '../../core/params/types.ts';
import type { BlockStore } from '../ports/block-store.ts';
import type { Log } from '../ports/log.ts';
import { NodeError } from '../ports/node-error.ts';
import type { ActiveChain } from './active-chain.ts';
import type { BlockIndex } from './block-index.ts';
import type { HeaderNode } from './header-node.ts';

/** How old blocks are deleted. */
export interface PruneOptions {
  /** Bytes of block and undo files above which the oldest are deleted; undefined: only when they are asked to be. */
  readonly targetBytes: number | undefined;
}

/** Room that is kept for what is written until the next look. Core's chunks of its block and undo files together. */
const BUFFER_BYTES = 17 * 1_048_576;

interface PrunerParts {
  readonly params: NetworkParams;
  readonly index: BlockIndex;
  readonly active: ActiveChain;
  readonly blocks: BlockStore;
  readonly log: Log;
  readonly options: PruneOptions | undefined;
  /** Writes coins and header rows. */
  readonly flush: () => Promise<void>;
}

/** The files of one chain's blocks, the oldest of which may go. */
export class Pruner {
  readonly #parts: PrunerParts;
  readonly #before: (() => Promise<void>)[] = [];
  readonly #keepers: (() => number)[] = [];
  readonly #settlers: (() => Promise<void>)[] = [];
  /** Number of the last block file at the last look: only a new file is a reason for another. */
  #lastFile = -1;
  #begun = false;
  /** Height of the first block from which on all are stored, as long as nothing is deleted. Undefined: not looked for yet. */
  #firstStored: number | undefined;

  constructor(parts: PrunerParts) {
    this.#parts = parts;
  }

  /** Does something before blocks are deleted. */
  before(action: () => Promise<void>): void {
    this.#before.push(action);
  }

  /** Blocks above the height that this gives are still needed by someone, who may be able to `settle` for fewer when asked to. */
  keepAbove(height: () => number, settle?: () => Promise<void>): void {
    this.#keepers.push(height);
    if (settle !== undefined) this.#settlers.push(settle);
  }

  /** Has nobody need blocks only because there was no hurry to write what was made of them. Not within a change of the chain. */
  async settle(): Promise<void> {
    await Promise.all(this.#settlers.map((settle) => settle()));
  }

  /**
   * Holds what is stored to what is wanted, and deletes files that a crash left after their blocks were given up.
   *
   * @throws NodeError `option-invalid` where blocks are missing and nothing was said of pruning
   */
  async begin(): Promise<void> {
    const { index, blocks, options } = this.#parts;
    this.#begun = true;
    if (options === undefined) {
      if (index.hasPruned()) throw notWhole();
      return;
    }
    const used = index.blockFiles();
    if (used.size === 0) return;
    // Files above the last that is used may hold blocks whose rows were lost in a crash; they are not old.
    const last = Math.max(...used.keys());
    for (const { file } of blocks.files()) if (file < last && !used.has(file)) await blocks.remove(file);
  }

  /** Deletes the oldest files while there are more bytes than the target. Does nothing most of the time. */
  async keepToTarget(): Promise<void> {
    const { active, blocks, options, params } = this.#parts;
    if (options?.targetBytes === undefined || !this.#begun || active.height <= params.pruneAfterHeight) return;
    const files = blocks.files();
    const lastFile = files.at(-1)?.file ?? -1;
    if (lastFile === this.#lastFile) return;
    this.#lastFile = lastFile;
    let surplusBytes = blocks.sizeBytes() + BUFFER_BYTES - options.targetBytes;
    if (surplusBytes <= 0) return;
    const doomed: number[] = [];
    for (const { file, sizeBytes } of this.#deletable(this.#lastPrunable())) {
      if (surplusBytes <= 0) break;
      doomed.push(file);
      surplusBytes -= sizeBytes;
    }
    await this.#delete(doomed);
  }

  /** Deletes every file without a block above a height. */
  async pruneTo(height: number): Promise<void> {
    await this.#delete(this.#deletable(Math.min(height, this.#lastPrunable())).map(({ file }) => file));
  }

  /**
   * The highest block that may go: a switch of branches as deep as the network's `pruneKeepBlocks` stays possible, and nothing goes that
   * someone has still to read.
   */
  #lastPrunable(): number {
    const { active, params } = this.#parts;
    return Math.min(active.height - params.pruneKeepBlocks, ...this.#keepers.map((height) => height()));
  }

  /** Files without a block above a height, the first first; never the one that takes the next block. */
  #deletable(height: number): readonly { readonly file: number; readonly sizeBytes: number }[] {
    if (height < 0) return [];
    const highest = this.#parts.index.blockFiles();
    const files = this.#parts.blocks.files();
    return files.slice(0, -1).filter(({ file }) => (highest.get(file) ?? Number.POSITIVE_INFINITY) <= height);
  }

  /**
   * Gives up the blocks of some files: first all is written that was made of them, then the rows say that they are gone, then the files
   * go. Cut short anywhere, no row names a block that is missing, and no start needs one.
   */
  async #delete(files: readonly number[]): Promise<void> {
    const { index, blocks, log, flush } = this.#parts;
    if (files.length === 0) return;
    for (const action of this.#before) await action();
    await flush();
    const count = index.setFilesPruned(new Set(files));
    this.#firstStored = undefined;
    await flush();
    for (const file of files) await blocks.remove(file);
    log.info('pruned', { files: files.length, blocks: count, from: this.firstStoredHeight() });
  }

  /** Height of the first block from which on all of the active chain are stored. */
  firstStoredHeight(): number {
    // No switch of branches changes it: one that leaves the chain below is refused, and the blocks of the other branch are all there.
    this.#firstStored ??= (this.lackingAbove(-1)?.height ?? -1) + 1;
    return this.#firstStored;
  }

  /** The highest block of the active chain above a height that was pruned. */
  lackingAbove(height: number): HeaderNode | undefined {
    const { active, index } = this.#parts;
    const { table } = index.tree;
    return active.highestAbove(height, (row) => !table.isStored(row));
  }
}

function notWhole(): NodeError {
  const what = 'old blocks were pruned from this data folder';
  return new NodeError('option-invalid', `${what}: start it with --prune again, or with --reindex to get all blocks anew`);
}
