import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Goal } from './goals.ts';
import { formatGoals, GOALS, isReached } from './goals.ts';
import { formatMarkdown, formatTable } from './harness.ts';

const row = (median: number, peer?: number) => ({ name: 'row', unit: 'ms', median, min: median, max: median, peer });
const goal = (changes: Partial<Goal>): Goal => ({ bench: 'b', what: 'w', row: 'row', better: 'less', bound: 100, ...changes });

test('a goal without a figure of the C++ node is reached at its bound and not beyond', () => {
  assert.deepEqual([isReached(goal({}), row(100)), isReached(goal({}), row(101))], [true, false]);
  assert.deepEqual([isReached(goal({ better: 'more' }), row(100)), isReached(goal({ better: 'more' }), row(99))], [true, false]);
});

test('a goal that was set beside the C++ node is reached by the ratio, however slow the machine is', () => {
  const beside = goal({ peer: 50 });
  assert.deepEqual([isReached(beside, row(400, 200)), isReached(beside, row(401, 200))], [true, false]);
  assert.deepEqual([isReached(beside, row(100)), isReached(beside, row(101))], [true, false]);
});

test('a goal that is a ratio alone is not measured without the C++ node', () => {
  const ratio = goal({ better: 'more', bound: 0.75, ratio: true });
  assert.deepEqual([isReached(ratio, row(75, 100)), isReached(ratio, row(74, 100)), isReached(ratio, row(75))], [true, false, undefined]);
});

test('the table of goals says which rows were not there, and leaves out benchmarks that were not run', () => {
  const [first] = GOALS as [Goal];
  assert.equal(formatGoals(new Map()), undefined);
  assert.match(formatGoals(new Map([[first.bench, []]])) ?? '', /not measured/);
  const table = formatGoals(new Map([[first.bench, [{ ...row(2, 1), name: first.row }]]])) ?? '';
  assert.match(table.split('\n')[2] ?? '', /\| 2 × \| yes \|$/);
});

test('tables leave out columns that are empty', () => {
  assert.equal(formatTable([row(5)]), 'benchmark  unit  median\nrow        ms         5');
  assert.equal(
    formatMarkdown([row(4, 2)]),
    '| benchmark | unit | median | the C++ node | ratio |\n| --- | --- | ---: | ---: | ---: |\n| row | ms | 4 | 2 | 2 × |',
  );
});
