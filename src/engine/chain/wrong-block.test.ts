import assert from 'node:assert/strict';
import { it } from 'node:test';
import { buildChain, genesisParent } from '../../../test/support/chain-builder.ts';
import { acceptAll, coinsHash, memoryStores, nodeOf, openTestChain, quickRegtest } from '../../../test/support/test-chain.ts';
import { encodeBlock } from '../../core/primitives/block.ts';

it('goes back over no other block than its own, though that is sound in the same place', async () => {
  const [ours, theirs] = [1, 2].map((mark) =>
    buildChain({ parent: genesisParent(quickRegtest), params: quickRegtest, count: 1, extra: Uint8Array.of(mark) }),
  );
  const stores = memoryStores();
  let swapped = false;
  const { blocks } = stores;
  const read = blocks.read.bind(blocks);
  blocks.read = async (position) => (swapped ? encodeBlock(theirs![0]!) : read(position));
  const chain = await openTestChain(stores);
  assert.deepEqual(await acceptAll(chain, ours!), []);
  const before = await coinsHash(chain);
  const node = nodeOf(chain, ours![0]!);
  swapped = true;
  await chain.invalidateBlock(node);
  assert.equal(chain.tip, node, 'it cannot be left');
  assert.equal(await coinsHash(chain), before);
});
