import type { BlockHeader } from '../../core/primitives/block.ts';
import { INVENTORY } from '../../core/wire/inventory.ts';
import type { HeaderNode } from '../chain/header-node.ts';
import { isAncestorOf } from '../chain/header-tree.ts';
import type { SyncContext } from './context.ts';
import type { Peer } from './peer.ts';

/** Most headers in one announcement; where more are new, the tip is announced by `inv`. Core's MAX_BLOCKS_TO_ANNOUNCE. */
export const HEADERS_PER_ANNOUNCEMENT_MAX = 8;

/** Announces the tip to those who have not got it. */
export class BlockRelay {
  readonly #context: SyncContext;
  /** The last one; at first the tip that we start with, of which whoever connects hears by asking. */
  #announced: HeaderNode;

  constructor(context: SyncContext) {
    this.#context = context;
    this.#announced = context.chain.active.tip;
  }

  /** Announces the tip if it is another one than last time. To be called while we are not behind anybody. */
  announce(): void {
    const { tip } = this.#context.chain.active;
    if (tip === this.#announced) return;
    this.#announced = tip;
    for (const peer of this.#context.ready()) this.#announceTo(peer, tip);
  }

  #announceTo(peer: Peer, tip: HeaderNode): void {
    if (has(peer, tip)) return;
    const headers: BlockHeader[] = [];
    let node: HeaderNode | undefined = tip;
    while (node !== undefined && headers.length <= HEADERS_PER_ANNOUNCEMENT_MAX && !has(peer, node)) {
      headers.unshift(node.header);
      node = node.parent;
    }
    // Headers only tell something to those who know what they build on.
    if (peer.headers.wanted && headers.length <= HEADERS_PER_ANNOUNCEMENT_MAX && node !== undefined) {
      this.#context.send(peer, { type: 'headers', headers });
    } else {
      this.#context.send(peer, { type: 'inv', items: [{ kind: INVENTORY.block, hash: tip.hash }] });
    }
    peer.headers.bestSent = tip;
  }
}

/** Whether a peer has shown a header, or was sent it. */
function has(peer: Peer, node: HeaderNode): boolean {
  const { bestKnown, bestSent } = peer.headers;
  return (bestKnown !== undefined && isAncestorOf(node, bestKnown)) || (bestSent !== undefined && isAncestorOf(node, bestSent));
}
