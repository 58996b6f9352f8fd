import { checkBlock } from '../../core/consensus/check-block.ts';
import { checkBlockInContext } from '../../core/consensus/check-block-in-context.ts';
import type { Block } from '../../core/primitives/block.ts';
import { type HashKey, hashKey } from '../../core/primitives/ids.ts';
import { INVENTORY, type InventoryItem } from '../../core/wire/inventory.ts';
import type { HeaderNode } from '../chain/header-node.ts';
import type { Peer, PeerId } from '../sync/peer.ts';
import type { LightContext } from './light-context.ts';

/** A block that was asked for comes within this time; then another peer is asked. */
export const BLOCK_TIMEOUT_MS = 30_000;

/** Blocks that one peer is asked for at once. */
const IN_FLIGHT_MAX = 4;

interface Wanted {
  readonly node: HeaderNode;
  readonly receivers: ((block: Block) => void)[];
  /** Who was asked, and until when it has time. */
  asked: { readonly peer: PeerId; readonly dueMs: number } | undefined;
  /** Peers that said that they do not have it, and when they may be asked again. */
  readonly lacking: Map<PeerId, number>;
}

/**
 * Fetches blocks, each from one peer at a time, and checks them: the transactions and witnesses are those that the header stands for, and
 * every rule is kept that needs no coins.
 */
export class BlockFetch {
  readonly #context: LightContext;
  readonly #onInvalid: (node: HeaderNode) => void;
  readonly #wanted = new Map<HashKey, Wanted>();

  /** @param onInvalid - told of a block that breaks a rule, whoever sends it */
  constructor(context: LightContext, onInvalid: (node: HeaderNode) => void) {
    this.#context = context;
    this.#onInvalid = onInvalid;
  }

  /** Fetches a block for one more receiver. */
  want(node: HeaderNode, receiver: (block: Block) => void): void {
    const key = hashKey(node.hash);
    const known = this.#wanted.get(key);
    if (known !== undefined) known.receivers.push(receiver);
    else this.#wanted.set(key, { node, receivers: [receiver], asked: undefined, lacking: new Map() });
    this.request();
  }

  /** Forgets what is wanted and no longer on the best branch. */
  reorganised(): void {
    for (const [key, { node }] of this.#wanted) if (!this.#context.chain.active.contains(node)) this.#wanted.delete(key);
  }

  /** Asks for what nobody was asked for. */
  request(): void {
    for (const wanted of this.#wanted.values()) {
      if (wanted.asked !== undefined) continue;
      const peer = this.#leastBusy(wanted);
      if (peer === undefined) {
        if (wanted.lacking.size > 0) this.#context.wakeBy(Math.min(...wanted.lacking.values()));
        continue;
      }
      wanted.asked = { peer: peer.id, dueMs: this.#context.nowMs() + BLOCK_TIMEOUT_MS };
      this.#context.send(peer, { type: 'getdata', items: [{ kind: INVENTORY.witnessBlock, hash: wanted.node.hash }] });
      this.#context.wakeBy(wanted.asked.dueMs);
    }
  }

  #leastBusy({ node, lacking }: Wanted): Peer | undefined {
    let best: { readonly peer: Peer; readonly load: number } | undefined;
    for (const peer of this.#context.having(node)) {
      if ((lacking.get(peer.id) ?? 0) > this.#context.nowMs()) continue;
      const load = [...this.#wanted.values()].filter(({ asked }) => asked?.peer === peer.id).length;
      if (load < IN_FLIGHT_MAX && (best === undefined || load < best.load)) best = { peer, load };
    }
    return best?.peer;
  }

  /** A block came; one that was not asked of this peer is ignored. */
  received(peer: Peer, block: Block): void {
    const key = hashKey(block.header.hash);
    const wanted = this.#wanted.get(key);
    if (wanted === undefined || wanted.asked?.peer !== peer.id) return;
    const { node } = wanted;
    const { consensus } = this.#context.params;
    const prevMedianTimeSeconds = node.parent?.medianTimeSeconds ?? 0;
    const rejection =
      node.parent === undefined
        ? checkBlock(block, consensus)
        : (checkBlock(block, consensus) ?? checkBlockInContext(block, { height: node.height, prevMedianTimeSeconds }, consensus));
    if (rejection?.kind === 'mutated' || rejection?.kind === 'header') {
      this.#context.disconnect(peer, 'block-mutated');
      return;
    }
    this.#wanted.delete(key);
    if (rejection !== undefined) {
      this.#context.log.warn('block-invalid', { height: node.height, reason: rejection.reason });
      this.#onInvalid(node);
      return;
    }
    for (const receiver of wanted.receivers) receiver(block);
    this.request();
  }

  /** A peer does not have what it was asked for. */
  notFound(peer: Peer, items: readonly InventoryItem[]): void {
    for (const { hash } of items) {
      const wanted = this.#wanted.get(hashKey(hash));
      if (wanted?.asked?.peer !== peer.id) continue;
      wanted.asked = undefined;
      wanted.lacking.set(peer.id, this.#context.nowMs() + BLOCK_TIMEOUT_MS);
    }
    this.request();
  }

  gone(peer: Peer): void {
    for (const wanted of this.#wanted.values()) {
      wanted.lacking.delete(peer.id);
      if (wanted.asked?.peer === peer.id) wanted.asked = undefined;
    }
    this.request();
  }

  /** Moves on from peers that are late. */
  tick(): void {
    const now = this.#context.nowMs();
    for (const { asked } of this.#wanted.values()) {
      if (asked === undefined) continue;
      if (asked.dueMs <= now) {
        const peer = this.#context.peers.get(asked.peer);
        if (peer !== undefined) this.#context.disconnect(peer, 'block-timeout');
      } else {
        this.#context.wakeBy(asked.dueMs);
      }
    }
    this.request();
  }
}
