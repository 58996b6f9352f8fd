import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runQuoin } from '../support/quoin-command.ts';

const SMALL = ['split-brain', '--nodes', '4', '--set', 'depth=2', '--set', 'payments=0', '--seed', '9'];

test('quoin sim list names the scenarios and what can be chosen about each', () => {
  const { code, out, err } = runQuoin(['sim', 'list']);
  assert.deepEqual([code, err], [0, '']);
  assert.match(out, /^split-brain\n {2}The network falls apart/);
  assert.match(out, /--set depth= +blocks that the longest side mines alone: 10, from 1 to 500/);
  const listed = JSON.parse(runQuoin(['sim', 'list', '--json']).out) as { readonly name: string }[];
  assert.ok(listed.some(({ name }) => name === 'mixed'));
});

test('quoin sim run tells what came of a run, to people and to programs, the same each time', () => {
  const { code, out, err } = runQuoin(['sim', 'run', ...SMALL]);
  assert.deepEqual([code, err], [0, '']);
  assert.match(out, /^split-brain {2}seed 9 {2}nodes 4, sides 2, depth 2, payments 0\n/);
  assert.match(out, /\nresult {7}every invariant held\n$/);
  const report = JSON.parse(runQuoin(['sim', 'run', ...SMALL, '--json']).out);
  assert.ok(out.includes(report.digest));
  assert.deepEqual([report.broken, report.nodes, report.tips.length], [null, 4, 1]);
  assert.equal(report.reproduce, 'quoin sim run split-brain --seed 9 --nodes 4 --set sides=2 --set depth=2 --set payments=0');
});

test('quoin sim watch draws a picture a step where the output is no terminal', () => {
  const { code, out } = runQuoin(['sim', 'watch', ...SMALL]);
  assert.equal(code, 0);
  assert.match(out, /step \d of 9: heal the network/);
  assert.match(out, /\nside 1 {3}[A-Z] [A-Z]\nside 2 {3}[A-Z] [A-Z]\n/);
});

test('what is no scenario, parameter or number is wrong usage and says what there is', () => {
  for (const [args, words] of [
    [['nothing'], /"nothing" is no scenario: there are split-brain, /],
    [['mixed', '--set', 'sides=3'], /mixed has no parameter "sides": it has nodes, /],
    [['mixed', '--nodes', '3'], /nodes of mixed is a whole number, 8 to 500/],
    [['mixed', '--set', 'blocks'], /--set "blocks": takes name=number/],
    [['mixed', '--seed', '-1'], /--seed "-1": takes a whole number/],
  ] as const) {
    const { code, err } = runQuoin(['sim', 'run', ...args]);
    assert.equal(code, 2, err);
    assert.match(err, words);
  }
});
