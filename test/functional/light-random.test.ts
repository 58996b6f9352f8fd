/**
 * What a light client finds on random chains with reorganisations, held against the full node's index of scripts.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toHex } from '../../src/core/base/bytes.ts';
import { regtest } from '../../src/core/params/regtest.ts';
import type { NetworkParams } from '../../src/core/params/types.ts';
import type { Block } from '../../src/core/primitives/block.ts';
import type { IndexService } from '../../src/engine/ports/index-service.ts';
import { Indexes } from '../../src/node/index-service.ts';
import { createMemoryIndexStore } from '../../src/platform/store/memory-index-store.ts';
import { LightWorld, type WorldClient, withFilters } from '../support/light-world.ts';
import { MemoryChain } from '../support/memory-chain.ts';
import { silentLog } from '../support/mempool-world.ts';
import { RandomTree } from '../support/random-tree.ts';
import { SeededRandom } from '../support/seeded-random.ts';

const BLOCKS = 60;

/** Coins of a block can be spent in the next one. */
const params: NetworkParams = { ...regtest, consensus: { ...regtest.consensus, coinbaseMaturity: 1 } };

async function activeBlocks(full: MemoryChain): Promise<Block[]> {
  return Promise.all(Array.from({ length: full.tip.height + 1 }, (_, height) => full.blockAt(height)));
}

/** Sums of the coins of each script, as the index has them. */
async function indexed(indexes: IndexService, scripts: readonly Uint8Array[]): Promise<Record<string, bigint>> {
  while (!(await indexes.ready('script'))) await new Promise((resolve) => setImmediate(resolve));
  const sums: Record<string, bigint> = {};
  for (const script of scripts) sums[toHex(script)] = (await indexes.scriptTotals(script)).balance;
  return sums;
}

function found({ client }: WorldClient, scripts: readonly Uint8Array[]): Record<string, bigint> {
  const sums = Object.fromEntries(scripts.map((script) => [toHex(script), 0n]));
  for (const { output } of client.coins()) sums[toHex(output.scriptPubKey)]! += output.value;
  return sums;
}

describe('a light client beside the index of scripts', () => {
  for (const seed of [1, 2, 3]) {
    it(`has the same balance of each script while a random tree grows (seed ${seed})`, async () => {
      const tree = new RandomTree(params, new SeededRandom(seed));
      const full = await MemoryChain.open(params);
      const { chain, clock } = full;
      const indexes = new Indexes({
        ...{ names: ['script'], open: async () => createMemoryIndexStore(), chain, clock, log: silentLog },
        random: new SeededRandom(1),
        onFailure: (error) => {
          throw error;
        },
      });
      const scripts = tree.scripts.slice(0, 3);
      const world = new LightWorld(params);
      const peer = await world.serve('10.0.0.1', withFilters(await activeBlocks(full)));
      const light = await world.client(['10.0.0.1'], { watch: scripts.map(toHex) });
      let left = 0;
      for (let made = 1; made <= BLOCKS; made++) {
        assert.equal(await full.take(tree.next()), undefined);
        if (made % 6 !== 0) continue;
        const before = peer.chain.blocks;
        peer.chain = withFilters(await activeBlocks(full));
        peer.announce(peer.chain.blocks.length - 1);
        await world.caughtUp(light, full.tip.height);
        if (!before.every(({ header }, height) => toHex(peer.chain.blocks[height]!.header.hash) === toHex(header.hash))) left++;
        for (const { txid, place } of light.client.payments()) if (place === undefined) light.client.forget(txid);
        assert.deepEqual(found(light, scripts), await indexed(indexes, scripts));
      }
      assert.ok(left > 0, 'there was a reorganisation');
      await world.close();
      await indexes.close();
    });
  }
});
