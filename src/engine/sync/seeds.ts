import { toNetworkAddress } from '../../core/wire/network-address.ts';
import { SERVICES } from '../../core/wire/services.ts';
import type { SocketAddress } from '../ports/transport.ts';
import type { AddressManager } from './address-manager.ts';
import { scopeOf, seedSource } from './address-scope.ts';
import type { Connections } from './connections.ts';
import type { SyncContext } from './context.ts';

/** When DNS seeds are asked: never, where nothing else finds peers, or at once. */
export type DnsSeedMode = 'never' | 'auto' | 'always';

/** Time for known addresses to lead to peers before seeds are asked. Core's DNSSEEDS_DELAY_FEW_PEERS. */
export const SEED_DELAY_MS = 11_000;

/** The same where many are known. Core's DNSSEEDS_DELAY_MANY_PEERS. */
export const SEED_DELAY_MANY_MS = 300_000;
const MANY_ADDRESSES = 1_000;

/** Seeds that are asked at once, each of which learns that we are there. Core's DNSSEEDS_TO_QUERY_AT_ONCE. */
export const SEEDS_AT_ONCE = 3;

/** With so many peers no seed is asked. Core's value. */
const PEERS_ENOUGH = 2;

/** Seed nodes have so long to find peers before DNS seeds are asked. Core's value. */
export const SEED_NODES_MS = 30_000;

/** Each has so long before the next is called. Core's value. */
export const NEXT_SEED_NODE_MS = 10_000;

/** Addresses that are taken from one seed. Core's MaxIPs. */
export const SEED_ADDRESSES_MAX = 32;

/** How long ago what a seed tells counts as seen: three to seven days. Core's values. */
const SEEN_DAYS_MIN = 3;
const SEEN_DAYS_SPREAD = 4;
const DAY_SECONDS = 86_400;

/** What seeds are asked for; the name says so (`x9.`). */
const WANTED = SERVICES.network | SERVICES.witness;

/** Where the first addresses come from: nodes that a user names to be asked, and names in the DNS that a network's makers chose. */
export class Seeds {
  readonly #context: SyncContext;
  readonly #manager: AddressManager;
  readonly #connections: Connections;
  /** Names that were not asked yet, in random order. */
  readonly #names: string[];
  readonly #nodes: SocketAddress[];
  /** When to look whether there are peers, and when to ask if there are none by then. */
  #lookAtMs = 0;
  #askAtMs = 0;
  #nextNodeAtMs = 0;

  constructor(context: SyncContext, manager: AddressManager, connections: Connections) {
    this.#context = context;
    this.#manager = manager;
    this.#connections = connections;
    const { dnsSeeds = 'never', seedNodes = [] } = context.options;
    this.#names = dnsSeeds === 'never' ? [] : this.#shuffled(context.params.dnsSeeds);
    this.#nodes = this.#shuffled(seedNodes);
  }

  /** The node has its addresses of the last time, if there are any. */
  begin(): void {
    const now = this.#context.nowMs();
    const isEmpty = this.#manager.size === 0;
    this.#nextNodeAtMs = isEmpty ? now : now + NEXT_SEED_NODE_MS;
    if (this.#context.options.dnsSeeds === 'always') this.#ask(this.#names.length);
    const wait = this.#nodes.length > 0 ? SEED_NODES_MS : isEmpty ? 0 : this.#delayMs();
    this.#askAtMs = now + wait;
    this.#lookAtMs = now + Math.min(wait, SEED_DELAY_MS);
  }

  /** What is due. */
  tick(): void {
    if (!this.#connections.active) return;
    this.#tickNodes();
    this.#tickNames();
  }

  #tickNodes(): void {
    if (this.#nodes.length === 0) return;
    const now = this.#context.nowMs();
    if (now >= this.#nextNodeAtMs) {
      this.#nextNodeAtMs = now + NEXT_SEED_NODE_MS;
      const node = this.#peers() === 0 ? this.#nodes.pop() : undefined;
      if (node !== undefined) this.#connections.open(node, 'addr-fetch');
    }
    this.#context.wakeBy(this.#nextNodeAtMs);
  }

  #tickNames(): void {
    if (this.#names.length === 0) return;
    const now = this.#context.nowMs();
    if (now >= this.#lookAtMs) {
      if (this.#peers() >= PEERS_ENOUGH) {
        this.#names.length = 0;
        return;
      }
      if (now >= this.#askAtMs) {
        // Who knows of nobody asks all: with one answer alone it would know what one of them wants it to.
        this.#ask(this.#manager.size === 0 ? this.#names.length : SEEDS_AT_ONCE);
        this.#askAtMs = now + this.#delayMs();
      }
      this.#lookAtMs = Math.min(now + SEED_DELAY_MS, this.#askAtMs);
    }
    if (this.#names.length > 0) this.#context.wakeBy(this.#lookAtMs);
  }

  #ask(count: number): void {
    for (const name of this.#names.splice(0, count)) {
      this.#context.log.info('dns-seed-asked', { name });
      this.#context.emit({ kind: 'resolve', name: `x${WANTED.toString(16)}.${name}`, seed: name });
    }
  }

  /** What a seed answered; where nobody did, a node behind the name itself may tell addresses. */
  answered(seed: string, hosts: readonly string[]): void {
    const { params } = this.#context;
    const nowSeconds = this.#context.nowSeconds();
    const source = seedSource(seed);
    let found = 0;
    for (const host of hosts.slice(0, SEED_ADDRESSES_MAX)) {
      const address = toNetworkAddress(host, params.ports.p2p);
      // A name that answers with addresses of our own site is not about nodes of the network.
      if (address === undefined || scopeOf(address) !== 'public') continue;
      const ageSeconds = SEEN_DAYS_MIN * DAY_SECONDS + this.#context.random.below(SEEN_DAYS_SPREAD * DAY_SECONDS);
      if (this.#manager.add({ address, services: WANTED, timeSeconds: nowSeconds - ageSeconds }, source, nowSeconds)) found++;
    }
    this.#context.log.info('dns-seed-answered', { name: seed, addresses: hosts.length, taken: found });
    if (hosts.length === 0) this.#connections.open({ host: seed, port: params.ports.p2p }, 'addr-fetch');
    if (found > 0) this.#connections.learned();
  }

  #delayMs(): number {
    return this.#manager.size >= MANY_ADDRESSES ? SEED_DELAY_MANY_MS : SEED_DELAY_MS;
  }

  /** Peers that we called for everything and that answered; those of our subnet may all be of one who fills it. */
  #peers(): number {
    let count = 0;
    for (const { connectionType, onSubnet } of this.#context.ready()) if (connectionType === 'outbound-full-relay' && !onSubnet) count++;
    return count;
  }

  #shuffled<T>(items: readonly T[]): T[] {
    const left = [...items];
    return items.map(() => left.splice(this.#context.random.below(left.length), 1)[0] as T);
  }
}
