import type { HashKey } from '../core/primitives/ids.ts';
import { hashKey } from '../core/primitives/ids.ts';
import type { Chain } from '../engine/chain/chain.ts';
import type { BlockEvent } from '../engine/chain/chain-event.ts';
import type { HeaderNode } from '../engine/chain/header-node.ts';

/** Most bytes of blocks that are kept, in wire form; taken apart they are some times that. One block is kept whatever its size. */
const KEPT_BYTES_MAX = 1_000_000;

/** Most blocks that are kept: the smallest, of 300 bytes, is some 10 KB once it is taken apart. */
export const KEPT_BLOCKS_MAX = 200;

/**
 * The last blocks that the chain connected or disconnected, or that one of those who follow it read, so that the others need not read and
 * take apart the same block again.
 */
export class RecentBlocks {
  readonly #blocks = new Map<HashKey, BlockEvent>();
  readonly #unsubscribe: () => void;
  #sizeBytes = 0;

  constructor(chain: Chain) {
    this.#unsubscribe = chain.subscribe((event) => {
      if (event.kind === 'block-connected' || event.kind === 'block-disconnected') this.keep(event);
    });
  }

  /** Keeps a block for a while, at the expense of the one that came first. */
  keep(event: BlockEvent): void {
    this.#delete(hashKey(event.node.hash));
    this.#blocks.set(hashKey(event.node.hash), event);
    this.#sizeBytes += event.block.sizeBytes;
    for (const key of this.#blocks.keys()) {
      const isWithin = this.#sizeBytes <= KEPT_BYTES_MAX && this.#blocks.size <= KEPT_BLOCKS_MAX;
      if (isWithin || this.#blocks.size === 1) return;
      this.#delete(key);
    }
  }

  #delete(key: HashKey): void {
    this.#sizeBytes -= this.#blocks.get(key)?.block.sizeBytes ?? 0;
    this.#blocks.delete(key);
  }

  get(node: HeaderNode): BlockEvent | undefined {
    return this.#blocks.get(hashKey(node.hash));
  }

  close(): void {
    this.#unsubscribe();
    this.#blocks.clear();
  }
}
