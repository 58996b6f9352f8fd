import { anyBehaviour } from '../byzantine/behaviours.ts';
import { corruptedBy } from '../byzantine/corrupt-transport.ts';
import { type Scenario, scenario } from '../scenario.ts';
import { SimRandom } from '../sim-random.ts';
import { agree, check, down, heal, mine, paid, pay, range, split, up, wait } from '../steps.ts';

const BLOCK_MS = 10_000;

/** The part of the nodes that mine; those that do not only follow and relay, as most do. */
const MINERS = 0.3;

/** Blocks that the steps between the beginning and the end mine. */
const BLOCKS_BETWEEN = 90;

/** Everything at once: what the promise "it survives" is held to. */
export const mixed: Scenario = scenario({
  name: 'mixed',
  about:
    'Payments, a partition, a restart and a crash with a torn disk, while up to a third of the nodes lie, each in a way drawn at random. Honest nodes must agree in the end, on the right coins.',
  parameters: {
    nodes: { value: 21, min: 8, max: 500, about: 'full nodes, liars among them' },
    blocks: { value: 200, min: 100, max: 10_000, about: 'blocks of the best chain' },
    payments: { value: 1_000, min: 0, max: 100_000, about: 'transactions' },
    liars: { value: 33, min: 0, max: 33, about: 'most liars, percent of the nodes' },
  },
  play: ({ nodes, blocks, payments, liars }, seed) => {
    const random = new SimRandom(seed).branch('mixed');
    const order = random.shuffled(range(0, nodes));
    const byzantine = order.slice(0, random.below(Math.floor((nodes * liars) / 100) + 1));
    const honest = order.slice(byzantine.length);
    const [restarted, crashed, killed] = honest as [number, number, number];
    const cut = 2 + random.below(Math.floor(nodes / 2) - 1);
    const shuffled = random.shuffled(order);
    return {
      setup: {
        nodes,
        blockIntervalMs: BLOCK_MS,
        connections: { outbound: 4, blockRelay: 2 },
        hashRates: range(0, nodes).map((i) => (order.indexOf(i) % Math.round(1 / MINERS) === 0 ? 1 + random.below(4) : 0)),
        byzantine: new Map(byzantine.map((index) => [index, corruptedBy(anyBehaviour)])),
      },
      steps: [
        mine(20),
        pay({ count: payments, everyMs: ((blocks - 40) * BLOCK_MS) / Math.max(1, payments) / 1.5 }),
        mine(20),
        split([shuffled.slice(0, cut), shuffled.slice(cut)]),
        mine(5 + random.below(15)),
        heal(),
        mine(10),
        down([restarted], 'stop'),
        mine(3),
        up([restarted]),
        mine(10),
        down([crashed], 'power'),
        down([killed], 'kill'),
        mine(3),
        up([crashed, killed]),
        mine(blocks - BLOCKS_BETWEEN),
        paid(60 * 60_000),
        check('the chain is long enough', (simulation) =>
          simulation.best().height >= blocks - 30 ? undefined : `it has ${simulation.best().height} blocks`,
        ),
        agree(30 * 60_000),
        wait(60_000),
        agree(10 * 60_000),
      ],
    };
  },
});
