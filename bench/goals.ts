/**
 * What the project wants to reach, each goal beside the row of a benchmark that says how far it is.
 *
 * Rates and times depend on the machine and on what else it does. Where the goal was set beside a figure of the C++ node's, it is the ratio
 * of the two that must be reached, measured beside the C++ node again.
 *
 * @module
 */

import type { BenchRow } from './harness.ts';
import { formatFigure, ratioOf } from './harness.ts';

/** A goal: a bound of a row's figure. */
export interface Goal {
  readonly what: string;
  readonly bench: string;
  readonly row: string;
  /** Whether more is better, so that `bound` is the least, or less, so that it is the most. */
  readonly better: 'more' | 'less';
  /** In the row's unit, or without `peer` and with `ratio` in times the C++ node's figure. */
  readonly bound: number;
  /** The C++ node's figure where and when the goal was set. */
  readonly peer?: number;
  /** Says that `bound` is a ratio. */
  readonly ratio?: true;
}

const SYNC = { bench: 'sync', better: 'more', ratio: true } as const;
const CONNECT = { ...SYNC, bench: 'connect' } as const;
const REQUESTS = { bench: 'requests', better: 'more' } as const;
const LESS_MEMORY = { better: 'less' } as const;

/** All goals, in the order of docs/performance.md. */
export const GOALS: readonly Goal[] = [
  { ...SYNC, what: "initial sync, the system's library", row: '1 thread: auto, per CPU second', bound: 1 },
  { ...SYNC, what: 'initial sync, as installed from npm', row: '1 thread: wasm, per CPU second', bound: 0.75 },
  { ...SYNC, what: 'initial sync on two cores', row: '2 threads: auto, by the clock', bound: 0.9 },
  { ...CONNECT, what: "blocks by submitblock, the system's library", row: 'by submitblock, 1 thread: auto, per CPU second', bound: 1 },
  { ...CONNECT, what: 'blocks by submitblock, as installed from npm', row: 'by submitblock, 1 thread: wasm, per CPU second', bound: 0.75 },
  { bench: 'start', what: 'start to ready', row: 'start to ready, fresh folder', better: 'less', bound: 150, peer: 160 },
  { bench: 'start', what: 'start within a process', row: 'start to ready within a process, in memory', better: 'less', bound: 50 },
  { ...LESS_MEMORY, bench: 'start', what: 'memory after the start', row: 'memory after the start', bound: 90 },
  { ...LESS_MEMORY, bench: 'sync', what: 'memory at the peak of the sync', row: '2 threads: auto, memory at the peak', bound: 150 },
  { ...LESS_MEMORY, bench: 'sync', what: 'the same with indexes', row: 'without options, with indexes, memory at the peak', bound: 150 },
  { ...LESS_MEMORY, bench: 'memory', what: 'memory with 100,000 empty blocks', row: 'at 100,000 empty blocks', bound: 150 },
  {
    ...{ bench: 'generate', what: 'generatetoaddress', row: 'empty blocks, by the clock' },
    ...{ better: 'more', bound: 2_500, peer: 2_125 },
  },
  {
    ...{ bench: 'reorganisation', what: 'reorganisation', row: '100 deep, 50 payments a block, CPU' },
    ...{ better: 'less', bound: 0.8, peer: 0.79 },
  },
  { ...REQUESTS, what: 'getblockcount', row: 'getblockcount', bound: 50_000, peer: 60_300 },
  { ...REQUESTS, what: 'getblockheader', row: 'getblockheader', bound: 35_000, peer: 31_500 },
  { ...REQUESTS, what: 'getblock, hexadecimal', row: 'getblock, hexadecimal, 185 kB', bound: 3_000, peer: 1_210 },
  { ...REQUESTS, what: 'getblock, verbose', row: 'getblock, verbose, 501 transactions', bound: 120, peer: 60 },
  { ...REQUESTS, what: 'sendrawtransaction', row: 'sendrawtransaction in batches of 100', bound: 6_000, peer: 5_880 },
  { bench: 'mining', what: 'mining on one core', row: 'hash rate, 1 worker', better: 'more', bound: 6.5 },
];

/** The ratio to the C++ node's figure that a goal asks for; undefined where it asks for a figure. */
export function wantedRatio({ bound, peer, ratio }: Goal): number | undefined {
  return ratio === true ? bound : peer === undefined ? undefined : bound / peer;
}

/** Whether a row reaches a goal; undefined where the C++ node was not measured beside it and the goal is a ratio alone. */
export function isReached(goal: Goal, row: BenchRow): boolean | undefined {
  const wanted = wantedRatio(goal);
  const ratio = ratioOf(row);
  const keeps = (value: number, bound: number): boolean => (goal.better === 'more' ? value >= bound : value <= bound);
  if (wanted !== undefined && ratio !== undefined) return keeps(ratio, wanted);
  return goal.ratio === true ? undefined : keeps(row.median, goal.bound);
}

function cellsOf(goal: Goal, row: BenchRow | undefined): string[] {
  const sign = goal.better === 'more' ? '≥' : '≤';
  const wanted = wantedRatio(goal);
  const ratioText = wanted === undefined ? '' : `${sign} ${formatFigure(wanted)} ×`;
  const figureText = goal.ratio === true ? '' : `${sign} ${formatFigure(goal.bound)}`;
  if (row === undefined) return [goal.what, '', figureText, '', '', ratioText, '', 'not measured'];
  const ratio = ratioOf(row);
  return [
    ...[goal.what, row.unit, figureText, formatFigure(row.median), row.peer === undefined ? '' : formatFigure(row.peer)],
    ...[ratioText, ratio === undefined ? '' : `${formatFigure(ratio)} ×`],
    { true: 'yes', false: 'no', undefined: 'not measured' }[`${isReached(goal, row)}`],
  ];
}

const HEADINGS = ['what', 'unit', 'goal', 'ours', 'the C++ node', 'goal as ratio', 'ratio', 'reached'];
const RULES = ['---', '---', '---:', '---:', '---:', '---:', '---:', '---'];

/** The goals of the benchmarks that were run as a table in Markdown, which reads well as it is; undefined where there are none. */
export function formatGoals(results: ReadonlyMap<string, readonly BenchRow[]>): string | undefined {
  const rows = GOALS.flatMap((goal) => {
    const measured = results.get(goal.bench);
    return measured === undefined
      ? []
      : [
          cellsOf(
            goal,
            measured.find(({ name }) => name === goal.row),
          ),
        ];
  });
  if (rows.length === 0) return undefined;
  return [HEADINGS, RULES, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
