/**
 * One wrong bit in a block or undo file: found and named when it is read, and never a way to other coins.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { encodeBlock } from '../../src/core/primitives/block.ts';
import { hashKey } from '../../src/core/primitives/ids.ts';
import { NodeError } from '../../src/engine/ports/node-error.ts';
import type { Random } from '../../src/engine/ports/random.ts';
import { RECORD_HEADER_SIZE_BYTES } from '../../src/platform/store/block-file-format.ts';
import { acceptAll, coinsHash } from '../support/test-chain.ts';
import { FaultPlan } from './fault-plan.ts';
import { FaultWorld } from './fault-world.ts';
import { type Reference, referenceOf } from './port-matrix.ts';
import { Life, PORT_SCENARIOS, type PortScenario } from './port-scenarios.ts';

/** A whole chain with another branch beside it. */
const SCENARIO: PortScenario = PORT_SCENARIOS.find(({ name }) => name === 'connect')!;

/** A place in a file. */
export interface Flip {
  readonly path: string;
  readonly offset: number;
  readonly bit: number;
}

async function worldWithTrunk(): Promise<FaultWorld> {
  const world = new FaultWorld(SCENARIO.params);
  const life = await openIn(world);
  await life.take(SCENARIO.paths[0]!);
  await life.close();
  return world;
}

async function openIn(world: FaultWorld): Promise<Life> {
  return Life.open(await world.open(new FaultPlan()), { ...SCENARIO.options, params: SCENARIO.params }, []);
}

/** Bytes of the first record, the network's own first block: every node knows it, and none reads it to connect or look through anything. */
const GENESIS_RECORD_SIZE = RECORD_HEADER_SIZE_BYTES + encodeBlock(SCENARIO.params.genesis).length;

/** Every byte of every record, each with one bit of it by chance. */
export async function flipsOf(random: Random): Promise<Flip[]> {
  const { files } = (await worldWithTrunk()).disk;
  const flips = files.list('blocks').flatMap((name) => {
    const path = `blocks/${name}`;
    return Array.from(files.file(path)!.bytes, (_, offset) => ({ path, offset, bit: random.below(8) }));
  });
  return flips.filter(({ path, offset }) => path.includes('rev') || offset >= GENESIS_RECORD_SIZE);
}

/** A file with offset and length, or a block. */
const PLACE = /blocks\/(blk|rev)00000\.dat .* \d+ bytes at \d+|block [0-9a-f]{64}/;

/** What the reference is for all flips. */
export function flipReference(): Promise<Reference> {
  return referenceOf(SCENARIO);
}

/**
 * Flips a bit of a folder at rest, starts on it, looks through everything and then takes a better branch, for which blocks are undone.
 *
 * @returns what stopped the switch, or why it waits for records to be mended, undefined where it had no need of the damaged record
 * @throws where it is not found, where what was found does not name the place, or where coins come out that are not those of the tip
 */
export async function flip({ path, offset, bit }: Flip, reference: Reference): Promise<string | undefined> {
  const world = await worldWithTrunk();
  const file = world.disk.files.file(path)!;
  file.bytes = file.bytes.slice();
  file.bytes[offset]! ^= 1 << bit;
  const life = await openIn(world);
  const { chain } = life;
  const byLooking = await chain.verify({ level: 4, depth: chain.tip.height + 1 });
  assert.match(byLooking ?? 'nothing found', PLACE);
  let bySwitching: string | undefined;
  try {
    assert.deepEqual(await acceptAll(chain, SCENARIO.paths[1]!), []);
    if (hashKey(chain.tip.hash) !== reference.finalTip) {
      assert.ok(chain.damagedCount > 0, 'it stays where it is for what is to be mended');
      bySwitching = byLooking;
    }
  } catch (error) {
    if (!(error instanceof NodeError)) throw error;
    assert.match(error.code, /^(block|undo)-file-damaged$/, error.message);
    assert.match(error.message, PLACE);
    bySwitching = error.message;
  }
  const expected = reference.coins.get(hashKey(chain.tip.hash));
  assert.equal(await coinsHash(chain), expected, `other coins at height ${chain.tip.height}`);
  return bySwitching;
}
