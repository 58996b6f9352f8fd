/**
 * Mining with real threads on a network of 20 difficulty bits, about a million hashes a block: with as many workers as there are cores, by the
 * miner and by `generateBlocks`. A real chain judges every block.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { bitsOfDifficulty } from '../../src/core/params/network-file.ts';
import { regtest } from '../../src/core/params/regtest.ts';
import type { NetworkParams } from '../../src/core/params/types.ts';
import { decodeBits } from '../../src/core/primitives/compact-target.ts';
import { Miner } from '../../src/engine/mining/miner.ts';
import { MiningPool } from '../../src/platform/workers/mining-pool.ts';
import { eventually } from '../support/eventually.ts';
import { silentLog, TRUE_OUTPUT } from '../support/mempool-world.ts';
import { createMiningWorld } from '../support/mining-world.ts';

const bits = bitsOfDifficulty(20);
const params: NetworkParams = {
  ...regtest,
  consensus: { ...regtest.consensus, pow: { ...regtest.consensus.pow, bits, limit: decodeBits(bits).target } },
};

const openSearch = () => new MiningPool({ workers: availableParallelism(), failed: (error) => assert.fail(error) });

test('all workers together mine two blocks of a 20-bit network, one on the other', async () => {
  const world = await createMiningWorld(params);
  const search = openSearch();
  const miner = new Miner({ ...world.template, log: silentLog, search, coinbaseScript: () => TRUE_OUTPUT });
  miner.start();
  await eventually('two blocks are mined', () => miner.blocksFound >= 2);
  await miner.stop();
  const { height } = world.chain.tip;
  assert.ok(height >= 2);
  assert.equal(miner.blocksFound, height);
  // Both at once within the first 1,000 nonces of a header: once in a million runs.
  assert.ok(search.hashes() > 1_000n);
  await search.close();
});

test('so they do for whoever asks for a number of blocks, and the threads end', async () => {
  const world = await createMiningWorld(params);
  const hashes = await world.generate(2, { openSearch });
  assert.equal(hashes.length, 2);
  assert.deepEqual(world.chain.tip.hash, hashes[1]);
  assert.equal(world.chain.tip.height, 2);
});
