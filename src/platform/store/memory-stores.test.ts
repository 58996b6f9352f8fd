import { describe } from 'node:test';
import { blockStoreSuite } from '../../../test/support/block-store-suite.ts';
import { coinStoreSuite } from '../../../test/support/coin-store-suite.ts';
import { headerStoreSuite } from '../../../test/support/header-store-suite.ts';
import { createMemoryBlockStore } from './memory-block-store.ts';
import { createMemoryCoinStore } from './memory-coin-store.ts';
import { createMemoryHeaderStore } from './memory-header-store.ts';

/** Memory is there as long as the object is: opening again gives the same one. */
async function kept<T>(store: T): Promise<{ open(): Promise<T> }> {
  return { open: async () => store };
}

describe('memory block store', () => blockStoreSuite((_, options) => kept(createMemoryBlockStore(options))));
describe('memory header store', () => headerStoreSuite(() => kept(createMemoryHeaderStore())));
describe('memory coin store', () => coinStoreSuite(() => kept(createMemoryCoinStore())));
