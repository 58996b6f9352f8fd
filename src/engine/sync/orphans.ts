import type { HashKey } from '../../core/primitives/ids.ts';
import { hashKey } from '../../core/primitives/ids.ts';
import type { OutPoint, Transaction } from '../../core/primitives/transaction.ts';
import { outPointKey, ownCopy, transactionWeightWu } from '../../core/primitives/transaction.ts';
import type { PeerId } from './peer.ts';

/** Weight of the orphans that one peer may have here: that of one largest standard transaction and a bit. Core's reserved weight. */
export const ORPHAN_WEIGHT_WU_PER_PEER = 404_000;

/** Orphans that one peer may have here. */
export const ORPHANS_PER_PEER_MAX = 100;

/** An orphan heavier than a standard transaction is not kept. Core's MAX_STANDARD_TX_WEIGHT. */
export const ORPHAN_WEIGHT_WU_MAX = 400_000;

/** An orphan whose parents do not come is forgotten after this time. */
export const ORPHAN_EXPIRY_MS: number = 20 * 60_000;

/** A transaction whose parents are missing. */
export interface Orphan {
  readonly tx: Transaction;
  /** Who sent it; its quota holds it, and it goes with the peer. */
  readonly peer: PeerId;
  readonly atMs: number;
}

interface Quota {
  weightWu: number;
  readonly orphans: Map<HashKey, Orphan>;
}

/**
 * Transactions that came before their parents. Each belongs to the peer that sent it and counts against that peer's quota alone: whoever
 * sends many only pushes out its own.
 */
export class Orphans {
  readonly #byWtxid = new Map<HashKey, Orphan>();
  readonly #quotas = new Map<PeerId, Quota>();
  /** Which orphans spend an output. */
  readonly #spenders = new Map<HashKey, Set<Orphan>>();

  /** Number of orphans. */
  get size(): number {
    return this.#byWtxid.size;
  }

  /** All of them, in the order of their coming. */
  all(): Iterable<Orphan> {
    return this.#byWtxid.values();
  }

  has(wtxid: Uint8Array): boolean {
    return this.#byWtxid.has(hashKey(wtxid));
  }

  /** Keeps a copy; the oldest of the same peer make room. @returns false where it is too heavy or here already */
  add(tx: Transaction, peer: PeerId, nowMs: number): boolean {
    const weightWu = transactionWeightWu(tx);
    if (weightWu > ORPHAN_WEIGHT_WU_MAX || this.has(tx.wtxid)) return false;
    // A copy: the transaction is a view into the message that brought it.
    const orphan: Orphan = { tx: ownCopy(tx), peer, atMs: nowMs };
    let quota = this.#quotas.get(peer);
    if (quota === undefined) {
      quota = { weightWu: 0, orphans: new Map() };
      this.#quotas.set(peer, quota);
    }
    for (const old of quota.orphans.values()) {
      if (quota.orphans.size < ORPHANS_PER_PEER_MAX && quota.weightWu + weightWu <= ORPHAN_WEIGHT_WU_PER_PEER) break;
      this.#remove(old);
    }
    const key = hashKey(orphan.tx.wtxid);
    quota.weightWu += weightWu;
    quota.orphans.set(key, orphan);
    this.#byWtxid.set(key, orphan);
    for (const { prevout } of orphan.tx.inputs) {
      const spent = outPointKey(prevout);
      const spenders = this.#spenders.get(spent);
      if (spenders === undefined) this.#spenders.set(spent, new Set([orphan]));
      else spenders.add(orphan);
    }
    return true;
  }

  /** Takes out those that spend an output of a transaction: their time has come. */
  takeChildren(parent: Transaction): readonly Orphan[] {
    const children = new Set<Orphan>();
    if (this.size === 0) return [];
    for (let vout = 0; vout < parent.outputs.length; vout++) {
      for (const orphan of this.#spenders.get(outPointKey({ txid: parent.txid, vout })) ?? []) children.add(orphan);
    }
    for (const child of children) this.#remove(child);
    return [...children];
  }

  /** A block spent these outputs: orphans that wanted them are in it or never will be. */
  spent(outPoints: Iterable<OutPoint>): void {
    if (this.size === 0) return;
    for (const outPoint of outPoints) for (const orphan of [...(this.#spenders.get(outPointKey(outPoint)) ?? [])]) this.#remove(orphan);
  }

  /** The peer is gone, its orphans with it. */
  gone(peer: PeerId): void {
    for (const orphan of [...(this.#quotas.get(peer)?.orphans.values() ?? [])]) this.#remove(orphan);
  }

  /** Forgets what waited too long. @returns when the next one will have, undefined where none is left */
  expire(nowMs: number): number | undefined {
    for (const orphan of this.#byWtxid.values()) {
      if (nowMs < orphan.atMs + ORPHAN_EXPIRY_MS) return orphan.atMs + ORPHAN_EXPIRY_MS;
      this.#remove(orphan);
    }
    return undefined;
  }

  #remove(orphan: Orphan): void {
    const key = hashKey(orphan.tx.wtxid);
    this.#byWtxid.delete(key);
    const quota = this.#quotas.get(orphan.peer);
    if (quota !== undefined) {
      quota.weightWu -= transactionWeightWu(orphan.tx);
      quota.orphans.delete(key);
      if (quota.orphans.size === 0) this.#quotas.delete(orphan.peer);
    }
    for (const { prevout } of orphan.tx.inputs) {
      const spent = outPointKey(prevout);
      const spenders = this.#spenders.get(spent);
      spenders?.delete(orphan);
      if (spenders?.size === 0) this.#spenders.delete(spent);
    }
  }
}
