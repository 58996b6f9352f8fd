import { type Scenario, type Step, scenario } from '../scenario.ts';
import { SimRandom } from '../sim-random.ts';
import { agree, check, heal, mine } from '../steps.ts';

const BLOCK_MS = 10_000;
const US_PER_MS = 1_000;

/** Ways between two nodes close and open, each direction by itself, until the network is healed. */
function flap(nodes: number, percent: number, seed: number): Step {
  return {
    name: `${percent} % of the ways come and go`,
    run: async ({ network, queue, nodes: all }) => {
      const random = new SimRandom(seed).branch('flapping');
      const address = (index: number): string => all[index]?.address ?? '';
      const wayGoes = (from: number, to: number): void => {
        let blocked = false;
        const turn = (): void => {
          blocked = !blocked;
          network.setBlocked(address(from), address(to), blocked);
          // Down for half a minute, up for a minute and a half.
          queue.after(random.exponential(blocked ? 30_000 : 90_000) * US_PER_MS, turn);
        };
        queue.after(random.exponential(60_000) * US_PER_MS, turn);
      };
      for (let from = 0; from < nodes; from++)
        for (let to = 0; to < nodes; to++) if (from !== to && random.below(100) < percent) wayGoes(from, to);
    },
  };
}

/** TCP's streams stall and break all the time. */
export const flappingLinks: Scenario = scenario({
  name: 'flapping-links',
  about:
    'Ways between nodes come and go, each direction by itself, while blocks are found. The network must go on, and agree while it still flaps.',
  parameters: {
    nodes: { value: 12, min: 3, max: 200, about: 'full nodes' },
    percent: { value: 60, min: 1, max: 100, about: 'of the ways that come and go' },
    blocks: { value: 120, min: 10, max: 10_000, about: 'blocks meanwhile' },
  },
  play: ({ nodes, percent, blocks }, seed) => ({
    setup: { nodes, blockIntervalMs: BLOCK_MS },
    steps: [
      mine(12),
      flap(nodes, percent, seed),
      mine(blocks),
      check('few blocks were lost to it', (simulation) => {
        const { ledger } = simulation;
        const stale = ledger.size - 1 - simulation.best().height;
        return stale * 2 <= ledger.size ? undefined : `${stale} of ${ledger.size - 1} blocks are stale`;
      }),
      heal(),
      agree(30 * 60_000),
    ],
  }),
});
