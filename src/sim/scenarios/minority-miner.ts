import { forkOf } from '../reference-ledger.ts';
import { type Scenario, scenario } from '../scenario.ts';
import { agree, check, heal, mine, range, split } from '../steps.ts';

const BLOCK_MS = 10_000;

/** Blocks that chance may make a majority leave: two were found at the same time. */
const CHANCE_DEPTH = 3;

/** Work decides, not who is loud or was away long. */
export const minorityMiner: Scenario = scenario({
  name: 'minority-miner',
  about: 'One miner is cut off for long and comes back with a branch of less work: it leaves its branch, and nobody else moves.',
  parameters: {
    nodes: { value: 10, min: 3, max: 500, about: 'full nodes, the lonely one among them' },
    share: { value: 20, min: 1, max: 40, about: 'of all work that is its own, percent' },
    blocks: { value: 100, min: 10, max: 10_000, about: 'blocks of the others meanwhile' },
  },
  play: ({ nodes, share, blocks }) => {
    const others = nodes - 1;
    let deepest = 0;
    let lonelyBlocks = 0;
    return {
      setup: { nodes, blockIntervalMs: BLOCK_MS, hashRates: range(0, nodes).map((i) => (i === others ? share : (100 - share) / others)) },
      steps: [
        mine(12),
        agree(10 * 60_000),
        split([range(0, others), [others]]),
        check('the others are listened to', (simulation) => {
          for (const { index, running } of simulation.running) {
            running?.subscribe((event) => {
              if (index !== others && event.kind === 'tip-changed') deepest = Math.max(deepest, event.reorgDepth);
            });
          }
          return undefined;
        }),
        mine(blocks),
        check('the lonely miner has a branch of its own', (simulation) => {
          const own = simulation.tipOf(simulation.node(others));
          if (own === undefined) return 'it is down';
          lonelyBlocks = own.height - forkOf(own, simulation.best()).height;
          simulation.figures.set('blocks of its own', lonelyBlocks);
          return undefined;
        }),
        heal(),
        agree(30 * 60_000),
        check('only the lonely miner left its blocks', ({ measures }) => {
          if (deepest > CHANCE_DEPTH) return `another node left ${deepest} blocks`;
          return measures.deepestReorganisation >= lonelyBlocks ? undefined : `it had ${lonelyBlocks} of its own`;
        }),
      ],
    };
  },
});
