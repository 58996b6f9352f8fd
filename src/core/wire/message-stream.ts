import { encodeFrame, FrameParser, type FrameStep } from './frame.ts';

/** Both directions of a connection as messages, whichever transport it is. Bytes come in by `push`; who owns the socket sends what comes out. */
export interface MessageStream {
  /** `detecting`: the other side has not shown yet which one it speaks. */
  readonly protocol: 'v1' | 'v2' | 'detecting';
  /** The same for both ends of an encrypted connection, and for no other: 32 bytes once it stands. */
  readonly sessionId: Uint8Array | undefined;
  /** Bytes that were pushed and not yet given out, and the pieces they came in. */
  readonly bufferedBytes: number;
  readonly bufferedPieces: number;
  /** Bytes of messages that wait to be sent until a handshake is done. */
  readonly waitingBytes: number;
  /** The other side has said nothing at all: perhaps it does not speak this transport, and would speak the first. */
  readonly isUnanswered: boolean;
  /** Keeps a view of the bytes until they are looked at; whoever pushes them leaves them alone. */
  push(bytes: Uint8Array): void;
  /** The next whole message or what is wrong; undefined where more bytes are needed. A payload is the caller's own. */
  next(): FrameStep | undefined;
  /** A message as it is sent, in pieces; none while it has to wait for a handshake, after which `takeOutput` has it. */
  encode(command: string, payload: Uint8Array): readonly Uint8Array[];
  /** What a handshake wants to have sent, and what waited for it, in order. To be asked at the beginning and after each `next`. */
  takeOutput(): readonly StreamOutput[];
}

/** Pieces that belong together. */
export interface StreamOutput {
  readonly pieces: readonly Uint8Array[];
  /** The message that they are; undefined where they are the transport's own. */
  readonly command: string | undefined;
}

const NOTHING: readonly StreamOutput[] = [];

/** The first transport: frames as they are. */
export class PlainStream implements MessageStream {
  readonly protocol = 'v1' as const;
  readonly sessionId = undefined;
  readonly waitingBytes = 0;
  readonly isUnanswered = false;
  readonly #messageStart: Uint8Array;
  readonly #parser: FrameParser;

  constructor(messageStart: Uint8Array) {
    this.#messageStart = messageStart;
    this.#parser = new FrameParser(messageStart);
  }

  get bufferedBytes(): number {
    return this.#parser.bufferedBytes;
  }

  get bufferedPieces(): number {
    return this.#parser.bufferedPieces;
  }

  push(bytes: Uint8Array): void {
    this.#parser.push(bytes);
  }

  next(): FrameStep | undefined {
    return this.#parser.next();
  }

  encode(command: string, payload: Uint8Array): readonly Uint8Array[] {
    return [encodeFrame(this.#messageStart, command, payload)];
  }

  takeOutput(): readonly StreamOutput[] {
    return NOTHING;
  }
}
