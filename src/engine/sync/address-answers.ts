import { ADDRESSES_PER_MESSAGE_MAX } from '../../core/wire/messages/addr.ts';
import type { GossipAddress } from '../../core/wire/network-address.ts';
import { toNetworkAddress } from '../../core/wire/network-address.ts';
import type { AddressManager } from './address-manager.ts';
import { scopeOf } from './address-scope.ts';
import type { SyncContext } from './context.ts';
import type { Peer } from './peer.ts';

/** Share of the addresses that an answer tells at most. Core's MAX_PCT_ADDR_TO_SEND. */
export const SHARED_PERCENT_MAX = 23;

/** An answer stays the same for so long at least. Core's value, and the next. */
export const ANSWER_AGE_MS: number = 21 * 3_600_000;

/** Up to so much longer, at random. */
export const ANSWER_AGE_SPREAD_MS: number = 6 * 3_600_000;

/** An answer that was made of fewer addresses is made anew when there are twice as many: a new node has more to tell every minute. */
const FEW_ADDRESSES = 100;

/** Answers that are kept: one for each kind of network that is asked from and place where we are asked. */
const ANSWERS_MAX = 64;

interface Answer {
  readonly addresses: readonly GossipAddress[];
  readonly untilMs: number;
  /** Number of addresses that there were. */
  readonly of: number;
}

/**
 * Answers to `getaddr`: a small share of the addresses, the same for about a day to all who ask from one network at one place. So asking
 * again and again does not read out the tables, and times in the answers do not show that two places belong to one node.
 */
export class AddressAnswers {
  readonly #context: SyncContext;
  readonly #manager: AddressManager;
  readonly #answers = new Map<string, Answer>();

  constructor(context: SyncContext, manager: AddressManager) {
    this.#context = context;
    this.#manager = manager;
  }

  /** What a peer is told; it may still be unable to use some of it. */
  answerFor({ local, remote }: Peer): readonly GossipAddress[] {
    const from = toNetworkAddress(remote.host, remote.port);
    const key = `${from?.network ?? 'unknown'} ${from === undefined ? 'none' : scopeOf(from)} ${local.host} ${local.port}`;
    const kept = this.#answers.get(key);
    const now = this.#context.nowMs();
    if (kept !== undefined && now < kept.untilMs && !this.#hasGrown(kept)) return kept.addresses;
    const answer = this.#make(now);
    this.#answers.delete(key);
    const [oldest] = this.#answers.keys();
    if (this.#answers.size >= ANSWERS_MAX && oldest !== undefined) this.#answers.delete(oldest);
    this.#answers.set(key, answer);
    return answer.addresses;
  }

  /** What a peer is told that may know all: made for it alone. */
  fresh(): readonly GossipAddress[] {
    return this.#share();
  }

  #hasGrown({ of }: Answer): boolean {
    return of < FEW_ADDRESSES && this.#manager.size >= 2 * Math.max(of, 1);
  }

  #make(nowMs: number): Answer {
    const untilMs = nowMs + ANSWER_AGE_MS + this.#context.random.below(ANSWER_AGE_SPREAD_MS);
    return { addresses: this.#share(), untilMs, of: this.#manager.size };
  }

  #share(): readonly GossipAddress[] {
    // Of fewer than five one is told: else those of a new network would learn of nobody.
    const share = Math.max(1, Math.floor((this.#manager.size * SHARED_PERCENT_MAX) / 100));
    return this.#manager.share(Math.min(ADDRESSES_PER_MESSAGE_MAX, share), this.#context.nowSeconds());
  }
}
