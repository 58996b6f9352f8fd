import { sipHash24 } from '../../core/crypto/siphash.ts';
import { ADDRESSES_PER_MESSAGE_MAX } from '../../core/wire/messages/addr.ts';
import type { GossipAddress, NetworkAddress } from '../../core/wire/network-address.ts';
import { fitsLegacyForm, toNetworkAddress } from '../../core/wire/network-address.ts';
import { SERVICES } from '../../core/wire/services.ts';
import type { LearnOutcome } from '../ports/network-service.ts';
import { AddressAnswers } from './address-answers.ts';
import type { AddressManager } from './address-manager.ts';
import { type AddressScope, addressKey, mayTell, NOWHERE, scopeOf, toSocketAddress } from './address-scope.ts';
import type { SyncContext } from './context.ts';
import type { Peer } from './peer.ts';
import { CONNECTION_TRAITS, isInbound } from './peer.ts';
import { poissonDelayMs } from './poisson.ts';

/** Addresses of one peer that are looked at in a second. Core's MAX_ADDR_RATE_PER_SECOND. */
export const ADDRESS_TOKENS_PER_SECOND = 0.1;

/** Addresses of one peer that are looked at once after a pause. Core's MAX_ADDR_PROCESSING_TOKEN_BUCKET. */
export const ADDRESS_TOKENS_MAX = 1_000;

/** Taken off what others say of when an address was last seen. Core's value. */
const HEARSAY_PENALTY_SECONDS = 2 * 3_600;

/** Mean time until an address is passed on. Core's AVG_ADDRESS_BROADCAST_INTERVAL. */
export const PASS_ON_MEAN_MS = 30_000;

/** A peer that is asked for addresses alone tells them within this time. Core's ten times AVG_ADDRESS_BROADCAST_INTERVAL. */
export const ADDRESS_FETCH_MS_MAX: number = 10 * PASS_ON_MEAN_MS;

/** Mean time between telling a peer our own address. Core's AVG_LOCAL_ADDRESS_BROADCAST_INTERVAL. */
export const ADVERTISE_MEAN_MS: number = 24 * 3_600_000;

/** Addresses of short messages that were seen in the last minutes are news: passed on to so many peers. Core's values. */
const NEWS_MAX = 10;
const NEWS_AGE_SECONDS = 600;
const NEWS_PEERS = 2;

/** An address goes to the same peers for so long, which no one can foretell; another address changes at another time. */
const NEWS_ROUTE_SECONDS = 86_400;

/** What an address is taken to offer of which nothing else is known. */
const OFFERS_BLOCKS = SERVICES.network | SERVICES.witness;

/** Addresses that wait to be passed on to one peer. */
const TO_SEND_MAX = ADDRESSES_PER_MESSAGE_MAX;

/** Addresses of nodes: learned, passed on, asked for, and our own told. */
export class AddressGossip {
  readonly #context: SyncContext;
  readonly #manager: AddressManager;
  readonly #onLearned: () => void;
  readonly #answers: AddressAnswers;
  /** Decides to whom an address is passed on. */
  readonly #routeKey: Uint8Array;
  readonly #scopes = new WeakMap<Peer, AddressScope | undefined>();

  /** @param onLearned - told when there are new addresses to call */
  constructor(context: SyncContext, manager: AddressManager, onLearned: () => void) {
    this.#context = context;
    this.#manager = manager;
    this.#onLearned = onLearned;
    this.#answers = new AddressAnswers(context, manager);
    this.#routeKey = context.random.bytes(16);
  }

