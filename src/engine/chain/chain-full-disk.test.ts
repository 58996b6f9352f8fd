import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildBlock, buildChain, childOf, genesisParent } from '../../../test/support/chain-builder.ts';
import { FakeClock } from '../../../test/support/fake-clock.ts';
import { acceptAll, memoryStores, nodeOf, openTestChain, quickRegtest } from '../../../test/support/test-chain.ts';
import { HEADER_PAGE_ROWS } from '../ports/header-store.ts';
import { NodeError } from '../ports/node-error.ts';
import { HEADER_FLUSH_DELAY_MS, HEADER_PAGES_DIRTY_MAX } from './flusher.ts';

const params = quickRegtest;
const genesis = genesisParent(params);

describe('a chain whose disk may become full', () => {
  it('writes header rows at once when there are many, without waiting', async () => {
    const stores = memoryStores();
    const chain = await openTestChain(stores);
    const rows = async (): Promise<number> => {
      let count = 0;
      for await (const loaded of stores.headers.load()) count += loaded.count;
      return count;
    };
    const full = (HEADER_PAGES_DIRTY_MAX - 1) * HEADER_PAGE_ROWS;
    const blocks = buildChain({ parent: genesis, params, count: full });
    await acceptAll(chain, blocks.slice(0, -1));
    assert.equal(await rows(), 0);
    await acceptAll(chain, blocks.slice(-1));
    assert.equal(await rows(), full + 1, 'with the genesis block');
  });

  it('tells of a store that fails, whatever it was that changed the chain, and of nothing else', async () => {
    const stores = memoryStores();
    const clock = new FakeClock();
    const full = new NodeError('disk-full', 'the disk is full');
    const failures: unknown[] = [];
    let isFull = false;
    /** Does what a store does, while there is room. */
    const whileRoom = <Args extends unknown[], Result>(action: (...args: Args) => Promise<Result>) => {
      return async (...args: Args): Promise<Result> => {
        if (isFull) throw full;
        return action(...args);
      };
    };
    const { blocks: blockStore, headers } = stores;
    headers.put = whileRoom(headers.put.bind(headers));
    blockStore.append = whileRoom(blockStore.append.bind(blockStore));
    const chain = await openTestChain({ ...stores, clock, onFailure: (error) => failures.push(error) });
    const blocks = buildChain({ parent: genesis, params, count: 2 });
    await acceptAll(chain, [
      blocks[0]!,
      buildBlock({ parent: childOf(childOf(genesis, blocks[0]!), blocks[1]!), params, reward: 5_000_000_001n }),
    ]);
    isFull = true;
    await assert.rejects(chain.acceptBlock(blocks[1]!), full);
    await clock.advance(HEADER_FLUSH_DELAY_MS);
    await assert.rejects(chain.close(), full);
    assert.deepEqual(failures, [full, full, full]);
    isFull = false;
    await chain.close();
    const again = await openTestChain(stores);
    assert.equal(again.tip, nodeOf(again, blocks[0]!), 'it can be closed again when there is room');
  });
});
