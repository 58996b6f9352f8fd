import type { HeaderNode } from './header-node.ts';

/** Blocks that are remembered; half a megabyte at most. */
export const WHOLE_BLOCKS_MAX = 8_192;

/**
 * The checksums of stored blocks that were lately held to what their headers commit to. Bytes that have one of them still are what was
 * looked at: a disk that changes them is found by it, and a checksum costs a hundredth of hashing every transaction.
 */
export class WholeBlocks {
  /** By row, the one that was found whole the longest ago first. */
  readonly #checksums = new Map<number, number>();

  /** Whether the bytes of a block that have this checksum were found whole. */
  has(node: HeaderNode, checksum: number): boolean {
    return this.#checksums.get(node.row) === checksum;
  }

  /** The bytes with this checksum are the whole block. */
  add(node: HeaderNode, checksum: number): void {
    this.#checksums.delete(node.row);
    this.#checksums.set(node.row, checksum);
    if (this.#checksums.size <= WHOLE_BLOCKS_MAX) return;
    for (const oldest of this.#checksums.keys()) {
      this.#checksums.delete(oldest);
      return;
    }
  }
}