  /** The handshake is done: whom we called is asked for addresses, and told ours. */
  ready(peer: Peer): void {
    if (!CONNECTION_TRAITS[peer.connectionType].addresses) return;
    if (peer.connectionType === 'addr-fetch') this.#context.wakeBy(peer.connectedAtMs + ADDRESS_FETCH_MS_MAX);
    else if (this.#context.options.onlyManual === true) return;
    if (!isInbound(peer)) {
      peer.addresses.enabled = true;
      this.#context.send(peer, { type: 'getaddr' });
      // An answer may be as long as an answer can be.
      peer.addresses.tokens += ADDRESSES_PER_MESSAGE_MAX;
    }
    peer.addresses.advertiseAtMs = this.#context.nowMs();
    this.#advertise(peer);
  }

  /** The peer told addresses. */
  told(peer: Peer, told: readonly GossipAddress[]): void {
    const { addresses } = peer;
    if (!CONNECTION_TRAITS[peer.connectionType].addresses) return;
    addresses.enabled = true;
    if (this.#context.options.onlyManual !== true) this.#learn(peer, told);
    // A single one may be its own, which is told unasked.
    if (peer.connectionType === 'addr-fetch' && told.length > 1) this.#context.disconnect(peer, 'addresses-fetched');
  }

  /** Somebody here knows of an address that offers blocks, as if it had told of itself. */
  learn(address: NetworkAddress, tried: boolean): LearnOutcome {
    const nowSeconds = this.#context.nowSeconds();
    if (!this.#manager.add({ address, services: OFFERS_BLOCKS, timeSeconds: nowSeconds }, address, nowSeconds)) return 'not-in-new';
    this.#onLearned();
    return tried && !this.#manager.succeeded(address, OFFERS_BLOCKS, nowSeconds) ? 'not-in-tried' : 'learned';
  }

  #learn(peer: Peer, told: readonly GossipAddress[]): void {
    const { addresses } = peer;
    this.#refill(peer);
    const source = toNetworkAddress(peer.remote.host, peer.remote.port) ?? NOWHERE;
    const sourceScope = scopeOf(source);
    const nowSeconds = this.#context.nowSeconds();
    let learned = false;
    this.#noteListening(peer, told);
    for (const each of told) {
      if (addresses.tokens < 1 && !peer.permissions.has('addr')) {
        addresses.rateLimited++;
        continue;
      }
      addresses.tokens = Math.max(addresses.tokens - 1, 0);
      addresses.processed++;
      addresses.known.add(addressKey(each.address));
      if (!mayTell(sourceScope, scopeOf(each.address))) continue;
      learned = this.#manager.add(each, source, nowSeconds, HEARSAY_PENALTY_SECONDS) || learned;
      const news = told.length <= NEWS_MAX && each.timeSeconds > nowSeconds - NEWS_AGE_SECONDS;
      if (news && each.timeSeconds <= nowSeconds + NEWS_AGE_SECONDS) this.#passOn(peer, each);
    }
    if (learned) this.#onLearned();
  }

  /** Who called us begins with its own address: a single one, at the host that the call came from. */
  #noteListening(peer: Peer, told: readonly GossipAddress[]): void {
    const { addresses, remote } = peer;
    const socket = told[0] === undefined ? undefined : toSocketAddress(told[0].address);
    if (addresses.processed > 0 || told.length !== 1 || !isInbound(peer) || socket?.host !== remote.host) return;
    addresses.listening = socket;
  }

  /** The peer asks for addresses. Only who called us is answered, and once: others could find out whom we called. */
  asked(peer: Peer): void {
    const { addresses } = peer;
    if (!isInbound(peer) || addresses.answered) return;
    addresses.enabled = true;
    addresses.answered = true;
    this.#sendTo(peer, peer.permissions.has('addr') ? this.#answers.fresh() : this.#answers.answerFor(peer));
  }

  /** What is due. */
  tick(peer: Peer): void {
    const { addresses } = peer;
    if (!peer.ready) return;
    const now = this.#context.nowMs();
    if (peer.connectionType === 'addr-fetch') {
      const due = peer.connectedAtMs + ADDRESS_FETCH_MS_MAX;
      if (now >= due) this.#context.disconnect(peer, 'addresses-timeout');
      else this.#context.wakeBy(due);
    }
    this.#advertise(peer);
    if (addresses.sendAtMs === undefined) return;
    if (now < addresses.sendAtMs) {
      this.#context.wakeBy(addresses.sendAtMs);
      return;
    }
    addresses.sendAtMs = undefined;
    const toSend = addresses.toSend;
    addresses.toSend = [];
    this.#sendTo(
      peer,
      toSend.filter((each) => !addresses.known.has(addressKey(each.address))),
    );
  }

  /** Our own addresses, as far as this peer could use them. */
  ownAddresses(peer: Peer): readonly NetworkAddress[] {
    const { listenPort, options } = this.#context;
    if (listenPort === undefined) return [];
    const remote = toNetworkAddress(peer.remote.host, peer.remote.port);
    const scope = remote === undefined ? 'none' : scopeOf(remote);
    const own = (options.externalAddresses ?? []).map(({ host, port }) => toNetworkAddress(host, port));
    const seen = peer.version?.receiver;
    // As the peer sees us; the port of a call that we made is not the one that we listen on.
    if (seen !== undefined && fitsLegacyForm(seen)) own.push({ ...seen, port: listenPort });
    return own.filter((each): each is NetworkAddress => each !== undefined && mayTell(scope, scopeOf(each)));
  }

