import type { BlockHash } from '../../core/primitives/ids.ts';

/** Where a record lies: the offset is that of its first byte behind message start and length, as in Core's index. */
export interface FilePosition {
  readonly file: number;
  readonly offset: number;
  readonly sizeBytes: number;
}

/** Bytes of a block file and of the undo file of the same number; undefined where there is no such file. */
export interface BlockFileSizes {
  readonly blockBytes: number | undefined;
  readonly undoBytes: number | undefined;
}

/** Gives memory of at least so many bytes, with anything in them, that is nobody else's until who asked gives it back. */
export type TakeMemory = (sizeBytes: number) => Uint8Array;

/**
 * Blocks and undo records, appended and read by position. What is appended may be lost in a crash until `sync` has returned;
 * a record that is read is whole or an error.
 */
export interface BlockStore {
  /** Appends a block in wire form. */
  append(block: Uint8Array): Promise<FilePosition>;
  /**
   * @param take - where the memory for it comes from, which a store that has the block in memory does not use; new memory unless given
   * @throws NodeError `block-file-damaged`
   */
  read(position: FilePosition, take?: TakeMemory): Promise<Uint8Array>;
  /** CRC-32 (ISO-HDLC) of bytes, of 32 bits unsigned: tells what a disk changed since they were looked at, for a small part of what hashing them takes. */
  checksum(bytes: Uint8Array): number;
  /**
   * Appends a block's undo record to the undo file of the same number as the block's file. The parent's hash goes into its
   * checksum, as Core does.
   */
  appendUndo(file: number, undo: Uint8Array, prevBlockHash: BlockHash): Promise<FilePosition>;
  /** @throws NodeError `undo-file-damaged` */
  readUndo(position: FilePosition, prevBlockHash: BlockHash): Promise<Uint8Array>;
  /** Every block file by number, with the bytes of it and of the undo file of the same number. */
  files(): readonly { readonly file: number; readonly sizeBytes: number }[];
  /** The files of a number. A store that cannot lose any has no such thing. */
  fileSizes?(file: number): BlockFileSizes;
  /** Deletes a block file and its undo file; not the last one, which takes the next block. */
  remove(file: number): Promise<void>;
  /** Bytes of all files. */
  sizeBytes(): number;
  /** Everything appended so far is on disk when this returns. */
  sync(): Promise<void>;
  close(): Promise<void>;
}
