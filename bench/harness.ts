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
function formatRate(rate: number): string {
  return rate.toLocaleString('en-US', rate < 1_000 ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: 0 });
}

/** The rows as a table in plain text. */
export function formatTable(rows: readonly BenchRow[]): string {
  const cells = rows.map((row) => [row.name, formatRate(row.median), row.unit, `${formatRate(row.min)} to ${formatRate(row.max)}`]);
  const table = [['benchmark', 'median', 'unit', 'spread'], ...cells];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => row[column]!.length)));
  return table
    .map((row) =>
      row
        .map((cell, i) => (i === 1 ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
