/**
 * How the benchmarks measure and print. A benchmark is a file that exports `run` and does nothing when imported; each run asserts
 * what it computed, so that a fast wrong answer is no result.
 *
 * @module
 */

import { performance } from 'node:perf_hooks';

/** One line of the table. More is better, unless the benchmark says that it counts times or memory. */
export interface BenchRow {
  readonly name: string;
  /** What is counted: `MH/s`, `verifications/s`, or `ms`, `MiB`. */
  readonly unit: string;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** The C++ node's median, which was measured beside. */
  readonly peer?: number | undefined;
}

/** What each benchmark is asked for. */
export interface BenchOptions {
  /** Does everything once and briefly: for the check, which asserts results and not times. */
  readonly smoke: boolean;
}

/** How one row is measured. */
export interface MeasureOptions extends BenchOptions {
  /** How many of the unit one call of the function does; 1 unless given. */
  readonly perCall?: number;
  /** Measurements, of which the median counts; 7 unless given. */
  readonly samples?: number;
  /** How long each of them lasts at least, in milliseconds; 200 unless given. */
  readonly sampleMs?: number;
}

/** Calls `fn` until the time is over and returns how many of the unit that made in a second. */
async function sample(fn: () => unknown, perCall: number, sampleMs: number): Promise<number> {
  const start = performance.now();
  let calls = 0;
  let elapsedMs = 0;
  do {
    const result = fn();
    if (result instanceof Promise) await result;
    calls++;
    elapsedMs = performance.now() - start;
  } while (elapsedMs < sampleMs);
  return (calls * perCall * 1_000) / elapsedMs;
}

/**
 * Measures a function, synchronous or not: one sample to warm up, then the counted ones. A single call should take at least some ten
 * microseconds, or looking at the clock is part of what is measured.
 */
export async function bench(name: string, unit: string, fn: () => unknown, options: MeasureOptions): Promise<BenchRow> {
  const { smoke, perCall = 1, samples = 7, sampleMs = 200 } = options;
  const rates: number[] = [];
  if (!smoke) await sample(fn, perCall, sampleMs);
  for (let i = 0; i < (smoke ? 1 : samples); i++) rates.push(await sample(fn, perCall, smoke ? 0 : sampleMs));
  rates.sort((a, b) => a - b);
  return { name, unit, median: rates[rates.length >> 1]!, min: rates[0]!, max: rates[rates.length - 1]! };
}

/** Three significant digits, with separators between thousands. */
export function formatFigure(value: number): string {
  return value.toLocaleString('en-US', value < 1_000 ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: 0 });
}

const HEADINGS = ['benchmark', 'unit', 'median', 'spread', 'the C++ node', 'ratio'] as const;

/** Columns of figures stand to the right. */
const RIGHT: readonly boolean[] = [false, false, true, false, true, true];

/** How often the C++ node's figure fits into ours. */
export function ratioOf({ median, peer }: BenchRow): number | undefined {
  return peer === undefined || peer === 0 ? undefined : median / peer;
}

function cellsOf(row: BenchRow): string[] {
  const ratio = ratioOf(row);
  const spread = row.min === row.max ? '' : `${formatFigure(row.min)} to ${formatFigure(row.max)}`;
  const peer = row.peer === undefined ? '' : formatFigure(row.peer);
  return [row.name, row.unit, formatFigure(row.median), spread, peer, ratio === undefined ? '' : `${formatFigure(ratio)} ×`];
}

/** Headings and cells; columns that are empty in all rows are left out. */
function columnsOf(rows: readonly BenchRow[]): { readonly table: readonly string[][]; readonly right: readonly boolean[] } {
  const cells = rows.map(cellsOf);
  const used = HEADINGS.map((_, column) => cells.some((row) => row[column] !== ''));
  const kept = (row: readonly string[]): string[] => row.filter((_, column) => used[column]);
  return { table: [kept(HEADINGS), ...cells.map(kept)], right: RIGHT.filter((_, column) => used[column]) };
}

/** The rows as a table in plain text. */
export function formatTable(rows: readonly BenchRow[]): string {
  const { table, right } = columnsOf(rows);
  const widths = right.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  const padded = (cell: string, column: number): string => (right[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!));
  return table.map((row) => row.map(padded).join('  ').trimEnd()).join('\n');
}

/** The rows as a table in Markdown. */
export function formatMarkdown(rows: readonly BenchRow[]): string {
  const { table, right } = columnsOf(rows);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const [headings, ...body] = table.map(line);
  return [headings, line(right.map((each) => (each ? '---:' : '---'))), ...body].join('\n');
}
