import { ByteReader } from '../../core/primitives/byte-reader.ts';
import { ByteWriter } from '../../core/primitives/byte-writer.ts';
import { DecodeError } from '../../core/primitives/decode-error.ts';
import type { FeeHorizon } from '../ports/fee-service.ts';
import { RATE_ABOVE_ALL } from './buckets.ts';
import type { SavedStats } from './confirmation-stats.ts';
import type { SavedEstimates } from './fee-estimator.ts';
import type { HorizonPlan } from './horizons.ts';
import { HORIZON_PLANS } from './horizons.ts';

/** Bitcoin Core's version of `fee_estimates.dat`, the only one since its release 0.15. */
const VERSION = 149_900;

/** Fewest and most buckets that Core takes. */
const BUCKETS_MIN = 2;
const BUCKETS_MAX = 1_000;

/** No chain is that long: a greater number would keep blocks from being counted for ever. */
const HEIGHT_MAX = 0x7fffffff;

const DOUBLE_BYTES = 8;

/** The order in which horizons stand in the file. */
const FILE_ORDER: readonly FeeHorizon[] = ['medium', 'short', 'long'];

/** More than the largest file that can be read: three horizons of 78 periods together, in 1,000 buckets. */
export const FEE_ESTIMATES_BYTES_MAX: number = 2 * 1024 * 1024;

/** Numbers as the bits of their doubles, little-endian. */
function bitsOf(values: Float64Array): Uint8Array {
  const bytes = new Uint8Array(values.length * DOUBLE_BYTES);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => void view.setFloat64(i * DOUBLE_BYTES, value, true));
  return bytes;
}

/** A list of them with its length before it. */
function writeDoubles(writer: ByteWriter, values: Float64Array): void {
  writer.compactSize(values.length).raw(bitsOf(values));
}

/** A list of lists, one a period. */
function writeRows(writer: ByteWriter, values: Float64Array, periods: number): void {
  const width = values.length / periods;
  writer.compactSize(periods);
  for (let row = 0; row < periods; row++) writeDoubles(writer, values.subarray(row * width, (row + 1) * width));
}

/**
 * The file `fee_estimates.dat` in Bitcoin Core's format: version, a number without meaning, heights, buckets, then of each horizon decay, scale,
 * sums, counts, and the counts by period of what was confirmed and what failed.
 */
export function encodeFeeEstimates({ bestHeight, historicalFirst, historicalBest, bounds, stats }: SavedEstimates): Uint8Array {
  const writer = new ByteWriter(FEE_ESTIMATES_BYTES_MAX / 4);
  writer.u32(VERSION).u32(0).u32(bestHeight).u32(historicalFirst).u32(historicalBest);
  writeDoubles(writer, bounds);
  for (const horizon of FILE_ORDER) {
    const { decay, scaleBlocks, periods } = HORIZON_PLANS[horizon];
    const { rateSums, txCounts, confirmed, failed } = stats[horizon];
    writer.raw(bitsOf(Float64Array.of(decay))).u32(scaleBlocks);
    writeDoubles(writer, rateSums);
    writeDoubles(writer, txCounts);
    writeRows(writer, confirmed, periods);
    writeRows(writer, failed, periods);
  }
  return writer.finish();
}

function fail(reader: ByteReader, what: string, why: string): never {
  throw new DecodeError(what, reader.offset, why);
}

/** So many doubles without a length. */
function readRaw(reader: ByteReader, count: number, what: string): Float64Array {
  const bytes = reader.take(count * DOUBLE_BYTES, what);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Float64Array.from({ length: count }, (_, i) => view.getFloat64(i * DOUBLE_BYTES, true));
}

/** A list of counts of exactly that length: numbers from 0 on. */
function readCounts(reader: ByteReader, length: number, what: string): Float64Array {
  const found = reader.compactSize({ what, itemSizeMin: DOUBLE_BYTES });
  if (found !== length) fail(reader, what, `${found} numbers in place of ${length}`);
  const values = readRaw(reader, length, what);
  if (!values.every((value) => value >= 0 && value < RATE_ABOVE_ALL)) fail(reader, what, 'a number is no count');
  return values;
}

function readRows(
  reader: ByteReader,
  { periods, width }: { readonly periods: number; readonly width: number },
  what: string,
): Float64Array {
  const found = reader.compactSize({ what, itemSizeMin: 1 });
  if (found !== periods) fail(reader, what, `${found} periods in place of ${periods}`);
  const values = new Float64Array(periods * width);
  for (let row = 0; row < periods; row++) values.set(readCounts(reader, width, what), row * width);
  return values;
}

/** Buckets rise, from above 0 to the one that has room for every rate. */
function readBounds(reader: ByteReader): Float64Array {
  const what = 'fee rate buckets';
  const count = reader.compactSize({ what, itemSizeMin: DOUBLE_BYTES });
  if (count < BUCKETS_MIN || count > BUCKETS_MAX) fail(reader, what, `${count} of them`);
  const bounds = readRaw(reader, count, what);
  if (!bounds.every((bound, i) => bound > (bounds[i - 1] ?? 0))) fail(reader, what, 'they do not rise');
  if (bounds[count - 1] !== RATE_ABOVE_ALL) fail(reader, what, 'the last one has an end');
  return bounds;
}

function readStats(reader: ByteReader, { decay, scaleBlocks, periods }: HorizonPlan, width: number): SavedStats {
  const what = 'fee estimates';
  if (readRaw(reader, 1, what)[0] !== decay || reader.u32(what) !== scaleBlocks) fail(reader, what, 'counted in another way');
  return {
    rateSums: readCounts(reader, width, 'sums of fee rates'),
    txCounts: readCounts(reader, width, 'counts of transactions'),
    confirmed: readRows(reader, { periods, width }, 'counts of confirmed transactions'),
    failed: readRows(reader, { periods, width }, 'counts of failed transactions'),
  };
}

/**
 * Reads a file of ours or of Bitcoin Core. The buckets may be any, as those of releases before 30 are others; decay, scale and periods must be Core's.
 *
 * @throws DecodeError where it is cut short, longer, damaged or of another version
 */
export function decodeFeeEstimates(bytes: Uint8Array): SavedEstimates {
  const reader = new ByteReader(bytes);
  const what = 'fee estimates head';
  const version = reader.u32(what);
  if (version !== VERSION) fail(reader, what, `version ${version} is unknown`);
  reader.u32(what);
  const [bestHeight, historicalFirst, historicalBest] = [reader.u32(what), reader.u32(what), reader.u32(what)];
  if (historicalFirst > historicalBest || historicalBest > bestHeight || bestHeight > HEIGHT_MAX)
    fail(reader, what, 'the heights contradict each other');
  const bounds = readBounds(reader);
  const [medium, short, long] = FILE_ORDER.map((horizon) => readStats(reader, HORIZON_PLANS[horizon], bounds.length)) as [
    SavedStats,
    SavedStats,
    SavedStats,
  ];
  reader.end(what);
  return { bestHeight, historicalFirst, historicalBest, bounds, stats: { short, medium, long } };
}
