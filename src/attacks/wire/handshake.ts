/**
 * Attacks on the handshake.
 *
 * @module
 */

import { encodeMessage, type Message } from '../../core/wire/messages/table.ts';
import type { Attack } from '../attack.ts';
import { introduction, type Link } from '../link.ts';
import type { Scene } from '../scene.ts';
import { type Rudeness, rudeness } from './rudeness.ts';

/** A target that speaks the encrypted transport takes what is no version for the beginning of that, and has seen enough only then. */
const MANY = 200;

const version = ({ clock }: Scene) => introduction(clock.nowSeconds(), 9n);

const introduce =
  (changes: Partial<ReturnType<typeof introduction>>) =>
  (link: Link, scene: Scene): void =>
    link.send({ ...version(scene), ...changes });

const ROWS: readonly Omit<Rudeness, 'rows'>[] = [
  {
    name: 'pings-before-version',
    what: 'sends 200 pings before it has introduced itself',
    expected: 'D',
    isStranger: true,
    act: (link) => link.send(...new Array<Message>(MANY).fill({ type: 'ping', nonce: 1n })),
  },
  {
    name: 'veracks-before-version',
    what: 'confirms 200 times a version that nobody has sent',
    expected: 'D',
    isStranger: true,
    act: (link) => link.send(...new Array<Message>(MANY).fill({ type: 'verack' })),
  },
  {
    name: 'second-version',
    what: 'introduces itself again after the handshake',
    expected: 'D',
    act: introduce({}),
  },
  {
    name: 'version-zero',
    what: 'introduces itself with protocol version 0',
    expected: 'D',
    isStranger: true,
    act: introduce({ protocolVersion: 0 }),
  },
  {
    name: 'obsolete-version',
    what: 'introduces itself with protocol version 31799, one below the oldest that is spoken',
    expected: 'D',
    isStranger: true,
    act: introduce({ protocolVersion: 31_799 }),
  },
  {
    name: 'long-user-agent',
    what: 'introduces itself with a user agent of 300 bytes',
    expected: 'D',
    isStranger: true,
    act: introduce({ userAgent: 'a'.repeat(300) }),
  },
  {
    name: 'short-version',
    what: 'introduces itself with the first 40 bytes of a version message',
    expected: 'D',
    isStranger: true,
    act: (link, scene) => link.sendRaw('version', encodeMessage(version(scene)).slice(0, 40)),
  },
  {
    name: 'wtxidrelay-after-verack',
    what: 'says after the handshake what belongs into it: wtxidrelay',
    expected: 'D',
    act: (link) => link.send({ type: 'wtxidrelay' }),
  },
  {
    name: 'sendaddrv2-after-verack',
    what: 'says after the handshake what belongs into it: sendaddrv2',
    expected: 'D',
    act: (link) => link.send({ type: 'sendaddrv2' }),
  },
];

/** P17. */
export const HANDSHAKE_ATTACKS: readonly Attack[] = ROWS.map((row) => rudeness({ ...row, rows: ['P17'] }));
