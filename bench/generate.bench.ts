/**
 * Empty blocks that `generatetoaddress` makes in a second on regtest, by a node of ours as a process and by the C++ node beside it, by the
 * clock and by the CPU time that they used. The rows with indexes are what a user has who says nothing.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { rowOf, withRatio } from './beside.ts';
import type { BenchOptions, BenchRow } from './harness.ts';
import type { Side } from './sides.ts';
import { NO_INDEXES, spentBy, startOurs, startTheirs } from './sides.ts';

const ADDRESS = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';
const SAMPLES = 5;

/** Blocks in a second, of each sample. */
interface Rates {
  readonly clock: number[];
  readonly cpu: number[];
}

/** The first call warms up. */
async function measure(side: Side, smoke: boolean): Promise<Rates> {
  const count = smoke ? 20 : 1_000;
  const rates: Rates = { clock: [], cpu: [] };
  for (let call = 0; call < (smoke ? 1 : SAMPLES + 1); call++) {
    const generate = (): Promise<string[]> => side.rpc('generatetoaddress', count, ADDRESS);
    const { value: hashes, clockSeconds, cpuSeconds } = await spentBy(side, generate);
    assert.equal(hashes.length, count);
    assert.equal(await side.rpc('getblockcount'), (call + 1) * count);
    assert.equal(await side.rpc('getbestblockhash'), hashes.at(-1));
    if (call === 0) continue;
    rates.clock.push(count / clockSeconds);
    if (cpuSeconds !== undefined) rates.cpu.push(count / cpuSeconds);
  }
  await side.stop();
  return rates;
}

function rowsOf(name: string, ours: Rates, theirs: Rates | undefined): BenchRow[] {
  return (['cpu', 'clock'] as const).flatMap((key) => {
    if (ours[key].length === 0) return [];
    const what = `${name}, ${key === 'cpu' ? 'per CPU second' : 'by the clock'}`;
    return withRatio(rowOf(what, 'blocks/s', ours[key]), theirs === undefined ? undefined : rowOf(what, 'blocks/s', theirs[key]));
  });
}

/** All rows. */
export async function run({ smoke }: BenchOptions): Promise<BenchRow[]> {
  const peer = await startTheirs();
  const theirs = peer === undefined ? undefined : await measure(peer, smoke);
  const bare = await measure(await startOurs('ours', ...NO_INDEXES), smoke);
  const indexed = await measure(await startOurs('ours'), smoke);
  return [...rowsOf('empty blocks', bare, theirs), ...rowsOf('empty blocks with indexes', indexed, theirs)];
}
