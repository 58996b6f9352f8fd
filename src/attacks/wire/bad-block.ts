/**
 * Attacks that are one block: it must be refused, and an honest one in its place be taken.
 *
 * @module
 */

import { bytesEqual } from '../../core/base/bytes.ts';
import type { Block } from '../../core/primitives/block.ts';
import { INVENTORY } from '../../core/wire/inventory.ts';
import type { Attack, Sight } from '../attack.ts';
import { sight } from '../attack.ts';
import type { Link } from '../link.ts';
import type { Scene } from '../scene.ts';

/** What is sent, and the honest block that comes then: one on the tip unless said. */
export interface BadBlockCase {
  /** A block, or bytes that are sent as one. */
  readonly bad: Block | Uint8Array;
  readonly honest?: Block;
}

/** One row. */
export interface BadBlock extends Pick<Attack, 'name' | 'rows' | 'cves' | 'what'> {
  /** Default: `R D`. */
  readonly expected?: string;
  make(scene: Scene): Promise<BadBlockCase>;
}

/** Sends a block in a message, or bytes as one. */
export function sendAsBlock(link: Link, bad: Block | Uint8Array): void {
  if (bad instanceof Uint8Array) link.sendRaw('block', bad);
  else link.sendBlock(bad);
}

/** Whether somebody else can have a block from the target: it serves what it holds to be valid, on its chain or beside it. */
export async function isBlockServed(scene: Scene, { header }: Block): Promise<boolean> {
  const link = await scene.meetQuiet('honest');
  link.send({ type: 'getdata', items: [{ kind: INVENTORY.witnessBlock, hash: header.hash }] });
  await link.settled();
  const served = link.of('block').length > 0;
  link.close();
  return served;
}

/** Sees that a bad block is not kept, and that the target is where an honest one leads. */
export async function judgeByHonest(scene: Scene, attacker: Link, bad: Block | Uint8Array, honest: Block): Promise<Sight> {
  if (!(bad instanceof Uint8Array) && (await isBlockServed(scene, bad))) return sight('it is taken, and served to others');
  if (!(await scene.isTaken(honest))) return sight('the honest block that comes then is not the tip');
  const isOther = !(bad instanceof Uint8Array) && !bytesEqual(bad.header.hash, honest.header.hash);
  if (isOther && (await isBlockServed(scene, bad))) return sight('it is taken in the end, and served to others');
  const hungUp = attacker.over !== undefined;
  return sight(`refused, and the honest block taken; the sender ${hungUp ? 'is let go' : 'stays'}`, 'R', 'C', hungUp ? 'D' : 'I');
}

/** The attack of a row. */
export function badBlock({ make, expected = 'R D', ...about }: BadBlock): Attack {
  return {
    ...about,
    ...{ expected, needs: 'blocks', bound: 'one block; the next honest one is the tip' },
    play: async (scene) => {
      const { bad, honest } = await make(scene);
      const attacker = await scene.meet();
      scene.begin();
      sendAsBlock(attacker, bad);
      await attacker.settled();
      return judgeByHonest(scene, attacker, bad, honest ?? scene.build());
    },
  };
}
