/**
 * Whether transactions that come together may wait, each given those before it. Core's `AcceptMultipleTransactions` as `testmempoolaccept`
 * uses it: nothing is replaced, and each must pay for itself.
 *
 * @module
 */

import type { Coin } from '../../core/consensus/coin.ts';
import type { Rejection } from '../../core/consensus/rejection.ts';
import type { ConsensusParams } from '../../core/params/types.ts';
import type { HashKey } from '../../core/primitives/ids.ts';
import { hashKey } from '../../core/primitives/ids.ts';
import type { OutPoint, Transaction } from '../../core/primitives/transaction.ts';
import type { PolicyOptions } from '../policy/options.ts';
import { checkTrucPackage, type PackageMember } from '../policy/truc-package.ts';
import type { PoolView, SingleContext } from './acceptance.ts';
import { checkAlone, checkEphemeralSpends, checkSingly } from './acceptance.ts';
import type { Cluster } from './cluster.ts';
import { CLUSTER_COUNT_MAX, CLUSTER_WEIGHT_WU_MAX } from './cluster.ts';
import type { GraphEntry, MempoolEntry } from './entry.ts';

/** What became of one of several. */
export type MemberVerdict =
  | { readonly entry: MempoolEntry; readonly rejection?: undefined }
  | { readonly rejection: Rejection; readonly entry?: undefined };

/** What became of several. */
export interface PackageVerdict {
  /** What is wrong with all of them together, in Core's words. */
  readonly error?: string | undefined;
  /** By their places; what was not looked at to its end has no verdict. */
  readonly members: ReadonlyMap<number, MemberVerdict>;
}

/** One that holds as far as it was looked at, scripts apart. */
export interface PackageCandidate {
  readonly entry: GraphEntry;
  readonly spent: readonly Coin[];
}

/** The waiting transactions, and those of a package that stand before the one that is looked at. Changes neither. */
class PackageView implements PoolView {
  readonly entries = new Set<GraphEntry>();
  readonly #pool: PoolView;
  readonly #own = new Map<HashKey, GraphEntry>();

  constructor(pool: PoolView) {
    this.#pool = pool;
  }

  add(entry: GraphEntry): void {
    this.entries.add(entry);
    this.#own.set(hashKey(entry.tx.txid), entry);
  }

  get(txid: Uint8Array): GraphEntry | undefined {
    return this.#own.get(hashKey(txid)) ?? this.#pool.get(txid);
  }

  getByWtxid(wtxid: Uint8Array): GraphEntry | undefined {
    return this.#pool.getByWtxid(wtxid);
  }

  spenderOf(outPoint: OutPoint): GraphEntry | undefined {
    return this.#pool.spenderOf(outPoint);
  }

  parentsOf(tx: Transaction): Set<GraphEntry> {
    const parents = tx.inputs.map(({ prevout }) => this.get(prevout.txid));
    return new Set(parents.filter((each) => each !== undefined));
  }

  childrenOf(tx: Transaction): Set<GraphEntry> {
    return this.#pool.childrenOf(tx);
  }
}

function memberOf(entry: GraphEntry, entries: ReadonlySet<GraphEntry>): PackageMember {
  const waiting = [...entry.parents].filter((parent) => !entries.has(parent));
  return {
    tx: entry.tx,
    vsizeBytes: entry.vsizeBytes,
    inPackage: [...entry.parents].filter((parent) => entries.has(parent)).map(({ tx }) => tx),
    waiting: waiting.map(({ tx, parents, children }) => ({ tx, hasParents: parents.size > 0, hasChildren: children.size > 0 })),
  };
}

/** Connected transactions: clusters of those that wait, joined by those that come. */
interface Group {
  count: number;
  weightWu: number;
  /** The group that it has become a part of. */
  joined?: Group;
}

function lastOf(group: Group): Group {
  let last = group;
  while (last.joined !== undefined) last = last.joined;
  return last;
}

/** Whether every cluster that would come of it keeps to its limits. */
function fitsClusters(entries: Iterable<GraphEntry>): boolean {
  const groups = new Map<Cluster | GraphEntry, Group>();
  for (const entry of entries) {
    const own: Group = { count: 1, weightWu: entry.adjustedWeightWu };
    groups.set(entry, own);
    for (const parent of entry.parents) {
      const { cluster } = parent;
      let group = groups.get(parent) ?? groups.get(cluster);
      if (group === undefined) {
        group = { count: cluster.entries.length, weightWu: cluster.adjustedWeightWu };
        groups.set(cluster, group);
      }
      const other = lastOf(group);
      if (other === own) continue;
      own.count += other.count;
      own.weightWu += other.weightWu;
      other.joined = own;
    }
    if (own.count > CLUSTER_COUNT_MAX || own.weightWu > CLUSTER_WEIGHT_WU_MAX) return false;
  }
  return true;
}

/** The first of them that leaves a parent's dust. */
function checkDustSpent(entries: Iterable<GraphEntry>, policy: PolicyOptions): readonly [place: number, rejection: Rejection] | undefined {
  let place = 0;
  for (const entry of entries) {
    const rejection = checkEphemeralSpends(entry, policy);
    if (rejection !== undefined) return [place, rejection];
    place++;
  }
  return undefined;
}

/**
 * Looks at transactions in their order, each as if those before it waited, and at what concerns all. `checkPackage` must have passed; scripts
 * are the caller's.
 *
 * @param loaded - coins of the active chain that they spend, by outpoint
 */
export function checkTogether(
  transactions: readonly Transaction[],
  loaded: ReadonlyMap<HashKey, Coin>,
  context: SingleContext & { readonly params: ConsensusParams },
): { readonly candidates: readonly PackageCandidate[]; readonly verdict?: undefined } | { readonly verdict: PackageVerdict } {
  const { policy, params } = context;
  const view = new PackageView(context.graph);
  const candidates: PackageCandidate[] = [];
  const failure = (place: number, rejection: Rejection) => ({ verdict: { members: new Map([[place, { rejection }]]) } });
  const together = (error: string) => ({ verdict: { error, members: new Map() } });
  for (const [place, tx] of transactions.entries()) {
    const alone = checkAlone(tx, params, policy);
    if (alone !== undefined) return failure(place, alone);
    const single = checkSingly(tx, loaded, { ...context, graph: view, packageEntries: view.entries });
    if (single.rejection !== undefined) return failure(place, single.rejection);
    view.add(single.entry);
    candidates.push(single);
  }
  const family = policy.requireStandard ? checkTrucPackage([...view.entries].map((entry) => memberOf(entry, view.entries))) : undefined;
  if (family !== undefined) return together(`TRUC-violation, ${family}`);
  if (!fitsClusters(view.entries)) return together('too-large-cluster');
  const dust = policy.requireStandard ? checkDustSpent(view.entries, policy) : undefined;
  return dust === undefined ? { candidates } : failure(...dust);
}
