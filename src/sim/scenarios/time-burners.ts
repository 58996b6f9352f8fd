import { medianTimeOf } from '../chain-view.ts';
import { type Scenario, scenario } from '../scenario.ts';
import { agree, check, mine, range } from '../steps.ts';

const BLOCK_MS = 60_000;

/** A clock so far ahead that the miner gives each block the latest time that the rule allows. */
const AHEAD_SECONDS = 1_000 * 365 * 24 * 3_600;

/** The median of eleven is the sixth of them: what a block may add takes six blocks to become the median. */
const BLOCKS_TO_MEDIAN = 6;

/** Nobody's clock is asked on a chain-time network: how far can the chain's time be driven from the honest one? */
export const timeBurners: Scenario = scenario({
  name: 'time-burners',
  about:
    "Some of the work gives each block the latest time that the network's rule of chain time allows. Measured: how far the chain's time gets ahead of the honest clock, beside what the rule bounds.",
  parameters: {
    nodes: { value: 6, min: 2, max: 200, about: 'full nodes, one of them the burner' },
    share: { value: 33, min: 0, max: 99, about: 'of the work that burns time, percent' },
    blocks: { value: 1_000, min: 20, max: 100_000, about: 'blocks' },
  },
  play: ({ nodes, share, blocks }) => {
    const burner = nodes - 1;
    return {
      setup: {
        ...{ nodes, blockIntervalMs: BLOCK_MS },
        hashRates: range(0, nodes).map((index) => (index === burner ? share : (100 - share) / burner)),
        profiles: new Map([[burner, { skewSeconds: AHEAD_SECONDS }]]),
      },
      steps: [
        mine(blocks),
        agree(10 * 60_000),
        check('the drift stays within what the rule bounds', (simulation) => {
          const { running, params, seconds, ledger, figures } = simulation;
          const { futureTime } = params.consensus;
          const node = running[0];
          const tip = node === undefined ? undefined : simulation.tipOf(node);
          if (node?.running === undefined || tip === undefined || futureTime.kind !== 'chain') return 'there is no chain time to look at';
          const passed = medianTimeOf(tip) - ledger.genesis.timeSeconds;
          const drift = medianTimeOf(tip) - node.running.clock.nowSeconds();
          const bound = futureTime.maxStepSeconds * Math.ceil(tip.height / BLOCKS_TO_MEDIAN);
          figures.set('seconds that the chain is ahead', drift);
          figures.set('seconds ahead per block', drift / tip.height);
          figures.set('seconds per block at most, by the rule', futureTime.maxStepSeconds / BLOCKS_TO_MEDIAN - seconds / tip.height);
          return passed <= bound ? undefined : `the chain's time went on ${passed} s in ${tip.height} blocks, more than ${bound}`;
        }),
      ],
    };
  },
});
