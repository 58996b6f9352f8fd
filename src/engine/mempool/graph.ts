import { assert } from '../../core/base/assert.ts';
import type { HashKey } from '../../core/primitives/ids.ts';
import { hashKey } from '../../core/primitives/ids.ts';
import type { OutPoint, Satoshis, Transaction } from '../../core/primitives/transaction.ts';
import { outPointKey } from '../../core/primitives/transaction.ts';
import type { Chunk, Cluster } from './cluster.ts';
import { CLUSTER_COUNT_MAX, CLUSTER_WEIGHT_WU_MAX, connectedGroups, makeCluster } from './cluster.ts';
import type { GraphEntry, MempoolEntry } from './entry.ts';
import { Heap } from './heap.ts';

/** A cluster's place among all: its next chunk. */
interface Cursor {
  readonly cluster: Cluster;
  at: number;
}

/** What a change would make of the clusters that it touches. */
export interface ClusterChange {
  /** Chunks of the touched clusters as they are. */
  readonly before: readonly Chunk[];
  /** Chunks that would stand in their place. */
  readonly after: readonly Chunk[];
  /** Whether the new transaction's cluster keeps to the limits. */
  readonly fits: boolean;
}

/** Whether connected transactions are few and light enough to be one cluster. */
function fitsCluster(members: readonly MempoolEntry[]): boolean {
  let weightWu = 0;
  for (const entry of members) weightWu += entry.adjustedWeightWu;
  return members.length <= CLUSTER_COUNT_MAX && weightWu <= CLUSTER_WEIGHT_WU_MAX;
}

/** Takes every chunk of every cluster, best first. */
export function* chunksBestFirst(clusters: Iterable<Cluster>): Generator<Chunk, void, 'skip' | undefined> {
  const cursors: Cursor[] = [];
  for (const cluster of clusters) cursors.push({ cluster, at: 0 });
  const rate = ({ cluster, at }: Cursor): number => cluster.chunks[at]!.rate;
  const heap = new Heap<Cursor>((a, b) => rate(a) > rate(b), cursors);
  for (let cursor = heap.pop(); cursor !== undefined; cursor = heap.pop()) {
    const answer = yield cursor.cluster.chunks[cursor.at]!;
    cursor.at++;
    if (answer !== 'skip' && cursor.at < cursor.cluster.chunks.length) heap.push(cursor);
  }
}

/**
 * The waiting transactions with their links, clusters and spent outputs. Knows no policy but the limits of a cluster, and no chain.
 */
export class TransactionGraph {
  readonly #byTxid = new Map<HashKey, GraphEntry>();
  readonly #byWtxid = new Map<HashKey, GraphEntry>();
  readonly #spenders = new Map<HashKey, GraphEntry>();
  readonly #clusters = new Set<Cluster>();
  /** Clusters by their last chunk, worst first; those that are no more are dropped when they are met. */
  #worst = new Heap<Cluster>(worseLast);
  #usageBytes = 0;
  #vsizeBytes = 0;
  #feeSat = 0n;

  /** Number of transactions. */
  get size(): number {
    return this.#byTxid.size;
  }

  get usageBytes(): number {
    return this.#usageBytes;
  }

  get vsizeBytes(): number {
    return this.#vsizeBytes;
  }

  get totalFeeSat(): Satoshis {
    return this.#feeSat;
  }

  get clusters(): ReadonlySet<Cluster> {
    return this.#clusters;
  }

