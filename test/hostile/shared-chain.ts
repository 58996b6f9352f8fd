/**
 * The chain that a hostile run is played on. It is made anew by each who needs it, and is the same each time.
 *
 * @module
 */

import { regtest } from '../../src/core/params/regtest.ts';
import type { Block, BlockHeader } from '../../src/core/primitives/block.ts';
import { type BuildOptions, buildBlock, buildChain, genesisParent, mineHeader } from '../support/chain-builder.ts';

const SMALL_BLOCKS = 200;
const LARGE_BLOCKS = 5;

/** Bytes of an output script that makes a block as large as most. */
const LARGE_SCRIPT_BYTES = 900_000;

/** Two hundred small blocks and a few large ones. */
export function sharedChain(): readonly Block[] {
  const chain: Block[] = buildChain({ parent: genesisParent(regtest), params: regtest, count: SMALL_BLOCKS });
  for (let i = 0; i < LARGE_BLOCKS; i++) chain.push(nextBlock(chain, { coinbaseScript: new Uint8Array(LARGE_SCRIPT_BYTES).fill(0x6a) }));
  return chain;
}

/** Another block on a chain of these; `changes` tell it from others there. */
export function nextBlock(chain: readonly Block[], changes: Pick<BuildOptions, 'coinbaseScript' | 'extra' | 'reward'> = {}): Block {
  const { header } = chain.at(-1)!;
  const parent = { header, height: chain.length, medianTimeSeconds: header.timeSeconds };
  return buildBlock({ parent, params: regtest, ...changes });
}

/** Headers with their work and nothing else about them right, from the first block on. */
export function lowHeaders(count: number): readonly BlockHeader[] {
  const headers: BlockHeader[] = [];
  for (let prev = regtest.genesis.header; headers.length < count; ) {
    prev = mineHeader({ ...prev, prevBlockHash: prev.hash, timeSeconds: prev.timeSeconds + 1 }, regtest.consensus);
    headers.push(prev);
  }
  return headers;
}
