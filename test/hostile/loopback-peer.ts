/**
 * A peer over a real socket that may be as rude as it likes: any bytes, read or not, from any address of loopback.
 *
 * @module
 */

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { NetworkParams } from '../../src/core/params/types.ts';
import { encodeFrame, FrameParser } from '../../src/core/wire/frame.ts';
import { encodeMessage, type Message } from '../../src/core/wire/messages/table.ts';

/** Whom to call, and from where. */
export interface PeerPlace {
  readonly host: string;
  readonly port: number;
  /** Any address of 127.0.0.0/8. */
  readonly from: string;
}

const RECEIVER = { network: 'ipv4', bytes: Uint8Array.of(127, 0, 0, 1), port: 1 } as const;
const ABOUT = { protocolVersion: 70_016, services: 9n, userAgent: '/hostile/', startHeight: 0, relay: true } as const;

/** Bytes that are handed to the socket before its writer waits. */
const UNSENT_BYTES_MAX = 1_000_000;

/** One connection. */
export class LoopbackPeer {
  /** Called with each whole message. */
  onFrame: (command: string, payload: Uint8Array) => void = () => {};
  bytesSent = 0;
  readonly #socket: Socket;
  readonly #params: NetworkParams;
  readonly #closed: Promise<unknown>;
  readonly #commands = new Set<string>();

  /** Connects, and nothing more. @throws where nobody answers */
  static async dial(place: PeerPlace, params: NetworkParams): Promise<LoopbackPeer> {
    const socket = connect({ host: place.host, port: place.port, localAddress: place.from });
    await once(socket, 'connect');
    return new LoopbackPeer(socket, params);
  }

  private constructor(socket: Socket, params: NetworkParams) {
    this.#socket = socket;
    this.#params = params;
    this.#closed = new Promise((resolve) => socket.once('close', resolve));
    // A node that closes while it is written to resets the connection; that it is closed is what counts.
    socket.on('error', () => undefined);
    socket.setNoDelay(true);
    const parser = new FrameParser(params.messageStart);
    socket.on('data', (bytes) => {
      parser.push(bytes);
      for (let step = parser.next(); step !== undefined && step.kind !== 'fault'; step = parser.next()) {
        if (step.kind !== 'frame') continue;
        this.#commands.add(step.command);
        this.onFrame(step.command, step.payload);
      }
    });
  }

  /** Introduces itself and waits until the node has, too. @returns false where it was let go instead */
  async greet(nonce: bigint): Promise<boolean> {
    const timeSeconds = Math.floor(Date.now() / 1_000);
    this.send({ type: 'version', ...ABOUT, timeSeconds, receiver: RECEIVER, nonce });
    this.send({ type: 'wtxidrelay' });
    this.send({ type: 'sendaddrv2' });
    this.send({ type: 'verack' });
    while (!this.isOver && !this.#commands.has('verack')) await pause(5);
    return !this.isOver;
  }

  send(message: Message): void {
    this.write(encodeFrame(this.#params.messageStart, message.type, encodeMessage(message)));
  }

  /** Sends a payload under any command. */
  sendRaw(command: string, payload: Uint8Array): void {
    this.write(encodeFrame(this.#params.messageStart, command, payload));
  }

  /** Sends any bytes. */
  write(bytes: Uint8Array): void {
    if (this.isOver) return;
    this.bytesSent += bytes.length;
    this.#socket.write(bytes);
  }

  /** Waits until most of what was sent has been taken, so that this side does not grow. */
  async taken(): Promise<void> {
    while (!this.isOver && this.#socket.writableLength > UNSENT_BYTES_MAX) await pause(5);
  }

  /** Reads no more. */
  stopReading(): void {
    this.#socket.pause();
  }

  get isOver(): boolean {
    return this.#socket.destroyed;
  }

  /** Ends the connection; `reset`: without a good-bye. */
  async close(reset = false): Promise<void> {
    if (reset) this.#socket.resetAndDestroy();
    else this.#socket.destroy();
    await this.#closed;
  }
}
