import { formatHostPort } from '../../core/wire/ip-text.ts';
import type { SocketAddress } from '../ports/transport.ts';
import { DISCONNECT_REASONS, type DisconnectReason } from '../sync/misbehaviour.ts';
import type { Peer, PeerId } from '../sync/peer.ts';
import type { LightContext } from './light-context.ts';

/** Peers that a client holds connections with. */
export const PEERS_MAX = 8;

/** How long a peer is called no more that was proved a liar, or sent what no honest node sends. */
export const BAN_SECONDS = 86_400;

/** Time to the next call of a node, doubled with each that fails. */
const RETRY_MS_MIN = 2_000;
const RETRY_MS_MAX = 300_000;

/** A connection that held for so long was no failure. */
const STABLE_MS = 60_000;

/** Time between two look-ups of names while peers are lacking. */
const RESOLVE_INTERVAL_MS = 600_000;

/** Nodes that are known at once. */
export const LEARNED_MAX = 1_000;

/** A node that names led to, and that could not be reached so often, makes room for another. */
const HOPELESS_FAILURES = 3;

const MS_PER_SECOND = 1_000;

/** A node that can be called. */
interface Callee {
  readonly address: SocketAddress;
  /** Whether a user named it. */
  readonly named: boolean;
  peer: PeerId | 'dialling' | undefined;
  connectedAtMs: number;
  failures: number;
  nextAtMs: number;
  /** The next call is over the first transport: the last one over the encrypted one was answered by nothing. */
  plain: boolean;
}

/** Which nodes are called, and when again. */
export class LightCalls {
  readonly #context: LightContext;
  readonly #seeds: readonly string[];
  readonly #encrypted: boolean;
  readonly #callees = new Map<string, Callee>();
  /** Addresses that are not called, until when in seconds since 1970; those of them that are not written yet. */
  readonly #bans = new Map<string, number>();
  readonly #newBans = new Map<string, number>();
  /** Those that are over and still written somewhere. */
  readonly #overBans = new Set<string>();
  #bansCount = 0;
  #resolveAtMs = 0;

  /** @param seeds - names that answer with addresses of nodes, asked where no node is named */
  constructor(context: LightContext, seeds: readonly string[], encrypted: boolean) {
    this.#context = context;
    this.#seeds = seeds;
    this.#encrypted = encrypted;
  }

