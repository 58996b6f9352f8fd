import type { Behaviour, LiarWorld } from '../byzantine/behaviour.ts';
import { corruptedBy } from '../byzantine/corrupt-transport.ts';
import { type Scenario, scenario } from '../scenario.ts';
import { SIM_PORT } from '../sim-node.ts';
import { addressOf } from '../simulation.ts';
import { agree, check, down, mine, range, up, wait } from '../steps.ts';

const BLOCK_MS = 30_000;

/** Blocks that the victim may be behind: it hears of them from one honest peer at least. */
const BEHIND_MAX = 3;

/** How often a liar tells the victim of its fellows. */
const TELL_MS = 30_000;

/** Tells of its fellows alone, and of no block. */
function surround(liars: number): (world: LiarWorld) => Behaviour {
  return ({ simulation }) => ({
    tickMs: TELL_MS,
    tick: (link) => {
      const timeSeconds = simulation.params.genesis.header.timeSeconds + Math.floor(simulation.seconds);
      const addresses = range(0, liars).map((index) => {
        const bytes = Uint8Array.from(addressOf(index).split('.').map(Number));
        return { timeSeconds, services: 0x409n, address: { network: 'ipv4' as const, bytes, port: SIM_PORT } };
      });
      link.send({ type: 'addrv2', addresses });
    },
    outgoing: (message) => (['headers', 'cmpctblock', 'block', 'inv', 'addr', 'addrv2'].includes(message.type) ? [] : [message]),
  });
}

/** One honest peer is enough, and a node that starts again finds one. */
export const eclipse: Scenario = scenario({
  name: 'eclipse',
  about:
    'Liars call one node, tell it of one another only and of no block, and it starts again in the middle of that. It must stay with the honest chain.',
  parameters: {
    nodes: { value: 30, min: 8, max: 300, about: 'full nodes, the liars among them' },
    liars: { value: 50, min: 1, max: 70, about: 'of the nodes that lie, percent' },
    restarts: { value: 3, min: 0, max: 50, about: 'times that the victim starts again' },
  },
  play: ({ nodes, liars: percent, restarts }) => {
    const liars = Math.floor((nodes * percent) / 100);
    const victim = nodes - 1;
    return {
      setup: {
        ...{ nodes, blockIntervalMs: BLOCK_MS },
        hashRates: range(0, nodes).map((index) => (index < liars || index === victim ? 0 : 1)),
        byzantine: new Map(range(0, liars).map((index) => [index, corruptedBy(surround(liars))])),
        profiles: new Map(range(0, liars).map((index) => [index, { connect: [{ host: addressOf(victim), port: SIM_PORT }] }])),
      },
      steps: [
        mine(10),
        ...range(0, restarts).flatMap(() => [down([victim], 'kill'), wait(60_000), up([victim]), mine(10)]),
        wait(30 * 60_000),
        check('the victim is with the honest chain', (simulation) => {
          const node = simulation.node(victim);
          const peers = node.running?.network.peers() ?? [];
          const hosts = new Set(range(0, liars).map(addressOf));
          const honest = peers.filter(({ address }) => !hosts.has(address.slice(0, address.lastIndexOf(':')))).length;
          simulation.figures.set('peers of the victim', peers.length);
          simulation.figures.set('honest peers of the victim', honest);
          const behind = simulation.best().height - (simulation.tipOf(node)?.height ?? 0);
          if (honest === 0) return 'it has no honest peer left';
          return behind <= BEHIND_MAX ? undefined : `it is ${behind} blocks behind`;
        }),
        agree(20 * 60_000),
      ],
    };
  },
});
