/**
 * Attacks of one message or a few, each in a row: what is sent, and whether the target hangs up or passes over it.
 *
 * @module
 */

import { ByteWriter } from '../../core/primitives/byte-writer.ts';
import type { Attack, Sight } from '../attack.ts';
import { sight } from '../attack.ts';
import type { Link } from '../link.ts';
import type { Scene } from '../scene.ts';

/** One row. */
export interface Rudeness extends Pick<Attack, 'name' | 'rows' | 'cves' | 'what' | 'expected'> {
  /** Before the attacker has introduced itself. Default: after the handshake. */
  readonly isStranger?: boolean;
  /** @throws Unclear */
  act(link: Link, scene: Scene): void | Promise<void>;
}

/** Time for a target to hang up on somebody who has not introduced himself. */
const STRANGER_MS_MAX = 5_000;

async function afterStranger(link: Link): Promise<Sight> {
  if (await link.hungUp(STRANGER_MS_MAX)) return sight('it hangs up', 'D');
  if (await link.greet()) return sight('it passes over it, and shakes hands afterwards', 'I');
  return link.over === undefined
    ? sight('it does not hang up, and does not answer any more')
    : sight('it hangs up at the next message', 'D');
}

async function afterPeer(link: Link): Promise<Sight> {
  const settled = await link.settled();
  if (settled === 'over') return sight('it hangs up', 'D');
  return settled === 'answered' ? sight('it passes over it and goes on', 'I') : sight('it neither answers nor hangs up');
}

/** The attack of a row. */
export function rudeness(row: Rudeness): Attack {
  const { name, rows, what, expected, isStranger = false } = row;
  return {
    ...{ name, rows, what, expected, needs: 'nothing', bound: 'at once' },
    ...(row.cves !== undefined && { cves: row.cves }),
    play: async (scene) => {
      const link = isStranger ? await scene.dial() : await scene.meet();
      scene.begin();
      await row.act(link, scene);
      return isStranger ? afterStranger(link) : afterPeer(link);
    },
  };
}

/** A payload that begins with a count and has so many bytes after it. */
export function counted(count: number, sizeBytes: number): Uint8Array {
  return new ByteWriter().compactSize(count).raw(new Uint8Array(sizeBytes)).finish();
}
