/**
 * Framing of the first transport: message start, command, length, checksum, payload.
 *
 * @module
 */

import { sha256d } from '../crypto/sha256.ts';
import { ByteQueue, GrowingBytes } from './byte-queue.ts';
import { commandOf } from './command.ts';

/** Bytes before a payload: message start 4, command 12, length 4, checksum 4. */
export const FRAME_HEADER_SIZE_BYTES = 24;

/** Longest payload. Core's MAX_PROTOCOL_MESSAGE_LENGTH; a longer one ends the connection before memory is taken for it. */
export const PAYLOAD_SIZE_BYTES_MAX = 4_000_000;

const COMMAND_SIZE_BYTES = 12;
const CHECKSUM_SIZE_BYTES = 4;

/** Where the parts of a frame's beginning are. */
const COMMAND_AT = 4;
const LENGTH_AT = COMMAND_AT + COMMAND_SIZE_BYTES;
const CHECKSUM_AT = LENGTH_AT + 4;

/** Frames a payload. The command is ASCII of at most 12 letters. */
export function encodeFrame(messageStart: Uint8Array, command: string, payload: Uint8Array): Uint8Array {
  const frame = new Uint8Array(FRAME_HEADER_SIZE_BYTES + payload.length);
  frame.set(messageStart);
  const length = Math.min(command.length, COMMAND_SIZE_BYTES);
  for (let i = 0; i < length; i++) frame[COMMAND_AT + i] = command.charCodeAt(i);
  for (let i = 0; i < 4; i++) frame[LENGTH_AT + i] = payload.length >>> (8 * i);
  const checksum = sha256d(payload);
  for (let i = 0; i < CHECKSUM_SIZE_BYTES; i++) frame[CHECKSUM_AT + i] = checksum[i]!;
  frame.set(payload, FRAME_HEADER_SIZE_BYTES);
  return frame;
}

/**
 * What came of the bytes so far. `dropped`: a whole message with a wrong checksum, or with a command that is no text or not known by its
 * number, or one that only hides how much is sent; Core goes on after it and so do we. `fault`: these are not our messages, or nobody knows
 * any more what they are; the connection must end. Sizes are those on the wire.
 */
export type FrameStep =
  | { readonly kind: 'frame'; readonly command: string; readonly payload: Uint8Array; readonly sizeBytes: number }
  | { readonly kind: 'dropped'; readonly why: 'checksum' | 'command' | 'decoy'; readonly sizeBytes: number }
  | { readonly kind: 'fault'; readonly why: 'wrong-network' | 'oversized-message' | 'encryption-handshake' | 'encryption-broken' };

/**
 * Cuts a stream of bytes into messages, however it was cut on its way. Bytes are only kept by `push`; `next` looks at them, one
 * message a call, so that the caller sets the pace.
 */
export class FrameParser {
  readonly #messageStart: Uint8Array;
  readonly #header = new Uint8Array(FRAME_HEADER_SIZE_BYTES);
  #headerLength = 0;
  readonly #payload = new GrowingBytes();
  readonly #queue = new ByteQueue();
  #fault: FrameStep | undefined;

  constructor(messageStart: Uint8Array) {
    this.#messageStart = messageStart;
  }

  /** Bytes that were pushed and not yet given out in a message. */
  get bufferedBytes(): number {
    return this.#fault === undefined ? this.#headerLength + this.#payload.filled + this.#queue.length : 0;
  }

  /** Pieces that were pushed and not looked at yet; each takes memory of its own, however small it is. */
  get bufferedPieces(): number {
    return this.#queue.pieces;
  }

  /** Keeps a view of the bytes until they are parsed; whoever pushes them leaves them alone. */
  push(bytes: Uint8Array): void {
    if (this.#fault === undefined) this.#queue.push(bytes);
  }

  /** The next whole message or what is wrong; undefined where more bytes are needed. A payload is the caller's own. */
  next(): FrameStep | undefined {
    if (this.#fault !== undefined) return this.#fault;
    if (this.#headerLength < FRAME_HEADER_SIZE_BYTES) {
      this.#headerLength += this.#queue.take(this.#header, this.#headerLength, FRAME_HEADER_SIZE_BYTES);
      const known = Math.min(this.#headerLength, this.#messageStart.length);
      for (let i = 0; i < known; i++) if (this.#header[i] !== this.#messageStart[i]) return this.#fail('wrong-network');
      if (this.#headerLength < FRAME_HEADER_SIZE_BYTES) return undefined;
      if (this.#announcedLength() > PAYLOAD_SIZE_BYTES_MAX) return this.#fail('oversized-message');
    }
    const payload = this.#payload.fill(this.#queue, this.#announcedLength());
    return payload === undefined ? undefined : this.#finish(payload);
  }

  #announcedLength(): number {
    return new DataView(this.#header.buffer).getUint32(LENGTH_AT, true);
  }

  /** Nothing more is kept or read after a fault. */
  #fail(why: 'wrong-network' | 'oversized-message'): FrameStep {
    this.#queue.clear();
    this.#fault = { kind: 'fault', why };
    return this.#fault;
  }

  #finish(payload: Uint8Array): FrameStep {
    this.#headerLength = 0;
    const sizeBytes = FRAME_HEADER_SIZE_BYTES + payload.length;
    const checksum = sha256d(payload);
    for (let i = 0; i < CHECKSUM_SIZE_BYTES; i++) {
      if (checksum[i] !== this.#header[CHECKSUM_AT + i]) return { kind: 'dropped', why: 'checksum', sizeBytes };
    }
    const command = commandOf(this.#header.subarray(COMMAND_AT, LENGTH_AT));
    return command === undefined ? { kind: 'dropped', why: 'command', sizeBytes } : { kind: 'frame', command, payload, sizeBytes };
  }
}
