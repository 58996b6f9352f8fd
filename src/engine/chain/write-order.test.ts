import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildChain, genesisParent } from '../../../test/support/chain-builder.ts';
import { acceptAll, memoryStores, openTestChain, quickRegtest } from '../../../test/support/test-chain.ts';
import type { ChainOptions } from './chain-options.ts';

type Stores = Pick<ChainOptions, 'blocks' | 'headers' | 'coins'>;

/** Stores that note what is written and made to last, in order; what the test says of a write happens before it. */
function notedStores(before: (what: string) => void = () => undefined): Stores & { readonly notes: string[] } {
  const { blocks, coins, headers } = memoryStores();
  const notes: string[] = [];
  const noting = <T extends object>(store: T, names: Readonly<Record<string, string>>): T =>
    new Proxy(store, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        const what = names[String(name)];
        return (...args: unknown[]): unknown => {
          if (what !== undefined) {
            before(what);
            notes.push(what);
          }
          return Reflect.apply(value, target, args);
        };
      },
    });
  return {
    notes,
    blocks: noting(blocks, { append: 'block', appendUndo: 'undo', sync: 'files last' }),
    headers: noting(headers, { put: 'header rows' }),
    coins: noting(coins, { apply: 'coins' }),
  };
}

const blocks = buildChain({ parent: genesisParent(quickRegtest), params: quickRegtest, count: 3 });

describe('a flush', () => {
  it('makes block files last, then writes the rows that name them, then the coins that rest on those', async () => {
    const { notes, ...stores } = notedStores();
    const chain = await openTestChain(stores);
    await chain.flush();
    notes.length = 0;
    await acceptAll(chain, blocks);
    await chain.flush();
    assert.deepEqual(notes, ['block', 'undo', 'block', 'undo', 'block', 'undo', 'files last', 'header rows', 'coins']);
  });

  it('that fails at any step writes all of it the next time', async () => {
    for (const step of ['files last', 'header rows', 'coins']) {
      let failing = false;
      const { notes, ...stores } = notedStores((what) => {
        if (failing && what === step) throw new Error('the disk is full');
      });
      const chain = await openTestChain(stores);
      await acceptAll(chain, blocks);
      failing = true;
      await assert.rejects(chain.flush(), /the disk is full/);
      failing = false;
      await chain.flush();
      assert.deepEqual(notes.slice(notes.lastIndexOf('files last')).includes('coins'), true, `after a failure at ${step}`);
      const again = await openTestChain(stores);
      assert.equal(again.tip.height, 3, `after a failure at ${step}`);
      assert.deepEqual(await stores.coins.tip(), blocks[2]!.header.hash, `after a failure at ${step}`);
    }
  });
});
