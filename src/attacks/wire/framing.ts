/**
 * Attacks on the framing of messages.
 *
 * @module
 */

import { encodeFrame, FRAME_HEADER_SIZE_BYTES, PAYLOAD_SIZE_BYTES_MAX } from '../../core/wire/frame.ts';
import { INVENTORY } from '../../core/wire/inventory.ts';
import { encodeMessage, type Message } from '../../core/wire/messages/table.ts';
import type { Attack } from '../attack.ts';
import { sight } from '../attack.ts';
import type { Scene } from '../scene.ts';
import { type Rudeness, rudeness } from './rudeness.ts';

/** Offsets in a frame's header. */
const COMMAND_AT = 4;
const LENGTH_AT = 16;
const CHECKSUM_AT = 20;

const NOTHING = new Uint8Array(0);

/** The header of a message with some bytes changed. */
function header({ params }: Scene, command: string, change: (frame: DataView) => void): Uint8Array {
  const frame = encodeFrame(params.messageStart, command, NOTHING);
  change(new DataView(frame.buffer, frame.byteOffset, FRAME_HEADER_SIZE_BYTES));
  return frame;
}

const ROWS: readonly Omit<Rudeness, 'rows'>[] = [
  {
    name: 'wrong-message-start',
    what: 'sends a message of another network',
    expected: 'D',
    act: (link, scene) => link.write(header(scene, 'ping', (frame) => frame.setUint8(0, frame.getUint8(0) ^ 0xff))),
  },
  {
    name: 'wrong-checksum',
    what: 'sends a message whose checksum is wrong',
    expected: 'I',
    act: (link, scene) => link.write(header(scene, 'mempool', (frame) => frame.setUint8(CHECKSUM_AT, frame.getUint8(CHECKSUM_AT) ^ 1))),
  },
  {
    name: 'oversized-message',
    what: 'announces a message of 4,000,001 bytes',
    expected: 'D',
    act: (link, scene) => link.write(header(scene, 'block', (frame) => frame.setUint32(LENGTH_AT, PAYLOAD_SIZE_BYTES_MAX + 1, true))),
  },
  {
    name: 'unknown-command',
    what: 'sends a message that nobody knows',
    expected: 'I',
    act: (link) => link.sendRaw('nosuchthing', new Uint8Array(1_000)),
  },
  {
    name: 'garbled-command',
    what: 'sends a message whose name is no text',
    expected: 'I',
    act: (link, scene) => link.write(header(scene, 'ping', (frame) => frame.setUint8(COMMAND_AT, 0xff))),
  },
  {
    name: 'short-inventory',
    what: 'sends an inv that says it names five things and names one',
    expected: 'D',
    act: (link) => link.sendRaw('inv', Uint8Array.of(5, ...new Uint8Array(36))),
  },
  {
    name: 'random-bytes',
    what: 'sends 10,000 random bytes as its first',
    expected: 'D',
    isStranger: true,
    act: (link, { random }) => link.write(random.bytes(10_000)),
  },
];

/** Some bytes of a message changed, cut or added. */
function spoiled(payload: Uint8Array, { random }: Scene): Uint8Array {
  const bytes = payload.slice(0, random.below(3) === 0 ? random.below(payload.length + 1) : payload.length);
  for (let i = 0; i < 3 && bytes.length > 0; i++) bytes[random.below(bytes.length)] = random.below(256);
  return random.below(4) === 0 ? Uint8Array.of(...bytes.subarray(0, 1_000), ...random.bytes(40)) : bytes;
}

/** Messages to spoil. */
const examples: readonly ((scene: Scene) => Message)[] = [
  () => ({ type: 'ping', nonce: 1n }),
  ({ random }) => ({ type: 'inv', items: [{ kind: INVENTORY.wtx, hash: random.bytes(32) }] }),
  ({ params }) => ({ type: 'block', block: params.genesis, raw: NOTHING }),
  ({ params }) => ({ type: 'headers', headers: [params.genesis.header] }),
  ({ params }) => ({ type: 'tx', tx: params.genesis.transactions[0]! }),
  ({ params }) => ({ type: 'getblocktxn', blockHash: params.genesis.header.hash, indexes: [0, 3] }),
  () => ({ type: 'sendcmpct', highBandwidth: true, version: 2n }),
  () => ({ type: 'feefilter', feeRateSatPerKvb: 1_000n }),
];

const splitAtEveryByte: Attack = {
  ...{ name: 'split-at-every-byte', rows: ['P18'], expected: 'I', needs: 'nothing', bound: 'at once' },
  what: 'sends a ping one byte at a time',
  play: async (scene) => {
    const link = await scene.meet();
    // Its own first ping is answered then, so that no answer comes between the pieces.
    await link.settled();
    scene.begin();
    const frame = encodeFrame(scene.params.messageStart, 'ping', encodeMessage({ type: 'ping', nonce: 77n }));
    for (const byte of frame) {
      link.write(Uint8Array.of(byte));
      await scene.pause(1);
    }
    const answer = await link.waitFor(() => link.of('pong').find(({ nonce }) => nonce === 77n));
    return answer === undefined ? sight('the ping is not answered') : sight('it puts the pieces together and answers', 'I');
  },
};

const SPOILED = 2_000;

const spoiledMessages: Attack = {
  ...{ name: 'spoiled-messages', rows: ['P18'], expected: 'B', needs: 'nothing' },
  what: 'sends 2,000 messages with bytes changed, cut off and added, and comes back when it is let go',
  bound: 'honest peers are served meanwhile and afterwards',
  play: async (scene) => {
    const count = scene.times(SPOILED);
    let link = await scene.meet();
    let endings = 0;
    scene.begin();
    for (let sent = 0; sent < count && scene.goesOn; sent++) {
      if (link.over !== undefined) {
        endings++;
        link = await scene.meet();
      }
      const message = examples[scene.random.below(examples.length)]!(scene);
      link.sendRaw(message.type, spoiled(encodeMessage(message), scene));
      await scene.pause(0);
    }
    return sight(`it goes on; ${endings} of these connections were ended`, 'B');
  },
};

/** P18. */
export const FRAMING_ATTACKS: readonly Attack[] = [
  ...ROWS.map((row) => rudeness({ ...row, rows: ['P18'] })),
  splitAtEveryByte,
  spoiledMessages,
];
