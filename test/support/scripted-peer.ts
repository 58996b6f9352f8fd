/**
 * A peer that sends what a test tells it to, whole messages or any bytes, to a node that runs as a process of its own.
 *
 * @module
 */

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { NetworkParams } from '../../src/core/params/types.ts';
import { encodeFrame, FrameParser } from '../../src/core/wire/frame.ts';
import { encodeMessage } from '../../src/core/wire/messages/table.ts';
import { eventually } from './eventually.ts';
import { inTime } from './quoin-command.ts';

const RECEIVER = { network: 'ipv4', bytes: Uint8Array.of(127, 0, 0, 1), port: 1 } as const;

/** One connection. */
export class ScriptedPeer {
  readonly #socket: Socket;
  readonly #params: NetworkParams;
  readonly #parser: FrameParser;
  readonly #closed: Promise<unknown>;
  /** Everything that came, in order. */
  readonly received: { readonly command: string; readonly payload: Uint8Array }[] = [];

  /** Connects, and nothing more. @param address - `host:port` */
  static async dial(address: string, params: NetworkParams): Promise<ScriptedPeer> {
    const [host, port] = address.split(':');
    const socket = connect(Number(port), host);
    await once(socket, 'connect');
    return new ScriptedPeer(socket, params);
  }

  /** Connects and introduces itself. */
  static async meet(address: string, params: NetworkParams): Promise<ScriptedPeer> {
    const peer = await ScriptedPeer.dial(address, params);
    const about = { protocolVersion: 70_016, services: 9n, timeSeconds: 1_700_000_000, nonce: 77n, userAgent: '/scripted/' };
    peer.send('version', encodeMessage({ type: 'version', ...about, receiver: RECEIVER, startHeight: 1, relay: true }));
    peer.send('verack', new Uint8Array(0));
    await peer.answer('verack');
    return peer;
  }

  private constructor(socket: Socket, params: NetworkParams) {
    this.#socket = socket;
    this.#params = params;
    this.#parser = new FrameParser(params.messageStart);
    this.#closed = new Promise((resolve) => socket.once('close', resolve));
    // A node that closes while it is written to resets the connection; that it is closed is what counts.
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => this.#read(bytes));
  }

  #read(bytes: Uint8Array): void {
    this.#parser.push(bytes);
    for (let step = this.#parser.next(); step !== undefined; step = this.#parser.next()) {
      if (step.kind === 'frame') this.received.push(step);
      // The node takes what was sent for the other transport, and answers in that: nothing more can be read.
      if (step.kind === 'fault') return;
    }
  }

  /** Sends a message, whatever its payload is. */
  send(command: string, payload: Uint8Array): void {
    this.#socket.write(encodeFrame(this.#params.messageStart, command, payload));
  }

  /** Sends any bytes. */
  write(bytes: Uint8Array | string): void {
    this.#socket.write(bytes);
  }

  /** Waits for a message of this name, also one that has come. */
  answer(command: string): Promise<Uint8Array> {
    return eventually(`the node sends ${command}`, () => this.received.find((each) => each.command === command)?.payload);
  }

  /** Waits until the node has taken all that was sent before, and is still there. */
  async settled(): Promise<void> {
    const sent = this.received.filter(({ command }) => command === 'pong').length;
    this.send('ping', new Uint8Array(8));
    await eventually('the node answers a ping', () => this.received.filter(({ command }) => command === 'pong').length > sent);
  }

  /** Whether the connection has ended. */
  get isOver(): boolean {
    return this.#socket.closed;
  }

  /** Waits until the node hangs up. */
  async hungUp(): Promise<void> {
    await inTime('the node hangs up', this.#closed);
  }

  /** Hangs up. */
  close(): void {
    this.#socket.destroy();
  }
}
