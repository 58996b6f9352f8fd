import type { NetworkParams } from '../../core/params/types.ts';
import type { BlockHeader } from '../../core/primitives/block.ts';
import { acceptHeaders, type HeadersOutcome } from '../chain/accept-header.ts';
import { ActiveChain } from '../chain/active-chain.ts';
import type { BlockIndex } from '../chain/block-index.ts';
import type { HeaderNode } from '../chain/header-node.ts';
import { ancestorOf, type HeaderTree } from '../chain/header-tree.ts';
import type { Clock } from '../ports/clock.ts';
import type { HeaderPage } from '../ports/header-store.ts';

/** What headers are kept in. */
export interface LightChainOptions {
  readonly params: NetworkParams;
  /** With what was stored. */
  readonly index: BlockIndex;
  readonly clock: Pick<Clock, 'nowSeconds'>;
}

/**
 * The headers of a network, by all its rules, and of them the branch of most work. No blocks: what the rules say of those is asked only of the
 * few that are fetched.
 */
export class LightChain {
  readonly tree: HeaderTree;
  /** Up to the best header. */
  readonly active: ActiveChain;
  readonly #options: LightChainOptions;

  constructor(options: LightChainOptions) {
    this.#options = options;
    this.tree = options.index.tree;
    this.active = new ActiveChain(this.tree.best);
  }

  /** Takes headers in order and stops at the first that is refused. */
  acceptHeaders(headers: readonly BlockHeader[]): HeadersOutcome {
    const { params, index, clock } = this.#options;
    const outcome = acceptHeaders({ params, index, clock, emit: () => {} }, headers);
    this.#follow();
    return outcome;
  }

  /** A block turned out to break a rule: its branch is left. */
  setFailed(node: HeaderNode): void {
    this.#options.index.setFailed(node);
    this.#follow();
  }

  /** Headers that are to be written, so many pages of them at most. */
  takeDirty(pagesMax?: number): readonly HeaderPage[] {
    const { index } = this.#options;
    return index.dirtyPages === 0 ? [] : index.takeDirty(pagesMax).pages;
  }

  #follow(): void {
    const { best } = this.tree;
    if (best === this.active.tip) return;
    const fork = this.active.fork(best);
    while (this.active.tip !== fork) this.active.pop();
    for (let height = fork.height + 1; height <= best.height; height++) this.active.push(ancestorOf(best, height));
  }
}
