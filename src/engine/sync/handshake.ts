import { COMPACT_VERSION } from '../../core/wire/messages/sendcmpct.ts';
import type { VersionMessage } from '../../core/wire/messages/version.ts';
import { toNetworkAddress } from '../../core/wire/network-address.ts';
import { offers, SERVICES } from '../../core/wire/services.ts';
import type { DisconnectReason } from './misbehaviour.ts';
import type { Peer } from './peer.ts';
import { CONNECTION_TRAITS, isInbound } from './peer.ts';
import type { PeerContext } from './peer-context.ts';

/** Protocol version that we speak: with `wtxidrelay` (BIP-339). */
export const PROTOCOL_VERSION = 70_016;

/** The oldest that is spoken with. Core's MIN_PEER_PROTO_VERSION: the first with `getheaders`. */
export const PROTOCOL_VERSION_MIN = 31_800;

/** From here on a peer can say that it understands `wtxidrelay` and `sendaddrv2`. */
const FEATURES_VERSION = 70_016;

/** From here on a peer knows of compact blocks. Core's SHORT_IDS_BLOCKS_VERSION. */
const COMPACT_BLOCKS_VERSION = 70_014;

/** A handshake takes no longer. Core's default `-peertimeout`. */
export const HANDSHAKE_TIMEOUT_MS = 60_000;

/** What those whom we chose must offer. */
const WANTED_SERVICES = SERVICES.network | SERVICES.witness;

/**
 * Who speaks and what both understand. The caller says `version` first; each side answers the other's with what it understands and
 * `verack`. Nothing else counts before `verack` has come.
 */
export class Handshake {
  readonly #context: PeerContext;
  readonly #onReady: (peer: Peer) => void;
  readonly #onSelf: (peer: Peer) => void;

  /**
   * @param onReady - told once for each peer, when its `verack` has come
   * @param onSelf - told of the outgoing one of two connections that are both ours
   */
  constructor(context: PeerContext, onReady: (peer: Peer) => void, onSelf: (peer: Peer) => void) {
    this.#context = context;
    this.#onReady = onReady;
    this.#onSelf = onSelf;
  }

  /** A connection stands. */
  connected(peer: Peer): void {
    if (!isInbound(peer)) this.#sendVersion(peer);
    this.#context.wakeBy(peer.connectedAtMs + HANDSHAKE_TIMEOUT_MS);
  }

  /** The peer said who it is. */
  version(peer: Peer, message: VersionMessage): void {
    const context = this.#context;
    const objection = this.#objection(peer, message);
    if (objection !== undefined) {
      context.disconnect(peer, objection);
      return;
    }
    peer.version = message;
    peer.timeOffsetSeconds = message.timeSeconds - context.nowSeconds();
    if (isInbound(peer)) this.#sendVersion(peer);
    if (message.protocolVersion >= FEATURES_VERSION) {
      context.send(peer, { type: 'wtxidrelay' });
      context.send(peer, { type: 'sendaddrv2' });
    }
    context.send(peer, { type: 'verack' });
  }

  /** The peer accepted our version. A second one changes nothing. */
  verack(peer: Peer): void {
    if (peer.ready) return;
    peer.ready = true;
    if ((peer.version?.protocolVersion ?? 0) >= COMPACT_BLOCKS_VERSION) {
      this.#context.send(peer, { type: 'sendcmpct', highBandwidth: false, version: COMPACT_VERSION });
    }
    this.#context.send(peer, { type: 'sendheaders' });
    this.#onReady(peer);
  }

  /** The peer relays by wtxid. */
  wtxidRelay(peer: Peer): void {
    if (peer.ready) {
      this.#context.disconnect(peer, 'feature-after-verack');
      return;
    }
    peer.wtxidRelay = true;
  }

  /** The peer understands `addrv2`. */
  sendAddrv2(peer: Peer): void {
    if (peer.ready) {
      this.#context.disconnect(peer, 'feature-after-verack');
      return;
    }
    peer.addrv2 = true;
  }

  /** Ends handshakes that take too long. */
  tick(peer: Peer): void {
    if (peer.ready) return;
    const due = peer.connectedAtMs + HANDSHAKE_TIMEOUT_MS;
    if (this.#context.nowMs() >= due) this.#context.disconnect(peer, 'handshake-timeout');
    else this.#context.wakeBy(due);
  }

  #objection(peer: Peer, { protocolVersion, nonce, services }: VersionMessage): DisconnectReason | undefined {
    if (peer.version !== undefined) return 'version-repeated';
    if (protocolVersion < PROTOCOL_VERSION_MIN) return 'obsolete-version';
    if (isInbound(peer) && this.#isOurs(nonce)) return 'self-connection';
    // Whom a user told us to call, or who called us, may offer what they like.
    if (CONNECTION_TRAITS[peer.connectionType].needsServices && !offers(services, WANTED_SERVICES)) return 'services-missing';
    return undefined;
  }

  #sendVersion(peer: Peer): void {
    const { options, chain } = this.#context;
    const receiver = toNetworkAddress(peer.remote.host, peer.remote.port);
    this.#context.send(peer, {
      type: 'version',
      protocolVersion: PROTOCOL_VERSION,
      services: options.services,
      timeSeconds: this.#context.nowSeconds(),
      receiver: receiver ?? { network: 'ipv6', bytes: new Uint8Array(16), port: 0 },
      nonce: peer.nonce,
      userAgent: options.userAgent,
      startHeight: chain.active.height,
      relay: this.#context.takesTransactions(peer),
    });
  }

  /** Whether a nonce is that of a connection that we are making: then both ends are ours. */
  #isOurs(nonce: bigint): boolean {
    for (const other of this.#context.peers.values()) {
      if (isInbound(other) || other.ready || other.nonce !== nonce) continue;
      this.#onSelf(other);
      this.#context.disconnect(other, 'self-connection');
      return true;
    }
    return false;
  }
}
