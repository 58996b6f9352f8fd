import { type HashKey, hashKey } from '../../core/primitives/ids.ts';
import type { Transaction } from '../../core/primitives/transaction.ts';
import { INVENTORY, type InventoryItem } from '../../core/wire/inventory.ts';
import { formatHostPort } from '../../core/wire/ip-text.ts';
import type { Peer } from '../sync/peer.ts';
import type { LightContext } from './light-context.ts';
import type { LightLedger } from './light-ledger.ts';

/** A transaction that waits is announced again this often. */
export const ANNOUNCE_INTERVAL_MS: number = 10 * 60_000;

/** Finds what an inventory item means. */
type Finder = (item: InventoryItem) => Transaction | undefined;

/** Who took a transaction, and who else told of it since. */
interface Relayed {
  /** By their addresses: who comes back counts once. */
  readonly asked: Set<string>;
  readonly named: Set<string>;
}

/**
 * Tells peers of the transactions that wait, gives them to whoever asks, and watches who names them besides: a peer that was never given one can
 * have it only from others.
 */
export class Broadcast {
  readonly #context: LightContext;
  readonly #ledger: LightLedger;
  readonly #relayed = new Map<HashKey, Relayed>();
  #nextAtMs = 0;

  constructor(context: LightContext, ledger: LightLedger) {
    this.#context = context;
    this.#ledger = ledger;
  }

  /** Tells every peer of a transaction. */
  announce(tx: Transaction): void {
    for (const peer of this.#context.ready()) this.#announceTo(peer, [tx]);
  }

  /** Tells a new peer of all that waits. */
  ready(peer: Peer): void {
    this.#announceTo(peer, this.#ledger.waiting());
  }

  #announceTo(peer: Peer, transactions: readonly Transaction[]): void {
    if (transactions.length === 0 || peer.version?.relay !== true) return;
    const items = transactions.map(({ txid, wtxid }): InventoryItem => {
      return peer.wtxidRelay ? { kind: INVENTORY.wtx, hash: wtxid } : { kind: INVENTORY.tx, hash: txid };
    });
    this.#context.send(peer, { type: 'inv', items });
  }

  /** What waits, by both its ids: a message has up to 50,000 of them. */
  #byId(): Finder {
    const byTxid = new Map<HashKey, Transaction>();
    const byWtxid = new Map<HashKey, Transaction>();
    for (const tx of this.#ledger.waiting()) {
      byTxid.set(hashKey(tx.txid), tx);
      byWtxid.set(hashKey(tx.wtxid), tx);
    }
    return ({ kind, hash }) => {
      if (kind === INVENTORY.wtx) return byWtxid.get(hashKey(hash));
      return kind === INVENTORY.tx || kind === INVENTORY.witnessTx ? byTxid.get(hashKey(hash)) : undefined;
    };
  }

  /** A peer asks for what it was told of; anything else is not here. */
  requested(peer: Peer, items: readonly InventoryItem[]): void {
    const missing: InventoryItem[] = [];
    const find = this.#byId();
    for (const item of items) {
      const tx = find(item);
      if (tx === undefined) {
        missing.push(item);
        continue;
      }
      this.#context.send(peer, { type: 'tx', tx, stripped: item.kind === INVENTORY.tx });
      this.#note(tx, peer, 'asked');
    }
    if (missing.length > 0) this.#context.send(peer, { type: 'notfound', items: missing });
  }

  /** A peer names what it has. */
  named(peer: Peer, items: readonly InventoryItem[]): void {
    const find = this.#byId();
    for (const item of items) {
      const tx = find(item);
      if (tx !== undefined) this.#note(tx, peer, 'named');
    }
  }

  #note(tx: Transaction, { remote, dialled }: Peer, what: keyof Relayed): void {
    const key = hashKey(tx.txid);
    const relayed = this.#relayed.get(key) ?? { asked: new Set(), named: new Set() };
    this.#relayed.set(key, relayed);
    const { host, port } = dialled ?? remote;
    const address = formatHostPort(host, port);
    if (relayed[what].has(address) || (what === 'named' && relayed.asked.has(address))) return;
    relayed[what].add(address);
    this.#context.tell({ kind: 'transaction-relayed', txid: tx.txid, asked: relayed.asked.size, named: relayed.named.size });
  }

  tick(): void {
    const now = this.#context.nowMs();
    const waiting = this.#ledger.waiting();
    if (waiting.length === 0) {
      this.#relayed.clear();
      return;
    }
    if (now >= this.#nextAtMs) {
      this.#nextAtMs = now + ANNOUNCE_INTERVAL_MS;
      for (const peer of this.#context.ready()) this.#announceTo(peer, waiting);
    }
    this.#context.wakeBy(this.#nextAtMs);
  }
}
