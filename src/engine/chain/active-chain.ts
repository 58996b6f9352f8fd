import type { BlockHash } from '../../core/primitives/ids.ts';
import type { HeaderNode } from './header-node.ts';
import type { HeaderTree } from './header-tree.ts';
import { findFork } from './header-tree.ts';

/** The branch whose coins are held, by height. */
export class ActiveChain {
  readonly #nodes: HeaderNode[];

  /** @param tip - the branch's last block */
  constructor(tip: HeaderNode) {
    this.#nodes = [];
    for (let node: HeaderNode | undefined = tip; node !== undefined; node = node.parent) this.#nodes.push(node);
    this.#nodes.reverse();
  }

  get tip(): HeaderNode {
    return this.#nodes[this.#nodes.length - 1]!;
  }

  get height(): number {
    return this.#nodes.length - 1;
  }

  /** The block at a height, undefined above the tip and below 0. */
  at(height: number): HeaderNode | undefined {
    return this.#nodes[height];
  }

  contains(node: HeaderNode): boolean {
    return this.#nodes[node.height] === node;
  }

  /** The block after one on this branch. */
  next(node: HeaderNode): HeaderNode | undefined {
    return this.contains(node) ? this.#nodes[node.height + 1] : undefined;
  }

  /** The last block that this branch and another have in common. */
  fork(node: HeaderNode): HeaderNode {
    return findFork(this.tip, node);
  }

  /** The first block of a locator that is on this branch, else the genesis block. Core's `FindForkInGlobalIndex`. */
  locate(locator: readonly BlockHash[], tree: HeaderTree): HeaderNode {
    for (const hash of locator) {
      const node = tree.get(hash);
      if (node === undefined) continue;
      if (this.contains(node)) return node;
      // A branch that goes on above our tip has it below: whoever sent this is ahead of us.
      if (node.height > this.height && this.fork(node) === this.tip) return this.tip;
    }
    return this.#nodes[0]!;
  }

  /** Goes one block on. */
  push(node: HeaderNode): void {
    this.#nodes.push(node);
  }

  /** Goes one block back. */
  pop(): void {
    this.#nodes.pop();
  }
}
