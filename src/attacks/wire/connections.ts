/**
 * Attacks by connections: many, silent, slow, or gone at once.
 *
 * @module
 */

import { encodeFrame, PAYLOAD_SIZE_BYTES_MAX } from '../../core/wire/frame.ts';
import { encodeMessage } from '../../core/wire/messages/table.ts';
import { NodeError } from '../../engine/ports/node-error.ts';
import type { Attack } from '../attack.ts';
import { sight } from '../attack.ts';
import { introduction, type Link } from '../link.ts';
import type { Scene } from '../scene.ts';

/** Core's, and ours: a minute for the handshake; and some. */
const HANDSHAKE_MS_MAX = 75_000;

/** Connects; undefined where nobody takes the call. */
async function call(scene: Scene): Promise<Link | undefined> {
  try {
    return await scene.dial();
  } catch (error) {
    if (error instanceof NodeError) return undefined;
    throw error;
  }
}

const PLACES = 300;

const slots: Attack = {
  ...{ name: 'all-places', rows: ['P12'], expected: 'B', needs: 'blocks' },
  what: `holds ${PLACES} connections, after an honest peer has brought a block`,
  bound: 'the honest peer keeps its place, and a newcomer gets one',
  play: async (scene) => {
    await scene.mine(1);
    scene.begin();
    const count = scene.times(PLACES);
    const held: Link[] = [];
    for (let i = 0; i < count && scene.goesOn; i++) {
      const link = await scene.tryMeet();
      if (link !== undefined) held.push(link);
    }
    const standing = held.filter(({ over }) => over === undefined).length;
    await scene.honest.link.settled();
    const keeps = scene.honest.link.over === undefined;
    for (const link of held) link.close();
    const seen = `${standing} of ${count} hold a place; the honest peer ${keeps ? 'keeps its own' : 'has lost its own'}`;
    return keeps ? sight(seen, 'B') : sight(seen);
  },
};

/** What a caller has done when it goes away. */
const STEPS: readonly ((link: Link, scene: Scene) => void)[] = [
  () => {},
  (link) => link.write(Uint8Array.of(0)),
  (link, { clock }) => link.send(introduction(clock.nowSeconds(), 5n)),
  (link, { clock }) => link.send(introduction(clock.nowSeconds(), 5n), { type: 'verack' }),
  (link, { clock }) => {
    link.send(introduction(clock.nowSeconds(), 5n), { type: 'verack' }, { type: 'getaddr' });
    link.write(Uint8Array.of(1, 2, 3));
  },
  (link, { clock, params }) => {
    link.send(introduction(clock.nowSeconds(), 5n), { type: 'verack' });
    link.write(encodeFrame(params.messageStart, 'ping', encodeMessage({ type: 'ping', nonce: 1n })).subarray(0, 27));
  },
];

const COMINGS = 600;

const comingAndGoing: Attack = {
  ...{ name: 'coming-and-going', rows: ['P27'], expected: 'B', needs: 'nothing' },
  what: `calls ${COMINGS} times and goes away at any step of the conversation`,
  bound: 'nothing stays behind: honest peers are served, and newcomers let in',
  play: async (scene) => {
    scene.begin();
    let taken = 0;
    for (let i = 0; i < scene.times(COMINGS) && scene.goesOn; i++) {
      const link = await call(scene);
      if (link === undefined) continue;
      taken++;
      (STEPS[i % STEPS.length] as (typeof STEPS)[number])(link, scene);
      if (i % 2 === 0) await scene.pause(1);
      link.close();
    }
    return sight(`${taken} calls were taken`, 'B');
  },
};

const HALF_OPEN = 50;

/** Callers that are at an end without a handshake, and what they do until then. */
function unfinished(about: Pick<Attack, 'name' | 'rows' | 'cves' | 'what'>, act: (link: Link, scene: Scene) => void): Attack {
  return {
    ...{ ...about, expected: 'D B', needs: 'nothing', isSlow: true },
    bound: 'each is gone after a minute and a quarter, and takes no memory for what it only announces',
    play: async (scene) => {
      const links: Link[] = [];
      scene.begin();
      for (let i = 0; i < scene.times(HALF_OPEN); i++) {
        const link = await call(scene);
        if (link !== undefined) links.push(link);
      }
      const untilMs = scene.clock.monotonicMs() + HANDSHAKE_MS_MAX;
      while (links.some(({ over }) => over === undefined) && scene.clock.monotonicMs() < untilMs) {
        for (const link of links) act(link, scene);
        await scene.pause(500);
      }
      const left = links.filter(({ over }) => over === undefined).length;
      return left === 0 ? sight(`all ${links.length} are let go`, 'D', 'B') : sight(`${left} of ${links.length} are still there`);
    },
  };
}

/** The header of a message of 4,000,000 bytes, behind an introduction. */
function longMessage({ clock, params }: Scene): Uint8Array[] {
  const { messageStart } = params;
  const version = encodeFrame(messageStart, 'version', encodeMessage(introduction(clock.nowSeconds(), 6n)));
  const start = encodeFrame(messageStart, 'block', new Uint8Array(0));
  new DataView(start.buffer, start.byteOffset).setUint32(16, PAYLOAD_SIZE_BYTES_MAX, true);
  return [version, start];
}

/** Begins a long message at its first turn, and adds a byte at each. */
function trickle(): (link: Link, scene: Scene) => void {
  const begun = new WeakSet<Link>();
  return (link, scene) => {
    if (!begun.has(link)) for (const bytes of longMessage(scene)) link.write(bytes);
    begun.add(link);
    link.write(Uint8Array.of(0));
  };
}

/** P4, P12 and P27. */
export const CONNECTION_ATTACKS: readonly Attack[] = [
  slots,
  comingAndGoing,
  unfinished({ name: 'silent-callers', rows: ['P27', 'P4'], what: 'calls 50 times and says nothing' }, () => {}),
  unfinished(
    {
      ...{ name: 'trickling-callers', rows: ['P4'], cves: ['CVE-2015-3641'] },
      what: 'calls 50 times, begins a message of 4,000,000 bytes before the handshake is done, and sends two bytes of it a second',
    },
    trickle(),
  ),
];
