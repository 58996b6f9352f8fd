import { type HashKey, hashOfKey } from '../../core/primitives/ids.ts';
import type { PeerId } from './peer.ts';

/** Transactions asked of one peer at once. Core's MAX_PEER_TX_REQUEST_IN_FLIGHT. */
export const TRANSACTIONS_IN_FLIGHT_PER_PEER = 100;

/** Announcements of one peer that are kept. Core's MAX_PEER_TX_ANNOUNCEMENTS. */
export const ANNOUNCEMENTS_PER_PEER_MAX = 5_000;

/** A transaction that does not come within this time is asked of another peer. Core's GETDATA_TX_INTERVAL. */
export const TRANSACTION_TIMEOUT_MS = 60_000;

/** What somebody announced has to wait so long, where others are preferred. Core's NONPREF_PEER_TX_DELAY. */
export const NOT_PREFERRED_DELAY_MS = 2_000;

/** How a transaction was named. */
export interface TransactionName {
  readonly by: 'txid' | 'wtxid';
  readonly hash: Uint8Array;
}

/** A request to send. */
export interface TransactionRequest {
  readonly peer: PeerId;
  readonly name: TransactionName;
}

/**
 * A transaction that was announced and is not here. There may be 5,000 for each peer, so it is kept small: lists in place of sets, which most
 * have one peer in, and no hash beside its key. Some 440 bytes in all, where it took 800 (Node 20).
 */
interface Wanted {
  readonly key: HashKey;
  readonly by: TransactionName['by'];
  /** Who could be asked next, in the order of their announcements, the preferred before the others. Nobody twice. */
  readonly preferred: PeerId[];
  readonly others: PeerId[];
  /** Not asked for before this, unless a preferred peer announces it. */
  readonly readyAtMs: number;
  asked: PeerId | undefined;
  askedAtMs: number;
}

interface Announcer {
  readonly announced: Set<HashKey>;
  readonly asked: Set<HashKey>;
  /** What it could be asked for if it were not busy with as much as it may; in order. */
  readonly queue: Set<Wanted>;
}

/**
 * Who announced which transaction, and whom it is asked of: one peer at a time, the next when one does not deliver. A peer can neither
 * fill the memory nor keep a transaction from us for longer than a minute. Nothing here takes longer the more is announced.
 *
 * A txid and a wtxid of one transaction are two names here; what comes settles both.
 */
export class TransactionRequests {
  readonly #wanted = new Map<HashKey, Wanted>();
  readonly #announcers = new Map<PeerId, Announcer>();
  /** What nobody preferred has announced yet, the oldest first. */
  readonly #delayed = new Set<Wanted>();
  /** What is to be asked for at the next `take`. */
  #outgoing = new Set<Wanted>();
  /** What was asked for, the oldest first. */
  readonly #asked = new Set<Wanted>();

  /** Transactions that were announced and are not here. */
  get size(): number {
    return this.#wanted.size;
  }

  /** Announcements of one peer that are kept. */
  announcements(peer: PeerId): number {
    return this.#announcers.get(peer)?.announced.size ?? 0;
  }

  /** Transactions that one peer was asked for. */
  inFlight(peer: PeerId): number {
    return this.#announcers.get(peer)?.asked.size ?? 0;
  }

  /** A peer has a transaction. Announcements beyond the limit are forgotten at once. */
  announced(peer: PeerId, key: HashKey, name: TransactionName, how: { readonly preferred: boolean; readonly nowMs: number }): void {
    const announcer = this.#announcer(peer);
    if (announcer.announced.has(key) || announcer.announced.size >= ANNOUNCEMENTS_PER_PEER_MAX) return;
    announcer.announced.add(key);
    const wanted = this.#wanted.get(key) ?? this.#want(key, name.by, how.nowMs);
    (how.preferred ? wanted.preferred : wanted.others).push(peer);
    if (this.#delayed.has(wanted)) {
      if (how.preferred) this.#assign(wanted);
    } else if (wanted.asked === undefined) {
      this.#assign(wanted);
    }
  }

  /** The transaction came, or is not wanted: it is asked of nobody any more. */
  forget(key: HashKey): void {
    const wanted = this.#wanted.get(key);
    if (wanted === undefined) return;
    for (const peer of [...wanted.preferred, ...wanted.others]) {
      const announcer = this.#announcers.get(peer);
      announcer?.announced.delete(key);
      announcer?.queue.delete(wanted);
    }
    this.#wanted.delete(key);
    this.#delayed.delete(wanted);
    this.#release(wanted);
  }

  /** The peer does not have it, whatever it announced. */
  notFound(peer: PeerId, key: HashKey): void {
    const wanted = this.#wanted.get(key);
    if (wanted?.asked === peer) this.#next(wanted);
  }

