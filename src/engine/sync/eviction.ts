/**
 * Whom to let go when somebody else wants the place: Core's `SelectNodeToEvict`.
 *
 * Those who would be costly to fake are kept: who comes from parts of the network that an attacker cannot choose, answers fast, brought
 * something of use, or has been here for long. Of the others the youngest goes, out of the part of the network that holds most places.
 *
 * @module
 */

import type { PeerId } from './peer.ts';

/** How a connection comes in, as far as it matters here. `local`: from this machine. */
export type EvictionNetwork = 'ip' | 'onion' | 'i2p' | 'cjdns' | 'local';

/** A connection that might be let go. */
export interface EvictionCandidate {
  readonly id: PeerId;
  readonly connectedAtMs: number;
  /** Infinity while no ping was answered. */
  readonly pingMinMs: number;
  /** When it last brought a block or a transaction that was new and valid; 0 for never. */
  readonly lastBlockSeconds: number;
  readonly lastTransactionSeconds: number;
  /** It offers blocks with their witnesses. */
  readonly offersBlocks: boolean;
  readonly relaysTransactions: boolean;
  /** Part of the network, as a number that nobody outside can work out. */
  readonly netGroup: bigint;
  /** Its address has misbehaved: it goes before others. */
  readonly discouraged: boolean;
  readonly network: EvictionNetwork;
}

/** How many are kept for each reason. Core's values. */
const KEPT_BY_GROUP = 4;
const KEPT_BY_PING = 8;
const KEPT_BY_TRANSACTIONS = 4;
const KEPT_BLOCKS_ONLY = 8;
const KEPT_BY_BLOCKS = 4;

/** Networks with a share of their own among the longest connected: delays would cost them every place. */
const DISADVANTAGED: readonly EvictionNetwork[] = ['cjdns', 'i2p', 'local', 'onion'];

type Order = (a: EvictionCandidate, b: EvictionCandidate) => number;

/** Those that were connected longest come last. */
const byUptime: Order = (a, b) => b.connectedAtMs - a.connectedAtMs;

const byPing: Order = (a, b) => (a.pingMinMs === b.pingMinMs ? 0 : b.pingMinMs - a.pingMinMs);

const byGroup: Order = (a, b) => (a.netGroup < b.netGroup ? -1 : a.netGroup > b.netGroup ? 1 : 0);

const byTransactions: Order = (a, b) =>
  a.lastTransactionSeconds - b.lastTransactionSeconds || Number(a.relaysTransactions) - Number(b.relaysTransactions) || byUptime(a, b);

const byBlocks: Order = (a, b) =>
  a.lastBlockSeconds - b.lastBlockSeconds || Number(a.offersBlocks) - Number(b.offersBlocks) || byUptime(a, b);

const isForBlocks = ({ relaysTransactions, offersBlocks }: EvictionCandidate): boolean => !relaysTransactions && offersBlocks;

const byBlocksOnly: Order = (a, b) => Number(isForBlocks(a)) - Number(isForBlocks(b)) || byBlocks(a, b);

/** The candidates without those of the last `count` in an order that fit. */
function withoutLast(
  candidates: readonly EvictionCandidate[],
  order: Order,
  count: number,
  fits: (candidate: EvictionCandidate) => boolean = () => true,
): EvictionCandidate[] {
  const sorted = [...candidates].sort(order);
  const from = Math.max(sorted.length - count, 0);
  return sorted.filter((candidate, index) => index < from || !fits(candidate));
}

/** Keeps half of the candidates: up to a quarter of them of the disadvantaged networks, and the longest connected of the others. */
export function withoutLongest(candidates: readonly EvictionCandidate[]): EvictionCandidate[] {
  const kept = Math.floor(candidates.length / 2);
  const { left, count } = withoutDisadvantaged(candidates, Math.floor(kept / 2));
  return withoutLast(left, byUptime, kept - count);
}

/** Shares places among the disadvantaged networks, the smallest first: what one does not fill is the others'. */
function withoutDisadvantaged(
  candidates: readonly EvictionCandidate[],
  places: number,
): { readonly left: readonly EvictionCandidate[]; readonly count: number } {
  let left = candidates;
  let count = 0;
  const sizes = new Map(DISADVANTAGED.map((network) => [network, candidates.filter((each) => each.network === network).length]));
  const networks = [...DISADVANTAGED].sort((a, b) => (sizes.get(a) ?? 0) - (sizes.get(b) ?? 0));
  for (let waiting = networks; count < places; ) {
    waiting = waiting.filter((network) => left.some((each) => each.network === network));
    if (waiting.length === 0) break;
    const share = Math.max(Math.floor((places - count) / waiting.length), 1);
    for (const network of waiting) {
      if (count >= places) break;
      const before = left.length;
      const isOf = (each: EvictionCandidate): boolean => each.network === network;
      left = withoutLast(left, (a, b) => Number(isOf(a)) - Number(isOf(b)) || byUptime(a, b), share, isOf);
      count += before - left.length;
    }
  }
  return { left, count };
}

/** Who is let go; undefined where everybody is kept. Candidates are those who called us and may be let go at all. */
export function chooseToEvict(candidates: readonly EvictionCandidate[]): PeerId | undefined {
  let left = withoutLast(candidates, byGroup, KEPT_BY_GROUP);
  left = withoutLast(left, byPing, KEPT_BY_PING);
  left = withoutLast(left, byTransactions, KEPT_BY_TRANSACTIONS);
  left = withoutLast(left, byBlocksOnly, KEPT_BLOCKS_ONLY, isForBlocks);
  left = withoutLast(left, byBlocks, KEPT_BY_BLOCKS);
  left = withoutLongest(left);
  if (left.some(({ discouraged }) => discouraged)) left = left.filter(({ discouraged }) => discouraged);
  const groups = new Map<bigint, EvictionCandidate[]>();
  for (const each of left.sort(byUptime)) groups.set(each.netGroup, [...(groups.get(each.netGroup) ?? []), each]);
  // The first of each group is its youngest member; of groups as large, that of the youngest goes.
  let largest: readonly EvictionCandidate[] = [];
  for (const group of groups.values()) if (group.length > largest.length) largest = group;
  return largest[0]?.id;
}
