import type { AddressManager, Candidate } from './address-manager.ts';
import { CALL_AGAIN_SECONDS } from './address-search.ts';
import type { Connections } from './connections.ts';
import type { SyncContext } from './context.ts';
import { poissonDelayMs } from './poisson.ts';

/** Mean time between feelers. Core's FEELER_INTERVAL. */
export const FEELER_MEAN_MS = 120_000;

/** Addresses that are drawn for one feeler. */
const DRAWS_MAX = 100;

/**
 * Short calls that show whether an address is one: of the new table, so that the tried one grows with nodes that are there, and of those
 * whose place another one waits for. Made only while all other places are taken: until then every call is such a test.
 */
export class Feelers {
  readonly #context: SyncContext;
  readonly #manager: AddressManager;
  readonly #connections: Connections;
  #nextAtMs: number;

  constructor(context: SyncContext, manager: AddressManager, connections: Connections) {
    this.#context = context;
    this.#manager = manager;
    this.#connections = connections;
    this.#nextAtMs = context.nowMs() + poissonDelayMs(context.random, FEELER_MEAN_MS);
  }

  /** What is due. */
  tick(): void {
    if (this.#manager.size === 0 || !this.#connections.searches) return;
    this.#manager.resolveCollisions(this.#context.nowSeconds());
    const now = this.#context.nowMs();
    if (now >= this.#nextAtMs) {
      this.#nextAtMs = now + poissonDelayMs(this.#context.random, FEELER_MEAN_MS);
      if (this.#connections.wanted === undefined) this.#call();
    }
    this.#context.wakeBy(this.#nextAtMs);
  }

  #call(): void {
    const chosen = this.#waitedFor() ?? this.#untested();
    if (chosen !== undefined) this.#connections.call(chosen.address, 'feeler');
  }

  /** One whose place another waits for, unless we are connected with it: then it is there. */
  #waitedFor(): Candidate | undefined {
    const candidate = this.#manager.collision();
    if (candidate === undefined || !this.#context.reachable.has(candidate.address.network)) return undefined;
    const { address, services } = candidate;
    if (!this.#connections.isConnectedTo(address)) return candidate;
    this.#manager.succeeded(address, services, this.#context.nowSeconds());
    return undefined;
  }

  #untested(): Candidate | undefined {
    const nowSeconds = this.#context.nowSeconds();
    for (let draw = 0; draw < DRAWS_MAX; draw++) {
      const candidate = this.#manager.select(nowSeconds, { onlyNew: true, networks: this.#context.reachable });
      if (candidate === undefined) return undefined;
      const isRested = nowSeconds - candidate.lastTrySeconds >= CALL_AGAIN_SECONDS;
      if (isRested && this.#connections.mayCall(candidate.address)) return candidate;
    }
    return undefined;
  }
}
