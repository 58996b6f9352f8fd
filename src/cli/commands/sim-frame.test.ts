import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SimulationView } from '../../sim/sim-view.ts';
import { simulationFrame } from './sim-frame.ts';

const HEAD = { scenario: 'split-brain', seed: 7, step: 3, steps: 9, name: 'mine 5 blocks' };

const node = (index: number, branch: number | undefined, side: number, isLiar = false): SimulationView['nodes'][number] => {
  return { index, branch, side, isLiar, isUp: branch !== undefined };
};

const SPLIT: SimulationView = {
  seconds: 95,
  nodes: [node(0, 0, 0), node(1, 1, 1), node(2, 0, 0, true), node(3, undefined, 1)],
  branches: [
    { height: 5, forkHeight: 5, nodes: 2 },
    { height: 4, forkHeight: 2, nodes: 1 },
  ],
  streams: 5,
  messages: 1_234,
  bytes: 56_789,
  blocks: 7,
  waiting: 3,
};

test('a split is drawn side by side, each branch below the best where it leaves it', () => {
  assert.deepEqual(
    simulationFrame(SPLIT, HEAD, (_, text) => text).map((line) => line.trimEnd()),
    [
      'split-brain  seed 7  1 min 35 s of virtual time',
      'step 4 of 9: mine 5 blocks',
      '',
      'side 1   A a',
      'side 2   B .',
      '',
      `height   0${' '.repeat(45)}5`,
      `A        o-o-o-o-o-o${' '.repeat(37)} 2 nodes`.trimEnd(),
      `B             \`o-o${' '.repeat(39)} 1 node, 2 of its own`,
      '',
      '7 blocks, 3 transactions wait, 5 connections, 1,234 messages, 56.8 kB',
    ],
  );
});

test('of more branches than there is room for the rest is counted, and nodes beyond a line go on in the next', () => {
  const branches = Array.from({ length: 10 }, (_, i) => ({ height: 100 - i, forkHeight: i === 0 ? 100 : 99 - i, nodes: 5 }));
  const nodes = Array.from({ length: 50 }, (_, i) => node(i, i % 10, 0));
  const lines = simulationFrame({ ...SPLIT, branches, nodes }, HEAD, (_, text) => text);
  assert.equal(lines.filter((line) => line.startsWith('nodes') || line.startsWith('         A')).length, 2);
  assert.ok(lines.includes('         and 2 more'));
  assert.ok(lines.every((line) => line.length < 100));
});
