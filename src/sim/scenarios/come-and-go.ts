import { type Scenario, scenario } from '../scenario.ts';
import { agree, churn, mine, settled } from '../steps.ts';

/** Nobody stays for long. */
export const comeAndGo: Scenario = scenario({
  name: 'come-and-go',
  about:
    'Nodes go and come back all the time, some without a word, on poor lines. Whoever is there must keep up, and in the end all agree.',
  parameters: {
    nodes: { value: 12, min: 4, max: 500, about: 'full nodes' },
    blocks: { value: 60, min: 10, max: 5_000, about: 'blocks while they come and go' },
    away: { value: 60, min: 1, max: 36_000, about: 'seconds that each is away, about' },
  },
  play: ({ nodes, blocks, away }) => ({
    setup: {
      ...{ nodes, blockIntervalMs: 10_000 },
      quality: { latencyMs: [50, 400], jitterMs: 200, loss: 0.02, uploadBytesPerSecond: 100_000 },
    },
    steps: [
      mine(5),
      churn({ everyMs: (4 * away * 1_000) / nodes, awayMs: away * 1_000, leastUp: Math.ceil(nodes / 2) }),
      mine(blocks),
      settled(20 * away * 1_000),
      mine(3),
      agree(30 * 60_000),
    ],
  }),
});
