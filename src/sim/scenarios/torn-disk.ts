import { type Scenario, scenario } from '../scenario.ts';
import { agree, check, down, mine, up, wait } from '../steps.ts';

/** The plug is pulled at one node again and again. */
export const tornDisk: Scenario = scenario({
  name: 'torn-disk',
  about:
    'One node loses its power again and again while blocks come in; what was not synced is lost or torn. It must find back to the others each time.',
  parameters: {
    nodes: { value: 6, min: 3, max: 200, about: 'full nodes' },
    crashes: { value: 5, min: 1, max: 100, about: 'times that the power goes' },
  },
  play: ({ nodes, crashes }, seed) => ({
    setup: { nodes, blockIntervalMs: 5_000, disks: new Map([[0, { latencyMs: 4 }]]) },
    steps: [
      mine(12),
      ...Array.from({ length: crashes }, (_, crash) => [
        // At another moment of the node's writing each time.
        wait(20_000 + ((seed + 7_919 * crash) % 11_000)),
        down([0], 'power'),
        wait(20_000),
        up([0]),
      ]).flat(),
      agree(10 * 60_000),
      mine(5),
      agree(60_000),
      check('the node is up', (simulation) => (simulation.node(0).running === undefined ? 'it is down' : undefined)),
    ],
  }),
});
