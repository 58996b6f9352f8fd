import type { Behaviour } from '../byzantine/behaviour.ts';
import { corruptedBy } from '../byzantine/corrupt-transport.ts';
import { withhold } from '../byzantine/withhold.ts';
import { chainAbove, isMinedBy } from '../chain-view.ts';
import { type Scenario, scenario } from '../scenario.ts';
import { agree, check, mine, paid, pay, range } from '../steps.ts';

const BLOCK_MS = 30_000;

/** Hears of no transaction, so that its blocks are empty. */
function mineEmptyBlocks(): Behaviour {
  return { incoming: ({ type }) => type !== 'tx' };
}

/** Miners that do not do their part. */
export const withholding: Scenario = scenario({
  name: 'withholding',
  about:
    'Some miners tell of blocks and never give them, others mine empty blocks. Nodes follow the most work that they can have, and payments are confirmed.',
  parameters: {
    nodes: { value: 12, min: 6, max: 200, about: 'full nodes, all miners: a quarter withholds, a quarter mines empty blocks' },
    blocks: { value: 100, min: 10, max: 10_000, about: 'blocks of the best chain' },
    payments: { value: 200, min: 0, max: 10_000, about: 'transactions' },
  },
  play: ({ nodes, blocks, payments }) => {
    const quarter = Math.floor(nodes / 4);
    const kinds = [...range(0, quarter).map(() => withhold), ...range(0, quarter).map(() => mineEmptyBlocks)];
    return {
      setup: { nodes, blockIntervalMs: BLOCK_MS, byzantine: new Map(kinds.map((kind, index) => [index, corruptedBy(kind)])) },
      steps: [
        mine(25),
        pay({ count: payments, everyMs: (blocks * BLOCK_MS) / (payments + 1) / 2 }),
        mine(blocks),
        paid(60 * 60_000),
        mine(10),
        agree(20 * 60_000),
        check('withheld blocks count for nobody, empty ones for what they are', (simulation) => {
          const { figures, purses } = simulation;
          const chain = chainAbove(simulation.best(), 25);
          const ofAny = (from: number, to: number): typeof chain =>
            chain.filter((block) => purses.slice(from, to).some((purse) => isMinedBy(block, purse)));
          const withheld = ofAny(0, quarter).length;
          const empty = ofAny(quarter, 2 * quarter);
          const confirmed = chain.reduce((sum, { transactionCount }) => sum + transactionCount - 1, 0);
          figures.set('withheld blocks on the best chain', withheld);
          figures.set('empty blocks on the best chain', empty.length);
          if (withheld > 0) return `${withheld} blocks that nobody gave away are on it`;
          if (empty.some(({ transactionCount }) => transactionCount > 1)) return 'a miner that hears of no transaction has confirmed one';
          return confirmed >= payments ? undefined : `of ${payments} payments ${confirmed} are confirmed`;
        }),
      ],
    };
  },
});
