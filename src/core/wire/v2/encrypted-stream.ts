/**
 * The encrypted transport (BIP-324) as a machine without sockets: bytes in, messages and bytes out.
 *
 * Each side sends a key of 64 bytes and some garbage, then what ends the garbage, then packets, of which the first that is no decoy is for
 * the transport's own future. Who is called looks first whether the caller speaks the first transport.
 *
 * @module
 */

import { ELLSWIFT_SIZE_BYTES } from '../../crypto/ellswift.ts';
import type { TransportEngine } from '../../crypto/transport-engine.ts';
import { ByteQueue, GrowingBytes } from '../byte-queue.ts';
import { type FrameStep, PAYLOAD_SIZE_BYTES_MAX } from '../frame.ts';
import { type MessageStream, PlainStream, type StreamOutput } from '../message-stream.ts';
import {
  createSessionKey,
  EncryptedSession,
  LENGTH_SIZE_BYTES,
  PACKET_OVERHEAD_BYTES,
  type SessionKey,
  TERMINATOR_SIZE_BYTES,
} from './session.ts';
import { readContents, TYPE_SIZE_BYTES_MAX, typeSizeBytes, writeType } from './short-types.ts';

/** Most garbage of a side. */
export const GARBAGE_SIZE_BYTES_MAX = 4_095;

/** Longest contents of a packet: the longest message with its type written out. A longer one ends the connection before memory is taken. */
export const CONTENTS_SIZE_BYTES_MAX: number = TYPE_SIZE_BYTES_MAX + PAYLOAD_SIZE_BYTES_MAX;

/** Bytes of decoys that may come before the handshake is done: as many as one message. */
export const HANDSHAKE_DECOY_BYTES_MAX: number = CONTENTS_SIZE_BYTES_MAX;

/** By which the first transport begins: the message start, then this. */
const V1_VERSION_COMMAND: Uint8Array = Uint8Array.of(118, 101, 114, 115, 105, 111, 110, 0, 0, 0, 0, 0);

const NOTHING = new Uint8Array(0);

/** What a stream is made with. */
export interface EncryptedStreamOptions {
  readonly engine: TransportEngine;
  readonly messageStart: Uint8Array;
  /** We called: then we speak first, and the other side must speak this transport. */
  readonly initiating: boolean;
  /** Secret chance: so many bytes, and a whole number below a limit. */
  readonly random: { bytes(count: number): Uint8Array; below(limit: number): number };
}

/**
 * `detecting`: a caller may speak the first transport; `key`: the other side's key comes; `garbage`: until it ends; `version`: packets
 * until the first that is no decoy; `messages`; `plain`: the caller speaks the first transport; `over` after a fault.
 */
type State = 'detecting' | 'plain' | 'key' | 'garbage' | 'version' | 'messages' | 'over';

/** One end of a connection. */
export class EncryptedStream implements MessageStream {
  readonly #options: EncryptedStreamOptions;
  readonly #v1Start: Uint8Array;
  readonly #queue = new ByteQueue();
  #state: State;
  /** The caller speaks the first transport, and this does from then on. */
  #plain: PlainStream | undefined;
  #ours: SessionKey | undefined;
  #sentGarbage: Uint8Array = NOTHING;
  #session: EncryptedSession | undefined;
  readonly #theirs = new Uint8Array(ELLSWIFT_SIZE_BYTES);
  #theirsLength = 0;
  #garbage = NOTHING;
  #garbageLength = 0;
  /** What the next packet is bound to: the garbage before the first. */
  #associated: Uint8Array = NOTHING;
  readonly #length = new Uint8Array(LENGTH_SIZE_BYTES);
  #lengthFilled = 0;
  #packetBytes: number | undefined;
  readonly #packet = new GrowingBytes();
  #decoyBytes = 0;
  #output: StreamOutput[] = [];
  #waiting: { readonly command: string; readonly payload: Uint8Array }[] = [];
  #waitingBytes = 0;
  #fault: FrameStep | undefined;

