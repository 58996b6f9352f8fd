/**
 * A real chain in memory with a pool and everything a miner asks for, on any network that is easy to mine.
 *
 * @module
 */

import type { NetworkParams } from '../../src/core/params/types.ts';
import type { OutPoint } from '../../src/core/primitives/transaction.ts';
import { Chain } from '../../src/engine/chain/chain.ts';
import { createInlineVerifier } from '../../src/engine/chain/inline-verifier.ts';
import { Mempool } from '../../src/engine/mempool/mempool.ts';
import type { GenerateOptions } from '../../src/engine/mining/generate.ts';
import { generateBlocks } from '../../src/engine/mining/generate.ts';
import { InlineBlockSearch } from '../../src/engine/mining/inline-block-search.ts';
import { mempoolChain, miningChain } from '../../src/node/views.ts';
import { createMemoryBlockStore } from '../../src/platform/store/memory-block-store.ts';
import { createMemoryCoinStore } from '../../src/platform/store/memory-coin-store.ts';
import { createMemoryHeaderStore } from '../../src/platform/store/memory-header-store.ts';
import { FakeClock } from './fake-clock.ts';
import { from, silentLog, TRUE_OUTPUT } from './mempool-world.ts';
import { engines } from './secp256k1-engines.ts';
import { SeededRandom } from './seeded-random.ts';

/** The chain, the pool and the clock of a test, and mining on them. */
export type MiningWorld = Awaited<ReturnType<typeof createMiningWorld>>;

/** Opens a world; everything in it is in memory and goes with it. */
export async function createMiningWorld(params: NetworkParams, clock: FakeClock = new FakeClock()) {
  const verifier = createInlineVerifier({ secp256k1: engines[0]! });
  const stores = { blocks: createMemoryBlockStore(), headers: createMemoryHeaderStore(), coins: createMemoryCoinStore() };
  const chain = await Chain.open({ params, ...stores, verifier, clock, log: silentLog });
  const view = miningChain(chain);
  const pool = new Mempool({ chain: mempoolChain(chain), params: params.consensus, verifier, clock, log: silentLog });
  const template = {
    chain: view,
    mempool: pool,
    params: params.consensus,
    clock,
    random: new SeededRandom(1),
    coinbaseScript: TRUE_OUTPUT,
  };
  const inline = new InlineBlockSearch(clock);
  const generate = (count: number, options: Partial<GenerateOptions> = {}) =>
    generateBlocks({ ...template, count, inline, openSearch: () => new InlineBlockSearch(clock), ...options });
  /** Mines until so many coinbases can be spent, and names their payments. */
  const matureCoins = async (count: number): Promise<OutPoint[]> => {
    const coins: OutPoint[] = [];
    const off = chain.subscribe((event) => {
      if (event.kind === 'block-connected') coins.push(from(event.block.transactions[0]!));
    });
    await generate(count + params.consensus.coinbaseMaturity - 1);
    off();
    return coins.slice(0, count);
  };
  return { params, clock, chain, view, pool, template, generate, matureCoins };
}
