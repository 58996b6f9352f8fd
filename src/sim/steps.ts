/**
 * What a scenario can do and expect, step by step. A step of your own is an object with a name and a function of the simulation.
 *
 * @module
 */

import { Churn, type ChurnPlan } from './churn.ts';
import { type PaymentPlan, Payments } from './payments.ts';
import { forkOf, type LedgerBlock } from './reference-ledger.ts';
import type { Step } from './scenario.ts';
import type { SimNode } from './sim-node.ts';
import type { Simulation } from './simulation.ts';

/** How a node goes down: in order, as by kill -9, or as by pulling the plug. */
export type Ending = 'stop' | 'kill' | 'power';

/** Nodes from one index to before another. */
export function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

/** Nodes dealt out to so many sides, as evenly as they go. */
export function sides(nodes: number, count: number): readonly (readonly number[])[] {
  return range(0, count).map((side) => range(0, nodes).filter((node) => node % count === side));
}

/** Lets time pass. */
export function wait(ms: number): Step {
  return { name: `wait for ${Math.round(ms / 1_000)} s`, run: (simulation) => simulation.advance(ms) };
}

/** Mining goes on until the best chain is so many blocks longer. */
export function mine(blocks: number, options: { readonly withinMs?: number } = {}): Step {
  return {
    name: `mine ${blocks} blocks`,
    run: async (simulation) => {
      const target = simulation.best().height + blocks;
      const withinMs = options.withinMs ?? 20 * (blocks + 20) * simulation.setup.blockIntervalMs;
      const isThere = await simulation.until(() => simulation.best().height >= target, withinMs);
      if (!isThere) simulation.fail('scenario', `the best chain did not grow by ${blocks} blocks`);
    },
  };
}

/** A node makes so many blocks at once on its tip, whoever else mines. */
export function mineAt(node: number, count: number): Step {
  return {
    name: `node ${node} mines ${count} blocks`,
    run: async (simulation) => {
      const { running, profile } = simulation.node(node);
      if (running === undefined) return simulation.fail('scenario', `node ${node} cannot mine, it is down`);
      await simulation.drive(running.mining.generate({ count, script: profile.rewardScript }));
    },
  };
}

/** Splits the network: a node reaches those of its own side alone. */
export function split(groups: readonly (readonly number[])[]): Step {
  return {
    name: `split into ${groups.length} sides`,
    run: async ({ network, nodes }) => network.partition(groups.map((side) => side.map((index) => (nodes[index] as SimNode).address))),
  };
}

/** Ends every split and opens every way. */
export function heal(): Step {
  return { name: 'heal the network', run: async ({ network }) => network.heal() };
}

/** All honest nodes that are up come to the same tip. The bound is an invariant of its own. */
export function agree(withinMs: number): Step {
  return {
    name: `agree within ${Math.round(withinMs / 1_000)} s`,
    run: async (simulation) => {
      simulation.invariants.counts.agreement++;
      if (await simulation.until(() => simulation.agree(), withinMs)) return;
      const tips = simulation.running.map((node) => `${node.index}:${simulation.tipOf(node)?.height ?? '?'}`);
      simulation.fail('agreement', `after ${Math.round(withinMs / 1_000)} s the honest nodes still differ, at heights ${tips.join(' ')}`);
    },
  };
}

/** Nodes go down, all at once. A crash may leave torn files behind, which a node may say of itself afterwards. */
export function down(indexes: readonly number[], ending: Ending): Step {
  const words = { stop: 'stop', kill: 'are killed', power: 'lose their power' } as const;
  return {
    name: indexes.length === 1 ? `node ${indexes[0]} goes down (${ending})` : `${indexes.length} nodes ${words[ending]}`,
    run: async (simulation) => {
      if (ending === 'power') for (const event of ['block-file-damaged', 'undo-file-damaged']) simulation.expect(event);
      const nodes = indexes.map((index) => simulation.node(index));
      for (const node of nodes) {
        if (ending === 'kill') node.kill();
        if (ending === 'power') node.cutPower();
      }
      if (ending === 'stop') await simulation.drive(Promise.all(nodes.map((node) => node.stop())));
      // What a node has on its disk is whole at each of its ends.
      for (const node of simulation.honest) if (nodes.includes(node)) await simulation.drive(simulation.invariants.storedCoins(node));
    },
  };
}

/** Nodes that are down start again on what their disks have. */
export function up(indexes: readonly number[]): Step {
  return {
    name: indexes.length === 1 ? `node ${indexes[0]} starts` : `${indexes.length} nodes start`,
    run: async (simulation) => {
      await simulation.drive(Promise.all(indexes.map((index) => simulation.start(simulation.node(index)))));
      const lost = indexes.filter((index) => simulation.node(index).running === undefined);
      if (lost.length > 0) simulation.fail('alive', `nodes ${lost.join(', ')} did not start again`);
    },
  };
}

/** From now on people pay each other, while the steps go on. */
export function pay(plan: PaymentPlan): Step {
  return {
    name: `begin ${plan.count} payments`,
    run: async (simulation) => {
      simulation.payments = new Payments(simulation, plan);
    },
  };
}

/** All payments that were begun are made. */
export function paid(withinMs: number): Step {
  return {
    name: 'all payments are made',
    run: async (simulation) => {
      const isDone = await simulation.until(() => simulation.payments?.done !== false, withinMs);
      if (!isDone) simulation.fail('scenario', 'not all payments could be made');
    },
  };
}

/** From now on honest nodes go and come back, while the steps go on. */
export function churn(plan: ChurnPlan): Step {
  return {
    name: 'nodes come and go',
    run: async (simulation) => {
      simulation.churn = new Churn(simulation, plan);
    },
  };
}

/** Nobody goes any more, and everybody is back. */
export function settled(withinMs: number): Step {
  return {
    name: 'everybody is back',
    run: async (simulation) => {
      simulation.churn?.end();
      const isDone = await simulation.until(() => simulation.churn?.done !== false, withinMs);
      if (!isDone) simulation.fail('scenario', 'not everybody came back');
    },
  };
}

/** Something that must hold now; `holds` gives what is wrong, or undefined. */
export function check(name: string, holds: (simulation: Simulation) => string | undefined): Step {
  return {
    name,
    run: async (simulation) => {
      simulation.invariants.counts.scenario++;
      const wrong = holds(simulation);
      if (wrong !== undefined) simulation.fail('scenario', `${name}: ${wrong}`);
    },
  };
}

/** How many blocks of a tip are on no other honest node's chain. */
export function depthOf(simulation: Simulation, tip: LedgerBlock): number {
  let depth = 0;
  for (const node of simulation.running) {
    const other = simulation.tipOf(node);
    if (other !== undefined) depth = Math.max(depth, tip.height - forkOf(tip, other).height);
  }
  return depth;
}
