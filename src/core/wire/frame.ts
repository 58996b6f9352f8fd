/**
 * Framing of the first transport: message start, command, length, checksum, payload.
 *
 * @module
 */

import { sha256d } from '../crypto/sha256.ts';
import { ByteWriter } from '../primitives/byte-writer.ts';

/** Bytes before a payload: message start 4, command 12, length 4, checksum 4. */
export const FRAME_HEADER_SIZE_BYTES = 24;

/** Longest payload. Core's MAX_PROTOCOL_MESSAGE_LENGTH; a longer one ends the connection before memory is taken for it. */
export const PAYLOAD_SIZE_BYTES_MAX = 4_000_000;

const COMMAND_SIZE_BYTES = 12;
const CHECKSUM_SIZE_BYTES = 4;

/** Memory taken for a payload at first; it doubles as the bytes really come, so that an announced length costs nothing. */
const PAYLOAD_CAPACITY_BYTES_MIN = 16_384;

/** Frames a payload. The command is ASCII of at most 12 letters. */
export function encodeFrame(messageStart: Uint8Array, command: string, payload: Uint8Array): Uint8Array {
  const writer = new ByteWriter(FRAME_HEADER_SIZE_BYTES + payload.length).raw(messageStart);
  for (let i = 0; i < COMMAND_SIZE_BYTES; i++) writer.u8(i < command.length ? command.charCodeAt(i) : 0);
  return writer.u32(payload.length).raw(sha256d(payload).subarray(0, CHECKSUM_SIZE_BYTES)).raw(payload).finish();
}

/** A command's text: printable ASCII, then zeros to the end. Undefined where it is not that. */
function commandOf(bytes: Uint8Array): string | undefined {
  let text = '';
  for (const [i, byte] of bytes.entries()) {
    if (byte === 0) return bytes.subarray(i).every((rest) => rest === 0) ? text : undefined;
    if (byte < 32 || byte > 126) return undefined;
    text += String.fromCharCode(byte);
  }
  return text;
}

/**
 * What came of the bytes so far. `dropped`: a whole message with a wrong checksum or a command that is no text; Core goes on after it
 * and so do we. `fault`: these are not our messages, the connection must end.
 */
export type FrameStep =
  | { readonly kind: 'frame'; readonly command: string; readonly payload: Uint8Array }
  | { readonly kind: 'dropped'; readonly why: 'checksum' | 'command'; readonly sizeBytes: number }
  | { readonly kind: 'fault'; readonly why: 'wrong-network' | 'oversized-message' };

/**
 * Cuts a stream of bytes into messages, however it was cut on its way. Bytes are only kept by `push`; `next` looks at them, one
 * message a call, so that the caller sets the pace.
 */
export class FrameParser {
  readonly #messageStart: Uint8Array;
  readonly #header = new Uint8Array(FRAME_HEADER_SIZE_BYTES);
  #headerLength = 0;
  #payload: Uint8Array | undefined;
  #payloadLength = 0;
  #chunks: Uint8Array[] = [];
  #bufferedBytes = 0;
  #fault: FrameStep | undefined;

  constructor(messageStart: Uint8Array) {
    this.#messageStart = messageStart;
  }

  /** Bytes that were pushed and not yet given out in a message. */
  get bufferedBytes(): number {
    return this.#bufferedBytes;
  }

  /** Pieces that were pushed and not looked at yet; each takes memory of its own, however small it is. */
  get bufferedPieces(): number {
    return this.#chunks.length;
  }

  /** Keeps a view of the bytes until they are parsed; whoever pushes them leaves them alone. */
  push(bytes: Uint8Array): void {
    if (bytes.length === 0 || this.#fault !== undefined) return;
    this.#chunks.push(bytes);
    this.#bufferedBytes += bytes.length;
  }

  /** The next whole message or what is wrong; undefined where more bytes are needed. A payload is the caller's own. */
  next(): FrameStep | undefined {
    if (this.#fault !== undefined) return this.#fault;
    if (this.#headerLength < FRAME_HEADER_SIZE_BYTES) {
      this.#headerLength += this.#take(this.#header, this.#headerLength, FRAME_HEADER_SIZE_BYTES);
      const known = Math.min(this.#headerLength, this.#messageStart.length);
      for (let i = 0; i < known; i++) if (this.#header[i] !== this.#messageStart[i]) return this.#fail('wrong-network');
      if (this.#headerLength < FRAME_HEADER_SIZE_BYTES) return undefined;
      if (this.#announcedLength() > PAYLOAD_SIZE_BYTES_MAX) return this.#fail('oversized-message');
    }
    return this.#fillPayload() ? this.#finish() : undefined;
  }

  #announcedLength(): number {
    return new DataView(this.#header.buffer).getUint32(4 + COMMAND_SIZE_BYTES, true);
  }

  /** Nothing more is kept or read after a fault. */
  #fail(why: 'wrong-network' | 'oversized-message'): FrameStep {
    this.#chunks = [];
    this.#bufferedBytes = 0;
    this.#fault = { kind: 'fault', why };
    return this.#fault;
  }

  /** Moves pushed bytes to `target[from..to)` and says how many. */
  #take(target: Uint8Array, from: number, to: number): number {
    let at = from;
    while (at < to) {
      const chunk = this.#chunks[0];
      if (chunk === undefined) break;
      const count = Math.min(chunk.length, to - at);
      target.set(chunk.subarray(0, count), at);
      at += count;
      if (count === chunk.length) this.#chunks.shift();
      else this.#chunks[0] = chunk.subarray(count);
    }
    return at - from;
  }

  /** Whether all of the payload is here. */
  #fillPayload(): boolean {
    const length = this.#announcedLength();
    let payload = this.#payload ?? new Uint8Array(Math.min(length, PAYLOAD_CAPACITY_BYTES_MIN));
    for (;;) {
      this.#payload = payload;
      this.#payloadLength += this.#take(payload, this.#payloadLength, payload.length);
      if (this.#payloadLength < payload.length) return false;
      if (this.#payloadLength === length) return true;
      const larger = new Uint8Array(Math.min(length, payload.length * 2));
      larger.set(payload);
      payload = larger;
    }
  }

  #finish(): FrameStep {
    const payload = this.#payload ?? new Uint8Array(0);
    this.#payload = undefined;
    this.#payloadLength = 0;
    this.#headerLength = 0;
    const sizeBytes = FRAME_HEADER_SIZE_BYTES + payload.length;
    this.#bufferedBytes -= sizeBytes;
    const checksum = sha256d(payload);
    for (let i = 0; i < CHECKSUM_SIZE_BYTES; i++) {
      if (checksum[i] !== this.#header[4 + COMMAND_SIZE_BYTES + 4 + i]) return { kind: 'dropped', why: 'checksum', sizeBytes };
    }
    const command = commandOf(this.#header.subarray(4, 4 + COMMAND_SIZE_BYTES));
    return command === undefined ? { kind: 'dropped', why: 'command', sizeBytes } : { kind: 'frame', command, payload };
  }
}
