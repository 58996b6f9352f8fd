/**
 * Blocks at a limit of the whole, and one past it: signature operations, weight, size.
 *
 * @module
 */

import { concatBytes } from '../../src/core/base/bytes.ts';
import type { Block } from '../../src/core/primitives/block.ts';
import { blockWeightWu } from '../../src/core/primitives/block.ts';
import type { Transaction } from '../../src/core/primitives/transaction.ts';
import { OP } from '../../src/core/script/opcodes.ts';
import type { BlockMutator } from './block-mutators.ts';
import { FLEXIBLE_LOCK } from './locks.ts';
import type { Scene } from './scene.ts';
import { bytesOf, withOutput } from './scene.ts';
import { buildSpend, isReady } from './spending.ts';

/** Long enough that its length takes as many bytes as that of any longer one here. */
const PAD_MIN = 70_000;

function padded(scene: Scene, transactions: readonly Transaction[], padBytes: number, commitment?: boolean): Block {
  const scriptPubKey = concatBytes(Uint8Array.of(OP.OP_RETURN), new Uint8Array(padBytes - 1));
  return scene.build({
    transactions,
    fees: 0n,
    coinbase: (coinbase) => withOutput(coinbase, { value: 0n, scriptPubKey }),
    ...(commitment === undefined ? {} : { commitment }),
    // The same bytes each time: sizes are measured on one block and used for the next.
    header: { version: 0x20000000 },
  });
}

/** A spend whose witness has an item of so many bytes. */
function flexibleSpend(scene: Scene, itemBytes: number): Transaction | undefined {
  const { place, world } = scene;
  const coin = place.coins.find((each) => each.lock === FLEXIBLE_LOCK && isReady(each, place, world));
  if (coin === undefined) return undefined;
  return buildSpend(
    {
      place,
      coins: [coin],
      outputs: [{ value: coin.value, scriptPubKey: FLEXIBLE_LOCK.script }],
      lockTime: 0,
      version: 2,
      sequences: [0xffffffff],
      flawed: {
        input: 0,
        unlocked: ({ scriptSig, witness }) => ({ scriptSig, witness: [new Uint8Array(itemBytes), ...witness.slice(1)] }),
      },
    },
    world,
  )?.tx;
}

/** A block of a weight: the coinbase is padded by four, a witness by one. */
function ofWeight(scene: Scene, weightWu: number): Block | undefined {
  const first = flexibleSpend(scene, 10);
  if (first === undefined || !scene.world.hasSegwit(scene.place)) return undefined;
  const missing = weightWu - blockWeightWu(padded(scene, [first], PAD_MIN));
  const second = flexibleSpend(scene, 10 + (missing % 4));
  return second === undefined ? undefined : padded(scene, [second], PAD_MIN + Math.floor(missing / 4));
}

/** A block without witnesses of a size. */
function ofSize(scene: Scene, sizeBytes: number): Block {
  const missing = sizeBytes - padded(scene, [], PAD_MIN, false).sizeBytes;
  return padded(scene, [], PAD_MIN + missing, false);
}

/** A block whose signature operations cost so much, or up to three more where they come by four. */
function ofSigops(scene: Scene, cost: number): Block {
  const filled = (count: number): Block =>
    scene.build({
      fees: 0n,
      coinbase: (coinbase) => withOutput(coinbase, { value: 0n, scriptPubKey: new Uint8Array(count).fill(OP.OP_CHECKSIG) }),
    });
  const left = cost - scene.sigopsCost(filled(0));
  return filled(Math.max(0, Math.ceil(left / 4)));
}

const limit = (name: string, weight: number, make: (scene: Scene) => Block | undefined): BlockMutator => ({
  name,
  weight,
  make: (scene) => {
    const block = make(scene);
    return block === undefined ? undefined : bytesOf(block);
  },
});

/** Rare, since each is a block of a megabyte or so. */
export const LIMIT_MUTATORS: readonly BlockMutator[] = [
  limit('signature operations up to the limit', 6, (scene) => ofSigops(scene, 79_997)),
  limit('signature operations past the limit', 6, (scene) => ofSigops(scene, 80_001)),
  limit('the whole weight', 1, (scene) => ofWeight(scene, 4_000_000)),
  limit('one over the weight', 1, (scene) => ofWeight(scene, 4_000_001)),
  limit('the whole size', 1, (scene) => ofSize(scene, 1_000_000)),
  limit('one over the size', 1, (scene) => ofSize(scene, 1_000_001)),
];
