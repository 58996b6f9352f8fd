import { corruptedBy } from '../byzantine/corrupt-transport.ts';
import { mineSelfishly, selfishRevenue } from '../byzantine/mine-selfishly.ts';
import { chainAbove, isMinedBy } from '../chain-view.ts';
import { type Scenario, type Step, scenario } from '../scenario.ts';
import { agree, check, mine, range } from '../steps.ts';

const BLOCK_MS = 60_000;
const BLOCKS_BEFORE = 12;

/** Between honest miners, and from the selfish one to those that shall see its block first and to those that shall see it last, one way. */
const HONEST_MS = 100;
const FAST_MS = 1;
const LATE_MS = 1_000;

/** So many standard errors may lie between the formula and the run. */
const ERRORS = 4;

/** A run in which nothing is lost to the selfish miner's races was not one of selfish mining. */
const STALE_MIN = 0.05;

/** Honest miners hear the selfish one before or after one another; it hears all of them at once. */
function favour(selfish: number, gamma: number): Step {
  return {
    name: `${gamma} % of the honest miners are near the selfish one`,
    run: async (simulation) => {
      const near = Math.round((selfish * gamma) / 100);
      const { address } = simulation.node(selfish);
      for (const index of range(0, selfish)) {
        const honest = simulation.node(index).address;
        simulation.network.setLinkQuality(honest, address, { latencyMs: FAST_MS });
        simulation.network.setLinkQuality(address, honest, { latencyMs: index < near ? FAST_MS : LATE_MS });
      }
    },
  };
}

/** Keeping blocks back pays from some part of the work on. */
export const selfishMining: Scenario = scenario({
  name: 'selfish-mining',
  about:
    "A miner keeps its blocks back and shows them when others find theirs. Measured: its part of the best chain's blocks, beside Eyal and Sirer's formula.",
  parameters: {
    nodes: { value: 7, min: 3, max: 100, about: 'full nodes, all miners, the selfish one among them' },
    share: { value: 33, min: 1, max: 49, about: 'of the work that mines selfishly, percent' },
    gamma: { value: 50, min: 0, max: 100, about: 'of the honest miners that see its block first in a race, percent' },
    blocks: { value: 2_000, min: 50, max: 100_000, about: 'blocks of the best chain' },
  },
  play: ({ nodes, share, gamma, blocks }) => {
    const selfish = nodes - 1;
    const pairs = range(0, nodes).flatMap((from) => range(0, from).map((to) => [from, to] as const));
    return {
      setup: {
        ...{ nodes, blockIntervalMs: BLOCK_MS, links: pairs },
        quality: { latencyMs: [HONEST_MS, HONEST_MS], jitterMs: 0, loss: 0 },
        hashRates: range(0, nodes).map((index) => (index === selfish ? share : (100 - share) / selfish)),
        byzantine: new Map([[selfish, corruptedBy(mineSelfishly)]]),
      },
      steps: [
        favour(selfish, gamma),
        mine(BLOCKS_BEFORE + blocks),
        agree(60 * 60_000),
        check('what it gains is what the formula says', (simulation) => {
          const { figures, purses } = simulation;
          const chain = chainAbove(simulation.best(), BLOCKS_BEFORE);
          const own = chain.filter((block) => isMinedBy(block, purses[selfish] as NonNullable<(typeof purses)[number]>)).length;
          // Whoever found the honest block of a race stays on it, however near it is.
          const gammaHere = (Math.round((selfish * gamma) / 100) / selfish) * (1 - 1 / selfish);
          const expected = selfishRevenue(share / 100, gammaHere);
          // Blocks come in runs, the longer the closer the miner is to one half.
          const tolerance = ERRORS * Math.sqrt((expected * (1 - expected)) / chain.length / (1 - (2 * share) / 100));
          figures.set('part of the work', share / 100);
          figures.set('gamma', gammaHere);
          figures.set('part of the blocks', own / chain.length);
          figures.set('part of the blocks, by the formula', expected);
          figures.set('tolerance', tolerance);
          const stale = 1 - simulation.best().height / (simulation.ledger.size - 1);
          if (share >= 20 && stale < STALE_MIN) return `only ${(100 * stale).toFixed(1)} % of the blocks are stale`;
          const off = Math.abs(own / chain.length - expected);
          return off <= tolerance
            ? undefined
            : `it has ${own} of ${chain.length} blocks, where ${(expected * chain.length).toFixed(0)} are due`;
        }),
      ],
    };
  },
});
