import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunReport } from '../../sim/run-report.ts';
import { reportLines } from './sim-report.ts';

const REPORT: RunReport = {
  scenario: 'mixed',
  seed: 7,
  parameters: { nodes: 21, blocks: 200 },
  broken: undefined,
  virtualSeconds: 3_725,
  events: 123_456,
  nodes: 21,
  liars: [2, 5],
  tips: [{ hash: 'ab'.repeat(32), height: 200, nodes: [0, 1] }],
  height: 200,
  blocks: 204,
  staleBlocks: 4,
  invalidBlocksStored: 3,
  reorganisations: 9,
  deepestReorganisation: 4,
  propagationMs: { half: 101.4, most: 202, nearlyAll: 3_003 },
  transactions: { submitted: 1_000, refused: 1, confirmed: 999 },
  coins: { count: 1_200, total: '500000000000', burnt: '12' },
  scripts: { asked: 21_000, shared: 20_000 },
  messages: 1_000_000,
  bytes: 2_500_000,
  byCommand: { inv: { messages: 10, bytes: 1_500 } },
  figures: { 'blocks behind': 1.23456 },
  checks: { coins: 12, supply: 3 },
  digest: 'cd'.repeat(32),
};

const plain = (report: RunReport): readonly string[] => reportLines(report, (_, text) => text);

test('a report tells what came of a run in figures for people', () => {
  const lines = plain(REPORT);
  for (const wanted of [
    'mixed  seed 7  nodes 21, blocks 200',
    'time         1 h 2 min of virtual time, 123,456 events',
    'nodes        21, liars: 2, 5',
    `tips         one at height 200  ${'ab'.repeat(32)}`,
    'blocks       204 found, 4 stale (1.96 %)',
    'propagation  half of the nodes within 101 ms, nine of ten 202 ms, 99 of a hundred 3,003 ms',
    'coins        1,200, worth 500,000,000,000 base units; 12 burnt',
    'scripts      21,000 verdicts were asked for, 20,000 of them known from another node',
    'measured     blocks behind: 1.2346',
    'checks       coins 12, supply 3',
    'result       every invariant held',
  ]) {
    assert.ok(lines.includes(wanted), `${wanted}\n${lines.join('\n')}`);
  }
});

test('a broken invariant is told with node, time and the last lines of its log; several tips with their nodes', () => {
  const tip = REPORT.tips[0]!;
  const tips = [tip, { ...tip, height: 198, nodes: [3] }];
  const broken = { invariant: 'coins', why: 'one too many', atSeconds: 12.5, node: 3, lines: ['12.4 s info stopped'] };
  const lines = plain({ ...REPORT, tips, broken, propagationMs: undefined });
  assert.deepEqual(lines.slice(-3), [
    'result       coins broke at node 3 after 12.500 s',
    '             one too many',
    '             12.4 s info stopped',
  ]);
  assert.ok(lines.includes('tips         2: height 200 (2 nodes), height 198 (1 nodes)'));
  assert.ok(lines.includes('propagation  no block went anywhere'));
});
