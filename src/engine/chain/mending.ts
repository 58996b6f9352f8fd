/**
 * Brings back what is damaged: finds at the start which files are missing or cut, takes blocks that came again, and makes undo records anew.
 *
 * @module
 */

import { assert } from '../../core/base/assert.ts';
import { encodeBlock } from '../../core/primitives/block.ts';
import { toDisplayHex } from '../../core/primitives/ids.ts';
import type { FilePosition } from '../ports/block-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { BlockIndex } from './block-index.ts';
import type { ChainParts, ChainState } from './chain-state.ts';
import { isRecordDamage } from './damage.ts';
import type { HeaderNode } from './header-node.ts';
import { encodeUndo } from './undo-codec.ts';
import { spentCoinsOf } from './undo-repair.ts';

/** Bytes of the checksum that stands behind an undo record in its file. */
const UNDO_CHECKSUM_SIZE_BYTES = 32;

type Parts = Pick<ChainParts, 'index' | 'blocks' | 'damage' | 'log'>;

/** The records that a file should hold. */
interface FileContent {
  endBytes: number;
  count: number;
}

/**
 * Holds the sizes of the files to what the index says is in them. Blocks of a file that is missing or cut are damaged; the undo records of
 * one are made anew when they are needed. Pruned blocks are in no file.
 */
export function noteShortFiles({ index, blocks, damage, log }: Parts): void {
  if (blocks.fileSizes === undefined) return;
  const blockFiles = new Map<number, FileContent>();
  const undoFiles = new Map<number, FileContent>();
  for (const { block, undo } of index.positions()) {
    note(blockFiles, block, 0);
    if (undo !== undefined) note(undoFiles, undo, UNDO_CHECKSUM_SIZE_BYTES);
  }
  const short = new Map<number, number>();
  for (const [file, { endBytes, count }] of blockFiles) {
    const { blockBytes } = blocks.fileSizes(file);
    if (blockBytes !== undefined && blockBytes >= endBytes) continue;
    short.set(file, blockBytes ?? 0);
    const note = 'blocks that are lost are fetched again from peers that have them';
    log.error('block-file-damaged', { ...shortFacts('blk', file, blockBytes, endBytes), records: count, note });
  }
  for (const [file, { endBytes, count }] of undoFiles) {
    const { undoBytes } = blocks.fileSizes(file);
    if (undoBytes !== undefined && undoBytes >= endBytes) continue;
    const note = 'its records are made anew one by one when they are needed; all at once with --reindex-chainstate';
    log.error('undo-file-damaged', { ...shortFacts('rev', file, undoBytes, endBytes), records: count, note });
  }
  if (short.size > 0) damage.noteAll(lostBlocks(index, short), 'its file is missing or cut');
}

function note(files: Map<number, FileContent>, { file, offset, sizeBytes }: FilePosition, behindSizeBytes: number): void {
  const content = files.get(file) ?? { endBytes: 0, count: 0 };
  content.endBytes = Math.max(content.endBytes, offset + sizeBytes + behindSizeBytes);
  content.count++;
  files.set(file, content);
}

function shortFacts(kind: 'blk' | 'rev', file: number, sizeBytes: number | undefined, endBytes: number): Record<string, string> {
  const what = sizeBytes === undefined ? 'is missing' : `has ${sizeBytes} bytes where at least ${endBytes} were written`;
  return { file: `blocks/${kind}${String(file).padStart(5, '0')}.dat`, why: what };
}

function* lostBlocks(index: BlockIndex, short: ReadonlyMap<number, number>): Generator<HeaderNode> {
  for (const { row, block } of index.positions()) {
    const sizeBytes = short.get(block.file);
    if (sizeBytes !== undefined && block.offset + block.sizeBytes > sizeBytes) yield index.tree.nodes.of(row);
  }
}

