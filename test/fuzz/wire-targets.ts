/**
 * Parsers of what peers send: each message, streams of them, blocks and what is in them.
 *
 * @module
 */

import { concatBytes } from '../../src/core/base/bytes.ts';
import { chooseSecp256k1 } from '../../src/core/crypto/node/choose-secp256k1.ts';
import { chooseTransportEngine } from '../../src/core/crypto/node/choose-transport-engine.ts';
import { codedSetMatchesAny } from '../../src/core/filters/coded-set.ts';
import { regtest } from '../../src/core/params/regtest.ts';
import { decodeBlock, decodeHeader, encodeBlock, encodeHeader } from '../../src/core/primitives/block.ts';
import { decodeMerkleBlock, encodeMerkleBlock, provenBy } from '../../src/core/primitives/merkle-block.ts';
import { decodeTransaction, encodeTransaction, encodeTransactionStripped } from '../../src/core/primitives/transaction.ts';
import { encodeFrame, FrameParser } from '../../src/core/wire/frame.ts';
import type { MessageStream } from '../../src/core/wire/message-stream.ts';
import type { MessageType } from '../../src/core/wire/messages/table.ts';
import { decodeMessage, encodeMessage, MESSAGE_TYPES } from '../../src/core/wire/messages/table.ts';
import { EncryptedStream } from '../../src/core/wire/v2/encrypted-stream.ts';
import { PartialBlock } from '../../src/engine/sync/partial-block.ts';
import { SocksHandshake } from '../../src/platform/net/socks5.ts';
import type { Chance } from '../differential/chance.ts';
import { block, hash, header, MESSAGE_EXAMPLES, tx } from '../support/message-examples.ts';
import { SeededRandom } from '../support/seeded-random.ts';
import { expect, expectStable, type FuzzTarget, type FuzzTargets, isDecodeError, refusesNothing } from './fuzz-target.ts';

/** A message is read, written, and read again as the same. */
function messageTarget(type: MessageType): FuzzTarget {
  return {
    samples: MESSAGE_EXAMPLES.filter((message) => message.type === type).map(encodeMessage),
    read: (bytes) => {
      const message = decodeMessage(type, bytes);
      expect(message?.type === type, 'a message is of its type');
      const written = encodeMessage(message);
      const again = decodeMessage(type, written);
      expect(again !== undefined, 'what is written can be read');
      expectStable(written, encodeMessage(again));
    },
    refuses: isDecodeError,
  };
}

const STREAM = concatBytes(...MESSAGE_EXAMPLES.map((message) => encodeFrame(regtest.messageStart, message.type, encodeMessage(message))));

/** All that a stream has, in short. */
function steps(parser: Pick<MessageStream, 'next' | 'push'>, pieces: Iterable<Uint8Array>): string {
  let found = '';
  for (const piece of pieces) {
    parser.push(piece);
    for (let step = parser.next(); step !== undefined; step = parser.next()) {
      found += step.kind === 'frame' ? `${step.command}:${step.payload.length} ` : `${step.why} `;
      if (step.kind === 'fault') return found;
    }
  }
  return found;
}

const engine = chooseTransportEngine(chooseSecp256k1('auto'));
const { messageStart } = regtest;

/** One end of an encrypted connection, always with the same keys. */
function encryptedEnd(initiating: boolean): EncryptedStream {
  return new EncryptedStream({ engine, messageStart, initiating, random: new SeededRandom(initiating ? 1 : 2) });
}

/** What the caller's end sends in a connection with the same keys: its key, its garbage, and every message. */
function encryptedSample(): Uint8Array {
  const [caller, called] = [encryptedEnd(true), encryptedEnd(false)];
  const sent: Uint8Array[] = [];
  const pass = (from: EncryptedStream, to: EncryptedStream, keep: (bytes: Uint8Array) => void): void => {
    for (const { pieces: output } of from.takeOutput()) {
      for (const bytes of output) {
        keep(bytes);
        to.push(bytes.slice());
      }
    }
    to.next();
  };
  for (let turn = 0; turn < 3; turn++) {
    pass(caller, called, (bytes) => sent.push(bytes.slice()));
    pass(called, caller, () => undefined);
  }
  expect(caller.protocol === 'v2', 'the connection stands');
  for (const message of MESSAGE_EXAMPLES) for (const bytes of caller.encode(message.type, encodeMessage(message))) sent.push(bytes.slice());
  return concatBytes(...sent);
}

/** Cut anywhere. */
function* pieces(bytes: Uint8Array, chance: Chance): Generator<Uint8Array> {
  const longest = chance.pick([1, 3, 30, 300, 3_000]);
  for (let at = 0; at < bytes.length; ) {
    const end = at + 1 + chance.below(longest);
    yield bytes.slice(at, end);
    at = end;
  }
}

