import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunReport } from '../run-report.ts';
import { runScenario } from '../run-scenario.ts';
import { scenario } from '../scenario.ts';
import { agree, mine, pay, range } from '../steps.ts';
import type { BehaviourMaker } from './behaviour.ts';
import { BEHAVIOURS } from './behaviours.ts';
import { corruptedBy } from './corrupt-transport.ts';

/** Two of seven nodes lie in one way, while blocks and payments come. */
function among(make: BehaviourMaker): Promise<RunReport> {
  const liars = scenario({
    name: 'liars',
    about: 'For a test.',
    parameters: { nodes: { value: 7, min: 7, max: 7, about: 'full nodes' } },
    play: ({ nodes }) => ({
      setup: {
        ...{ nodes, blockIntervalMs: 10_000, connections: { outbound: 3, blockRelay: 1 } },
        hashRates: range(0, nodes).map((i) => (i < 4 ? 1 : 0)),
        byzantine: new Map([0, 6].map((index) => [index, corruptedBy(make)])),
      },
      steps: [mine(12), pay({ count: 20, everyMs: 5_000 }), mine(12), agree(30 * 60_000)],
    }),
  });
  return runScenario({ scenario: liars, seed: 6 });
}

/** One way of lying for the first node, another for all others. */
const both = (one: BehaviourMaker, other: BehaviourMaker): BehaviourMaker => {
  return (world) => (world.node.index === 0 ? one : other)(world);
};

/** What shows that the lies were told: the same things, where everybody is honest. */
const SIGNS: Readonly<Record<string, (lying: RunReport, honest: RunReport) => boolean>> = {
  withhold: ({ byCommand }, honest) => (byCommand.cmpctblock?.messages ?? 0) < (honest.byCommand.cmpctblock?.messages ?? 0),
  stall: ({ digest }, honest) => digest !== honest.digest,
  lieInHeaders: ({ byCommand }, honest) => (byCommand.version?.messages ?? 0) > (honest.byCommand.version?.messages ?? 0),
  makeBadBlocks: ({ invalidBlocksStored, byCommand }) => invalidBlocksStored > 0 && (byCommand.block?.messages ?? 0) > 20,
  spam: ({ byCommand }) => (byCommand.notfound?.messages ?? 0) > 20,
  garbage: ({ byCommand }) => (byCommand.other?.messages ?? 0) > 0,
};

test('honest nodes agree among liars of every kind, and the lies are told', async (t) => {
  const honest = await among(() => ({}));
  assert.equal(honest.broken, undefined);
  assert.deepEqual(Object.keys(SIGNS).sort(), Object.keys(BEHAVIOURS).sort());
  for (const [name, make] of Object.entries(BEHAVIOURS)) {
    await t.test(name, async () => {
      const lying = await among(make);
      assert.equal(lying.broken, undefined);
      assert.equal(lying.tips.length, 1);
      assert.ok(SIGNS[name]?.(lying, honest), JSON.stringify([lying.byCommand, honest.byCommand]));
    });
  }
});

test('liars bear one another: one that listens is sent garbage by another', async () => {
  const { stall, garbage } = BEHAVIOURS;
  const { broken } = await among(both(stall!, garbage!));
  assert.equal(broken, undefined);
});