  /** The peer is gone; what it was asked for is asked of others. */
  gone(peer: PeerId): void {
    const announcer = this.#announcers.get(peer);
    if (announcer === undefined) return;
    this.#announcers.delete(peer);
    for (const key of announcer.announced) {
      const wanted = this.#wanted.get(key);
      if (wanted === undefined) continue;
      takeOut(wanted, peer);
      if (wanted.asked === peer) this.#next(wanted);
      else if (isOfNobody(wanted)) this.forget(key);
    }
  }

  /** Whom to ask for what now. What is returned counts as asked from now on. */
  take(nowMs: number): readonly TransactionRequest[] {
    for (const wanted of this.#asked) {
      if (nowMs < wanted.askedAtMs + TRANSACTION_TIMEOUT_MS) break;
      this.#next(wanted);
    }
    for (const wanted of this.#delayed) {
      if (nowMs < wanted.readyAtMs) break;
      this.#assign(wanted);
    }
    const requests: TransactionRequest[] = [];
    if (this.#outgoing.size === 0) return requests;
    for (const wanted of this.#outgoing) {
      if (wanted.asked === undefined) continue;
      wanted.askedAtMs = nowMs;
      this.#asked.add(wanted);
      requests.push({ peer: wanted.asked, name: { by: wanted.by, hash: hashOfKey(wanted.key) } });
    }
    this.#outgoing = new Set();
    return requests;
  }

  /** When `take` will have something again, if nothing else happens. */
  dueAtMs(): number | undefined {
    const [asked] = this.#asked;
    const [delayed] = this.#delayed;
    const timeout = asked === undefined ? undefined : asked.askedAtMs + TRANSACTION_TIMEOUT_MS;
    const ready = delayed?.readyAtMs;
    return timeout === undefined || ready === undefined ? (timeout ?? ready) : Math.min(timeout, ready);
  }

  #want(key: HashKey, by: Wanted['by'], nowMs: number): Wanted {
    const wanted: Wanted = {
      key,
      by,
      preferred: [],
      others: [],
      readyAtMs: nowMs + NOT_PREFERRED_DELAY_MS,
      asked: undefined,
      askedAtMs: 0,
    };
    this.#wanted.set(key, wanted);
    this.#delayed.add(wanted);
    return wanted;
  }

  #announcer(peer: PeerId): Announcer {
    let announcer = this.#announcers.get(peer);
    if (announcer === undefined) {
      announcer = { announced: new Set(), asked: new Set(), queue: new Set() };
      this.#announcers.set(peer, announcer);
    }
    return announcer;
  }

  /** Asks the first who may be asked, preferred ones before others; where all are busy, whoever is free first will be. */
  #assign(wanted: Wanted): void {
    this.#delayed.delete(wanted);
    const candidates = [...wanted.preferred, ...wanted.others];
    const free = candidates.find((peer) => this.inFlight(peer) < TRANSACTIONS_IN_FLIGHT_PER_PEER);
    if (free !== undefined) {
      this.#ask(wanted, free);
      return;
    }
    for (const peer of candidates) this.#announcer(peer).queue.add(wanted);
  }

  #ask(wanted: Wanted, peer: PeerId): void {
    for (const each of [...wanted.preferred, ...wanted.others]) this.#announcers.get(each)?.queue.delete(wanted);
    wanted.asked = peer;
    this.#announcer(peer).asked.add(wanted.key);
    this.#outgoing.add(wanted);
  }

  /** Nobody is asked for it any more; who was has a place for something else. */
  #release(wanted: Wanted): void {
    const { asked } = wanted;
    this.#asked.delete(wanted);
    this.#outgoing.delete(wanted);
    wanted.asked = undefined;
    const announcer = asked === undefined ? undefined : this.#announcers.get(asked);
    if (asked === undefined || announcer === undefined) return;
    announcer.asked.delete(wanted.key);
    const [waiting] = announcer.queue;
    if (waiting !== undefined && announcer.asked.size < TRANSACTIONS_IN_FLIGHT_PER_PEER) this.#ask(waiting, asked);
  }

  /** Whoever was asked is not asked again; the next one is, or there is none and it is forgotten. */
  #next(wanted: Wanted): void {
    const { asked, key } = wanted;
    if (asked !== undefined) {
      takeOut(wanted, asked);
      this.#announcers.get(asked)?.announced.delete(key);
    }
    this.#release(wanted);
    if (isOfNobody(wanted)) this.forget(key);
    else this.#assign(wanted);
  }
}

function isOfNobody({ preferred, others }: Wanted): boolean {
  return preferred.length + others.length === 0;
}

/** Nobody is in both lists, nor twice in one. */
function takeOut({ preferred, others }: Wanted, peer: PeerId): void {
  for (const list of [preferred, others]) {
    const at = list.indexOf(peer);
    if (at >= 0) list.splice(at, 1);
  }
}