/** What mending works with. */
export interface MendingParts extends ChainParts {
  readonly state: ChainState;
  readonly clock: Pick<Clock, 'yield'>;
  /** Runs what may change the chain between two other changes. */
  readonly change: <T>(task: () => Promise<T>) => Promise<T>;
  /** Moves to the best block there is now. */
  readonly settle: () => Promise<unknown>;
}

/** Ends a walk: the chain is being closed. */
class Ended extends Error {}

/** What an undo record would be made of was pruned. */
class PrunedBelow extends Error {
  override readonly message = 'it cannot be made anew, since blocks below it were pruned: --reindex gets the chain again';
}

/** Takes back what was damaged. */
export class Mending {
  readonly #parts: MendingParts;
  #running: Promise<void> | undefined;
  /** Something new is damaged since the last look. */
  #again = false;
  #ended = false;

  constructor(parts: MendingParts) {
    this.#parts = parts;
  }

  /** A damaged block was checked and lies elsewhere now. To be called between two changes of the chain. */
  stored(node: HeaderNode, position: FilePosition): void {
    const { damage, emit, index, state } = this.#parts;
    index.setMoved(node, position);
    damage.blockMended(node);
    state.mended();
    if (damage.takeMore()) noteShortFiles(this.#parts);
    emit({ kind: 'block-mended', node });
    this.begin();
  }

  /** Makes the undo records anew that are damaged, one after another, while others have their turn. */
  begin(): void {
    this.#again = true;
    if (this.#running !== undefined || this.#ended) return;
    this.#running = this.#mendAll().finally(() => {
      this.#running = undefined;
    });
  }

  async #mendAll(): Promise<void> {
    while (this.#again && !this.#ended) {
      this.#again = false;
      await this.#mendGenesis();
      await this.#mendUndos();
    }
  }

  /** The first block is known without any peer. */
  async #mendGenesis(): Promise<void> {
    const { blocks, change, damage, index, params } = this.#parts;
    const { genesis } = index.tree;
    if (!damage.hasBlock(genesis)) return;
    await change(async () => {
      if (!this.#ended && damage.hasBlock(genesis)) this.stored(genesis, await blocks.append(encodeBlock(params.genesis)));
    }).catch((error: unknown) => this.#failed('genesis-not-mended', genesis, error));
  }

  /** Whoever writes hears of a disk that fails from the chain. */
  #failed(event: string, node: HeaderNode, error: unknown): void {
    this.#parts.log.warn(event, { height: node.height, why: error instanceof Error ? error.message : String(error) });
  }

  async #mendUndos(): Promise<void> {
    // What cannot be mended now is tried again when a block that it may need was mended.
    for (const node of [...this.#parts.damage.undos()]) {
      if (this.#ended) return;
      try {
        await this.#mendUndo(node);
      } catch (error) {
        if (error instanceof Ended) return;
        if (!isRecordDamage(error)) this.#failed('undo-not-mended', node, error);
        if (error instanceof PrunedBelow) this.#parts.damage.undoLost(node, error.message);
      }
    }
  }

  async #mendUndo(node: HeaderNode): Promise<void> {
    const { blocks, change, clock, damage, emit, index, log, settle, state } = this.#parts;
    const spentCoins = await spentCoinsOf(node, {
      read: async (each) => {
        if (each.block === undefined) throw new PrunedBelow();
        return state.readBlock(each);
      },
      pause: async () => {
        await clock.yield();
        if (this.#ended) throw new Ended();
      },
    });
    assert(spentCoins !== undefined, 'what a connected block spent was made below it');
    await change(async () => {
      if (this.#ended || node.block === undefined || node.parent === undefined) return;
      index.setUndo(node, await blocks.appendUndo(node.block.file, encodeUndo(spentCoins), node.parent.hash));
      damage.undoDone(node);
      state.mended();
      log.info('undo-mended', { hash: toDisplayHex(node.hash), height: node.height });
      emit({ kind: 'block-mended', node });
      await settle();
    });
  }

  /** Ends what is under way. */
  async close(): Promise<void> {
    this.#ended = true;
    await this.#running;
  }
}
