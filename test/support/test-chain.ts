/**
 * A chain over stores in memory, and what tests ask of it.
 *
 * @module
 */

import { toHex } from '../../src/core/base/bytes.ts';
import { createWasmSecp256k1 } from '../../src/core/crypto/wasm-secp256k1.ts';
import { regtest } from '../../src/core/params/regtest.ts';
import type { NetworkParams } from '../../src/core/params/types.ts';
import type { Block } from '../../src/core/primitives/block.ts';
import { Chain } from '../../src/engine/chain/chain.ts';
import type { ChainOptions } from '../../src/engine/chain/chain-options.ts';
import type { HeaderNode } from '../../src/engine/chain/header-node.ts';
import { createInlineVerifier } from '../../src/engine/chain/inline-verifier.ts';
import type { Log } from '../../src/engine/ports/log.ts';
import { createMemoryBlockStore } from '../../src/platform/store/memory-block-store.ts';
import { createMemoryCoinStore } from '../../src/platform/store/memory-coin-store.ts';
import { createMemoryHeaderStore } from '../../src/platform/store/memory-header-store.ts';
import { FakeClock } from './fake-clock.ts';

const quiet: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** One engine for all tests of a process: it takes a while to start. */
export const testSecp256k1 = createWasmSecp256k1();

/** Regtest whose coinbases can be spent by the next block but one, so that short chains can spend. */
export const quickRegtest: NetworkParams = { ...regtest, consensus: { ...regtest.consensus, coinbaseMaturity: 2 } };

/** What a chain keeps, empty. */
export function memoryStores(): Pick<ChainOptions, 'blocks' | 'headers' | 'coins'> {
  return { blocks: createMemoryBlockStore(), headers: createMemoryHeaderStore(), coins: createMemoryCoinStore() };
}

/** Opens a chain; what is not said is in memory, on `quickRegtest`. */
export function openTestChain(options: Partial<ChainOptions> = {}): Promise<Chain> {
  return Chain.open({
    ...memoryStores(),
    params: quickRegtest,
    verifier: createInlineVerifier({ secp256k1: testSecp256k1 }),
    clock: new FakeClock(),
    log: quiet,
    ...options,
  });
}

/** Hands in blocks one after another. @returns the reasons of those that were refused */
export async function acceptAll(chain: Chain, blocks: Iterable<Block>): Promise<string[]> {
  const reasons: string[] = [];
  for (const block of blocks) {
    const { rejection } = await chain.acceptBlock(block);
    if (rejection !== undefined) reasons.push(rejection.reason);
  }
  return reasons;
}

/** The node of a block that the chain knows. */
export function nodeOf(chain: Chain, block: Block): HeaderNode {
  const node = chain.tree.get(block.header.hash);
  if (node === undefined) throw new Error('the chain does not know this block');
  return node;
}

/** The hash over all coins of the tip, in hexadecimal, wire order. */
export async function coinsHash(chain: Chain): Promise<string> {
  const { hashSerialized } = await chain.coinSetStats('hash_serialized_3');
  return toHex(hashSerialized ?? new Uint8Array(0));
}
