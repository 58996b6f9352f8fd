import { bytesEqual, toHex } from '../../core/base/bytes.ts';
import type { FilterCheckpoint } from '../../core/params/types.ts';
import type { HeaderNode } from '../chain/header-node.ts';
import type { LightChain } from './light-chain.ts';

/** A checkpoint whose block is on the best branch. */
export interface KnownFilterHeader {
  readonly node: HeaderNode;
  readonly header: Uint8Array;
}

/**
 * A network's checkpoints with those that a user adds, by rising heights. Who adds one for a block that has one already must say the same.
 *
 * @returns undefined where two of them contradict each other
 */
export function mergeFilterCheckpoints(
  known: readonly FilterCheckpoint[],
  added: readonly FilterCheckpoint[],
): readonly FilterCheckpoint[] | undefined {
  const byHeight = new Map<number, FilterCheckpoint>();
  for (const each of [...known, ...added]) {
    const other = byHeight.get(each.height);
    if (other !== undefined && !isSame(each, other)) return undefined;
    byHeight.set(each.height, each);
  }
  return [...byHeight.values()].sort((a, b) => a.height - b.height);
}

function isSame(a: FilterCheckpoint, b: FilterCheckpoint): boolean {
  return bytesEqual(a.blockHash, b.blockHash) && bytesEqual(a.filterHeader, b.filterHeader);
}

/** Filter headers that are known beforehand. One counts as long as its block is on the best branch. */
export class FilterCheckpoints {
  readonly #chain: LightChain;
  readonly #checkpoints: readonly FilterCheckpoint[];
  readonly #toldElsewhere = new Set<string>();
  #onChain: readonly KnownFilterHeader[] = [];
  #tip: HeaderNode | undefined;

  /** @param checkpoints - by rising heights */
  constructor(chain: LightChain, checkpoints: readonly FilterCheckpoint[]) {
    this.#chain = chain;
    this.#checkpoints = checkpoints;
  }

  /** Those that count, by rising heights: the same array until the best branch changes. */
  onChain(): readonly KnownFilterHeader[] {
    const { active } = this.#chain;
    if (this.#tip === active.tip) return this.#onChain;
    this.#tip = active.tip;
    const found: KnownFilterHeader[] = [];
    for (const { height, blockHash, filterHeader: header } of this.#checkpoints) {
      const node = active.at(height);
      if (node !== undefined && bytesEqual(node.hash, blockHash)) found.push({ node, header });
    }
    this.#onChain = found;
    return found;
  }

  /** The highest one that counts below a height. */
  below(height: number): KnownFilterHeader | undefined {
    let found: KnownFilterHeader | undefined;
    for (const each of this.onChain()) if (each.node.height < height) found = each;
    return found;
  }

  /** The lowest one that counts above a height. */
  above(height: number): KnownFilterHeader | undefined {
    return this.onChain().find(({ node }) => node.height > height);
  }

  /** The one of a block. */
  of(block: HeaderNode): KnownFilterHeader | undefined {
    return this.onChain().find(({ node }) => node === block);
  }

  /** Whether there is one below a height that headers do not reach yet. */
  isAhead(height: number): boolean {
    const { active } = this.#chain;
    return this.#checkpoints.some((each) => each.height < height && each.height > active.height);
  }

  /** Those at whose height the best branch has another block, each told once. */
  takeElsewhere(): readonly FilterCheckpoint[] {
    const { active } = this.#chain;
    const elsewhere = this.#checkpoints.filter(({ height, blockHash }) => {
      const node = active.at(height);
      return node !== undefined && !bytesEqual(node.hash, blockHash) && !this.#toldElsewhere.has(toHex(blockHash));
    });
    for (const { blockHash } of elsewhere) this.#toldElsewhere.add(toHex(blockHash));
    return elsewhere;
  }
}
