import { chainAbove, isMinedBy, medianTimeOf } from '../chain-view.ts';
import type { LedgerBlock } from '../reference-ledger.ts';
import { type Scenario, scenario } from '../scenario.ts';
import type { Simulation } from '../simulation.ts';
import { agree, check, mine, range } from '../steps.ts';

const HOUR_S = 3_600;

/** How far the clock of each miner is from the honest one, dealt out in turn. */
const SKEWS_SECONDS = [0, -5 * HOUR_S, 0, 5 * HOUR_S, 0, 0, -20 * 365 * 24 * HOUR_S, 90, -90, 3 * 365 * 24 * HOUR_S] as const;

/** What is wrong with the time of a block that a miner with such a clock has made. */
function wrongTime({ params }: Simulation, block: LedgerBlock, skewSeconds: number): string | undefined {
  const { futureTime } = params.consensus;
  if (futureTime.kind !== 'chain') return 'the network does not take its time from the chain';
  const min = medianTimeOf(block.parent as LedgerBlock) + 1;
  const max = min - 1 + futureTime.maxStepSeconds;
  const due = skewSeconds < -HOUR_S ? min : skewSeconds > 365 * 24 * HOUR_S ? max : undefined;
  if (due !== undefined && block.timeSeconds !== due) return `block ${block.height} has the time ${block.timeSeconds}, not ${due}`;
  const isWithin = block.timeSeconds >= min && block.timeSeconds <= max;
  return isWithin ? undefined : `block ${block.height} has the time ${block.timeSeconds}, outside of ${min} to ${max}`;
}

/** Miners do not throw work away for a wrong clock. */
export const skewedClocks: Scenario = scenario({
  name: 'skewed-clocks',
  about:
    "Clocks of miners are minutes, hours and years wrong. Each miner's blocks take the nearest time that the rule allows, and everybody takes them.",
  parameters: {
    nodes: { value: 10, min: 4, max: 200, about: 'full nodes, four of ten with a clock that is far wrong' },
    blocks: { value: 150, min: 20, max: 10_000, about: 'blocks' },
  },
  play: ({ nodes, blocks }) => {
    const skewOf = (index: number): number => SKEWS_SECONDS[index % SKEWS_SECONDS.length] as number;
    return {
      setup: { nodes, blockIntervalMs: 30_000, profiles: new Map(range(0, nodes).map((index) => [index, { skewSeconds: skewOf(index) }])) },
      steps: [
        mine(blocks),
        agree(10 * 60_000),
        check('every block has the time that its miner should give it', (simulation) => {
          const chain = chainAbove(simulation.best(), 0);
          for (const [index, purse] of simulation.purses.entries()) {
            const own = chain.filter((block) => isMinedBy(block, purse));
            if (own.length === 0 && blocks >= 20 * nodes) return `node ${index} has no block on the chain`;
            for (const block of own) {
              const wrong = wrongTime(simulation, block, skewOf(index));
              if (wrong !== undefined) return `${wrong} (node ${index})`;
            }
          }
          return undefined;
        }),
      ],
    };
  },
});
