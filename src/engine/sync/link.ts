import { concatBytes } from '../../core/base/bytes.ts';
import type { FrameStep } from '../../core/wire/frame.ts';
import type { MessageStream } from '../../core/wire/message-stream.ts';
import { isMessageType } from '../../core/wire/messages/table.ts';
import type { Clock } from '../ports/clock.ts';
import type { Connection } from '../ports/transport.ts';
import type { PeerId } from './peer.ts';

/** Bytes of one peer that may wait to be looked at; then it is read no more until there are fewer. Core's `-maxreceivebuffer`. */
export const RECEIVE_BUFFER_BYTES_MAX = 5_000_000;

/** Pieces that these bytes may come in: a sender of single bytes would otherwise cost a hundred times what it sends. */
export const RECEIVE_PIECES_MAX = 10_000;

/**
 * Bytes that may wait to be taken by a peer; beyond, it is let go. Answers wait for room, so what comes above the transport's own limit of
 * about a million is one block at most and what we tell on our own account.
 */
export const SEND_BUFFER_BYTES_MAX = 8_000_000;

/** Pieces of a message shorter than this together are put into one: a write of its own costs more than the copy. */
const JOIN_BYTES_MAX = 16_384;

/** Bytes of commands that are not known count together under this name, as in Core. */
const OTHER = '*other*';

/** What happens on a link. */
export interface LinkEvents {
  /** There may be a message to look at. */
  readable(link: Link): void;
  closed(link: Link, why: string): void;
}

/** One connection as bytes: hands what comes and goes to its transport, counts both, and holds each within its bound. */
export class Link {
  readonly id: PeerId;
  readonly connection: Connection;
  readonly stream: MessageStream;
  readonly bytesSentPerMessage: Map<string, number> = new Map();
  readonly bytesReceivedPerMessage: Map<string, number> = new Map();
  bytesSent = 0;
  bytesReceived = 0;
  lastSendTimeSeconds = 0;
  lastReceiveTimeSeconds = 0;
  /** Messages with a wrong checksum or command. */
  dropped = 0;
  /** Whoever looks at its messages is at it. */
  busy = false;
  closed = false;
  readonly #clock: Pick<Clock, 'nowSeconds'>;
  #paused = false;
  #full = false;
  #peeked: FrameStep | undefined;
  #drained: (() => void)[] = [];

  constructor(options: {
    readonly id: PeerId;
    readonly connection: Connection;
    readonly stream: MessageStream;
    readonly clock: Pick<Clock, 'nowSeconds'>;
    readonly events: LinkEvents;
  }) {
    this.id = options.id;
    this.connection = options.connection;
    this.stream = options.stream;
    this.#clock = options.clock;
    const { events } = options;
    this.connection.handlers = {
      data: (bytes) => {
        this.#received(bytes);
        events.readable(this);
      },
      drained: () => this.#onDrained(),
      closed: (why) => {
        this.closed = true;
        this.#onDrained();
        events.closed(this, why);
      },
    };
    this.#writeOutput();
  }

  /** Whether what was sent is more than the other side takes: nothing more of it should be answered now. */
  get full(): boolean {
    return this.#full;
  }

  /** Resolves when the other side has taken enough, or the connection is gone. */
  drained(): Promise<void> {
    return this.#full ? new Promise((resolve) => this.#drained.push(resolve)) : Promise.resolve();
  }

  /** The next whole message or what is wrong with it. It stays the next. */
  peek(): FrameStep | undefined {
    this.#peeked ??= this.#take();
    return this.#peeked;
  }

  /** The next whole message or what is wrong with it. */
  next(): FrameStep | undefined {
    const step = this.#peeked ?? this.#take();
    this.#peeked = undefined;
    return step;
  }

  #take(): FrameStep | undefined {
    const step = this.stream.next();
    this.#writeOutput();
    if (this.#paused && !this.closed && !this.#holdsMoreThan(1 / 2)) {
      this.#paused = false;
      this.connection.resume();
    }
    if (step === undefined || step.kind === 'fault') return step;
    // What only hides how much is sent is no message.
    if (step.kind === 'dropped' && step.why === 'decoy') return step;
    if (step.kind === 'dropped') this.dropped++;
    const isKnown = step.kind === 'frame' && isMessageType(step.command);
    count(this.bytesReceivedPerMessage, isKnown ? step.command : OTHER, step.sizeBytes);
    return step;
  }

  /** Sends a message. @returns false where too much waits to be taken: the connection must end */
  send(command: string, payload: Uint8Array): boolean {
    if (this.closed) return true;
    this.#write(this.stream.encode(command, payload), command);
    return this.connection.queuedBytes + this.stream.waitingBytes <= SEND_BUFFER_BYTES_MAX;
  }

  /** What the transport has to say on its own account, and what waited for that. */
  #writeOutput(): void {
    if (this.closed) return;
    for (const { pieces, command } of this.stream.takeOutput()) this.#write(pieces, command);
  }

  /** Sends pieces of a message, or of no message. */
  #write(pieces: readonly Uint8Array[], command: string | undefined): void {
    if (pieces.length === 0) return;
    let sizeBytes = 0;
    for (const piece of pieces) sizeBytes += piece.length;
    const isSmall = pieces.length > 1 && sizeBytes <= JOIN_BYTES_MAX;
    for (const piece of isSmall ? [concatBytes(...pieces)] : pieces) if (!this.connection.write(piece)) this.#full = true;
    this.bytesSent += sizeBytes;
    this.lastSendTimeSeconds = this.#clock.nowSeconds();
    if (command !== undefined) count(this.bytesSentPerMessage, command, sizeBytes);
  }

  #received(bytes: Uint8Array): void {
    this.bytesReceived += bytes.length;
    this.lastReceiveTimeSeconds = this.#clock.nowSeconds();
    this.stream.push(bytes);
    if (!this.#paused && this.#holdsMoreThan(1)) {
      this.#paused = true;
      this.connection.pause();
    }
  }

  /** Whether more than this share of what may wait to be looked at does. */
  #holdsMoreThan(share: number): boolean {
    const { bufferedBytes, bufferedPieces } = this.stream;
    return bufferedBytes > RECEIVE_BUFFER_BYTES_MAX * share || bufferedPieces > RECEIVE_PIECES_MAX * share;
  }

  #onDrained(): void {
    this.#full = false;
    const waiting = this.#drained;
    this.#drained = [];
    for (const resolve of waiting) resolve();
  }
}

function count(counts: Map<string, number>, name: string, bytes: number): void {
  counts.set(name, (counts.get(name) ?? 0) + bytes);
}