/** What a proxy's answers come to, in short. */
function socksSteps(answers: Iterable<Uint8Array>): string {
  const handshake = new SocksHandshake({ host: 'example.org', port: 8333 }, { user: 'u', password: 'p' });
  let found = '';
  for (const bytes of answers) {
    const step = handshake.push(bytes);
    if (step.kind !== 'wait') found += `${step.kind === 'failed' ? step.why : step.kind} `;
    // What comes behind an answer is the connection's, however it is cut.
    if (step.kind === 'done' || step.kind === 'failed') return found;
  }
  return found;
}

/** A proxy's whole side of a conversation, each answer a piece. */
const SOCKS_ANSWERS: readonly Uint8Array[] = [Uint8Array.of(5, 0), Uint8Array.of(5, 0, 0, 1, 1, 2, 3, 4, 5, 6)];

const compactSample = MESSAGE_EXAMPLES.filter(({ type }) => type === 'cmpctblock').map(encodeMessage);

/** Messages by their names, and what they are made of. */
export const WIRE_TARGETS: FuzzTargets = {
  ...Object.fromEntries(MESSAGE_TYPES.map((type) => [type, messageTarget(type)])),
  stream: {
    samples: [STREAM, STREAM.slice(0, 500), encodeFrame(regtest.messageStart, 'ping', new Uint8Array(8))],
    read: (bytes, chance) => {
      const parser = () => new FrameParser(messageStart);
      expect(steps(parser(), [bytes]) === steps(parser(), pieces(bytes, chance)), 'a stream is the same wherever it is cut');
    },
    refuses: refusesNothing,
    cost: 20,
  },
  'encrypted stream': {
    samples: [encryptedSample(), STREAM.slice(0, 300)],
    read: (bytes, chance) => {
      expect(
        steps(encryptedEnd(false), [bytes.slice()]) === steps(encryptedEnd(false), pieces(bytes, chance)),
        'a stream is the same wherever it is cut',
      );
    },
    refuses: refusesNothing,
    cost: 40,
  },
  'SOCKS5 answer': {
    samples: [
      SOCKS_ANSWERS[1]!,
      Uint8Array.of(5, 0, 0, 3, 4, 97, 98, 99, 100, 1, 2),
      Uint8Array.of(5, 0, 0, 4, ...new Uint8Array(18)),
      Uint8Array.of(5, 1, 0, 1),
    ],
    read: (bytes, chance) => {
      const whole = socksSteps([SOCKS_ANSWERS[0]!, bytes]);
      expect(whole === socksSteps([SOCKS_ANSWERS[0]!, ...pieces(bytes, chance)]), 'an answer is the same wherever it is cut');
      socksSteps(pieces(bytes, chance));
    },
    refuses: refusesNothing,
  },
  'block bytes': {
    samples: [encodeBlock(block), encodeBlock(regtest.genesis)],
    read: (bytes) => expectStable(encodeBlock(decodeBlock(bytes)), bytes),
    refuses: isDecodeError,
  },
  'header bytes': {
    samples: [encodeHeader(header)],
    read: (bytes) => expectStable(encodeHeader(decodeHeader(bytes)), bytes),
    refuses: isDecodeError,
  },
  'transaction bytes': {
    samples: [encodeTransaction(tx), encodeTransactionStripped(tx)],
    read: (bytes) => {
      const read = decodeTransaction(bytes);
      expect(read.sizeBytes === bytes.length && read.strippedSizeBytes <= read.sizeBytes, 'sizes are those of the bytes');
      expectStable(encodeTransaction(read), bytes);
    },
    refuses: isDecodeError,
  },
  'Merkle proof': {
    samples: MESSAGE_EXAMPLES.filter(({ type }) => type === 'merkleblock').map(encodeMessage),
    read: (bytes) => {
      const proof = decodeMerkleBlock(bytes);
      provenBy(proof, 66_666);
      expectStable(encodeMerkleBlock(proof), encodeMerkleBlock(decodeMerkleBlock(encodeMerkleBlock(proof))));
    },
    refuses: isDecodeError,
  },
  'compact block': {
    samples: compactSample,
    read: (bytes) => {
      const message = decodeMessage('cmpctblock', bytes);
      expect(message?.type === 'cmpctblock', 'a message is of its type');
      PartialBlock.begin(message, { waiting: [{ tx }], extra: [] }, regtest.consensus);
    },
    refuses: isDecodeError,
  },
  'compact filter': {
    samples: [Uint8Array.of(1, 0x9d, 0xfc, 0xa8), Uint8Array.of(0)],
    read: (bytes) => void codedSetMatchesAny(bytes, hash(1).subarray(0, 16), [bytes, Uint8Array.of(1)]),
    refuses: isDecodeError,
  },
};
