import { chainAbove, isMinedBy } from '../chain-view.ts';
import { type Scenario, type Step, scenario } from '../scenario.ts';
import type { Simulation } from '../simulation.ts';
import { agree, check, mine, range, wait } from '../steps.ts';

const CALM_MS = 10_000;

/** All together find a block so often from now on. */
function pace(nodes: number, intervalMs: number): Step {
  return {
    name: `a block every ${intervalMs} ms`,
    run: async (simulation) => {
      for (const index of range(0, nodes)) simulation.node(index).setMineMeanMs(intervalMs * nodes);
    },
  };
}

/** Whether each miner finds blocks among the last of the best chain. */
function idleMiner(simulation: Simulation, blocks: number): string | undefined {
  const best = simulation.best();
  const last = chainAbove(best, best.height - blocks);
  const idle = simulation.purses.findIndex((purse) => !last.some((block) => isMinedBy(block, purse)));
  return idle < 0 ? undefined : `node ${idle} has none of the last ${blocks} blocks`;
}

/** Tips change faster than messages travel, and every change restarts the miners. */
export const tipRace: Scenario = scenario({
  name: 'tip-race',
  about:
    'A thousand blocks a minute: tips change under the miners all the time. No miner is lost and no block handed in twice, and all agree as soon as it is calm.',
  parameters: {
    nodes: { value: 6, min: 2, max: 100, about: 'full nodes, all of them miners' },
    seconds: { value: 120, min: 5, max: 3_600, about: 'how long the race goes' },
    interval: { value: 60, min: 10, max: 1_000, about: 'milliseconds between two blocks' },
  },
  play: ({ nodes, seconds, interval }) => ({
    setup: { nodes, blockIntervalMs: CALM_MS },
    steps: [
      mine(3),
      pace(nodes, interval),
      wait(seconds * 1_000),
      check('blocks were found at that pace', ({ ledger }) => {
        const due = (seconds * 1_000) / interval;
        return ledger.size > due / 2 ? undefined : `there are ${ledger.size} blocks, not about ${due}`;
      }),
      pace(nodes, CALM_MS),
      mine(8 * nodes),
      agree(10 * 60_000),
      check('every miner still finds blocks', (simulation) => idleMiner(simulation, 8 * nodes)),
    ],
  }),
});
