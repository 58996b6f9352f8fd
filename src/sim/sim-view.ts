import { forkOf, type LedgerBlock } from './reference-ledger.ts';
import type { Simulation } from './simulation.ts';

/** A node as a picture shows it. */
export interface NodeView {
  readonly index: number;
  readonly isUp: boolean;
  readonly isLiar: boolean;
  /** Place of its tip among the branches; undefined where it is down. */
  readonly branch: number | undefined;
  /** The part of a split network that it is on; 0 where there is no split. */
  readonly side: number;
}

/** The chain of some nodes. */
export interface BranchView {
  readonly height: number;
  /** Height of the last block that it has in common with the first branch; its own height for the first. */
  readonly forkHeight: number;
  /** Nodes that have it as their tip. */
  readonly nodes: number;
}

/** A simulation at one moment, as plain data. */
export interface SimulationView {
  readonly seconds: number;
  readonly nodes: readonly NodeView[];
  /** The highest first; of the same height the one that more nodes have. */
  readonly branches: readonly BranchView[];
  /** Connections that stand. */
  readonly streams: number;
  readonly messages: number;
  readonly bytes: number;
  readonly blocks: number;
  readonly waiting: number;
}

/** What there is to see now. Liars' tips are shown too. */
export function viewOf(simulation: Simulation): SimulationView {
  const { network, ledger, nodes, setup } = simulation;
  const counts = new Map<LedgerBlock, number>();
  for (const node of nodes) {
    const tip = simulation.tipOf(node);
    if (tip !== undefined) counts.set(tip, (counts.get(tip) ?? 0) + 1);
  }
  const tips = [...counts].sort(([a, many], [b, few]) => b.height - a.height || few - many).map(([tip]) => tip);
  const best = tips[0] ?? ledger.genesis;
  let waiting = 0;
  for (const { running } of nodes) waiting = Math.max(waiting, running?.mempool.info().count ?? 0);
  return {
    seconds: simulation.seconds,
    nodes: nodes.map((node) => {
      const tip = simulation.tipOf(node);
      return {
        index: node.index,
        isUp: tip !== undefined,
        isLiar: setup.byzantine?.has(node.index) === true,
        branch: tip === undefined ? undefined : tips.indexOf(tip),
        side: network.sideOf(node.address),
      };
    }),
    branches: tips.map((tip) => ({ height: tip.height, forkHeight: forkOf(best, tip).height, nodes: counts.get(tip) ?? 0 })),
    streams: network.streams,
    messages: network.traffic.messages,
    bytes: network.traffic.bytes,
    blocks: ledger.size - 1,
    waiting,
  };
}
