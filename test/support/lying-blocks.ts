/**
 * A block store in memory whose records can be spoilt behind the back of whoever uses it.
 *
 * @module
 */

import type { BlockStore, FilePosition } from '../../src/engine/ports/block-store.ts';
import { NodeError } from '../../src/engine/ports/node-error.ts';
import { createMemoryBlockStore } from '../../src/platform/store/memory-block-store.ts';

const key = ({ file, offset }: FilePosition): string => `${file}:${offset}`;

/** A store and what spoils it. */
export class LyingBlocks {
  readonly store: BlockStore;
  readonly #flipped = new Map<string, number>();
  readonly #lostUndos = new Set<string>();
  readonly #missing = new Set<number>();
  /** Records that were read, of blocks. */
  reads = 0;

  constructor(inner: BlockStore = createMemoryBlockStore()) {
    const read = async (position: FilePosition): Promise<Uint8Array> => {
      this.reads++;
      if (this.#missing.has(position.file)) throw new NodeError('block-file-damaged', 'there is no such file');
      const bytes = (await inner.read(position)).slice();
      const at = this.#flipped.get(key(position));
      if (at !== undefined) bytes[at]! ^= 1;
      return bytes;
    };
    const readUndo: BlockStore['readUndo'] = async (position, prevBlockHash) => {
      if (this.#lostUndos.has(key(position))) throw new NodeError('undo-file-damaged', 'the checksum differs');
      return inner.readUndo(position, prevBlockHash);
    };
    this.store = {
      append: (block) => inner.append(block),
      appendUndo: (file, undo, prevBlockHash) => inner.appendUndo(file, undo, prevBlockHash),
      checksum: (bytes) => inner.checksum(bytes),
      files: () => inner.files(),
      remove: (file) => inner.remove(file),
      sizeBytes: () => inner.sizeBytes(),
      sync: () => inner.sync(),
      close: () => inner.close(),
      fileSizes: (file) => ({ blockBytes: this.#missing.has(file) ? undefined : 2 ** 31, undoBytes: 2 ** 31 }),
      read,
      readUndo,
    };
  }

  /** Flips a bit of a block. */
  flip(position: FilePosition | undefined, at = 100): void {
    this.#flipped.set(key(position!), at);
  }

  /** An undo record fails its checksum from now on. */
  loseUndo(position: FilePosition | undefined): void {
    this.#lostUndos.add(key(position!));
  }

  /** A block file is gone. */
  loseFile(file: number): void {
    this.#missing.add(file);
  }
}
