/**
 * What the project wants to reach, each goal beside the row of a benchmark that says how far it is.
 *
 * @module
 */

import type { BenchRow } from './harness.ts';
import { formatFigure, ratioOf } from './harness.ts';

/** A goal: a bound of a row's figure, or of its ratio to the C++ node's. */
export interface Goal {
  readonly what: string;
  readonly bench: string;
  readonly row: string;
  readonly figure: 'median' | 'ratio';
  readonly least?: number;
  readonly most?: number;
}

/** All goals, in the order of docs/performance.md. */
export const GOALS: readonly Goal[] = [
  { what: "initial sync, the system's library", bench: 'sync', row: '1 thread: native, per CPU second', figure: 'ratio', least: 1 },
  { what: 'initial sync, as installed from npm', bench: 'sync', row: '1 thread: prebuilt, per CPU second', figure: 'ratio', least: 0.75 },
  { what: 'initial sync on two cores', bench: 'sync', row: '2 threads: native, by the clock', figure: 'ratio', least: 0.9 },
  {
    ...{ what: 'blocks by submitblock', bench: 'connect', row: 'by submitblock, 1 thread: native, per CPU second' },
    ...{ figure: 'ratio', least: 1 },
  },
  { what: 'start to ready', bench: 'start', row: 'start to ready, fresh folder', figure: 'median', most: 150 },
  { what: 'start within a process', bench: 'start', row: 'start to ready within a process, in memory', figure: 'median', most: 50 },
  { what: 'memory after the start', bench: 'start', row: 'memory after the start', figure: 'median', most: 90 },
  { what: 'memory at the peak of the sync', bench: 'sync', row: '2 threads: native, memory at the peak', figure: 'median', most: 150 },
  {
    what: 'the same with indexes',
    bench: 'sync',
    row: 'without options, with indexes, memory at the peak',
    figure: 'median',
    most: 150,
  },
  { what: 'memory at 100,000 empty blocks', bench: 'memory', row: 'at 100,000 empty blocks', figure: 'median', most: 150 },
  { what: 'generatetoaddress', bench: 'generate', row: 'generatetoaddress, empty blocks', figure: 'median', least: 2_500 },
  {
    ...{ what: 'reorganisation', bench: 'reorganisation', row: '100 deep, 50 payments a block, CPU' },
    ...{ figure: 'median', most: 0.8 },
  },
  { what: 'getblockcount', bench: 'requests', row: 'getblockcount', figure: 'median', least: 50_000 },
  { what: 'getblockheader', bench: 'requests', row: 'getblockheader', figure: 'median', least: 35_000 },
  { what: 'getblock, hexadecimal', bench: 'requests', row: 'getblock, hexadecimal, 185 kB', figure: 'median', least: 3_000 },
  { what: 'getblock, verbose', bench: 'requests', row: 'getblock, verbose, 501 transactions', figure: 'median', least: 120 },
  { what: 'sendrawtransaction', bench: 'requests', row: 'sendrawtransaction in batches of 100', figure: 'median', least: 6_000 },
  { what: 'mining, one core', bench: 'mining', row: 'hash rate, 1 worker', figure: 'median', least: 6.5 },
];

/** Whether a figure keeps to a goal's bounds. */
export function isReached({ least, most }: Goal, value: number): boolean {
  return (least === undefined || value >= least) && (most === undefined || value <= most);
}

function cellsOf(goal: Goal, row: BenchRow | undefined): string[] {
  const { what, figure, least, most } = goal;
  const bound = least === undefined ? `≤ ${formatFigure(most!)}` : `≥ ${formatFigure(least)}`;
  const value = row === undefined ? undefined : figure === 'ratio' ? ratioOf(row) : row.median;
  const wanted = figure === 'ratio' ? `${bound} ×` : `${bound} ${row?.unit ?? ''}`.trim();
  if (row === undefined || value === undefined) return [what, wanted, '', '', '', 'not measured'];
  const ratio = ratioOf(row);
  return [
    ...[what, wanted, `${formatFigure(row.median)} ${row.unit}`, row.peer === undefined ? '' : formatFigure(row.peer)],
    ...[ratio === undefined ? '' : `${formatFigure(ratio)} ×`, isReached(goal, value) ? 'yes' : 'no'],
  ];
}

/** The goals whose benchmarks were run, with the figures that they reached, as a table in Markdown, which reads well as it is. */
export function formatGoals(results: ReadonlyMap<string, readonly BenchRow[]>): string {
  const rows = GOALS.filter(({ bench }) => results.has(bench)).map((goal) =>
    cellsOf(
      goal,
      results.get(goal.bench)?.find(({ name }) => name === goal.row),
    ),
  );
  const table = [['what', 'goal', 'ours', 'the C++ node', 'ratio', 'reached'], ['---', '---', '---:', '---:', '---:', '---'], ...rows];
  return table.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
