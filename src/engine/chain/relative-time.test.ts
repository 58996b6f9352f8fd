import assert from 'node:assert/strict';
import { it } from 'node:test';
import { buildBlock, childOf, genesisParent, OP_TRUE, outputOf, spend } from '../../../test/support/chain-builder.ts';
import { acceptAll, openTestChain, quickRegtest } from '../../../test/support/test-chain.ts';

/** One step of relative time, and the bit that says so (BIP-68). */
const STEP_SECONDS = 512;
const ONE_STEP = 0x00400001;

it("measures a coin's age from the median time before its own block, to the second", async () => {
  const genesisSeconds = quickRegtest.genesis.header.timeSeconds;
  for (const [late, reasons] of [
    [STEP_SECONDS, []],
    [STEP_SECONDS - 1, ['bad-txns-nonfinal']],
  ] as const) {
    const chain = await openTestChain();
    let parent = genesisParent(quickRegtest);
    const made = [];
    // The median of four times is the third: that of the second block.
    for (const after of [1, late, late + 1]) {
      const block = buildBlock({ parent, params: quickRegtest, timeSeconds: genesisSeconds + after });
      made.push(block);
      parent = childOf(parent, block);
    }
    assert.deepEqual(await acceptAll(chain, made), []);
    assert.equal(chain.tip.medianTimeSeconds, genesisSeconds + late);
    const coin = outputOf(made[0]!.transactions[0]!);
    const aged = spend({ inputs: [{ ...coin, sequence: ONE_STEP }], outputs: [{ value: coin.value, scriptPubKey: OP_TRUE }] });
    const block = buildBlock({ parent, params: quickRegtest, transactions: [aged] });
    assert.deepEqual(await acceptAll(chain, [block]), reasons, `${late} seconds`);
  }
});
