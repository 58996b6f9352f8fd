import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sha256d } from '../core/crypto/sha256.ts';
import type { BlockHash } from '../core/primitives/ids.ts';
import { InvariantError } from './broken.ts';
import { runScenario } from './run-scenario.ts';
import { type Play, type Scenario, scenario } from './scenario.ts';
import type { Simulation } from './simulation.ts';
import { agree, check, down, mine, sides, split, up, wait } from './steps.ts';

/** A scenario of three nodes for one test. */
function small(setup: Partial<Play['setup']>, ...steps: Play['steps']): Scenario {
  return scenario({
    name: 'small',
    about: 'For a test.',
    parameters: { nodes: { value: 3, min: 3, max: 3, about: 'full nodes' } },
    play: ({ nodes }) => ({ setup: { nodes, blockIntervalMs: 5_000, ...setup }, steps }),
  });
}

const act = (name: string, run: (simulation: Simulation) => Promise<void> | void): Play['steps'][number] => ({
  name,
  run: async (simulation) => run(simulation),
});

async function brokenBy(...args: Parameters<typeof small>): Promise<string | undefined> {
  const { broken } = await runScenario({ scenario: small(...args), seed: 1 });
  return broken && `${broken.invariant}: ${broken.why}`;
}

test('a node that connects what the reference calls invalid breaks the run', async () => {
  const why = await brokenBy(
    {},
    mine(2),
    act('call every block from now on invalid', ({ ledger }) => {
      const stored = ledger.stored.bind(ledger);
      ledger.stored = (bytes) => {
        ledger.taint(sha256d(bytes.subarray(0, 80)) as BlockHash, 'for a test');
        stored(bytes);
      };
    }),
    mine(2),
  );
  assert.equal(why, 'valid-blocks: it connected an invalid block: for a test');
});

test('a coin too many on a disk breaks the run when the node has stopped', async () => {
  const why = await brokenBy(
    {},
    mine(3),
    down([1], 'stop'),
    act('make a coin', async (simulation) => {
      const { coins } = simulation.node(1).disk;
      const [tip, value] = [await coins.tip(), (await coins.entries()[Symbol.asyncIterator]().next()).value?.[1]];
      await coins.apply({ puts: [[new Uint8Array(36).fill(7), value]], deletes: [], tip: tip as BlockHash });
    }),
    up([1]),
    mine(1),
  );
  assert.match(why ?? '', /^coins: at height \d+ it stored (\d+) coins worth \d+, not \d+ worth \d+$/);
});

test('nodes that a split keeps apart do not agree', async () => {
  assert.match((await brokenBy({}, mine(2), split(sides(3, 3)), mine(3), agree(60_000))) ?? '', /^agreement: after 60 s the honest nodes/);
});

test('a full disk stops a node: unless the scenario expects that, the run is broken', async () => {
  const disks = new Map([[0, { capacityBytes: 20_000, freeBytesMin: 8_000 }]]);
  assert.match((await brokenBy({ disks }, mine(60))) ?? '', /^alive: it /);
  const expected = act('expect it', (simulation) => {
    for (const name of ['disk-low', 'node-fails']) simulation.expect(name);
  });
  const more = act('more room', (simulation) => simulation.node(0).disk.setQuality({ capacityBytes: 10_000_000 }));
  const stopped = check('it has stopped', (simulation) => (simulation.node(0).running === undefined ? undefined : 'it runs'));
  const other = await runScenario({ scenario: small({ disks }, expected, mine(60), stopped, more, up([0]), agree(600_000)), seed: 1 });
  assert.equal(other.broken, undefined);
});

test('what throws where nothing catches it breaks the run, with its place in the code', async () => {
  const throws = act('throw later', (simulation) => {
    simulation.queue.after(1_000, () => {
      throw new Error('nobody expects this');
    });
  });
  assert.match((await brokenBy({}, throws, wait(10))) ?? '', /^alive: it threw: Error: nobody expects this\n +at /);
});

test('what a step expects is told with its name and the time', async () => {
  const { broken, digest } = await runScenario({
    scenario: small(
      {},
      wait(7_000),
      check('the sky is green', () => 'it is blue'),
    ),
    seed: 3,
  });
  assert.equal(`${broken?.invariant} ${broken?.why} ${broken?.atSeconds}`, 'scenario the sky is green: it is blue 7');
  assert.equal(digest.length, 64);
  const error = new InvariantError({ invariant: 'coins', why: 'x', atSeconds: 1.5, node: 4, lines: [] });
  assert.equal(error.message, 'coins at node 4 after 1.500 virtual seconds: x');
});

test('a parameter that a scenario does not have, or a value out of its range, is refused', async () => {
  const play = (parameters: Record<string, number>): Promise<unknown> => runScenario({ scenario: small({}), seed: 1, parameters });
  await assert.rejects(play({ depth: 3 }), /small has no parameter "depth": it has nodes/);
  for (const nodes of [2, 4, 3.5]) await assert.rejects(play({ nodes }), /nodes of small is a whole number, 3 to 3: full nodes/);
});