  get(txid: Uint8Array): GraphEntry | undefined {
    // A sync asks for every transaction of every block while nothing waits: no key is made in vain.
    if (this.#byTxid.size === 0) return undefined;
    return this.#byTxid.get(hashKey(txid));
  }

  getByWtxid(wtxid: Uint8Array): GraphEntry | undefined {
    return this.#byWtxid.get(hashKey(wtxid));
  }

  spenderOf(outPoint: OutPoint): GraphEntry | undefined {
    if (this.#spenders.size === 0) return undefined;
    return this.#spenders.get(outPointKey(outPoint));
  }

  /** In the order of their coming. */
  entries(): IterableIterator<GraphEntry> {
    return this.#byTxid.values();
  }

  /** Waiting transactions whose outputs it spends. */
  parentsOf(tx: Transaction): Set<GraphEntry> {
    const parents = new Set<GraphEntry>();
    for (const { prevout } of tx.inputs) {
      const parent = this.get(prevout.txid);
      if (parent !== undefined) parents.add(parent);
    }
    return parents;
  }

  /** Waiting transactions that spend its outputs: there are some only where its own block was disconnected. */
  childrenOf(tx: Transaction): Set<GraphEntry> {
    const children = new Set<GraphEntry>();
    for (let vout = 0; vout < tx.outputs.length; vout++) {
      const child = this.spenderOf({ txid: tx.txid, vout });
      if (child !== undefined) children.add(child);
    }
    return children;
  }

  /** What adding `entry` (its neighbours already named in it) without `removed` would change. Changes nothing. */
  preview(entry: GraphEntry, removed: ReadonlySet<MempoolEntry>): ClusterChange {
    const touched = new Set<Cluster>();
    for (const each of removed) touched.add(each.cluster);
    for (const each of [...entry.parents, ...entry.children]) touched.add(each.cluster);
    const before: Chunk[] = [];
    const members: MempoolEntry[] = [];
    for (const cluster of touched) {
      before.push(...cluster.chunks);
      for (const each of cluster.entries) if (!removed.has(each)) members.push(each);
    }
    const after: Chunk[] = [];
    let fits = false;
    // The entry comes first: the groups grow from it, since its neighbours do not know it yet.
    for (const group of connectedGroups([entry, ...members])) {
      if (group[0] === entry) {
        fits = fitsCluster(group);
        if (!fits) break;
      }
      after.push(...makeCluster(group).chunks);
    }
    return { before, after, fits };
  }

  /** Puts an entry in and joins the clusters of its neighbours. `preview` has said that they fit. */
  add(entry: GraphEntry): void {
    const { tx } = entry;
    assert(this.get(tx.txid) === undefined, 'a transaction waits once');
    this.#byTxid.set(hashKey(tx.txid), entry);
    this.#byWtxid.set(hashKey(tx.wtxid), entry);
    for (const { prevout } of tx.inputs) {
      const key = outPointKey(prevout);
      assert(!this.#spenders.has(key), 'an output is spent once');
      this.#spenders.set(key, entry);
    }
    const members: MempoolEntry[] = [entry];
    const joined = new Set<Cluster>();
    for (const parent of entry.parents) {
      parent.children.add(entry);
      joined.add(parent.cluster);
    }
    for (const child of entry.children) {
      child.parents.add(entry);
      joined.add(child.cluster);
    }
    for (const cluster of joined) {
      members.push(...cluster.entries);
      this.#clusters.delete(cluster);
    }
    this.#setCluster(members);
    this.#usageBytes += entry.usageBytes;
    this.#vsizeBytes += entry.vsizeBytes;
    this.#feeSat += entry.feeSat;
  }

  /** Takes entries out; what is left of their clusters is put in order again. Children stay unless they are named too. */
  remove(removed: ReadonlySet<GraphEntry>): void {
    const touched = new Set<Cluster>();
    for (const entry of removed) {
      const { tx } = entry;
      assert(this.#byTxid.delete(hashKey(tx.txid)), 'only a waiting transaction is removed');
      this.#byWtxid.delete(hashKey(tx.wtxid));
      for (const { prevout } of tx.inputs) this.#spenders.delete(outPointKey(prevout));
      for (const parent of entry.parents) parent.children.delete(entry);
      for (const child of entry.children) child.parents.delete(entry);
      touched.add(entry.cluster);
      this.#usageBytes -= entry.usageBytes;
      this.#vsizeBytes -= entry.vsizeBytes;
      this.#feeSat -= entry.feeSat;
    }
    for (const cluster of touched) {
      this.#clusters.delete(cluster);
      const left = cluster.entries.filter((entry) => !removed.has(entry as GraphEntry));
      for (const group of connectedGroups(left)) this.#setCluster(group);
    }
  }

  /** Counts another fee for an entry, and orders its cluster anew. */
  setModifiedFee(entry: GraphEntry, modifiedFeeSat: Satoshis): void {
    entry.modifiedFeeSat = modifiedFeeSat;
    const { cluster } = entry;
    this.#clusters.delete(cluster);
    this.#setCluster(cluster.entries);
  }

  #setCluster(members: readonly MempoolEntry[]): void {
    const cluster = makeCluster(members);
    for (const entry of cluster.entries) (entry as GraphEntry).cluster = cluster;
    this.#clusters.add(cluster);
    this.#worst.push(cluster);
    if (this.#worst.size > 2 * this.#clusters.size + 64) this.#worst = new Heap<Cluster>(worseLast, [...this.#clusters]);
  }

  /** The chunk that pays least of all, which nothing that stays depends on. */
  worstChunk(): Chunk | undefined {
    for (let cluster = this.#worst.peek(); cluster !== undefined; cluster = this.#worst.peek()) {
      if (this.#clusters.has(cluster)) return cluster.chunks.at(-1);
      this.#worst.pop();
    }
    return undefined;
  }
}

/** Whether the last chunk of `a` pays less than that of `b`. */
function worseLast(a: Cluster, b: Cluster): boolean {
  return a.chunks.at(-1)!.rate < b.chunks.at(-1)!.rate;
}

/** The entries and every waiting transaction that one of them needs, or that needs one of them, themselves included. */
export function withRelatives<T extends MempoolEntry>(entries: Iterable<T>, direction: 'parents' | 'children'): Set<T> {
  const all = new Set<T>(entries);
  // A Set that grows while it is walked is walked to its new end.
  for (const entry of all) for (const next of entry[direction]) all.add(next as T);
  return all;
}
