import { type Scenario, scenario } from '../scenario.ts';
import { agree, check, mine, paid, pay } from '../steps.ts';

const BLOCK_MS = 20_000;

/** Blocks that the slow one may be behind: it has the headers at once. */
const BEHIND_MAX = 6;

/** A small board on a bad line, among servers. */
export const slowNode: Scenario = scenario({
  name: 'slow-node',
  about: 'One node checks slowly and has a bad line, among quick ones. It must keep up, and nobody may wait for it.',
  parameters: {
    nodes: { value: 8, min: 3, max: 200, about: 'full nodes, the slow one among them' },
    verify: { value: 50, min: 0, max: 5_000, about: 'milliseconds that it takes for the scripts of one input' },
    latency: { value: 1_500, min: 0, max: 10_000, about: 'milliseconds of its line, one way' },
    payments: { value: 300, min: 0, max: 10_000, about: 'transactions' },
  },
  play: ({ nodes, verify, latency, payments }) => ({
    setup: { nodes, blockIntervalMs: BLOCK_MS, profiles: new Map([[0, { verifyMsPerInput: verify }]]) },
    steps: [
      {
        name: 'node 0 is put on a bad line',
        run: async (simulation) => {
          simulation.network.setHostQuality(simulation.node(0).address, {
            latencyMs: latency,
            jitterMs: latency / 2,
            loss: 0.02,
            uploadBytesPerSecond: 30_000,
          });
        },
      },
      mine(15),
      pay({ count: payments, everyMs: 1_000 }),
      paid(60 * 60_000),
      mine(30),
      check('it keeps up', (simulation) => {
        const behind = simulation.best().height - (simulation.tipOf(simulation.node(0))?.height ?? 0);
        simulation.figures.set('blocks behind', behind);
        return behind <= BEHIND_MAX ? undefined : `it is ${behind} blocks behind`;
      }),
      check('nobody waits for it', ({ measures, setup }) => {
        const [half] = measures.propagationMs(50) ?? [0];
        return setup.nodes < 5 || (half as number) < 2_000 ? undefined : `half of the nodes waited ${half} ms for a block`;
      }),
      agree(10 * 60_000),
    ],
  }),
});
