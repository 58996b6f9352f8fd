/**
 * The order inside a group of connected transactions.
 *
 * A cluster is mined front to back, in chunks: runs of transactions that pay more per weight together than they would apart,
 * each chunk paying less than the one before it. So the best chunk of all clusters goes into a block first, and the worst one leaves a full
 * pool first, and both are the same order. Bitcoin Core 31 works so; it searches for the best order, we take the set of ancestors that pays
 * best, again and again, which differs only where several children pay for one parent.
 *
 * @module
 */

import type { FeeAndWeight } from '../policy/fee-rate.ts';
import { compareFeeRates } from '../policy/fee-rate.ts';
import type { MempoolEntry } from './entry.ts';

/** Most transactions of a cluster. Core's `-limitclustercount`. */
export const CLUSTER_COUNT_MAX = 64;

/** Most weight of a cluster, each transaction's signature operations taken into account: 101,000 virtual bytes. Core's `-limitclustersize`. */
export const CLUSTER_WEIGHT_WU_MAX = 404_000;

/** Neighbours in the order that pay together. */
export interface Chunk extends FeeAndWeight {
  /** Base units per weight unit, rounded: only for sorting chunks of different clusters. */
  readonly rate: number;
  /** Parents before children. */
  readonly entries: readonly MempoolEntry[];
}

/** Connected transactions in the order in which they would be mined. */
export interface Cluster {
  readonly entries: readonly MempoolEntry[];
  readonly chunks: readonly Chunk[];
  readonly adjustedWeightWu: number;
}

function makeChunk(entries: readonly MempoolEntry[], feeSat: bigint, adjustedWeightWu: number): Chunk {
  return { entries, feeSat, adjustedWeightWu, rate: Number(feeSat) / adjustedWeightWu };
}

/** A transaction while the order is being found: it and those that must come before it, with what all of them pay and weigh. */
interface Candidate {
  readonly entry: MempoolEntry;
  readonly ancestors: Set<Candidate>;
  feeSat: bigint;
  adjustedWeightWu: number;
  taken: boolean;
}

/** Candidates with their ancestors among the members, parents before children. */
function candidatesOf(members: readonly MempoolEntry[]): readonly Candidate[] {
  const inside = new Set(members);
  const made = new Map<MempoolEntry, Candidate>();
  const visit = (entry: MempoolEntry): Candidate => {
    const known = made.get(entry);
    if (known !== undefined) return known;
    const ancestors = new Set<Candidate>();
    for (const parent of entry.parents) {
      if (!inside.has(parent)) continue;
      const above = visit(parent);
      for (const each of above.ancestors) ancestors.add(each);
    }
    const candidate: Candidate = { entry, ancestors, feeSat: 0n, adjustedWeightWu: 0, taken: false };
    ancestors.add(candidate);
    for (const each of ancestors) {
      candidate.feeSat += each.entry.modifiedFeeSat;
      candidate.adjustedWeightWu += each.entry.adjustedWeightWu;
    }
    made.set(entry, candidate);
    return candidate;
  };
  for (const entry of members) visit(entry);
  return [...made.values()];
}

/** The members in mining order. Links to transactions that are no members do not count. */
function sortMembers(members: readonly MempoolEntry[]): readonly MempoolEntry[] {
  if (members.length < 2) return members;
  const candidates = candidatesOf(members);
  const order: MempoolEntry[] = [];
  while (order.length < members.length) {
    let best: Candidate | undefined;
    for (const each of candidates) {
      if (!each.taken && (best === undefined || compareFeeRates(each, best) > 0)) best = each;
    }
    // The ancestors of a candidate stand in it parents first, itself last.
    const group = [...best!.ancestors].filter((each) => !each.taken);
    for (const each of group) {
      each.taken = true;
      order.push(each.entry);
    }
    for (const each of candidates) {
      if (each.taken) continue;
      for (const gone of group) {
        if (!each.ancestors.has(gone)) continue;
        each.feeSat -= gone.entry.modifiedFeeSat;
        each.adjustedWeightWu -= gone.entry.adjustedWeightWu;
      }
    }
  }
  return order;
}

/** Cuts an order into chunks: a transaction that pays better than the chunk before it joins that chunk. */
function chunksOf(order: readonly MempoolEntry[]): readonly Chunk[] {
  const chunks: Chunk[] = [];
  for (const entry of order) {
    let chunk = makeChunk([entry], entry.modifiedFeeSat, entry.adjustedWeightWu);
    for (let last = chunks.at(-1); last !== undefined && compareFeeRates(chunk, last) > 0; last = chunks.at(-1)) {
      chunks.pop();
      chunk = makeChunk([...last.entries, ...chunk.entries], last.feeSat + chunk.feeSat, last.adjustedWeightWu + chunk.adjustedWeightWu);
    }
    chunks.push(chunk);
  }
  return chunks;
}

/** A cluster of its members, which are connected with one another. */
export function makeCluster(members: readonly MempoolEntry[]): Cluster {
  const entries = sortMembers(members);
  let adjustedWeightWu = 0;
  for (const entry of entries) adjustedWeightWu += entry.adjustedWeightWu;
  return { entries, chunks: chunksOf(entries), adjustedWeightWu };
}

/** Splits transactions into connected groups; links to others do not count. */
export function connectedGroups(members: Iterable<MempoolEntry>): readonly (readonly MempoolEntry[])[] {
  const left = new Set(members);
  const groups: MempoolEntry[][] = [];
  for (const start of left) {
    left.delete(start);
    const group = [start];
    for (const entry of group) {
      for (const neighbours of [entry.parents, entry.children]) {
        for (const neighbour of neighbours) if (left.delete(neighbour)) group.push(neighbour);
      }
    }
    groups.push(group);
  }
  return groups;
}
