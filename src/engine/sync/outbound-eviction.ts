import { toNetworkAddress } from '../../core/wire/network-address.ts';
import type { HeaderNode } from '../chain/header-node.ts';
import type { ConnectionType } from '../ports/network-service.ts';
import type { SyncContext } from './context.ts';
import type { AutomaticType, OutboundSlots } from './outbound-slots.ts';
import type { Peer } from './peer.ts';

/** A peer that shows no chain of as much work as ours for so long is asked once more. Core's CHAIN_SYNC_TIMEOUT. */
export const CHAIN_SYNC_TIMEOUT_MS: number = 20 * 60_000;

/** And has so long to answer. Core's HEADERS_RESPONSE_TIME. */
export const CHAIN_SYNC_ANSWER_MS = 120_000;

/** Peers that have shown a chain as good as ours and are let go for neither. Core's MAX_OUTBOUND_PEERS_TO_PROTECT_FROM_DISCONNECT. */
export const PROTECTED_MAX = 4;

/** Time between looking for a surplus. Core's EXTRA_PEER_CHECK_INTERVAL. */
export const SURPLUS_CHECK_MS = 45_000;

/** A connection has this long to show what it is worth. Core's MINIMUM_CONNECT_TIME. */
export const CONNECTED_MS_MIN = 30_000;

/** How a peer that we chose keeps up. */
interface Standing {
  /** One of the few that are let go neither for lagging nor as a surplus. */
  protected: boolean;
  /** When it last brought the header of a block that was new and better than our tip; never: negative infinity. */
  announcedAtMs: number;
  /** Our tip when it was found to lag, which it must reach in time; undefined while it keeps up. */
  lag: { readonly goal: HeaderNode; readonly dueAtMs: number; readonly asked: boolean } | undefined;
}

const PERMANENT: ReadonlySet<ConnectionType> = new Set<ConnectionType>(['outbound-full-relay', 'block-relay-only']);

/**
 * Which of the peers that we chose are let go: those that stay behind our chain (Core's `ConsiderEviction`), and where there is one more than
 * we hold, the one that was of least use (`EvictExtraOutboundPeers`).
 */
export class OutboundEviction {
  readonly #context: SyncContext;
  readonly #slots: OutboundSlots;
  readonly #ask: (peer: Peer, from: HeaderNode) => void;
  readonly #standings = new WeakMap<Peer, Standing>();
  #checkAtMs: number;

  /** @param ask - asks a peer for its headers after one */
  constructor(context: SyncContext, slots: OutboundSlots, ask: (peer: Peer, from: HeaderNode) => void) {
    this.#context = context;
    this.#slots = slots;
    this.#ask = ask;
    this.#checkAtMs = context.nowMs() + SURPLUS_CHECK_MS;
  }

