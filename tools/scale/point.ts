/**
 * One measured point: a network of real nodes in the simulator, what is chosen about it, and what came of it.
 *
 * @module
 */

import { SimRandom } from '../../src/sim/sim-random.ts';

/** What is chosen. Everything else is as the simulator has it. */
export interface ScalePoint {
  /** The curve that it belongs to. */
  readonly series: 'nodes' | 'degree' | 'size' | 'latency' | 'interval';
  readonly nodes: number;
  /** Calls that each node makes; it is called about as often. */
  readonly degree: number;
  /** Bytes of each block that no node has seen before: the worst case of a compact block. */
  readonly freshBytes: number;
  /** Mean one-way latency; each pair has one between 0.2 and 1.8 of it. */
  readonly latencyMs: number;
  readonly intervalMs: number;
  /** Blocks that are measured, after those that let nodes choose whom they hear first from. */
  readonly blocks: number;
  readonly seed: number;
}

/** What was measured. */
export interface ScaleResult {
  readonly point: ScalePoint;
  /** Milliseconds from where a block is found to every other node: the mean, and what half, nine of ten and 99 of a hundred stay below. */
  readonly meanMs: number;
  readonly halfMs: number;
  readonly mostMs: number;
  readonly nearlyAllMs: number;
  /** Blocks that were found, and those of them that the best chain left out. */
  readonly found: number;
  readonly stale: number;
  readonly deepestReorganisation: number;
  readonly messages: number;
  readonly events: number;
  readonly digest: string;
}

const BASE = { nodes: 100, degree: 8, freshBytes: 0, latencyMs: 80, intervalMs: 60_000, blocks: 20, seed: 1 } as const;

/** Every point of docs/scale.md. */
export const POINTS: readonly ScalePoint[] = [
  ...[10, 30, 100, 300].map((nodes) => ({ ...BASE, series: 'nodes' as const, nodes })),
  ...[1_000, 2_000].map((nodes) => ({ ...BASE, series: 'nodes' as const, nodes, intervalMs: 30_000, blocks: 8 })),
  ...[2, 4, 8, 16, 32].map((degree) => ({ ...BASE, series: 'degree' as const, degree })),
  ...[5, 20, 80, 200, 500].map((latencyMs) => ({ ...BASE, series: 'latency' as const, nodes: 50, latencyMs })),
  ...[0, 30_000, 100_000, 300_000, 900_000].map((freshBytes) => ({ ...BASE, series: 'size' as const, nodes: 20, freshBytes, blocks: 4 })),
  // So many blocks that a stale rate of a tenth is known to about a hundredth.
  ...[60_000, 10_000, 5_000, 2_000, 1_000, 500, 250].map((intervalMs) => ({
    ...BASE,
    ...{ series: 'interval' as const, nodes: 20, intervalMs, blocks: 500 },
  })),
];

/** The command that measures a point again. */
export function commandOf(point: ScalePoint): string {
  const { series, nodes, degree, freshBytes, latencyMs, intervalMs, blocks, seed } = point;
  const set = { nodes, degree, 'fresh-bytes': freshBytes, 'latency-ms': latencyMs, 'interval-ms': intervalMs, blocks, seed };
  const flags = Object.entries(set).map(([name, value]) => `--${name} ${value}`);
  return `npm run sim:scale -- --series ${series} ${flags.join(' ')}`;
}

/** Who calls whom: each node so many others, drawn at random. */
export function randomLinks(nodes: number, degree: number, seed: number): readonly (readonly [from: number, to: number])[] {
  const random = new SimRandom(seed).branch('links');
  const called = new Set<string>();
  const links: [number, number][] = [];
  for (let from = 0; from < nodes; from++) {
    const wanted = Math.min(degree, nodes - 1);
    // Between two nodes one stream is enough, so a pair may be taken already; a small network may have no pair left.
    for (let made = 0, tries = 0; made < wanted && tries < 20 * wanted; tries++) {
      const to = random.below(nodes);
      const pair = from < to ? `${from} ${to}` : `${to} ${from}`;
      if (to === from || called.has(pair)) continue;
      called.add(pair);
      links.push([from, to]);
      made++;
    }
  }
  return links;
}
