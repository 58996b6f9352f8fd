import type { HeaderNode } from '../chain/header-node.ts';
import { isFailed } from '../chain/header-node.ts';
import type { SyncContext } from './context.ts';
import type { Peer, PeerId } from './peer.ts';

/** Time between looking whether blocks that were stored turned out invalid. */
const LOOK_INTERVAL_MS = 1_000;

/**
 * Who sent the blocks that are stored and not connected yet. A block that came early is judged in full only when those before it are here;
 * if it then breaks a rule, its sender is let go.
 */
export class BlockSources {
  readonly #context: SyncContext;
  readonly #sources = new Map<HeaderNode, PeerId>();
  #lookAtMs = 0;

  constructor(context: SyncContext) {
    this.#context = context;
  }

  /** A peer sent a block that is stored now. */
  add(node: HeaderNode, peer: Peer): void {
    if (this.#context.chain.active.contains(node)) return;
    if (this.#sources.size === 0) this.#lookAtMs = this.#context.nowMs() + LOOK_INTERVAL_MS;
    this.#sources.set(node, peer.id);
    this.#context.wakeBy(this.#lookAtMs);
  }

  /** The peer is gone. */
  gone(peer: Peer): void {
    for (const [node, id] of this.#sources) if (id === peer.id) this.#sources.delete(node);
  }

  /** Looks what became of the blocks. */
  tick(): void {
    if (this.#sources.size === 0) return;
    const now = this.#context.nowMs();
    if (now < this.#lookAtMs) {
      this.#context.wakeBy(this.#lookAtMs);
      return;
    }
    this.#lookAtMs = now + LOOK_INTERVAL_MS;
    const { active } = this.#context.chain;
    for (const [node, id] of this.#sources) {
      const behind = node.chainWork < active.tip.chainWork && !isFailed(node);
      if (!active.contains(node) && !isFailed(node) && !behind) continue;
      this.#sources.delete(node);
      const peer = this.#context.peers.get(id);
      if (isFailed(node) && peer !== undefined) this.#context.disconnect(peer, 'block-invalid');
    }
    if (this.#sources.size > 0) this.#context.wakeBy(this.#lookAtMs);
  }
}
