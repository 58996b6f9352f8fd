import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { repositoryRoot } from '../../../test/support/vectors.ts';
import { reproduction, runScenario } from '../run-scenario.ts';
import { SCENARIOS } from './table.ts';

/** Rows of the list of attacks that a scenario stands for, its size in the check, and a seed. */
const SMALL: Readonly<
  Record<string, { readonly title: string; readonly parameters: Readonly<Record<string, number>>; readonly seed?: number }>
> = {
  'split-brain': {
    title: 'N1: five sides take one chain again, and what the losers had confirmed returns or conflicts',
    parameters: { nodes: 10, sides: 5, depth: 8, payments: 60 },
  },
  ties: { title: 'N1, N5: of tips of the same work each node keeps the one that it saw first', parameters: { rounds: 3 } },
  'flapping-links': { title: 'N1: ways that come and go hold nobody up for good', parameters: { nodes: 6, blocks: 30 } },
  'minority-miner': { title: 'N1: whoever has less work comes back alone', parameters: { nodes: 5, blocks: 40 } },
  'slow-node': { title: 'a slow node keeps up, and nobody waits for it', parameters: { nodes: 5, payments: 60 } },
  'double-spends': { title: 'of two spendings of a coin exactly one counts', parameters: { nodes: 6, coins: 20 } },
  'selfish-mining': {
    title: 'N2: keeping blocks back gains what the formula says',
    parameters: { nodes: 4, share: 33, gamma: 100, blocks: 150 },
  },
  'deep-double-spend': {
    title: 'N4: confirmations are undone as often as the formula says, and nodes tell of it',
    parameters: { nodes: 3, share: 51, confirmations: 2, trials: 6 },
  },
  withholding: { title: 'N3: blocks that nobody gives away count for nothing', parameters: { nodes: 6, blocks: 30, payments: 30 } },
  'invalid-majority': { title: 'N6: most of the work cannot make an invalid chain valid', parameters: { nodes: 6, liars: 2, blocks: 25 } },
  eclipse: { title: 'a node that liars surround stays with the honest chain', parameters: { nodes: 12, restarts: 1 } },
  'skewed-clocks': {
    title: 'N7: a miner with a wrong clock gives its blocks the nearest time that is allowed',
    parameters: { blocks: 60 },
  },
  'time-burners': { title: "burnt time stays within what the chain's own rule allows", parameters: { nodes: 3, share: 51, blocks: 100 } },
  'tip-race': { title: 'N9: a thousand tips a minute lose no miner', parameters: { nodes: 4, seconds: 10 } },
};

/** Those that scenarios.test.ts plays. */
const ELSEWHERE = ['all-restart', 'come-and-go', 'mixed', 'torn-disk'];

/** Plays it; a broken invariant fails the test with the command that shows it again. */
async function play(name: string): Promise<void> {
  const { parameters = {}, seed = 1 } = SMALL[name] ?? {};
  const scenario = SCENARIOS.find((each) => each.name === name);
  assert(scenario !== undefined, `there is a scenario ${name}`);
  const { broken, parameters: all } = await runScenario({ scenario, seed, parameters });
  assert.equal(broken, undefined, `${broken?.invariant}: ${broken?.why}\nagain: ${reproduction(name, seed, all)}`);
}

for (const [name, { title }] of Object.entries(SMALL)) {
  test(title, () => play(name));
}

test('every scenario is played in the check', () => {
  assert.deepEqual([...Object.keys(SMALL), ...ELSEWHERE].sort(), SCENARIOS.map(({ name }) => name).sort());
});

test('the guide lists every scenario', () => {
  const guide = readFileSync(join(repositoryRoot(), 'docs/guides/simulate.md'), 'utf8');
  const listed = guide.split('\n').filter((line) => /^\| `[a-z-]+` \| .* \| .* \|$/.test(line));
  assert.deepEqual(
    listed,
    SCENARIOS.map(({ name, about, parameters }) => `| \`${name}\` | ${about} | ${Object.keys(parameters).join(', ')} |`),
  );
});
