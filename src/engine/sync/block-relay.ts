import type { Block, BlockHeader } from '../../core/primitives/block.ts';
import { INVENTORY } from '../../core/wire/inventory.ts';
import type { HeaderNode } from '../chain/header-node.ts';
import { isAncestorOf } from '../chain/header-tree.ts';
import type { SyncContext } from './context.ts';
import type { Peer } from './peer.ts';
import { fitsCompact, type RecentBlock } from './recent-block.ts';

/** Most headers in one announcement; where more are new, the tip is announced by `inv`. Core's MAX_BLOCKS_TO_ANNOUNCE. */
export const HEADERS_PER_ANNOUNCEMENT_MAX = 8;

/** From here on a peer lets compact blocks be passed on to it that are not judged in full. Core's INVALID_CB_NO_BAN_VERSION. */
const UNJUDGED_BLOCKS_VERSION = 70_015;

/** Announces the tip to those who have not got it. */
export class BlockRelay {
  readonly #context: SyncContext;
  readonly #recent: RecentBlock;
  /** No block at this height or below is passed on before it is judged: whoever mines at one height twice is not helped to do so. */
  #soundHeight = 0;
  /** The last one; at first the tip that we start with, of which whoever connects hears by asking. */
  #announced: HeaderNode;

  constructor(context: SyncContext, recent: RecentBlock) {
    this.#context = context;
    this.#recent = recent;
    this.#announced = context.chain.active.tip;
  }

  /** Announces the tip if it is another one than last time. To be called while we are not behind anybody. */
  announce(): void {
    const { tip } = this.#context.chain.active;
    if (tip === this.#announced) return;
    this.#announced = tip;
    for (const peer of this.#context.ready()) this.#announceTo(peer, tip);
  }

  /**
   * Passes on a block on our tip that shows its work and whose transactions are those of its header, before it is judged in full, to those who
   * want that and know its parent. Core's `NewPoWValidBlock`.
   */
  announceSound(node: HeaderNode, block: Block): void {
    const { params, chain } = this.#context;
    if (node.height <= this.#soundHeight) return;
    this.#soundHeight = node.height;
    // Short ids of wtxids are of use only where blocks commit to them.
    if (node.height < params.consensus.heights.segwit || !fitsCompact(block)) return;
    const { compact } = this.#recent.keep(block, this.#context.nonce());
    const parent = node.parent ?? chain.tree.genesis;
    for (const peer of this.#context.ready()) {
      const isNew = (peer.version?.protocolVersion ?? 0) >= UNJUDGED_BLOCKS_VERSION && !has(peer, node) && has(peer, parent);
      if (!isNew || !peer.compact.wantsUnasked) continue;
      this.#context.send(peer, compact);
      peer.headers.bestSent = node;
    }
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
    if (peer.compact.wantsUnasked && headers.length === 1 && node !== undefined) {
      const recent = this.#recent.get(tip.hash);
      if (recent !== undefined) this.#context.send(peer, recent.compact);
      else this.#context.emit({ kind: 'read-block', peer: peer.id, node: tip, purpose: { kind: 'announce' } });
    } else if (peer.headers.wanted && headers.length <= HEADERS_PER_ANNOUNCEMENT_MAX && node !== undefined) {
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
