import { type Scenario, scenario } from '../scenario.ts';
import { agree, check, heal, mineAt, range, split, wait } from '../steps.ts';

/** Each half hears of the other's tip, which has the same work, again and again. */
export const ties: Scenario = scenario({
  name: 'ties',
  about: 'Two halves mine branches of the same work and are joined and parted again and again: each node keeps the tip that it saw first.',
  parameters: {
    nodes: { value: 10, min: 4, max: 500, about: 'full nodes' },
    depth: { value: 3, min: 1, max: 100, about: 'blocks of each branch' },
    rounds: { value: 10, min: 1, max: 1_000, about: 'times that the halves are parted' },
  },
  play: ({ nodes, depth, rounds }) => {
    const half = nodes >> 1;
    const halves = [range(0, half), range(half, nodes)];
    let switches = 0;
    return {
      // Nobody mines but as the steps say.
      setup: { nodes, blockIntervalMs: 60_000, hashRates: range(0, nodes).map(() => 0) },
      steps: [
        wait(60_000),
        mineAt(0, 12),
        agree(10 * 60_000),
        split(halves),
        mineAt(0, depth),
        mineAt(half, depth),
        wait(60_000),
        check('each half has a tip of its own', (simulation) => {
          switches = simulation.measures.reorganisations;
          const tips = new Set(simulation.running.map((node) => simulation.tipOf(node)));
          return tips.size === 2 ? undefined : `there are ${tips.size} tips`;
        }),
        ...range(0, rounds).flatMap(() => [heal(), wait(5 * 60_000), split(halves), wait(60_000)]),
        check('every node has kept the tip that it saw first', (simulation) => {
          const more = simulation.measures.reorganisations - switches;
          if (more > 0) return `${more} times a node left its tip`;
          const of = (index: number): unknown => simulation.tipOf(simulation.node(index));
          const strays = range(0, nodes).filter((index) => of(index) !== of(index < half ? 0 : half));
          return strays.length === 0 ? undefined : `nodes ${strays.join(', ')} have another tip than their half`;
        }),
        heal(),
        mineAt(0, 1),
        agree(30 * 60_000),
      ],
    };
  },
});
