/**
 * A chain with its mempool and a miner in memory, with real rules and real signatures: what a node is without peers and doors.
 *
 * @module
 */

import { chooseSecp256k1 } from '../../src/core/crypto/node/choose-secp256k1.ts';
import type { Secp256k1 } from '../../src/core/crypto/secp256k1.ts';
import type { NetworkParams } from '../../src/core/params/types.ts';
import type { Block } from '../../src/core/primitives/block.ts';
import { decodeBlock } from '../../src/core/primitives/block.ts';
import type { BlockHash } from '../../src/core/primitives/ids.ts';
import { toDisplayHex } from '../../src/core/primitives/ids.ts';
import type { Transaction } from '../../src/core/primitives/transaction.ts';
import { Chain } from '../../src/engine/chain/chain.ts';
import type { HeaderNode } from '../../src/engine/chain/header-node.ts';
import { createInlineVerifier } from '../../src/engine/chain/inline-verifier.ts';
import { Mempool } from '../../src/engine/mempool/mempool.ts';
import { generateBlocks } from '../../src/engine/mining/generate.ts';
import { InlineBlockSearch } from '../../src/engine/mining/inline-block-search.ts';
import { mempoolChain, miningChain } from '../../src/node/views.ts';
import { createMemoryBlockStore } from '../../src/platform/store/memory-block-store.ts';
import { createMemoryCoinStore } from '../../src/platform/store/memory-coin-store.ts';
import { createMemoryHeaderStore } from '../../src/platform/store/memory-header-store.ts';
import { OP_TRUE } from './chain-builder.ts';
import { FakeClock } from './fake-clock.ts';
import { silentLog } from './mempool-world.ts';
import { SeededRandom } from './seeded-random.ts';

/** A chain, what waits for its blocks, and what a test asks of both. */
export class MemoryChain {
  readonly params: NetworkParams;
  readonly clock: FakeClock;
  readonly secp256k1: Secp256k1;
  readonly chain: Chain;
  readonly mempool: Mempool;
  readonly #search: InlineBlockSearch;

  /** @param nowSeconds - the wall clock; a minute after the network's first block unless given */
  static async open(params: NetworkParams, nowSeconds: number = params.genesis.header.timeSeconds + 60): Promise<MemoryChain> {
    const clock = new FakeClock(nowSeconds);
    const secp256k1 = chooseSecp256k1('auto');
    const verifier = createInlineVerifier({ secp256k1 });
    const blocks = createMemoryBlockStore();
    const headers = createMemoryHeaderStore();
    const chain = await Chain.open({ params, blocks, headers, coins: createMemoryCoinStore(), verifier, clock, log: silentLog });
    const mempool = new Mempool({ chain: mempoolChain(chain), params: params.consensus, verifier, clock, log: silentLog });
    return new MemoryChain({ params, clock, secp256k1, chain, mempool });
  }

  readonly #random = new SeededRandom(1);

  private constructor(parts: Pick<MemoryChain, 'params' | 'clock' | 'secp256k1' | 'chain' | 'mempool'>) {
    this.params = parts.params;
    this.clock = parts.clock;
    this.secp256k1 = parts.secp256k1;
    this.chain = parts.chain;
    this.mempool = parts.mempool;
    this.#search = new InlineBlockSearch(parts.clock);
  }

  get tip(): HeaderNode {
    return this.chain.tip;
  }

  /** Mines blocks from templates, with what waits in them, the way a node does. */
  mine(count: number, coinbaseScript: Uint8Array = OP_TRUE): Promise<readonly BlockHash[]> {
    const { chain, mempool, clock, params } = this;
    return generateBlocks({
      chain: miningChain(chain),
      mempool,
      params: params.consensus,
      clock,
      random: this.#random,
      count,
      coinbaseScript,
      inline: this.#search,
      openSearch: () => this.#search,
    });
  }

  /** Hands in a block; the reason why it is refused, undefined where it is not. */
  async take(block: Block): Promise<string | undefined> {
    return (await this.chain.acceptBlock(block)).rejection?.reason;
  }

  /** Hands in a transaction; the reason why it is refused, undefined where it waits now. */
  async send(tx: Transaction): Promise<string | undefined> {
    return (await this.mempool.accept(tx)).rejection?.reason;
  }

  /** A block of the active chain. */
  async blockAt(height: number): Promise<Block> {
    const node = this.chain.active.at(height);
    if (node === undefined) throw new Error(`there is no block at height ${height}`);
    return decodeBlock(await this.chain.readBlock(node));
  }

  /** What two nodes that agree have in common: the tip and all coins, as text. */
  async state(): Promise<{ readonly tip: string; readonly coins: string }> {
    const { bestBlock, hashSerialized } = await this.chain.coinSetStats('hash_serialized_3');
    return { tip: toDisplayHex(bestBlock), coins: Buffer.from(hashSerialized ?? []).toString('hex') };
  }
}
