import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runScenario } from './run-scenario.ts';
import { type Play, scenario } from './scenario.ts';
import type { Simulation } from './simulation.ts';
import { agree, check, mine, mineAt, pay, wait } from './steps.ts';

/** Plays steps among three nodes. */
async function play(setup: Partial<Play['setup']>, ...steps: Play['steps']): Promise<void> {
  const three = scenario({
    name: 'three',
    about: 'For a test.',
    parameters: { nodes: { value: 3, min: 3, max: 3, about: 'full nodes' } },
    play: ({ nodes }) => ({ setup: { nodes, blockIntervalMs: 5_000, ...setup }, steps }),
  });
  const { broken } = await runScenario({ scenario: three, seed: 2 });
  assert.equal(broken, undefined, broken?.why);
}

const act = (name: string, run: (simulation: Simulation) => void): Play['steps'][number] => ({
  name,
  run: async (simulation) => run(simulation),
});

const heights = (simulation: Simulation): string => simulation.nodes.map((node) => simulation.tipOf(node)?.height).join();

/** Every node is at the height that is named. */
const at = (wanted: string): Play['steps'][number] =>
  check(`heights are ${wanted}`, (simulation) => {
    const found = heights(simulation);
    return found === wanted ? undefined : `they are ${found}`;
  });

const NOBODY_MINES = { hashRates: [0, 0, 0] };

/** One after another, and nobody else. */
const IN_A_ROW = {
  links: [
    [0, 1],
    [1, 2],
  ],
} as const;

test('a block that is mined at one end of a row comes to the other by way of the middle', async () => {
  const quality = { latencyMs: [100, 100], jitterMs: 0, loss: 0 } as const;
  await play({ ...NOBODY_MINES, ...IN_A_ROW, quality }, wait(10_000), mineAt(0, 2), wait(400), at('2,2,0'), wait(5_000), at('2,2,2'));
});

test('a host whose line has become slow hears of blocks late', async () => {
  const slow = act('a slow line', (simulation) => simulation.network.setHostQuality(simulation.node(2).address, { latencyMs: 4_000 }));
  await play({ ...NOBODY_MINES, ...IN_A_ROW }, wait(10_000), slow, mineAt(0, 1), wait(3_000), at('1,1,0'), wait(20_000), at('1,1,1'));
});

test('a miner is as quick as it was last told to be', async () => {
  await play(
    { hashRates: [1, 0, 0] },
    mine(3),
    act('it stops', (simulation) => simulation.node(0).setMineMeanMs(Number.POSITIVE_INFINITY)),
    wait(1_000),
    act('note', (simulation) => {
      const { height } = simulation.best();
      simulation.queue.after(600_000_000, () => assert.equal(simulation.best().height, height));
    }),
    wait(601_000),
    act('it goes on', (simulation) => simulation.node(0).setMineMeanMs(1_000)),
    mine(20, { withinMs: 120_000 }),
  );
});

test('clocks that are wrong by days do not part nodes whose time is the chain’s', async () => {
  const profiles = new Map([
    [1, { skewSeconds: 3 * 86_400 }],
    [2, { skewSeconds: -3 * 86_400 }],
  ]);
  await play({ profiles }, mine(30), agree(60_000));
});

test('a slow machine knows of payments later than the others', async () => {
  const waiting = (simulation: Simulation, index: number): number => simulation.node(index).running?.mempool.info().count ?? -1;
  await play(
    { hashRates: [1, 0, 0], profiles: new Map([[2, { verifyMsPerInput: 30_000 }]]) },
    mine(14),
    act('it stops', (simulation) => simulation.node(0).setMineMeanMs(Number.POSITIVE_INFINITY)),
    pay({ count: 4, everyMs: 200 }),
    wait(25_000),
    check('the slow one has none of them', (simulation) => (waiting(simulation, 2) === 0 ? undefined : `it has ${waiting(simulation, 2)}`)),
    check('the quick ones have some', (simulation) => (waiting(simulation, 1) > 0 ? undefined : 'they have none')),
    wait(600_000),
    check('all have the same', (simulation) => (waiting(simulation, 2) === waiting(simulation, 1) ? undefined : 'they differ')),
  );
});
