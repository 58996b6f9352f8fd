import { filterHeaderOfHash } from '../../core/filters/basic-filter.ts';
import type { HeaderNode } from '../chain/header-node.ts';
import type { HeaderTree } from '../chain/header-tree.ts';

/** Bytes of a filter header. */
const HEADER_SIZE = 32;

/** Filter headers of a stored page: 32 KiB. */
export const FILTER_PAGE_HEADERS = 1_024;

const NO_HEADER: Uint8Array = new Uint8Array(HEADER_SIZE);

/** The header that the first block's filter builds on. */
export const FIRST_PREVIOUS_HEADER: Uint8Array = NO_HEADER;

/**
 * The filter header of every block of which it is known, by the block's row in the header tree: 32 bytes a header. Branches that were left keep
 * theirs, so that a way back costs nothing.
 */
export class FilterHeaders {
  readonly #tree: HeaderTree;
  #bytes: Uint8Array = new Uint8Array(FILTER_PAGE_HEADERS * HEADER_SIZE);
  readonly #dirty = new Set<number>();

  constructor(tree: HeaderTree) {
    this.#tree = tree;
  }

  /** Memory it takes. */
  get sizeBytes(): number {
    return this.#bytes.byteLength;
  }

  /** 32 bytes, wire order; undefined where it is not known. */
  get({ row }: HeaderNode): Uint8Array | undefined {
    const at = row * HEADER_SIZE;
    // All zeros stand for none: a hash of that value has never been seen.
    const bytes = this.#bytes.subarray(at, at + HEADER_SIZE);
    return bytes.length === HEADER_SIZE && bytes.some((byte) => byte !== 0) ? bytes.slice() : undefined;
  }

  /** The header that a block's filter header builds on. */
  before(node: HeaderNode): Uint8Array | undefined {
    return node.parent === undefined ? FIRST_PREVIOUS_HEADER : this.get(node.parent);
  }

  /** The header that follows where a block's filter has this hash; undefined where that of the block before is not known. */
  following(node: HeaderNode, filterHash: Uint8Array): Uint8Array | undefined {
    const before = this.before(node);
    return before === undefined ? undefined : filterHeaderOfHash(filterHash, before);
  }

  set({ row }: HeaderNode, header: Uint8Array): void {
    this.#put(row, header);
  }

  /** Forgets the header of a block and of all that build on it. */
  clearFrom(node: HeaderNode): void {
    this.#put(node.row, NO_HEADER);
    for (const row of this.#tree.descendants(node.row)) this.#put(row, NO_HEADER);
  }

  #put(row: number, header: Uint8Array): void {
    const end = (row + 1) * HEADER_SIZE;
    if (end > this.#bytes.length) {
      if (header === NO_HEADER) return;
      const more = new Uint8Array(Math.ceil((end * 1.25) / HEADER_SIZE) * HEADER_SIZE);
      more.set(this.#bytes);
      this.#bytes = more;
    }
    this.#bytes.set(header, row * HEADER_SIZE);
    this.#dirty.add(Math.floor(row / FILTER_PAGE_HEADERS));
  }

  /** Takes back a stored page, as far as its rows are in the tree. */
  restore(page: number, bytes: Uint8Array): void {
    for (let i = 0; (i + 1) * HEADER_SIZE <= bytes.length && page * FILTER_PAGE_HEADERS + i < this.#tree.size; i++) {
      this.#put(page * FILTER_PAGE_HEADERS + i, bytes.subarray(i * HEADER_SIZE, (i + 1) * HEADER_SIZE));
    }
    this.#dirty.delete(page);
  }

  /** Pages that changed, with their numbers. */
  takeDirty(): readonly (readonly [page: number, bytes: Uint8Array])[] {
    const size = FILTER_PAGE_HEADERS * HEADER_SIZE;
    const pages = [...this.#dirty].map((page) => [page, this.#bytes.slice(page * size, (page + 1) * size)] as const);
    this.#dirty.clear();
    return pages;
  }
}
