/**
 * One chain that light clients look through in tests: a key's coins of several kinds are made and spent in it.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { toHex } from '../../src/core/base/bytes.ts';
import { chooseSecp256k1 } from '../../src/core/crypto/node/choose-secp256k1.ts';
import { regtest } from '../../src/core/params/regtest.ts';
import type { FilterCheckpoint, NetworkParams } from '../../src/core/params/types.ts';
import type { Block } from '../../src/core/primitives/block.ts';
import { isCoinbase } from '../../src/core/primitives/transaction.ts';
import type { LightEvent } from '../../src/engine/light/light-event.ts';
import { TestKey } from './key-spends.ts';
import { type FilteredChain, filterHeadersOf, type WorldClient, withFilters } from './light-world.ts';
import { spendingChain } from './spending-chain.ts';

/** Coins of a block can be spent in the third one after it. */
export const params: NetworkParams = { ...regtest, consensus: { ...regtest.consensus, coinbaseMaturity: 3 } };
const secp256k1 = chooseSecp256k1('auto');
export const key: TestKey = new TestKey(secp256k1, 1);
/** The genesis block is the first. */
export const blocks: readonly Block[] = [params.genesis, ...spendingChain({ params, secp256k1, count: 40 })];
export const honest: FilteredChain = withFilters(blocks);
export const TIP: number = blocks.length - 1;
/** Scripts of the key. */
export const watch: readonly string[] = [key.scripts.wpkh, key.scripts.pkh].map(toHex);

/** The filter of nothing. */
const EMPTY = Uint8Array.of(0);

/** The chain of a liar: the filters of some heights are of nothing. */
export function hiding(chain: readonly Block[], ...heights: readonly number[]): FilteredChain {
  return withFilters(chain, (height, right) => (heights.includes(height) ? EMPTY : right));
}

/** The checkpoint at a height of a chain. */
export function checkpointOf(chain: FilteredChain, height: number): FilterCheckpoint {
  return { height, blockHash: chain.blocks[height]!.header.hash, filterHeader: filterHeadersOf(chain)[height]! };
}

/** What a client told, of one kind. */
export function told<K extends LightEvent['kind']>({ events }: WorldClient, kind: K): readonly (LightEvent & { readonly kind: K })[] {
  return events.filter((event): event is LightEvent & { readonly kind: K } => event.kind === kind);
}

/** What a client should find: coins that are unspent, by a plain walk over all blocks. */
export function unspent(chain: readonly Block[], scripts: readonly string[]): Map<string, bigint> {
  const coins = new Map<string, bigint>();
  for (const { transactions } of chain) {
    for (const tx of transactions) {
      if (!isCoinbase(tx)) for (const { prevout } of tx.inputs) coins.delete(`${toHex(prevout.txid)}:${prevout.vout}`);
      for (const [vout, { scriptPubKey, value }] of tx.outputs.entries()) {
        if (scripts.includes(toHex(scriptPubKey))) coins.set(`${toHex(tx.txid)}:${vout}`, value);
      }
    }
  }
  return coins;
}

/** Asserts that a client has found what there is, and nothing else. */
export function assertFound({ client }: WorldClient, chain: readonly Block[], scripts: readonly string[] = watch): void {
  const found = client.coins().map(({ outPoint, output }) => [`${toHex(outPoint.txid)}:${outPoint.vout}`, output.value] as const);
  assert.deepEqual(new Map(found), unspent(chain, scripts));
}
