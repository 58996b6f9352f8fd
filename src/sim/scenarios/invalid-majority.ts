import { corruptedBy } from '../byzantine/corrupt-transport.ts';
import { mineInvalidChain } from '../byzantine/mine-invalid-chain.ts';
import { type Scenario, scenario } from '../scenario.ts';
import { agree, check, mine, range } from '../steps.ts';

const BLOCK_MS = 20_000;

/** Work cannot buy another rule. */
export const invalidMajority: Scenario = scenario({
  name: 'invalid-majority',
  about:
    'Most of the work mines a chain whose blocks pay too much, and tells everybody of its headers. Honest nodes stay on the valid chain.',
  parameters: {
    nodes: { value: 12, min: 4, max: 200, about: 'full nodes, the liars among them' },
    liars: { value: 4, min: 1, max: 100, about: 'nodes that mine the invalid chain together' },
    share: { value: 70, min: 1, max: 95, about: 'of the work that is theirs, percent' },
    blocks: { value: 100, min: 10, max: 10_000, about: 'blocks of the valid chain' },
  },
  play: ({ nodes, liars: wanted, share, blocks }) => {
    const liars = Math.min(wanted, nodes - 2);
    // The honest find one every BLOCK_MS, the liars so many times as often as they have more work.
    const liar = corruptedBy(mineInvalidChain((BLOCK_MS * (100 - share)) / share));
    return {
      setup: {
        ...{ nodes, blockIntervalMs: BLOCK_MS },
        hashRates: range(0, nodes).map((index) => (index < liars ? 0 : 1)),
        byzantine: new Map(range(0, liars).map((index) => [index, liar])),
      },
      steps: [
        mine(12),
        mine(blocks),
        agree(10 * 60_000),
        check('there was an invalid chain with its share of the work', ({ figures }) => {
          const found = figures.get('blocks of the invalid chain') ?? 0;
          return found * 2 * (100 - share) >= blocks * share ? undefined : `it has ${found} blocks`;
        }),
        check('few valid blocks were lost to it', (simulation) => {
          const valid = simulation.ledger.since(1).filter(({ flaw }) => flaw === undefined).length;
          const stale = valid - simulation.best().height;
          return stale * 5 <= valid ? undefined : `${stale} of ${valid} valid blocks are stale`;
        }),
      ],
    };
  },
});
