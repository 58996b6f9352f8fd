import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildChain, genesisParent } from '../../../test/support/chain-builder.ts';
import { FakeClock } from '../../../test/support/fake-clock.ts';
import { acceptAll, memoryStores, openTestChain, quickRegtest } from '../../../test/support/test-chain.ts';
import type { HeaderStore } from '../ports/header-store.ts';
import type { Log } from '../ports/log.ts';
import { LOADING_TOLD_MS, loadIndex } from './load-index.ts';

describe('loadIndex', () => {
  it('tells how far it has come when it takes long, and not otherwise', async () => {
    const stores = memoryStores();
    const chain = await openTestChain(stores);
    await acceptAll(chain, buildChain({ parent: genesisParent(quickRegtest), params: quickRegtest, count: 40 }));
    await chain.close();
    const told: unknown[] = [];
    const note = (event: string, facts?: object): void => void told.push([event, facts]);
    const log: Log = { debug: note, info: note, warn: note, error: note };
    const load = async (pageMs: number): Promise<unknown[]> => {
      const clock = new FakeClock();
      const slow: HeaderStore = {
        load: async function* () {
          for await (const rows of stores.headers.load()) {
            await clock.advance(pageMs);
            yield rows;
          }
        },
        put: (pages) => stores.headers.put(pages),
        close: () => stores.headers.close(),
      };
      const index = await loadIndex({ params: quickRegtest, headers: slow, clock, log });
      assert.equal(index.tree.size, 41);
      assert.deepEqual(index.tree.best.hash, chain.tip.hash);
      return told.splice(0);
    };
    assert.deepEqual(await load((LOADING_TOLD_MS - 1) / 3), []);
    assert.deepEqual(await load(LOADING_TOLD_MS / 2), [['headers-loading', { headers: 32 }]]);
  });
});
