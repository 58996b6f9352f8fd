import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reproduction, runScenario } from '../run-scenario.ts';
import { parameterValues } from '../scenario.ts';
import { allRestart } from './all-restart.ts';
import { comeAndGo } from './come-and-go.ts';
import { mixed } from './mixed.ts';
import { splitBrain } from './split-brain.ts';
import { SCENARIOS } from './table.ts';
import { tornDisk } from './torn-disk.ts';

/** Plays it; a broken invariant fails the test with the command that shows it again. */
async function holds(...[options]: Parameters<typeof runScenario>): Promise<Awaited<ReturnType<typeof runScenario>>> {
  const report = await runScenario(options);
  const again = reproduction(report.scenario, report.seed, report.parameters);
  assert.equal(report.broken, undefined, `${report.broken?.invariant}: ${report.broken?.why}\nagain: ${again}`);
  return report;
}

test('every scenario has a name of its own, says what it does, and takes its own values', () => {
  assert.equal(new Set(SCENARIOS.map(({ name }) => name)).size, SCENARIOS.length);
  for (const scenario of SCENARIOS) {
    assert.match(scenario.name, /^[a-z]+(-[a-z]+)*$/);
    assert.ok(scenario.about.length > 20 && scenario.parameters.nodes !== undefined);
    const values = parameterValues(scenario, {});
    for (const seed of [1, 2, 3]) assert.equal(scenario.play(values, seed).setup.nodes, values.nodes);
  }
});

test('three sides of a split come together on the longest of their chains', async () => {
  const { tips, deepestReorganisation, staleBlocks } = await holds({
    scenario: splitBrain,
    seed: 5,
    parameters: { nodes: 6, sides: 3, depth: 4 },
  });
  assert.equal(tips.length, 1);
  assert.ok(deepestReorganisation >= 1 && staleBlocks >= 2);
});

for (const [ending, words] of ['in order', 'by kill -9', 'without power'].entries()) {
  test(`all nodes going down ${words} lose nothing that was agreed on`, async () => {
    const { tips } = await holds({ scenario: allRestart, seed: 8, parameters: { nodes: 4, blocks: 10, ending } });
    assert.equal(tips.length, 1);
  });
}

test('a node whose disk is torn again and again finds back to the others', async () => {
  await holds({ scenario: tornDisk, seed: 4, parameters: { nodes: 4, crashes: 4 } });
});

test('nodes that come and go on poor lines keep up and agree in the end', async () => {
  const { tips } = await holds({ scenario: comeAndGo, seed: 3, parameters: { nodes: 6, blocks: 20, away: 30 } });
  assert.deepEqual(
    tips.map(({ nodes }) => nodes.length),
    [6],
  );
});

test('payments, a split, a restart and crashes among liars end in one chain with the right coins', async () => {
  const report = await holds({ scenario: mixed, seed: 2, parameters: { nodes: 8, blocks: 100, payments: 60 } });
  assert.ok(report.liars.length > 0);
  assert.equal(report.tips.length, 1);
  assert.equal(report.transactions.submitted, 60);
  assert.ok(report.transactions.confirmed > 50, `${report.transactions.confirmed} of 60 are in blocks`);
});
