import type { Block } from '../../core/primitives/block.ts';
import type { HashKey, Txid, Wtxid } from '../../core/primitives/ids.ts';
import { hashKey, toDisplayHex } from '../../core/primitives/ids.ts';
import type { Transaction } from '../../core/primitives/transaction.ts';
import type { InventoryItem } from '../../core/wire/inventory.ts';
import { INVENTORY, INVENTORY_MAX } from '../../core/wire/inventory.ts';
import type { HeaderNode } from '../chain/header-node.ts';
import type { SyncContext } from './context.ts';
import { TRANSACTION_VERDICTS } from './misbehaviour.ts';
import { ORPHAN_EXPIRY_MS, type Orphan, Orphans } from './orphans.ts';
import type { Peer, PeerId } from './peer.ts';
import { isInbound, wantsTransactions } from './peer.ts';
import { poissonDelayMs } from './poisson.ts';
import { RecentSet } from './recent-set.ts';
import type { TransactionName } from './transaction-requests.ts';
import { TransactionRequests } from './transaction-requests.ts';
import type { TransactionOutcome, WaitingTransaction } from './views.ts';

/** Mean time between announcements to those who called us; they all hear at the same moments. Core's value. */
export const ANNOUNCE_INBOUND_MEAN_MS = 5_000;

/** Mean time between announcements to one whom we called; each hears at moments of its own. Core's value. */
export const ANNOUNCE_OUTBOUND_MEAN_MS = 2_000;

/** Announcements at one turn: 14 a second over the mean time, more where many wait, never over the limit. Core's values. */
const ANNOUNCED_AT_ONCE = 70;
const ANNOUNCED_AT_ONCE_MAX = 1_000;

/** Refused and confirmed transactions that are remembered, so that they are not asked for again. */
const REFUSED_REMEMBERED = 20_000;
const CONFIRMED_REMEMBERED = 24_000;

/** So far below the best header nothing is confirmed that anybody still announces: a node that catches up need not remember any of it. */
const ANNOUNCED_BLOCKS = 6;

/** Entries of one `getdata`. */
const REQUESTED_AT_ONCE = 1_000;

/** Transactions: announced, asked for, judged, and passed on. */
export class TransactionRelay {
  readonly #context: SyncContext;
  readonly #requests = new TransactionRequests();
  readonly #orphans = new Orphans();
  /** By wtxid; forgotten when the tip changes, since then they may be acceptable. */
  readonly #refused = new RecentSet<HashKey>(REFUSED_REMEMBERED);
  /** By txid and wtxid. */
  readonly #confirmed = new RecentSet<HashKey>(CONFIRMED_REMEMBERED);
  #inboundAtMs: number | undefined;

  constructor(context: SyncContext) {
    this.#context = context;
  }

  /** Transactions that wait for their parents. */
  get orphans(): number {
    return this.#orphans.size;
  }

  /** Each of them, in the order of their coming. */
  waitingOrphans(): Iterable<Orphan> {
    return this.#orphans.all();
  }

