import type { NetworkParams } from '../../core/params/types.ts';
import type { Message } from '../../core/wire/messages/table.ts';
import { offers, SERVICES } from '../../core/wire/services.ts';
import type { HeaderNode } from '../chain/header-node.ts';
import { isAncestorOf } from '../chain/header-tree.ts';
import type { Clock } from '../ports/clock.ts';
import type { HeaderPage } from '../ports/header-store.ts';
import type { Log } from '../ports/log.ts';
import type { Random } from '../ports/random.ts';
import type { RowBatch } from '../ports/row-store.ts';
import type { SocketAddress } from '../ports/transport.ts';
import type { DisconnectReason } from '../sync/misbehaviour.ts';
import type { Peer, PeerId } from '../sync/peer.ts';
import type { PeerContext } from '../sync/peer-context.ts';
import type { LightChain } from './light-chain.ts';
import type { LightEvent } from './light-event.ts';

/** What is to be done, in this order. */
export type LightAction =
  | { readonly kind: 'send'; readonly peer: PeerId; readonly message: Message }
  /** Ends the connection; `disconnected` is reported when it is gone. */
  | { readonly kind: 'disconnect'; readonly peer: PeerId; readonly why: DisconnectReason }
  /** Calls a node, over the encrypted transport or the first one; the outcome comes back by `connected` or `dialFailed`. */
  | { readonly kind: 'dial'; readonly address: SocketAddress; readonly encrypted: boolean }
  /** Looks up a name; the outcome comes back by `resolved`. */
  | { readonly kind: 'resolve'; readonly name: string }
  /** Writes headers, then rows. */
  | { readonly kind: 'save'; readonly headers: readonly HeaderPage[]; readonly rows: RowBatch }
  /** Tells whoever owns the client. */
  | { readonly kind: 'tell'; readonly event: LightEvent }
  /** Calls `tick` at this monotonic time, or earlier. */
  | { readonly kind: 'wake'; readonly atMs: number };

/** What decisions are made with. */
export interface LightOptions {
  readonly params: NetworkParams;
  readonly clock: Pick<Clock, 'nowSeconds' | 'monotonicMs'>;
  readonly random: Random;
  readonly log: Log;
  /** Sent to every peer. */
  readonly userAgent: string;
  /** We speak the encrypted transport (BIP-324) and try it first. */
  readonly encrypted: boolean;
}

/** What the parts of the decision share: the peers, what goes out, and when to look again. */
export class LightContext implements PeerContext {
  readonly options: { readonly services: bigint; readonly userAgent: string };
  readonly params: NetworkParams;
  readonly random: Random;
  readonly log: Log;
  readonly chain: LightChain;
  readonly peers: Map<PeerId, Peer> = new Map();
  readonly #clock: LightOptions['clock'];
  #actions: LightAction[] = [];
  #wakeAtMs = Number.POSITIVE_INFINITY;

  constructor(options: LightOptions, chain: LightChain) {
    this.options = { services: options.encrypted ? SERVICES.p2pV2 : 0n, userAgent: options.userAgent };
    this.params = options.params;
    this.random = options.random;
    this.log = options.log;
    this.chain = chain;
    this.#clock = options.clock;
  }

  nowMs(): number {
    return this.#clock.monotonicMs();
  }

  nowSeconds(): number {
    return this.#clock.nowSeconds();
  }

  /** Of every peer: by them it is seen that a transaction which was sent goes around. */
  takesTransactions(): boolean {
    return true;
  }

  *ready(): Generator<Peer> {
    for (const peer of this.peers.values()) if (peer.ready && !peer.leaving) yield peer;
  }

  /** Peers that can be asked about a block: they have shown its header, or one after it. */
  *having(node: HeaderNode): Generator<Peer> {
    for (const peer of this.ready()) {
      const { bestKnown } = peer.headers;
      if (bestKnown !== undefined && bestKnown.height >= node.height && isAncestorOf(node, bestKnown)) yield peer;
    }
  }

  /** Those of them that offer compact filters. */
  *filtering(node: HeaderNode): Generator<Peer> {
    for (const peer of this.having(node)) if (offers(peer.version?.services ?? 0n, SERVICES.compactFilters)) yield peer;
  }

  emit(action: LightAction): void {
    this.#actions.push(action);
  }

  tell(event: LightEvent): void {
    this.#actions.push({ kind: 'tell', event });
  }

  send(peer: Peer, message: Message): void {
    if (!peer.leaving) this.#actions.push({ kind: 'send', peer: peer.id, message });
  }

  disconnect(peer: Peer, why: DisconnectReason): void {
    if (peer.leaving) return;
    peer.leaving = true;
    this.#actions.push({ kind: 'disconnect', peer: peer.id, why });
  }

  nonce(): bigint {
    const bytes = this.random.bytes(8);
    return BigInt.asUintN(64, new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0) | 1n);
  }

  wakeBy(atMs: number): void {
    if (atMs >= this.#wakeAtMs) return;
    this.#wakeAtMs = atMs;
    this.#actions.push({ kind: 'wake', atMs });
  }

  /** Forgets when to look again, since it is being done. */
  awake(): void {
    this.#wakeAtMs = Number.POSITIVE_INFINITY;
  }

  /** Hands over what is to be done. */
  takeActions(): readonly LightAction[] {
    const actions = this.#actions;
    this.#actions = [];
    return actions;
  }
}