  #refill(peer: Peer): void {
    const { addresses } = peer;
    const now = this.#context.nowMs();
    const gained = ((now - addresses.tokensAtMs) / 1000) * ADDRESS_TOKENS_PER_SECOND;
    if (addresses.tokens < ADDRESS_TOKENS_MAX) addresses.tokens = Math.min(ADDRESS_TOKENS_MAX, addresses.tokens + gained);
    addresses.tokensAtMs = now;
  }

  /** Tells the peer our addresses, now and about once a day. */
  #advertise(peer: Peer): void {
    const { addresses } = peer;
    if (addresses.advertiseAtMs === undefined) return;
    const now = this.#context.nowMs();
    if (now >= addresses.advertiseAtMs) {
      addresses.advertiseAtMs = now + poissonDelayMs(this.#context.random, ADVERTISE_MEAN_MS);
      const timeSeconds = this.#context.nowSeconds();
      const { services } = this.#context.options;
      this.#sendTo(
        peer,
        this.ownAddresses(peer).map((address) => ({ timeSeconds, services, address })),
      );
    }
    this.#context.wakeBy(addresses.advertiseAtMs);
  }

  /**
   * Passes news on to two peers, or one or two where nobody can call the address from here: by a keyed hash the same all day, so that who
   * tells it again and again does not spread it further.
   */
  #passOn(from: Peer, told: GossipAddress): void {
    const key = addressKey(told.address);
    const scope = scopeOf(told.address);
    const others = this.#context.ready().filter((peer) => {
      if (peer === from || !peer.addresses.enabled || !(peer.addrv2 || fitsLegacyForm(told.address))) return false;
      const source = this.#scopeOf(peer);
      return source !== undefined && mayTell(source, scope);
    });
    const own = this.#routeHash(key);
    const day = Math.floor((this.#context.nowSeconds() + Number(own % BigInt(NEWS_ROUTE_SECONDS))) / NEWS_ROUTE_SECONDS);
    const route = `${key} ${day}`;
    const count = this.#context.reachable.has(told.address.network) || (this.#routeHash(route) & 1n) === 1n ? NEWS_PEERS : 1;
    const ranked = others.map((peer) => ({ peer, rank: this.#routeHash(`${route} ${peer.id}`) }));
    ranked.sort((a, b) => (a.rank < b.rank ? 1 : -1));
    for (const { peer } of ranked.slice(0, count)) this.#queue(peer, key, told);
  }

  #queue(peer: Peer, key: string, told: GossipAddress): void {
    const { addresses } = peer;
    if (addresses.known.has(key)) return;
    const copy = { ...told, address: { ...told.address, bytes: told.address.bytes.slice() } };
    // A queue that is full loses one at random: nobody can keep others' addresses from being told by telling many.
    if (addresses.toSend.length >= TO_SEND_MAX) addresses.toSend[this.#context.random.below(TO_SEND_MAX)] = copy;
    else addresses.toSend.push(copy);
    addresses.sendAtMs ??= this.#context.nowMs() + poissonDelayMs(this.#context.random, PASS_ON_MEAN_MS);
    this.#context.wakeBy(addresses.sendAtMs);
  }

  /** From where a peer speaks, where that is an address: worked out once, since it is asked for at every address that any peer tells. */
  #scopeOf(peer: Peer): AddressScope | undefined {
    if (!this.#scopes.has(peer)) {
      const remote = toNetworkAddress(peer.remote.host, peer.remote.port);
      this.#scopes.set(peer, remote && scopeOf(remote));
    }
    return this.#scopes.get(peer);
  }

  #routeHash(text: string): bigint {
    // Made for each peer at each address that is news: `Uint8Array.from` takes five times as long.
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
    return sipHash24(this.#routeKey, bytes);
  }

  /** Sends addresses in the form that the peer understands, those that it may be told. */
  #sendTo(peer: Peer, told: readonly GossipAddress[]): void {
    const scope = this.#scopeOf(peer) ?? 'none';
    const addresses = told.filter(({ address }) => mayTell(scope, scopeOf(address)) && (peer.addrv2 || fitsLegacyForm(address)));
    if (addresses.length === 0) return;
    for (const { address } of addresses) peer.addresses.known.add(addressKey(address));
    this.#context.send(peer, { type: peer.addrv2 ? 'addrv2' : 'addr', addresses });
  }
}