  constructor(options: EncryptedStreamOptions) {
    this.#options = options;
    this.#v1Start = Uint8Array.from([...options.messageStart, ...V1_VERSION_COMMAND]);
    this.#state = options.initiating ? 'key' : 'detecting';
    if (options.initiating) this.#speak();
  }

  get protocol(): 'v1' | 'v2' | 'detecting' {
    if (this.#plain !== undefined) return 'v1';
    return this.#state === 'messages' ? 'v2' : 'detecting';
  }

  get sessionId(): Uint8Array | undefined {
    return this.#state === 'messages' ? this.#session?.sessionId : undefined;
  }

  get bufferedBytes(): number {
    if (this.#plain !== undefined) return this.#plain.bufferedBytes;
    return this.#queue.length + this.#packet.filled;
  }

  get bufferedPieces(): number {
    return (this.#plain ?? { bufferedPieces: this.#queue.pieces }).bufferedPieces;
  }

  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  get isUnanswered(): boolean {
    return this.#options.initiating && this.#state === 'key' && this.#theirsLength === 0 && this.#queue.length === 0;
  }

  push(bytes: Uint8Array): void {
    if (this.#plain !== undefined) this.#plain.push(bytes);
    else if (this.#state !== 'over') this.#queue.push(bytes);
  }

  next(): FrameStep | undefined {
    if (this.#state === 'detecting') this.#detect();
    if (this.#plain !== undefined) return this.#plain.next();
    if (this.#state === 'key') this.#readKey();
    if (this.#state === 'garbage') this.#readGarbage();
    while (this.#state === 'version' || this.#state === 'messages') {
      const step = this.#readPacket();
      if (step !== 'version') return step;
    }
    return this.#fault;
  }

  encode(command: string, payload: Uint8Array): readonly Uint8Array[] {
    if (this.#plain !== undefined) return this.#plain.encode(command, payload);
    if (this.#session === undefined) {
      this.#waiting.push({ command, payload });
      this.#waitingBytes += payload.length;
      return [];
    }
    const head = new Uint8Array(typeSizeBytes(command));
    writeType(command, head, 0);
    return this.#session.encrypt(head, payload);
  }

  takeOutput(): readonly StreamOutput[] {
    const output = this.#output;
    if (output.length > 0) this.#output = [];
    return output;
  }

  /** Looks at the first bytes of a caller: as soon as they differ from how the first transport begins, it speaks this one. */
  #detect(): void {
    const from = this.#theirsLength;
    this.#theirsLength += this.#queue.take(this.#theirs, from, this.#v1Start.length);
    for (let i = from; i < this.#theirsLength; i++) {
      if (this.#theirs[i] === this.#v1Start[i]) continue;
      this.#state = 'key';
      this.#speak();
      return;
    }
    if (this.#theirsLength < this.#v1Start.length) return;
    const plain = new PlainStream(this.#options.messageStart);
    plain.push(this.#theirs.slice(0, this.#theirsLength));
    this.#queue.moveTo((bytes) => plain.push(bytes));
    this.#plain = plain;
    this.#state = 'plain';
    this.#sendWaiting();
  }

  /** Sends our key and garbage. */
  #speak(): void {
    const { engine, random } = this.#options;
    this.#ours = createSessionKey(engine, (count) => random.bytes(count));
    this.#sentGarbage = random.bytes(random.below(GARBAGE_SIZE_BYTES_MAX + 1));
    this.#output.push({ pieces: [this.#ours.encoding, this.#sentGarbage], command: undefined });
  }

  /** Takes the other side's key; with both the session stands, and what waited is sent. */
  #readKey(): void {
    const { engine, messageStart, initiating } = this.#options;
    this.#theirsLength += this.#queue.take(this.#theirs, this.#theirsLength, ELLSWIFT_SIZE_BYTES);
    if (!initiating && this.#theirsLength >= this.#v1Start.length && this.#isForeignV1()) {
      this.#fail('wrong-network');
      return;
    }
    if (this.#theirsLength < ELLSWIFT_SIZE_BYTES || this.#ours === undefined) return;
    const session = new EncryptedSession({ engine, messageStart, ours: this.#ours, theirs: this.#theirs, initiating });
    this.#ours.privateKey.fill(0);
    this.#session = session;
    const version = session.encrypt(NOTHING, NOTHING, { associated: this.#sentGarbage });
    this.#output.push({ pieces: [session.sendTerminator, ...version], command: undefined });
    this.#sentGarbage = NOTHING;
    this.#sendWaiting();
    this.#garbage = new Uint8Array(GARBAGE_SIZE_BYTES_MAX + TERMINATOR_SIZE_BYTES);
    this.#state = 'garbage';
  }

  /** Whether it is the first transport of another network: as its key nobody would send this. */
  #isForeignV1(): boolean {
    const from = this.#options.messageStart.length;
    return V1_VERSION_COMMAND.every((byte, i) => this.#theirs[from + i] === byte);
  }

  /** Looks for the end of the garbage, a byte at a time, since packets follow it. */
  #readGarbage(): void {
    const terminator = this.#session?.receiveTerminator ?? NOTHING;
    while (this.#queue.take(this.#garbage, this.#garbageLength, this.#garbageLength + 1) === 1) {
      const end = ++this.#garbageLength;
      if (endsWith(this.#garbage, end, terminator)) {
        this.#associated = this.#garbage.slice(0, end - TERMINATOR_SIZE_BYTES);
        this.#garbage = NOTHING;
        this.#state = 'version';
        return;
      }
      if (end === this.#garbage.length) {
        this.#fail('encryption-handshake');
        return;
      }
    }
  }

  /** The next packet; `version` for the one that ends the handshake. */
  #readPacket(): FrameStep | 'version' | undefined {
    const session = this.#session;
    if (session === undefined) return undefined;
    if (this.#packetBytes === undefined) {
      this.#lengthFilled += this.#queue.take(this.#length, this.#lengthFilled, LENGTH_SIZE_BYTES);
      if (this.#lengthFilled < LENGTH_SIZE_BYTES) return undefined;
      const contentsBytes = session.decryptLength(this.#length);
      if (contentsBytes > CONTENTS_SIZE_BYTES_MAX) return this.#fail('oversized-message');
      this.#packetBytes = contentsBytes + PACKET_OVERHEAD_BYTES;
    }
    const sealed = this.#packet.fill(this.#queue, this.#packetBytes);
    if (sealed === undefined) return undefined;
    const sizeBytes = LENGTH_SIZE_BYTES + sealed.length;
    this.#packetBytes = undefined;
    this.#lengthFilled = 0;
    const opened = session.decrypt(sealed, this.#associated);
    this.#associated = NOTHING;
    if (opened === undefined) return this.#fail('encryption-broken');
    if (opened.ignore) return this.#decoy(sizeBytes);
    if (this.#state === 'version') {
      this.#state = 'messages';
      return 'version';
    }
    const message = readContents(opened.contents);
    return message === undefined ? { kind: 'dropped', why: 'command', sizeBytes } : { kind: 'frame', ...message, sizeBytes };
  }

  #decoy(sizeBytes: number): FrameStep {
    if (this.#state === 'version') {
      this.#decoyBytes += sizeBytes;
      if (this.#decoyBytes > HANDSHAKE_DECOY_BYTES_MAX) return this.#fail('encryption-handshake');
    }
    return { kind: 'dropped', why: 'decoy', sizeBytes };
  }

  /** It is known now how messages are sent. */
  #sendWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    for (const { command, payload } of waiting) this.#output.push({ pieces: this.encode(command, payload), command });
  }

  /** Nothing more is kept or read after a fault. */
  #fail(why: (FrameStep & { readonly kind: 'fault' })['why']): FrameStep {
    this.#queue.clear();
    this.#state = 'over';
    this.#fault = { kind: 'fault', why };
    return this.#fault;
  }
}

/** Whether the first `end` bytes end with these. */
function endsWith(bytes: Uint8Array, end: number, suffix: Uint8Array): boolean {
  if (end < suffix.length) return false;
  for (let i = 0; i < suffix.length; i++) if (bytes[end - 1 - i] !== suffix[suffix.length - 1 - i]) return false;
  return true;
}
