import { type Scenario, scenario } from '../scenario.ts';
import { agree, check, down, mine, range, up, wait } from '../steps.ts';

const ENDINGS = ['stop', 'kill', 'power'] as const;

/** Nobody is left to tell. */
export const allRestart: Scenario = scenario({
  name: 'all-restart',
  about:
    'All nodes go down at once and start again a minute later: in order, by kill -9 or by a loss of power. Nothing that was agreed on may be lost.',
  parameters: {
    nodes: { value: 10, min: 2, max: 500, about: 'full nodes' },
    blocks: { value: 30, min: 1, max: 1_000, about: 'blocks before they go down' },
    ending: { value: 2, min: 0, max: 2, about: 'how they go down: 0 in order, 1 killed, 2 without power' },
  },
  play: ({ nodes, blocks, ending }) => {
    let height = 0;
    return {
      setup: { nodes, blockIntervalMs: 10_000 },
      steps: [
        mine(blocks),
        agree(60_000),
        // What a node learned in the last ten seconds it may lose with its power.
        wait(11_000),
        check('a height is reached', (simulation) => {
          height = simulation.best().height - 3;
          return undefined;
        }),
        down(range(0, nodes), ENDINGS[ending] ?? 'power'),
        wait(60_000),
        up(range(0, nodes)),
        check('nothing is lost but the last seconds', (simulation) => {
          const best = simulation.best().height;
          return best >= height ? undefined : `the best chain has ${best} blocks where it had ${height}`;
        }),
        agree(10 * 60_000),
        mine(10),
        agree(60_000),
      ],
    };
  },
});
