import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createMemoryBlockStore } from '../platform/store/memory-block-store.ts';
import { createMemoryCoinStore } from '../platform/store/memory-coin-store.ts';
import { guardBlocks, guardCoins } from './guarded-stores.ts';

const guard = { beforeGrowth: async () => {}, check: async () => {} };

describe('stores that ask a guard', () => {
  it('can do what theirs can: tell the sizes of files, look at rows', async () => {
    const blocks = guardBlocks({ ...createMemoryBlockStore(), fileSizes: () => ({ blockBytes: 7, undoBytes: undefined }) }, guard);
    assert.deepEqual(blocks.fileSizes?.(0), { blockBytes: 7, undoBytes: undefined });
    let looked = 0;
    const check = async (): Promise<void> => void looked++;
    await guardCoins({ ...createMemoryCoinStore(), check }, guard).check?.();
    assert.equal(looked, 1);
  });

  it('hand on the memory that a block is to be read into', async () => {
    const store = createMemoryBlockStore();
    const position = await store.append(Uint8Array.of(1, 2, 3));
    const given: unknown[] = [];
    store.read = async (at, take) => {
      given.push(at, take);
      return new Uint8Array(0);
    };
    const take = (sizeBytes: number): Uint8Array => new Uint8Array(sizeBytes);
    await guardBlocks(store, guard).read(position, take);
    assert.deepEqual(given, [position, take]);
  });

  it('do not pretend to what theirs cannot', () => {
    const { fileSizes: _sizes, ...blocks } = createMemoryBlockStore();
    const { check: _check, ...coins } = createMemoryCoinStore();
    assert.equal('fileSizes' in guardBlocks(blocks, guard), false);
    assert.equal('check' in guardCoins(coins, guard), false);
  });
});
