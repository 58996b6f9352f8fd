import { nothingIsLost } from '../lost-transactions.ts';
import { type Scenario, scenario } from '../scenario.ts';
import { agree, check, depthOf, heal, mine, paid, pay, sides, split, wait } from '../steps.ts';

const BLOCK_MS = 10_000;

/** Coins mature and the nodes have found each other before anything happens. */
const BLOCKS_BEFORE = 12;

/** The network falls apart, and comes together again. */
export const splitBrain: Scenario = scenario({
  name: 'split-brain',
  about: 'The network falls apart into sides that each mine on, until the longest is so deep; then it heals, and all must take one chain.',
  parameters: {
    nodes: { value: 12, min: 4, max: 500, about: 'full nodes' },
    sides: { value: 2, min: 2, max: 5, about: 'parts that the network falls into' },
    depth: { value: 10, min: 1, max: 500, about: 'blocks that the longest side mines alone' },
    payments: { value: 100, min: 0, max: 10_000, about: 'transactions, from before the split to after it' },
  },
  play: ({ nodes, sides: count, depth, payments }) => ({
    setup: { nodes, blockIntervalMs: BLOCK_MS, hashRates: Array.from({ length: nodes }, (_, i) => (i < 2 * count ? 1 : 0)) },
    steps: [
      mine(BLOCKS_BEFORE),
      agree(60_000),
      ...(payments === 0 ? [] : [mine(10), pay({ count: payments, everyMs: (depth * BLOCK_MS) / payments })]),
      split(sides(nodes, count)),
      mine(depth, { withinMs: 100 * (depth + 20) * BLOCK_MS }),
      check('the sides have parted', (simulation) => {
        const alone = depthOf(simulation, simulation.best());
        return alone >= depth ? undefined : `only ${alone} blocks are one side's own`;
      }),
      heal(),
      // A stream that was cut goes on after up to two minutes; a peer that fell silent is left after twenty.
      agree(30 * 60_000),
      ...(payments === 0 ? [] : [paid(60 * 60_000), wait(60_000), agree(60_000), nothingIsLost()]),
      wait(60_000),
      agree(60_000),
    ],
  }),
});
