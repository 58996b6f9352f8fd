/**
 * One connection to the target, whose owner may be as rude as it likes: any bytes, in any order, read or not.
 *
 * @module
 */

import type { NetworkParams } from '../core/params/types.ts';
import type { Block } from '../core/primitives/block.ts';
import { encodeBlock } from '../core/primitives/block.ts';
import { DecodeError } from '../core/primitives/decode-error.ts';
import { encodeFrame, FrameParser } from '../core/wire/frame.ts';
import type { InventoryItem } from '../core/wire/inventory.ts';
import type { Message, MessageOf, MessageType } from '../core/wire/messages/table.ts';
import { decodeMessage, encodeMessage } from '../core/wire/messages/table.ts';
import type { VersionMessage } from '../core/wire/messages/version.ts';
import { SERVICES } from '../core/wire/services.ts';
import type { Clock } from '../engine/ports/clock.ts';
import type { Connection } from '../engine/ports/transport.ts';
import type { Traffic } from './traffic.ts';

/** Messages that are kept of what came, and their bytes; the oldest go where there are more: a target may be hostile, too. */
export const MESSAGES_KEPT_MAX = 4_000;
export const BYTES_KEPT_MAX = 64_000_000;

/** How long an answer may take, unless said otherwise. */
export const ANSWER_MS_MAX = 30_000;

/** Whom messages are addressed to; nobody looks at it. */
const RECEIVER = { network: 'ipv4', bytes: Uint8Array.of(127, 0, 0, 1), port: 1 } as const;

/** What came of waiting for the target to deal with everything that was sent. */
export type Settled = 'answered' | 'over' | 'silent';

/** What a connection is made with. */
export interface LinkParts {
  readonly connection: Connection;
  readonly params: NetworkParams;
  readonly clock: Clock;
  readonly traffic: Traffic;
  /** Told before bytes are sent. @throws where no more may be */
  readonly spend: (bytes: number) => void;
  readonly nonce: bigint;
}

/** A version message of an ordinary node. */
export function introduction(timeSeconds: number, nonce: bigint): VersionMessage {
  const about = {
    protocolVersion: 70_016,
    services: SERVICES.network | SERVICES.witness,
    userAgent: '/attacks/',
    startHeight: 0,
    relay: true,
  };
  return { type: 'version', ...about, timeSeconds, receiver: RECEIVER, nonce };
}

/** A message that came. */
interface Heard {
  readonly message: Message;
  readonly sizeBytes: number;
}

/** One connection. */
export class Link {
  /** Called with each message besides pings, which are answered, to play a part. */
  onMessage: (message: Message) => void = () => {};
  /** Given all bytes that come, as they come, instead of messages being made of them. */
  onBytes: ((bytes: Uint8Array) => void) | undefined;
  /** Why it ended; undefined while it stands. */
  over: string | undefined;
  readonly #parts: LinkParts;
  readonly #parser: FrameParser;
  readonly #waiting = new Set<() => void>();
  #heard: Heard[] = [];
  #heardBytes = 0;
  #lastNonce: bigint;
  #isFull = false;

  constructor(parts: LinkParts) {
    this.#parts = parts;
    this.#lastNonce = parts.nonce;
    this.#parser = new FrameParser(parts.params.messageStart);
    parts.traffic.connections++;
    parts.connection.handlers = {
      data: (bytes) => this.#read(bytes),
      drained: () => {
        this.#isFull = false;
        this.#wake();
      },
      closed: (why) => {
        this.over = why;
        this.#wake();
      },
    };
  }