  /** A peer sent headers. @param isNew - the last of them was not known before */
  showed(peer: Peer, isNew: boolean): void {
    const { bestKnown } = peer.headers;
    const { tip } = this.#context.chain.active;
    if (peer.leaving || bestKnown === undefined) return;
    const standing = this.#of(peer);
    if (isNew && bestKnown.chainWork > tip.chainWork) standing.announcedAtMs = this.#context.nowMs();
    if (peer.connectionType !== 'outbound-full-relay' || bestKnown.chainWork < tip.chainWork) return;
    if (!standing.protected && this.#protectedCount() < PROTECTED_MAX) standing.protected = true;
  }

  /** Whether one peer keeps up. */
  tickPeer(peer: Peer): void {
    if (!peer.ready || peer.leaving || !peer.headers.started || !PERMANENT.has(peer.connectionType)) return;
    const standing = this.#of(peer);
    if (standing.protected) return;
    const now = this.#context.nowMs();
    const { tip } = this.#context.chain.active;
    const { bestKnown } = peer.headers;
    if (bestKnown !== undefined && bestKnown.chainWork >= tip.chainWork) {
      standing.lag = undefined;
      return;
    }
    const { lag } = standing;
    // Who reached what was our tip then is given the time again.
    if (lag === undefined || (bestKnown !== undefined && bestKnown.chainWork >= lag.goal.chainWork)) {
      standing.lag = { goal: tip, dueAtMs: now + CHAIN_SYNC_TIMEOUT_MS, asked: false };
    } else if (now >= lag.dueAtMs && lag.asked) {
      this.#context.disconnect(peer, 'chain-behind');
      return;
    } else if (now >= lag.dueAtMs) {
      this.#ask(peer, lag.goal.parent ?? lag.goal);
      standing.lag = { goal: lag.goal, dueAtMs: now + CHAIN_SYNC_ANSWER_MS, asked: true };
    }
    if (standing.lag !== undefined) this.#context.wakeBy(standing.lag.dueAtMs);
  }

  /** Looks for a surplus. */
  tick(): void {
    const now = this.#context.nowMs();
    const surplus = { blocks: this.#surplus('block-relay-only'), full: this.#surplus('outbound-full-relay') };
    if (surplus.blocks <= 0 && surplus.full <= 0) return;
    if (now >= this.#checkAtMs) {
      this.#checkAtMs = now + SURPLUS_CHECK_MS;
      if (surplus.blocks > 0) this.#letGo(this.#leastForBlocks(), now);
      if (surplus.full > 0 && this.#letGo(this.#leastOfAll(), now)) this.#slots.settled();
    }
    this.#context.wakeBy(this.#checkAtMs);
  }

  #of(peer: Peer): Standing {
    let standing = this.#standings.get(peer);
    if (standing === undefined) {
      standing = { protected: false, announcedAtMs: Number.NEGATIVE_INFINITY, lag: undefined };
      this.#standings.set(peer, standing);
    }
    return standing;
  }

  #protectedCount(): number {
    let count = 0;
    for (const peer of this.#context.ready()) if (this.#standings.get(peer)?.protected === true) count++;
    return count;
  }

  /** Those of a type whose handshake is done, the latest first. */
  #latestFirst(type: AutomaticType): readonly Peer[] {
    return this.#context
      .ready()
      .filter((peer) => peer.connectionType === type)
      .sort((a, b) => b.id - a.id);
  }

  #surplus(type: AutomaticType): number {
    let count = 0;
    for (const peer of this.#context.ready()) if (peer.connectionType === type) count++;
    return count - this.#slots.targets()[type];
  }

  /** Of those for blocks alone the latest, or the one before it where that brought its last block earlier. */
  #leastForBlocks(): Peer | undefined {
    const [latest, before] = this.#latestFirst('block-relay-only');
    const isBetter = latest !== undefined && before !== undefined && latest.blocks.lastTimeSeconds > before.blocks.lastTimeSeconds;
    return isBetter ? before : latest;
  }

  /** Of the others the one whose last news is oldest, the latest of several; nobody who is protected or the only one of its network. */
  #leastOfAll(): Peer | undefined {
    let least: Peer | undefined;
    for (const peer of this.#latestFirst('outbound-full-relay')) {
      const standing = this.#of(peer);
      if (standing.protected || this.#isOnlyOne(peer)) continue;
      if (least === undefined || standing.announcedAtMs < this.#of(least).announcedAtMs) least = peer;
    }
    return least;
  }

  /** Whether no other that we called, for everything, is on the same network, such as Tor: without it we would hear of that no more. */
  #isOnlyOne(peer: Peer): boolean {
    for (const other of this.#context.ready()) {
      const counts = other.connectionType === 'outbound-full-relay' || other.connectionType === 'manual';
      if (counts && other !== peer && networkOf(other) === networkOf(peer)) return false;
    }
    return true;
  }

  /** Lets a peer go that has had its time and owes us nothing. */
  #letGo(peer: Peer | undefined, now: number): boolean {
    if (peer === undefined || now - peer.connectedAtMs < CONNECTED_MS_MIN || peer.blocks.inFlight.size > 0) return false;
    this.#context.disconnect(peer, 'outbound-surplus');
    return true;
  }
}

function networkOf(peer: Peer): string | undefined {
  return toNetworkAddress(peer.remote.host, peer.remote.port)?.network;
}
