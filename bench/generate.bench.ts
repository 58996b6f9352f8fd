/**
 * Empty blocks that `generatetoaddress` makes in a second on regtest, by a node of ours as a process and by the C++ node beside it.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { startQuoin } from '../test/support/quoin-process.ts';
import { startPeerIfThere, withRatio } from './beside.ts';
import { type BenchOptions, type BenchRow, bench } from './harness.ts';

const ADDRESS = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';

/** What both are asked through. */
interface Asked {
  rpc(method: string, ...params: unknown[]): Promise<unknown>;
}

async function measure(name: string, node: Asked, options: BenchOptions): Promise<BenchRow> {
  const count = options.smoke ? 20 : 1_000;
  let height = 0;
  const generate = async (): Promise<void> => {
    const hashes = (await node.rpc('generatetoaddress', count, ADDRESS)) as string[];
    height += count;
    assert.equal(hashes.length, count);
    assert.equal(await node.rpc('getblockcount'), height);
    assert.equal(await node.rpc('getbestblockhash'), hashes.at(-1));
  };
  return bench(name, 'blocks/s', generate, { ...options, perCall: count, samples: 5, sampleMs: 0 });
}

/** All rows. */
export async function run(options: BenchOptions): Promise<BenchRow[]> {
  const name = 'generatetoaddress, empty blocks';
  const node = await startQuoin();
  const ours = await measure(name, node, options);
  assert.equal(await node.stop(), 0);
  const peer = await startPeerIfThere();
  const theirs = peer === undefined ? undefined : await measure(`${name}, the C++ node`, peer, options);
  await peer?.stop();
  return withRatio(ours, theirs);
}