  /** The peer has transactions. */
  announced(peer: Peer, items: readonly InventoryItem[]): void {
    const nowMs = this.#context.nowMs();
    for (const { kind, hash } of items) {
      if ((kind === INVENTORY.tx || kind === INVENTORY.wtx) && !this.#context.takesTransactions(peer)) {
        this.#context.disconnect(peer, 'transaction-unwanted');
        return;
      }
      // What was agreed on in the handshake holds for every announcement; others are ignored, as Core does.
      if (kind !== (peer.wtxidRelay ? INVENTORY.wtx : INVENTORY.tx)) continue;
      const key = hashKey(hash);
      peer.transactions.known.add(key);
      const name: TransactionName = { by: peer.wtxidRelay ? 'wtxid' : 'txid', hash };
      if (!this.#has(key, name)) this.#requests.announced(peer.id, key, name, { preferred: !isInbound(peer), nowMs });
    }
    this.#ask();
  }

  /** A transaction came, asked for or not. */
  received(peer: Peer, tx: Transaction): void {
    if (!this.#context.takesTransactions(peer)) {
      this.#context.disconnect(peer, 'transaction-unwanted');
      return;
    }
    const wtxid = hashKey(tx.wtxid);
    const txid = hashKey(tx.txid);
    peer.transactions.known.add(wtxid);
    peer.transactions.known.add(txid);
    this.#requests.forget(wtxid);
    this.#requests.forget(txid);
    this.#ask();
    if (this.#has(wtxid, { by: 'wtxid', hash: tx.wtxid })) {
      const waiting = peer.permissions.has('forcerelay') ? this.#context.mempool.getByWtxid(tx.wtxid) : undefined;
      if (waiting !== undefined) this.added(waiting);
      return;
    }
    this.#context.emit({ kind: 'accept-tx', peer: peer.id, tx });
  }

  /** The mempool has judged a transaction that came from a peer, which may be gone by now. */
  processed(peer: Peer | undefined, tx: Transaction, outcome: TransactionOutcome): void {
    const { rejection } = outcome;
    if (rejection === undefined) {
      this.#context.log.debug('transaction-accepted', { peer: peer?.id, txid: toDisplayHex(tx.txid) });
      if (peer !== undefined) peer.transactions.lastTimeSeconds = this.#context.nowSeconds();
      for (const child of this.#orphans.takeChildren(tx)) this.#context.emit({ kind: 'accept-tx', peer: child.peer, tx: child.tx });
      return;
    }
    this.#context.log.debug('transaction-refused', { peer: peer?.id, reason: rejection.reason });
    if (rejection.kind === 'missing-inputs') {
      if (peer !== undefined && !peer.leaving) this.#keepOrphan(peer, tx);
      return;
    }
    this.#refused.add(hashKey(tx.wtxid));
    const verdict = TRANSACTION_VERDICTS[rejection.kind];
    if (verdict !== undefined && peer !== undefined) this.#context.disconnect(peer, verdict);
  }

  /** The peer does not have what it was asked for. */
  notFound(peer: Peer, hash: Uint8Array): void {
    this.#requests.notFound(peer.id, hashKey(hash));
    this.#ask();
  }

  /** The handshake is done: at the first turn, whatever waits until then, the peer may begin to ask for what it has heard of elsewhere. */
  ready(peer: Peer): void {
    if (wantsTransactions(peer)) this.#schedule(peer);
  }

  /** A transaction waits in the mempool: everybody hears of it in time. */
  added({ tx }: WaitingTransaction): void {
    // One key and one name for all of the peers: with many of both, each of its own would cost several times as much.
    const key = hashKey(tx.wtxid);
    const name = { txid: tx.txid, wtxid: tx.wtxid };
    for (const peer of this.#context.ready()) this.#queue(peer, key, name);
  }

  /** A block joined the chain. */
  connected(block: Block, { height }: HeaderNode): void {
    const isRecent = this.#context.chain.tree.best.height - height < ANNOUNCED_BLOCKS;
    if (!isRecent && this.#requests.size === 0 && this.#orphans.size === 0) return;
    for (const tx of block.transactions) {
      for (const key of [hashKey(tx.txid), hashKey(tx.wtxid)]) {
        this.#confirmed.add(key);
        this.#requests.forget(key);
      }
      // Orphans that wait for this one: they may be asked for, and found acceptable, from now on.
      for (const child of this.#orphans.takeChildren(tx)) this.#context.emit({ kind: 'accept-tx', peer: child.peer, tx: child.tx });
      this.#orphans.spent(tx.inputs.map((input) => input.prevout));
    }
  }

  /** A block left the chain: its transactions may be wanted again. */
  disconnected(): void {
    this.#confirmed.clear();
  }

  /** The chain rests on another tip: what was refused may hold now. */
  tipChanged(): void {
    this.#refused.clear();
  }

  /** The peer is gone. */
  gone(peer: PeerId): void {
    this.#requests.gone(peer);
    this.#orphans.gone(peer);
    this.#ask();
  }

  /** Announces everything that waits, to one who asked for it (BIP-35). */
  announceAll(peer: Peer): void {
    const items: InventoryItem[] = [];
    for (const waiting of this.#context.mempool.entries()) {
      if (items.length === INVENTORY_MAX || !wants(peer, waiting)) continue;
      peer.transactions.toAnnounce.delete(hashKey(waiting.tx.wtxid));
      items.push(this.#announcement(peer, waiting));
    }
    if (items.length > 0) this.#context.send(peer, { type: 'inv', items });
    peer.transactions.announcedSequence = this.#context.mempool.sequence;
  }

  /** Announcements and requests that are due. */
  tick(): void {
    const now = this.#context.nowMs();
    const inboundDue = this.#inboundAtMs !== undefined && now >= this.#inboundAtMs;
    if (inboundDue) this.#inboundAtMs = undefined;
    for (const peer of this.#context.ready()) {
      const { announceAtMs } = peer.transactions;
      if (announceAtMs === undefined ? isInbound(peer) && inboundDue : now >= announceAtMs) {
        peer.transactions.announceAtMs = undefined;
        this.#announce(peer);
      }
      if (peer.transactions.toAnnounce.size > 0) this.#schedule(peer);
    }
    this.#ask();
    const expiresAtMs = this.#orphans.expire(now);
    if (expiresAtMs !== undefined) this.#context.wakeBy(expiresAtMs);
  }

  /** Whether a transaction is here, or was and need not come again. */
  #has(key: HashKey, name: TransactionName): boolean {
    if (this.#refused.has(key) || this.#confirmed.has(key)) return true;
    const { mempool } = this.#context;
    if (name.by === 'txid') return mempool.get(name.hash as Txid) !== undefined;
    return mempool.getByWtxid(name.hash as Wtxid) !== undefined || this.#orphans.has(name.hash);
  }

  /** Keeps a transaction and asks its sender for what it builds on. */
  #keepOrphan(peer: Peer, tx: Transaction): void {
    const nowMs = this.#context.nowMs();
    const parents = new Map(tx.inputs.map(({ prevout }) => [hashKey(prevout.txid), prevout.txid]));
    // A parent without witnesses is refused by its txid: then its children are lost as well.
    for (const key of parents.keys()) {
      if (!this.#refused.has(key)) continue;
      this.#refused.add(hashKey(tx.wtxid));
      return;
    }
    if (!this.#orphans.add(tx, peer.id, nowMs)) return;
    for (const [key, txid] of parents) {
      const name: TransactionName = { by: 'txid', hash: txid };
      if (!this.#has(key, name)) this.#requests.announced(peer.id, key, name, { preferred: true, nowMs });
    }
    this.#context.wakeBy(nowMs + ORPHAN_EXPIRY_MS);
    this.#ask();
  }

  #queue(peer: Peer, key: HashKey, name: Pick<Transaction, 'txid' | 'wtxid'>): void {
    const { known, toAnnounce } = peer.transactions;
    if (!wantsTransactions(peer)) return;
    // A turn comes for what the peer knows too: it is told how far the mempool was looked through.
    if (!known.has(key)) toAnnounce.set(key, name);
    this.#schedule(peer);
  }

  /** Fixes the moment of the next announcement, if it is not fixed yet. */
  #schedule(peer: Peer): void {
    const now = this.#context.nowMs();
    const { random } = this.#context;
    if (peer.permissions.has('noban')) {
      // Who is trusted need not wait: it will not work out where a transaction came from.
      peer.transactions.announceAtMs ??= now;
      this.#context.wakeBy(now);
    } else if (isInbound(peer)) {
      this.#inboundAtMs ??= now + poissonDelayMs(random, ANNOUNCE_INBOUND_MEAN_MS);
      this.#context.wakeBy(this.#inboundAtMs);
    } else {
      peer.transactions.announceAtMs ??= now + poissonDelayMs(random, ANNOUNCE_OUTBOUND_MEAN_MS);
      this.#context.wakeBy(peer.transactions.announceAtMs);
    }
  }

  /** Announces what came first; the rest waits for the next turn. */
  #announce(peer: Peer): void {
    const { toAnnounce } = peer.transactions;
    const most = Math.min(ANNOUNCED_AT_ONCE_MAX, ANNOUNCED_AT_ONCE + Math.floor(toAnnounce.size / 1000) * 5);
    const items: InventoryItem[] = [];
    for (const [key, { wtxid }] of toAnnounce) {
      if (items.length === most) break;
      toAnnounce.delete(key);
      const waiting = this.#context.mempool.getByWtxid(wtxid);
      if (waiting !== undefined && !peer.transactions.known.has(key) && wants(peer, waiting)) items.push(this.#announcement(peer, waiting));
    }
    if (items.length > 0) this.#context.send(peer, { type: 'inv', items });
    peer.transactions.announcedSequence = this.#context.mempool.sequence;
  }

  #announcement(peer: Peer, { tx }: WaitingTransaction): InventoryItem {
    peer.transactions.known.add(hashKey(tx.wtxid));
    return peer.wtxidRelay ? { kind: INVENTORY.wtx, hash: tx.wtxid } : { kind: INVENTORY.tx, hash: tx.txid };
  }

  /** Sends the requests whose time has come. */
  #ask(): void {
    const now = this.#context.nowMs();
    const byPeer = new Map<PeerId, InventoryItem[]>();
    for (const { peer, name } of this.#requests.take(now)) {
      const items = byPeer.get(peer) ?? [];
      items.push({ kind: name.by === 'wtxid' ? INVENTORY.wtx : INVENTORY.witnessTx, hash: name.hash });
      byPeer.set(peer, items);
    }
    for (const [id, items] of byPeer) {
      const peer = this.#context.peers.get(id);
      for (let i = 0; peer !== undefined && i < items.length; i += REQUESTED_AT_ONCE) {
        this.#context.send(peer, { type: 'getdata', items: items.slice(i, i + REQUESTED_AT_ONCE) });
      }
    }
    const due = this.#requests.dueAtMs();
    if (due !== undefined) this.#context.wakeBy(due);
  }
}

/** Whether a transaction pays what the peer asks for (BIP-133), and is one of those that it wants (BIP-37). */
function wants({ transactions }: Peer, { feeSat, tx, vsizeBytes }: WaitingTransaction): boolean {
  return feeSat * 1000n >= transactions.feeFilterSatPerKvb * BigInt(vsizeBytes) && transactions.bloom?.matches(tx) !== false;
}
