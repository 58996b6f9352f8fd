/**
 * Blocks that are wrong in one way each: what their headers say.
 *
 * @module
 */

import { checkProofOfWork } from '../../core/consensus/proof-of-work.ts';
import type { Block, HeaderFields } from '../../core/primitives/block.ts';
import { encodeHeader, makeBlock, makeHeader } from '../../core/primitives/block.ts';
import { ByteWriter } from '../../core/primitives/byte-writer.ts';
import type { MerkleRoot } from '../../core/primitives/ids.ts';
import { mineHeader, rebuild } from '../build-block.ts';
import type { Scene } from '../scene.ts';
import type { BadBlock } from './bad-block.ts';

const YEARS_SECONDS = 3 * 31_536_000;

/** Beyond what a target's clock may differ from ours. */
const MARGIN_SECONDS = 60;

/** A good block with something else in its header, mined again. */
const changed = (scene: Scene, header: Partial<HeaderFields>): Block => rebuild(scene.build(), { header }, scene.params);

/** The same without its work: with such bits there is none. */
function unmined(scene: Scene, bits: number): Block {
  const block = scene.build();
  return makeBlock(makeHeader({ ...block.header, bits }), block.transactions);
}

/** The latest time that a header after the tip may say. */
function latestTime({ chain, clock, params }: Scene): number {
  const { futureTime } = params.consensus;
  return futureTime.kind === 'chain' ? chain.tip.medianTimeSeconds + futureTime.maxStepSeconds : clock.nowSeconds() + futureTime.maxSeconds;
}

/** A block whose header misses its target. */
function withoutWork(scene: Scene): Block {
  const { header, transactions } = scene.build();
  for (let nonce = 0; ; nonce++) {
    const other = makeHeader({ ...header, nonce });
    if (!checkProofOfWork(other.hash, other.bits, scene.params.consensus)) return makeBlock(other, transactions);
  }
}

/** Blocks whose headers are wrong. */
export const BAD_HEADERS: readonly BadBlock[] = [
  {
    ...{ name: 'block-without-work', rows: ['C10'] },
    what: 'sends a block whose hash misses its target',
    make: async (scene) => ({ bad: withoutWork(scene) }),
  },
  {
    ...{ name: 'block-wrong-bits', rows: ['C10'] },
    what: 'sends a block of another difficulty than the chain requires',
    make: async (scene) => ({ bad: changed(scene, { bits: scene.params.consensus.pow.bits - 1 }) }),
  },
  {
    ...{ name: 'block-negative-target', rows: ['C10'] },
    what: 'sends a block whose compact target is negative',
    make: async (scene) => ({ bad: unmined(scene, 0x20ffffff) }),
  },
  {
    ...{ name: 'block-overflowing-target', rows: ['C10'] },
    what: 'sends a block whose compact target does not fit in 256 bits',
    make: async (scene) => ({ bad: unmined(scene, 0xff123456) }),
  },
  {
    ...{ name: 'block-old-time', rows: ['C9'] },
    what: 'sends a block with the median time of the last eleven',
    make: async (scene) => ({ bad: scene.build({ timeSeconds: scene.chain.tip.medianTimeSeconds }) }),
  },
  {
    ...{ name: 'block-future-time', rows: ['C8'], expected: 'R' },
    what: 'sends a block from a minute later than blocks may be',
    make: async (scene) => ({ bad: scene.build({ timeSeconds: latestTime(scene) + MARGIN_SECONDS }) }),
  },
  {
    ...{ name: 'block-years-ahead', rows: ['C8', 'S8'], expected: 'R' },
    what: 'sends a block dated three years ahead, after which no honest one could follow',
    make: async (scene) => ({ bad: scene.build({ timeSeconds: latestTime(scene) + YEARS_SECONDS }) }),
  },
  {
    ...{ name: 'block-retired-version', rows: ['C10'] },
    what: 'sends a block of version 1',
    make: async (scene) => ({ bad: scene.build({ version: 1 }) }),
  },
  {
    ...{ name: 'block-wrong-root', rows: ['C3'] },
    what: 'sends a block with other transactions than its header commits to',
    make: async (scene) => ({ bad: changed(scene, { merkleRoot: new Uint8Array(32).fill(7) as unknown as MerkleRoot }) }),
  },
  {
    ...{ name: 'block-without-transactions', rows: ['S7'] },
    what: 'sends a block without a transaction',
    make: async (scene) => {
      const merkleRoot = new Uint8Array(32) as unknown as MerkleRoot;
      return { bad: makeBlock(mineHeader({ ...scene.build().header, merkleRoot }, scene.params.consensus), []) };
    },
  },
  {
    ...{ name: 'block-varint-bomb', rows: ['C12'] },
    what: 'sends a block that says it has 2^32 - 1 transactions and ends there',
    make: async (scene) => ({ bad: new ByteWriter().raw(encodeHeader(scene.build().header)).u8(0xfe).u32(0xffffffff).finish() }),
  },
];
