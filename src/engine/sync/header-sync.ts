import { bytesEqual } from '../../core/base/bytes.ts';
import type { BlockHeader } from '../../core/primitives/block.ts';
import type { BlockHash } from '../../core/primitives/ids.ts';
import { zeroHash } from '../../core/primitives/ids.ts';
import { HEADERS_PER_MESSAGE_MAX } from '../../core/wire/messages/headers.ts';
import { offers, SERVICES } from '../../core/wire/services.ts';
import type { HeaderNode } from '../chain/header-node.ts';
import { isFailed } from '../chain/header-node.ts';
import { buildLocator } from '../chain/header-tree.ts';
import { PROTOCOL_VERSION } from './handshake.ts';
import { LowWork } from './low-work.ts';
import { HEADER_VERDICTS } from './misbehaviour.ts';
import { CONNECTION_TRAITS, type Peer } from './peer.ts';
import type { PeerContext } from './peer-context.ts';

/** Headers that were asked for come within this time. Core's HEADERS_RESPONSE_TIME. */
export const HEADERS_TIMEOUT_MS = 120_000;

/** If the first headers take longer than this, another peer is asked too. */
export const HEADERS_PATIENCE_MS = 10_000;

/**
 * While a peer's headers have not shown their work, other peers are waited with for so long: several times what a million headers, looked at
 * twice, take.
 */
export const PRESYNC_PATIENCE_MS = 900_000;

/**
 * The header tree, filled from one peer at a time.
 *
 * At first one peer is asked, and while one sends whole messages of 2,000, no other is. When it has no more, all others are, from the best
 * header that is known then: so each peer shows what it has at the cost of one message. Headers of a chain of too little work are not kept
 * before they have shown it (`LowWork`).
 */
export class HeaderSync {
  readonly #context: PeerContext;
  readonly #onShown: (peer: Peer) => void;
  readonly #lowWork: LowWork;
  /** Who is asked while no other is. */
  #primary: Peer | undefined;
  /** Some peer had no more to send. */
  #caughtUp = false;

  /** @param onShown - told when a peer has shown headers that are in the tree */
  constructor(context: PeerContext, onShown: (peer: Peer) => void) {
    this.#context = context;
    this.#onShown = onShown;
    this.#lowWork = new LowWork(context);
  }

  /** A peer may be asked. */
  ready(_peer: Peer): void {
    this.#askNext();
  }

  /** A peer is gone or given up; if it was the one that was asked, the next one is. */
  gone(peer: Peer): void {
    if (this.#primary !== peer) return;
    this.#primary = undefined;
    this.#askNext();
  }

  /** Headers came, asked for or as an announcement. */
  headers(peer: Peer, headers: readonly BlockHeader[]): void {
    const first = headers[0];
    if (first !== undefined && !isContinuous(headers)) {
      this.#context.disconnect(peer, 'headers-not-continuous');
      return;
    }
    const loose = first !== undefined && this.#context.chain.tree.get(first.prevBlockHash) === undefined;
    if (loose && !this.#lowWork.continues(peer, first)) {
      // Not an answer: what was asked for is still waited for, so headers out of nowhere bring no question each.
      const last = headers[headers.length - 1] ?? first;
      this.named(peer, last.hash);
      return;
    }
    peer.headers.askedAtMs = undefined;
    if (first === undefined) {
      peer.headers.pass = undefined;
      this.#finished(peer);
      return;
    }
    const screened = this.#lowWork.screen(peer, headers);
    const { last, refused } = this.#take(peer, screened.headers);
    if (screened.verdict === 'invalid') this.#context.disconnect(peer, 'header-invalid');
    if (screened.verdict === 'broken') this.#context.disconnect(peer, 'headers-not-proven');
    if (peer.leaving) return;
    const full = headers.length === HEADERS_PER_MESSAGE_MAX;
    const locator = screened.locator ?? (full && last !== undefined ? buildLocator(last) : undefined);
    if (locator !== undefined && !refused) this.#goOn(peer, locator);
    else this.#finished(peer);
    if (last !== undefined) this.#onShown(peer);
  }

  /** Hands headers to the tree; a peer whose header breaks a rule is let go. */
  #take(peer: Peer, headers: readonly BlockHeader[]): { readonly last: HeaderNode | undefined; readonly refused: boolean } {
    if (headers.length === 0) return { last: undefined, refused: false };
    const { accepted, rejection } = this.#context.chain.acceptHeaders(headers);
    const last = accepted[accepted.length - 1];
    if (last !== undefined) this.#shown(peer, last);
    if (rejection === undefined) return { last, refused: false };
    this.#context.log.debug('header-refused', { peer: peer.id, reason: rejection.reason });
    const verdict = HEADER_VERDICTS[rejection.kind];
    if (verdict !== undefined) this.#context.disconnect(peer, verdict);
    return { last, refused: true };
  }

  /** A header came with its block, of a parent that is known. Nothing is asked for. @returns its node, undefined where it breaks a rule */
  take(peer: Peer, header: BlockHeader): HeaderNode | undefined {
    return this.#take(peer, [header]).last;
  }

  /** Whether a block that nobody asked for has a header which would not be kept. */
  refuses(header: BlockHeader): boolean {
    return this.#lowWork.refuses(header);
  }

