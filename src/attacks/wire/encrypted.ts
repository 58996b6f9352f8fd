/**
 * Attacks on the encrypted transport (BIP-324).
 *
 * @module
 */

import { concatBytes } from '../../core/base/bytes.ts';
import { GARBAGE_SIZE_BYTES_MAX } from '../../core/wire/v2/encrypted-stream.ts';
import { createSessionKey, EncryptedSession } from '../../core/wire/v2/session.ts';
import type { Attack } from '../attack.ts';
import { sight, Unclear } from '../attack.ts';
import type { Link } from '../link.ts';
import type { Scene } from '../scene.ts';

/** Bytes of a key as it is sent. */
const KEY_SIZE_BYTES = 64;

const NOTHING = new Uint8Array(0);

/** Time for a target to hang up. */
const END_MS_MAX = 15_000;

/** A connection on which keys have been exchanged, and nothing else. @throws Unclear where the target does not speak the transport */
async function exchangeKeys(scene: Scene): Promise<{ readonly link: Link; readonly session: EncryptedSession }> {
  const { transportEngine: engine, params, random } = scene.ground.world;
  const link = await scene.dial();
  let came: Uint8Array = NOTHING;
  link.onBytes = (bytes) => {
    if (came.length < KEY_SIZE_BYTES) came = concatBytes(came, bytes);
  };
  const ours = createSessionKey(engine, (count) => random.bytes(count));
  link.write(ours.encoding);
  const theirs = await link.waitFor(() => (came.length >= KEY_SIZE_BYTES ? came.slice(0, KEY_SIZE_BYTES) : undefined), END_MS_MAX);
  if (theirs === undefined) throw new Unclear('the target does not speak the encrypted transport');
  const session = new EncryptedSession({ engine, messageStart: params.messageStart, ours, theirs, initiating: true });
  return { link, session };
}

function attack(name: string, what: string, act: (link: Link, session: EncryptedSession, scene: Scene) => void | Promise<void>): Attack {
  return {
    ...{ name, what, rows: ['P19'], expected: 'D', needs: 'nothing', bound: 'within 15 s' },
    play: async (scene) => {
      const { link, session } = await exchangeKeys(scene);
      scene.begin();
      await act(link, session, scene);
      return (await link.hungUp(END_MS_MAX)) ? sight('it hangs up', 'D') : sight('it does not hang up');
    },
  };
}

const version = (session: EncryptedSession): Uint8Array => concatBytes(session.sendTerminator, ...session.encrypt(NOTHING, NOTHING));

/** One decoy, and how many make more than one message. */
const DECOY_BYTES = 100_000;
const DECOYS = 60;

/** P19. */
export const ENCRYPTED_ATTACKS: readonly Attack[] = [
  attack('v2-endless-garbage', 'sends garbage behind its key that does not end', (link, _, { random }) =>
    link.write(random.bytes(GARBAGE_SIZE_BYTES_MAX + 17)),
  ),
  attack('v2-wrong-version', 'ends the handshake with a packet that does not fit the garbage before it', (link, session, { random }) =>
    link.write(concatBytes(random.bytes(10), version(session))),
  ),
  attack('v2-broken-packet', 'flips a bit of a packet after the handshake', (link, session) => {
    link.write(version(session));
    const packet = concatBytes(...session.encrypt(Uint8Array.of(18), new Uint8Array(8)));
    packet[packet.length - 1] = (packet.at(-1) as number) ^ 1;
    link.write(packet);
  }),
  attack('v2-decoy-flood', 'sends six million bytes of decoys before the handshake is done', async (link, session, scene) => {
    link.write(session.sendTerminator);
    const decoy = new Uint8Array(DECOY_BYTES);
    for (let i = 0; i < DECOYS && link.over === undefined && scene.goesOn; i++) {
      link.write(concatBytes(...session.encrypt(NOTHING, decoy, { ignore: true })));
      await link.taken();
      await scene.pause(0);
    }
  }),
];
