import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FUZZ_HEIGHT, fuzzChain, UNIT_TEST_HEIGHT, unitTestChain } from '../../../test/support/snapshot-chain.ts';
import { coinsHash, openTestChain } from '../../../test/support/test-chain.ts';
import { toHex } from '../base/bytes.ts';
import type { Block } from '../primitives/block.ts';
import { toDisplayHex } from '../primitives/ids.ts';
import { builtInNetworks } from './networks.ts';
import { regtest } from './regtest.ts';

async function assertKnown(blocks: readonly Block[]): Promise<void> {
  const last = toDisplayHex(blocks.at(-1)!.header.hash);
  const base = regtest.assumeUtxo.find(({ blockHash }) => toDisplayHex(blockHash) === last);
  assert.ok(base !== undefined, last);
  const chain = await openTestChain({ params: regtest });
  for (const block of blocks) assert.equal((await chain.acceptBlock(block)).rejection, undefined);
  assert.deepEqual([base.height, base.chainTxCount], [chain.tip.height, await chain.transactionCount(chain.tip)]);
  assert.equal(toHex(base.coinsHash), await coinsHash(chain));
}

describe('blocks whose coins may be taken from a file', () => {
  for (const core of [29, 30, 31] as const) {
    it(`are on regtest the last one of Core's unit tests, as version ${core} mines it, with the hash of its coins`, () =>
      assertKnown(unitTestChain(UNIT_TEST_HEIGHT, core)));
  }

  it("are on regtest the last one of Core's fuzz target, with the hash of its coins", () => assertKnown(fuzzChain(FUZZ_HEIGHT)));

  it('have more transactions than blocks, and stand in the order of their heights', () => {
    for (const { assumeUtxo } of builtInNetworks) {
      const heights = assumeUtxo.map(({ height }) => height);
      assert.deepEqual(
        heights,
        heights.toSorted((a, b) => a - b),
      );
      for (const { height, chainTxCount } of assumeUtxo) assert.ok(chainTxCount > height);
    }
  });
});