  /**
   * The peer named a block, by `inv` or by a header that does not connect. Where it is unknown its headers are asked for: once, however
   * many blocks are named.
   */
  named(peer: Peer, hash: BlockHash): void {
    const node = this.#context.chain.tree.get(hash);
    if (node !== undefined) {
      this.#shown(peer, node);
      this.#onShown(peer);
      return;
    }
    peer.headers.unknown = hash.slice() as BlockHash;
    this.#ask(peer, buildLocator(this.#context.chain.tree.best));
  }

  /** Asks a peer what it has after a header that it should know, unless it is being asked. */
  probe(peer: Peer, from: HeaderNode): void {
    this.#ask(peer, buildLocator(from));
  }

  /** Moves on from a peer that does not answer. */
  tick(peer: Peer): void {
    const { askedAtMs } = peer.headers;
    if (askedAtMs === undefined || !peer.ready || peer.leaving) return;
    const now = this.#context.nowMs();
    if (this.#primary === peer) {
      if (now < askedAtMs + HEADERS_PATIENCE_MS) this.#context.wakeBy(askedAtMs + HEADERS_PATIENCE_MS);
      else if (this.#next() !== undefined) this.gone(peer);
    }
    if (now < askedAtMs + HEADERS_TIMEOUT_MS) {
      this.#context.wakeBy(askedAtMs + HEADERS_TIMEOUT_MS);
      return;
    }
    peer.headers.askedAtMs = undefined;
    // A peer that we chose makes room for a better one; others may have their reasons and are asked again when they name a block.
    if (peer.connectionType === 'outbound-full-relay') this.#context.disconnect(peer, 'headers-timeout');
    else this.gone(peer);
  }

  /** Remembers what a peer has, as far as it is more than what it had shown. */
  #shown(peer: Peer, node: HeaderNode): void {
    const { headers } = peer;
    if (headers.unknown !== undefined) {
      const named = this.#context.chain.tree.get(headers.unknown);
      if (named !== undefined) {
        headers.unknown = undefined;
        if (isBetter(named, headers.bestKnown)) headers.bestKnown = named;
      }
    }
    if (isBetter(node, headers.bestKnown)) headers.bestKnown = node;
  }

  /**
   * A whole message came: there is more. One peer sends it, others wait until it has no more. Only for one whose headers have not shown their
   * work nobody waits once we have caught up, nor for ever before.
   */
  #goOn(peer: Peer, locator: readonly BlockHash[]): void {
    const { pass } = peer.headers;
    if (pass === undefined || !this.#caughtUp) this.#primary ??= peer;
    const late = pass !== undefined && this.#context.nowMs() >= pass.startedAtMs + PRESYNC_PATIENCE_MS;
    if (late && this.#primary === peer && this.#next() !== undefined) this.gone(peer);
    if (this.#primary === peer || (this.#primary === undefined && pass !== undefined)) {
      this.#ask(peer, locator);
      return;
    }
    peer.headers.pass = undefined;
    peer.headers.started = false;
  }

  /** The peer has no more for now. */
  #finished(peer: Peer): void {
    peer.headers.pass = undefined;
    if (this.#primary === peer || this.#primary === undefined) {
      this.#primary = undefined;
      this.#caughtUp = true;
    }
    this.#askNext();
  }

  /** The next peer to begin with: those whom we called come first, since nobody can make us choose them. */
  #next(): Peer | undefined {
    let next: Peer | undefined;
    for (const peer of this.#context.ready()) {
      if (!CONNECTION_TRAITS[peer.connectionType].headers) continue;
      const services = peer.version?.services ?? 0n;
      if (peer.headers.started || !(offers(services, SERVICES.network) || offers(services, SERVICES.networkLimited))) continue;
      if (next === undefined || (next.connectionType === 'inbound' && peer.connectionType !== 'inbound')) next = peer;
    }
    return next;
  }

  /** Asks those who were never asked: all of them once somebody had no more, before that one. */
  #askNext(): void {
    // From the parent: an answer of at least one header shows that the peer has the best header too.
    const { best } = this.#context.chain.tree;
    const from = best.parent ?? best;
    for (let peer = this.#next(); this.#primary === undefined && peer !== undefined; peer = this.#next()) {
      peer.headers.started = true;
      if (!this.#caughtUp) this.#primary = peer;
      this.#ask(peer, buildLocator(from));
    }
  }

  #ask(peer: Peer, locator: readonly BlockHash[]): void {
    if (peer.headers.askedAtMs !== undefined) return;
    const now = this.#context.nowMs();
    peer.headers.askedAtMs = now;
    peer.headers.started = true;
    this.#context.send(peer, { type: 'getheaders', version: PROTOCOL_VERSION, locator, stop: zeroHash<BlockHash>() });
    this.#context.wakeBy(now + HEADERS_PATIENCE_MS);
  }
}

/** Whether a header shows more than another, which may have turned out invalid. */
function isBetter(node: HeaderNode, than: HeaderNode | undefined): boolean {
  return than === undefined || isFailed(than) || node.chainWork >= than.chainWork;
}

/** Whether each header follows the one before it. */
function isContinuous(headers: readonly BlockHeader[]): boolean {
  let before: BlockHeader | undefined;
  for (const header of headers) {
    if (before !== undefined && !bytesEqual(header.prevBlockHash, before.hash)) return false;
    before = header;
  }
  return true;
}
