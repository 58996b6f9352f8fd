import type { Peer } from './peer.ts';
import type { PeerContext } from './peer-context.ts';

/** Time between pings. Core's PING_INTERVAL. */
export const PING_INTERVAL_MS = 120_000;

/** A ping that is not answered for so long ends the connection. Core's TIMEOUT_INTERVAL. */
export const PING_TIMEOUT_MS: number = 20 * 60_000;

/** From here on a pong answers a ping (BIP-31). */
const PONG_VERSION = 60_001;

/** Whether peers are still there, and how far away. */
export class Liveness {
  readonly #context: PeerContext;

  constructor(context: PeerContext) {
    this.#context = context;
  }

  /** The first ping goes out right after the handshake. */
  ready(peer: Peer): void {
    this.ping(peer);
  }

  /** Asks now, unless an answer is waited for. */
  ping(peer: Peer): void {
    const { ping } = peer;
    if (!peer.ready || ping.nonce !== undefined || (peer.version?.protocolVersion ?? 0) < PONG_VERSION) return;
    const now = this.#context.nowMs();
    ping.nonce = this.#context.nonce();
    ping.sentAtMs = now;
    ping.nextAtMs = now + PING_INTERVAL_MS;
    this.#context.send(peer, { type: 'ping', nonce: ping.nonce });
    this.#context.wakeBy(now + PING_TIMEOUT_MS);
  }

  /** An answer; one to another question is ignored, as Core does. */
  pong(peer: Peer, nonce: bigint): void {
    const { ping } = peer;
    if (ping.nonce === undefined || nonce !== ping.nonce) return;
    ping.nonce = undefined;
    ping.lastMs = this.#context.nowMs() - ping.sentAtMs;
    ping.minMs = Math.min(ping.minMs ?? ping.lastMs, ping.lastMs);
    this.#context.wakeBy(ping.nextAtMs);
  }

  /** Pings that are due, and those that were never answered. */
  tick(peer: Peer): void {
    if (!peer.ready) return;
    const now = this.#context.nowMs();
    const { ping } = peer;
    if (ping.nonce === undefined) {
      if (now >= ping.nextAtMs) this.ping(peer);
      else this.#context.wakeBy(ping.nextAtMs);
    } else if (now >= ping.sentAtMs + PING_TIMEOUT_MS) {
      this.#context.disconnect(peer, 'ping-timeout');
    } else {
      this.#context.wakeBy(ping.sentAtMs + PING_TIMEOUT_MS);
    }
  }
}