  /** Learns of a node: from a user, or by a name of the network. */
  add(address: SocketAddress, named: boolean): void {
    const key = formatHostPort(address.host, address.port);
    if (this.#callees.has(key) || !this.#hasRoom()) return;
    const fresh = { connectedAtMs: 0, failures: 0, nextAtMs: 0, plain: !this.#encrypted };
    this.#callees.set(key, { address, named, peer: undefined, ...fresh });
  }

  #hasRoom(): boolean {
    if (this.#callees.size < LEARNED_MAX) return true;
    for (const [key, { named, peer, failures }] of this.#callees) {
      if (named || peer !== undefined || failures < HOPELESS_FAILURES) continue;
      return this.#callees.delete(key);
    }
    return false;
  }

  /** Whether a user named the node. */
  isNamed({ dialled }: Peer): boolean {
    return dialled !== undefined && this.#calleeOf(dialled)?.named === true;
  }

  /** A ban of an earlier run. */
  restoreBan(address: string, untilSeconds: number): void {
    if (untilSeconds > this.#context.nowSeconds()) this.#bans.set(address, untilSeconds);
    else this.#overBans.add(address);
  }

  /** Addresses that are not called now, and until when in seconds since 1970. */
  bans(): ReadonlyMap<string, number> {
    const now = this.#context.nowSeconds();
    return new Map([...this.#bans].filter(([, until]) => until > now));
  }

  /** Bans since this was last asked, the address as text, and until when; and those that are over. */
  takeBans(): { readonly begun: ReadonlyMap<string, number>; readonly over: readonly string[] } {
    const now = this.#context.nowSeconds();
    for (const [address, until] of this.#bans) {
      if (until > now) continue;
      this.#bans.delete(address);
      this.#overBans.add(address);
    }
    const [begun, over] = [new Map(this.#newBans), [...this.#overBans]];
    this.#newBans.clear();
    this.#overBans.clear();
    return { begun, over };
  }

  /** Grows with each ban. */
  get bansCount(): number {
    return this.#bansCount;
  }

  /** What a name stands for. */
  resolved(hosts: readonly string[]): void {
    for (const host of hosts) this.add({ host, port: this.#context.params.ports.p2p }, false);
    this.tick();
  }

  /** Whether a call is under way. */
  get isCalling(): boolean {
    for (const { peer } of this.#callees.values()) if (peer === 'dialling') return true;
    return false;
  }

  #calleeOf(address: SocketAddress): Callee | undefined {
    return this.#callees.get(formatHostPort(address.host, address.port));
  }

  /** @returns false where there is no such call: the connection is none of ours */
  connected(dialled: SocketAddress, peer: PeerId): boolean {
    const callee = this.#calleeOf(dialled);
    if (callee === undefined) return false;
    callee.peer = peer;
    callee.connectedAtMs = this.#context.nowMs();
    return true;
  }

  dialFailed(address: SocketAddress): void {
    const callee = this.#calleeOf(address);
    if (callee !== undefined) this.#failed(callee);
    this.tick();
  }

  /** @param unanswered - it was called over the encrypted transport, and not a byte came back */
  gone({ dialled }: Peer, unanswered: boolean): void {
    const callee = dialled === undefined ? undefined : this.#calleeOf(dialled);
    if (callee === undefined) return;
    if (unanswered && !callee.plain) {
      callee.peer = undefined;
      callee.plain = true;
      return;
    }
    callee.plain = !this.#encrypted;
    if (this.#context.nowMs() >= callee.connectedAtMs + STABLE_MS) callee.failures = 0;
    this.#failed(callee);
  }

  #failed(callee: Callee): void {
    callee.peer = undefined;
    callee.nextAtMs = this.#context.nowMs() + Math.min(RETRY_MS_MAX, RETRY_MS_MIN * 2 ** callee.failures);
    callee.failures = Math.min(callee.failures + 1, 20);
  }

  /** A connection was ended for a reason: where no honest node gives it, the node is called no more for a day. @returns whether so */
  ended({ dialled }: Peer, why: DisconnectReason): boolean {
    const callee = dialled === undefined ? undefined : this.#calleeOf(dialled);
    if (callee === undefined || !DISCONNECT_REASONS[why].discourage) return false;
    const key = formatHostPort(callee.address.host, callee.address.port);
    this.#bansCount++;
    this.#bans.set(key, this.#context.nowSeconds() + BAN_SECONDS);
    // A checkpoint may be a user's, and wrong: at the next start it may be another.
    if (why !== 'filter-checkpoint') this.#newBans.set(key, this.#context.nowSeconds() + BAN_SECONDS);
    return true;
  }

  /** Calls as many as are lacking. */
  tick(): void {
    const now = this.#context.nowMs();
    let held = 0;
    for (const { peer } of this.#callees.values()) if (peer !== undefined) held++;
    for (const [key, callee] of this.#callees) {
      if (held >= PEERS_MAX) return;
      if (callee.peer !== undefined) continue;
      const bannedSeconds = (this.#bans.get(key) ?? 0) - this.#context.nowSeconds();
      if (bannedSeconds > 0) {
        this.#context.wakeBy(now + bannedSeconds * MS_PER_SECOND);
        continue;
      }
      if (callee.nextAtMs > now) {
        this.#context.wakeBy(callee.nextAtMs);
        continue;
      }
      callee.peer = 'dialling';
      held++;
      this.#context.emit({ kind: 'dial', address: callee.address, encrypted: !callee.plain });
    }
    this.#resolve(now);
  }

  #resolve(now: number): void {
    if (this.#seeds.length === 0) return;
    if (now >= this.#resolveAtMs) {
      this.#resolveAtMs = now + RESOLVE_INTERVAL_MS;
      for (const name of this.#seeds) this.#context.emit({ kind: 'resolve', name });
    }
    this.#context.wakeBy(this.#resolveAtMs);
  }
}
