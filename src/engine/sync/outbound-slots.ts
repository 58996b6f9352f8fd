import type { ConnectionType } from '../ports/network-service.ts';
import type { SyncContext } from './context.ts';
import { poissonDelayMs } from './poisson.ts';

/** Connections that we try to hold to nodes we learned of. Core's MAX_OUTBOUND_FULL_RELAY_CONNECTIONS. */
export const OUTBOUND_TARGET = 8;

/** Besides them, connections for blocks alone, which tell nobody who knows whom. Core's MAX_BLOCK_RELAY_ONLY_CONNECTIONS. */
export const BLOCK_RELAY_TARGET = 2;

/** Mean time between trying one connection for blocks more. Core's EXTRA_BLOCK_RELAY_ONLY_PEER_INTERVAL. */
export const EXTRA_BLOCK_RELAY_MEAN_MS = 300_000;

/** Time between looking whether the tip is stale. Core's STALE_CHECK_INTERVAL. */
export const STALE_CHECK_MS = 600_000;

/** A tip is stale after so many times the time between blocks without another, while none is on its way. Core's value. */
const STALE_SPACINGS = 3;

/** What an automatic connection is for. */
export type AutomaticType = 'outbound-full-relay' | 'block-relay-only';

/**
 * How many connections we make by ourselves, and when one more is tried: for blocks now and then, since whoever surrounds us cannot know
 * when; for everything when no block comes, since those whom we have may keep them from us. The surplus is let go by `OutboundEviction`.
 */
export class OutboundSlots {
  readonly #context: SyncContext;
  readonly #count: (type: ConnectionType) => number;
  readonly #inSync: () => boolean;
  /** When the next connection for blocks more is due; undefined until we are in sync for the first time. */
  #extraAtMs: number | undefined;
  #extraDue = false;
  /** The tip is stale: one connection more is wanted. */
  #wantsAnother = false;
  #staleCheckAtMs: number;
  #advancedAtMs: number;

  /** @param count - connections of a type, with calls that may become one */
  constructor(context: SyncContext, count: (type: ConnectionType) => number, inSync: () => boolean) {
    this.#context = context;
    this.#count = count;
    this.#inSync = inSync;
    this.#advancedAtMs = context.nowMs();
    this.#staleCheckAtMs = this.#advancedAtMs + STALE_CHECK_MS;
  }

  /** Connections that are held: to those for everything, and for blocks alone. None where a user names whom to call, or says so. */
  targets(): Readonly<Record<AutomaticType, number>> {
    const { blockRelayTarget, onlyManual, outboundTarget = OUTBOUND_TARGET } = this.#context.options;
    const full = onlyManual === true ? 0 : outboundTarget;
    return { 'outbound-full-relay': full, 'block-relay-only': full === 0 ? 0 : (blockRelayTarget ?? BLOCK_RELAY_TARGET) };
  }

  /** What the next call is for; undefined while none is wanted. Core's order. */
  wanted(): AutomaticType | undefined {
    const targets = this.targets();
    if (targets['outbound-full-relay'] === 0) return undefined;
    const full = this.#count('outbound-full-relay') - targets['outbound-full-relay'];
    if (full < 0) return 'outbound-full-relay';
    const blocks = this.#count('block-relay-only') - targets['block-relay-only'];
    if (blocks < 0) return 'block-relay-only';
    if (full === 0 && this.#wantsAnother) return 'outbound-full-relay';
    return blocks === 0 && this.#extraDue ? 'block-relay-only' : undefined;
  }

  /** A call is made, or there is nobody to call: a connection for blocks more is tried once each time. */
  called(type: AutomaticType): void {
    if (type === 'block-relay-only') this.#extraDue = false;
  }

  /** One more turned out to be none too many, or one of those before it was let go: no other is tried for now. */
  settled(): void {
    this.#wantsAnother = false;
  }

  /** The tip moved. */
  advanced(): void {
    this.#advancedAtMs = this.#context.nowMs();
  }

  /** What is due. */
  tick(): void {
    const now = this.#context.nowMs();
    const targets = this.targets();
    if (targets['outbound-full-relay'] === 0) return;
    if (now >= this.#staleCheckAtMs) {
      this.#staleCheckAtMs = now + STALE_CHECK_MS;
      this.#wantsAnother = this.#isStale(now);
      if (this.#wantsAnother) this.#context.log.info('tip-stale', { sinceSeconds: Math.floor((now - this.#advancedAtMs) / 1000) });
    }
    this.#context.wakeBy(this.#staleCheckAtMs);
    if (targets['block-relay-only'] > 0) this.#tickExtra(now);
  }

  #tickExtra(now: number): void {
    if (this.#extraAtMs === undefined) {
      if (!this.#inSync() || this.#context.peers.size === 0) return;
      this.#extraAtMs = now + poissonDelayMs(this.#context.random, EXTRA_BLOCK_RELAY_MEAN_MS);
    } else if (now >= this.#extraAtMs) {
      this.#extraDue = true;
      this.#extraAtMs = now + poissonDelayMs(this.#context.random, EXTRA_BLOCK_RELAY_MEAN_MS);
    }
    this.#context.wakeBy(this.#extraAtMs);
  }

  #isStale(now: number): boolean {
    const patienceMs = STALE_SPACINGS * this.#context.params.consensus.pow.spacingSeconds * 1000;
    if (now - this.#advancedAtMs <= patienceMs) return false;
    for (const peer of this.#context.ready()) if (peer.blocks.inFlight.size > 0) return false;
    return true;
  }
}
