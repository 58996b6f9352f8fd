import { bytesEqual } from '../core/base/bytes.ts';
import { MEDIAN_TIME_SPAN, medianTime } from '../core/consensus/median-time.ts';
import type { NetworkParams } from '../core/params/types.ts';
import type { BlockHeader } from '../core/primitives/block.ts';
import type { BlockHash, HashKey } from '../core/primitives/ids.ts';
import { hashKey } from '../core/primitives/ids.ts';
import { LOCATOR_MAX } from '../core/wire/locator.ts';
import type { BuildParent } from './build-block.ts';

/** The chain that the target says it is on, header by header from the first block. Nothing of it is checked but that it hangs together. */
export class SeenChain {
  readonly #headers: BlockHeader[];
  readonly #heights = new Map<HashKey, number>();

  constructor({ genesis }: Pick<NetworkParams, 'genesis'>) {
    this.#headers = [genesis.header];
    this.#heights.set(hashKey(genesis.header.hash), 0);
  }

  /** The last block. */
  get tip(): BuildParent {
    return this.at(this.#headers.length - 1);
  }

  /** A block of it as the parent of another. */
  at(height: number): BuildParent {
    const header = this.#headers[height] as BlockHeader;
    const times = this.#headers.slice(Math.max(0, height + 1 - MEDIAN_TIME_SPAN), height + 1).map(({ timeSeconds }) => timeSeconds);
    return { header, height, medianTimeSeconds: medianTime(times) };
  }

  /** Where a block is on it; undefined where it is not. */
  heightOf(hash: BlockHash): number | undefined {
    return this.#heights.get(hashKey(hash));
  }

  /** Hashes by which the target finds where the two part: dense at the end, sparse towards the beginning. */
  locator(): BlockHash[] {
    const hashes: BlockHash[] = [];
    let step = 1;
    for (let height = this.#headers.length - 1; height > 0 && hashes.length < LOCATOR_MAX - 1; height -= step) {
      hashes.push((this.#headers[height] as BlockHeader).hash);
      if (hashes.length >= 10) step *= 2;
    }
    return [...hashes, (this.#headers[0] as BlockHeader).hash];
  }

  /** Takes headers that follow one of its own, and drops what came after that. @returns false where they do not hang together */
  take(headers: readonly BlockHeader[]): boolean {
    const [first] = headers;
    if (first === undefined) return true;
    const parent = this.heightOf(first.prevBlockHash);
    if (parent === undefined) return false;
    for (const { hash } of this.#headers.splice(parent + 1)) this.#heights.delete(hashKey(hash));
    for (const header of headers) {
      if (!bytesEqual(header.prevBlockHash, (this.#headers.at(-1) as BlockHeader).hash)) return false;
      this.#heights.set(hashKey(header.hash), this.#headers.length);
      this.#headers.push(header);
    }
    return true;
  }
}
