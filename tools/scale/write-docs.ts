import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandOf, POINTS, type ScalePoint, type ScaleResult } from './point.ts';
import { type Chart, drawChart } from './svg-chart.ts';

/** What a network file should aim at: a block a minute. */
const INTERVAL_SECONDS = 60;

/** Hashes a second of all miners together, and who that is. */
const POWERS: readonly (readonly [hashesPerSecond: number, who: string])[] = [
  [1e5, 'a browser tab or two'],
  [1e7, 'a few laptops'],
  [1e8, 'ten desktops'],
  [1e9, 'a room of desktops, or one graphics card'],
  [1e11, 'a hundred graphics cards'],
  [1e14, 'one mining machine of 2024'],
];

/** Of blocks that are found so often, the part that comes to nothing where they take so long to everybody. */
export function staleRate(delaySeconds: number, intervalSeconds: number): number {
  return 1 - Math.exp(-delaySeconds / intervalSeconds);
}

/** Bits of difficulty with which so much work finds a block about as seldom as wanted, or a little more seldom. */
export function bitsFor(hashesPerSecond: number, intervalSeconds: number): number {
  return Math.ceil(Math.log2(hashesPerSecond * intervalSeconds));
}

const percent = (part: number): string => `${(100 * part).toFixed(part < 0.01 ? 2 : 1)} %`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const X: Readonly<Record<Exclude<ScalePoint['series'], 'interval'>, readonly [name: string, of: (point: ScalePoint) => number]>> = {
  nodes: ['nodes', ({ nodes }) => nodes],
  degree: ['calls of each node', ({ degree }) => degree],
  size: ['new bytes of each block', ({ freshBytes }) => freshBytes],
  latency: ['mean latency one way, ms', ({ latencyMs }) => latencyMs],
};

function propagation(series: keyof typeof X, results: readonly ScaleResult[]): { readonly text: string; readonly chart: Chart } {
  const [xName, of] = X[series];
  const rows = results.map(({ point, meanMs, halfMs, mostMs, nearlyAllMs }) => [
    String(of(point)),
    ...[halfMs, mostMs, nearlyAllMs, meanMs].map((ms) => ms.toFixed(0)),
    percent(staleRate(meanMs / 1_000, INTERVAL_SECONDS)),
  ]);
  const head = [xName, 'half, ms', 'nine of ten, ms', '99 of 100, ms', 'mean, ms', 'stale at a block a minute'];
  const positive = results.filter(({ point }) => of(point) > 0);
  const line = (name: string, y: (result: ScaleResult) => number) => ({
    name,
    points: positive.map((each) => [of(each.point), y(each)] as const),
  });
  const lines = [
    line('half of the nodes', ({ halfMs }) => halfMs),
    line('nine of ten', ({ mostMs }) => mostMs),
    line('99 of a hundred', ({ nearlyAllMs }) => nearlyAllMs),
  ];
  return { text: table(head, rows), chart: { title: `Time of a block to other nodes, by ${xName}`, xName, yName: 'ms', lines } };
}

function splits(results: readonly ScaleResult[]): { readonly text: string; readonly chart: Chart } {
  // The delays where blocks do not meet: what the theory takes as given.
  const meanSeconds = (results[0]?.meanMs ?? 0) / 1_000;
  const halfSeconds = (results[0]?.halfMs ?? 0) / 1_000;
  const rows = results.map(({ point, found, stale, deepestReorganisation }) => {
    const seconds = point.intervalMs / 1_000;
    const times = (results[0]?.point.intervalMs ?? 0) / point.intervalMs;
    return [
      String(seconds),
      `${times} x`,
      `${stale} of ${found}`,
      percent(stale / found),
      percent(staleRate(halfSeconds, seconds)),
      percent(staleRate(meanSeconds, seconds)),
      String(deepestReorganisation),
    ];
  });
  const head = ['mean interval, s', 'hash power', 'stale blocks', 'stale', 'by the median delay', 'by the mean delay', 'deepest switch'];
  const seconds = results.map(({ point }) => point.intervalMs / 1_000);
  const measured = results
    .filter(({ stale }) => stale > 0)
    .map(({ point, found, stale }) => [point.intervalMs / 1_000, (100 * stale) / found] as const);
  const theory = (delaySeconds: number, name: string): Chart['lines'][number] => ({
    name: `${name} delay, ${(1_000 * delaySeconds).toFixed(0)} ms`,
    points: seconds.map((each) => [each, 100 * staleRate(delaySeconds, each)] as const),
    dashed: true,
  });
  const lines = [{ name: 'measured', points: measured }, theory(halfSeconds, 'median'), theory(meanSeconds, 'mean')];
  const chart = { title: 'Stale blocks as hash power grows', xName: 'seconds between two blocks', yName: '%', lines };
  return { text: table(head, rows), chart };
}

function choices(delaySeconds: number): string {
  const rows = POWERS.map(([power, who]) => {
    const bits = bitsFor(power, INTERVAL_SECONDS);
    const seconds = 2 ** bits / power;
    // The interval at which so many blocks are stale.
    const growth = (part: number): string => `${(seconds / (delaySeconds / -Math.log(1 - part))).toFixed(0)} x`;
    return [
      `${power.toExponential(0).replace('+', '')} (${who})`,
      String(bits),
      `${seconds.toFixed(0)} s`,
      percent(staleRate(delaySeconds, seconds)),
      growth(0.05),
      growth(0.2),
    ];
  });
  const head = [
    'hashes a second, all miners',
    '`difficultyBits`',
    'a block every',
    'stale',
    'may grow until 5 % are stale',
    'until 20 % are',
  ];
  return table(head, rows);
}

function replaceBetween(text: string, name: string, inner: string): string {
  const [begin, end] = [`<!-- begin ${name} -->`, `<!-- end ${name} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`scale.md has no place for ${name}`);
  return `${text.slice(0, from + begin.length)}\n${inner}\n${text.slice(to)}`;
}

/** Draws the pictures and writes the tables of scale.md, in a folder. Every point must have been measured. */
export function writeDocs(folder: string, results: readonly ScaleResult[]): void {
  const path = join(folder, 'scale.md');
  let text = readFileSync(path, 'utf8');
  const byCommand = new Map(results.map((result) => [commandOf(result.point), result]));
  const resultOf = (point: ScalePoint): ScaleResult => {
    const result = byCommand.get(commandOf(point));
    if (result === undefined) throw new Error(`not measured yet: ${commandOf(point)}`);
    return result;
  };
  for (const series of ['nodes', 'degree', 'size', 'latency', 'interval'] as const) {
    const measured = POINTS.filter((point) => point.series === series).map(resultOf);
    const { text: rows, chart } = series === 'interval' ? splits(measured) : propagation(series, measured);
    text = replaceBetween(text, series, rows);
    writeFileSync(join(folder, `scale-${series}.svg`), drawChart(chart));
  }
  const largest = POINTS.filter(({ series }) => series === 'nodes').at(-1);
  text = replaceBetween(text, 'choices', choices(resultOf(largest as ScalePoint).meanMs / 1_000));
  text = replaceBetween(text, 'commands', ['```', ...POINTS.map(commandOf), '```'].join('\n'));
  writeFileSync(path, text);
}