  #read(bytes: Uint8Array): void {
    this.#parts.traffic.bytesReceived += bytes.length;
    if (this.onBytes !== undefined) {
      this.onBytes(bytes.slice());
      this.#wake();
      return;
    }
    this.#parser.push(bytes);
    for (let step = this.#parser.next(); step !== undefined; step = this.#parser.next()) {
      // It answers in the other transport, or with nothing that could be read: nothing more can.
      if (step.kind === 'fault') return;
      if (step.kind === 'frame') this.#take(step.command, step.payload);
    }
    this.#wake();
  }

  #take(command: string, payload: Uint8Array): void {
    const message = decoded(command, payload);
    if (message === undefined) return;
    if (message.type === 'ping') this.send({ type: 'pong', nonce: message.nonce });
    this.#heard.push({ message, sizeBytes: payload.length });
    this.#heardBytes += payload.length;
    while (this.#heard.length > MESSAGES_KEPT_MAX || this.#heardBytes > BYTES_KEPT_MAX) {
      this.#heardBytes -= this.#heard.shift()?.sizeBytes ?? 0;
    }
    this.onMessage(message);
  }

  #wake(): void {
    for (const look of [...this.#waiting]) look();
  }

  /** Sends messages. */
  send(...messages: readonly Message[]): void {
    for (const message of messages) this.sendRaw(message.type, encodeMessage(message));
  }

  /** Sends a block, whoever asked for it. */
  sendBlock(block: Block): void {
    this.send({ type: 'block', block, raw: encodeBlock(block) });
  }

  /** Sends a payload under any command. */
  sendRaw(command: string, payload: Uint8Array): void {
    this.#parts.traffic.messages++;
    this.write(encodeFrame(this.#parts.params.messageStart, command, payload));
  }

  /** Sends any bytes. */
  write(bytes: Uint8Array): void {
    if (this.over !== undefined) return;
    this.#parts.spend(bytes.length);
    this.#parts.traffic.bytesSent += bytes.length;
    this.#isFull = !this.#parts.connection.write(bytes);
  }

  /** Introduces itself and waits until the target has, too. @returns false where it does not */
  async greet(changes: Partial<VersionMessage> = {}): Promise<boolean> {
    this.send({ ...introduction(this.#parts.clock.nowSeconds(), this.#lastNonce), ...changes });
    this.send({ type: 'wtxidrelay' }, { type: 'sendaddrv2' }, { type: 'verack' });
    return (await this.waitFor(() => this.of('verack')[0], ANSWER_MS_MAX)) !== undefined;
  }

  /** Messages of one type that came and are kept. */
  of<T extends MessageType>(type: T): readonly MessageOf<T>[] {
    const all = this.#heard.map(({ message }) => message);
    return all.filter((message): message is MessageOf<T> => message.type === type);
  }

  /** Everything of one kind that it was asked for. */
  requested(kind: number): readonly InventoryItem[] {
    return this.of('getdata').flatMap(({ items }) => items.filter((item) => item.kind === kind));
  }

  /** Forgets what came. */
  forget(): void {
    this.#heard = [];
    this.#heardBytes = 0;
  }

  /** Waits until something is found, the connection is over or the time is. */
  waitFor<T>(find: () => T | undefined, limitMs: number = ANSWER_MS_MAX): Promise<T | undefined> {
    const { clock } = this.#parts;
    return new Promise((resolve) => {
      const end = (found: T | undefined): void => {
        clock.cancel(timer);
        this.#waiting.delete(look);
        resolve(found);
      };
      const look = (): void => {
        const found = find();
        if (found !== undefined || this.over !== undefined) end(found);
      };
      const timer = clock.after(limitMs, () => end(find()));
      this.#waiting.add(look);
      look();
    });
  }

  /** Sends a ping and waits for its pong: everything before it has been looked at then. */
  async settled(limitMs: number = ANSWER_MS_MAX): Promise<Settled> {
    const nonce = ++this.#lastNonce;
    this.send({ type: 'ping', nonce });
    const answer = await this.waitFor(() => this.of('pong').find((pong) => pong.nonce === nonce), limitMs);
    return answer !== undefined ? 'answered' : this.over !== undefined ? 'over' : 'silent';
  }

  /** Waits until the target hangs up. @returns whether it did */
  async hungUp(limitMs: number = ANSWER_MS_MAX): Promise<boolean> {
    await this.waitFor(() => undefined, limitMs);
    return this.over !== undefined;
  }

  /** Waits until most of what was sent has been taken, so that this side does not grow. @returns false where it is not within the time */
  async taken(limitMs: number = ANSWER_MS_MAX): Promise<boolean> {
    return (await this.waitFor(() => (this.#isFull ? undefined : true), limitMs)) === true;
  }

  /** Reads no more, until `resume`. */
  pause(): void {
    this.#parts.connection.pause();
  }

  resume(): void {
    this.#parts.connection.resume();
  }

  /** Hangs up. */
  close(): void {
    this.#parts.connection.close('enough');
  }
}

/** A message, or undefined for what is unknown or makes no sense here. */
function decoded(command: string, payload: Uint8Array): Message | undefined {
  try {
    return decodeMessage(command, payload);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
