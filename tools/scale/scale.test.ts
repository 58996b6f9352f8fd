import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { repositoryRoot } from '../../test/support/vectors.ts';
import { measure } from './measure.ts';
import { commandOf, POINTS, randomLinks, type ScalePoint } from './point.ts';
import { drawChart } from './svg-chart.ts';
import { bitsFor, staleRate } from './write-docs.ts';

const POINT: ScalePoint = {
  ...{ series: 'nodes', nodes: 8, degree: 3, freshBytes: 5_000, latencyMs: 50, intervalMs: 20_000 },
  ...{ blocks: 5, seed: 3 },
};

test('a point is measured the same each time: blocks come to everybody, no sooner than the least latency', async () => {
  const [first, second] = [await measure(POINT), await measure(POINT)];
  assert.deepEqual(second, first);
  assert.ok(first.found >= 5 && first.stale <= first.found);
  assert.ok(first.halfMs >= 10 && first.halfMs <= first.mostMs && first.mostMs <= first.nearlyAllMs);
});

test('each node calls as many others as it should, nobody twice and never itself', () => {
  const links = randomLinks(50, 8, 1);
  assert.equal(links.length, 400);
  assert.ok(links.every(([from, to]) => from !== to));
  assert.equal(new Set(links.map(([from, to]) => (from < to ? `${from} ${to}` : `${to} ${from}`))).size, 400);
});

test('bits of difficulty give the interval or a little more, and the stale rate falls with it', () => {
  assert.equal(bitsFor(2 ** 20, 64), 26);
  assert.equal(bitsFor(2 ** 20 + 1, 64), 27);
  assert.ok(Math.abs(staleRate(1, 1) - 0.632_12) < 1e-5);
  assert.equal(staleRate(0, 60), 0);
});

test('a chart has every line, each measured point, and nothing beyond its axes', () => {
  const lines = [
    { name: 'seen', points: [[1, 10] as const, [60, 982] as const] },
    { name: 'due', points: [[1, 20] as const, [100, 500] as const], dashed: true },
  ];
  const svg = drawChart({ title: 'T', xName: 'X', yName: 'Y', lines });
  const circles = [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, x, y]) => [Number(x), Number(y)] as const);
  assert.equal(circles.length, 2);
  // What is drawn lies between the axes, whose last marks are at or beyond the values.
  assert.ok(
    circles.every(([x, y]) => x >= 64 && x <= 520 && y >= 36 && y <= 292),
    String(circles),
  );
  assert.equal(svg.match(/stroke-dasharray/g)?.length, 1);
  assert.ok(svg.includes('>seen<') && svg.includes('>- - due<'));
});

test('the document names the command of every point', () => {
  const text = readFileSync(join(repositoryRoot(), 'docs/scale.md'), 'utf8');
  for (const point of POINTS) assert.ok(text.includes(commandOf(point)), commandOf(point));
});
