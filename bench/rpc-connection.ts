/**
 * A client that costs the measuring process little: one connection, kept open, over which prepared bytes are sent and of whose answers
 * only the length is read, unless somebody wants to see them.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import type { Side } from './sides.ts';

const HEADER_END = '\r\n\r\n';

/** One call, or several in a batch, as the bytes of an HTTP request. */
export function requestBytes(side: Pick<Side, 'http' | 'login'>, body: unknown): Buffer {
  const text = JSON.stringify(body);
  const headers = [
    'POST / HTTP/1.1',
    `Host: ${new URL(side.http).host}`,
    `Authorization: Basic ${Buffer.from(side.login).toString('base64')}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(text)}`,
  ];
  return Buffer.from(headers.join('\r\n') + HEADER_END + text);
}

/** One call by its method's name. */
export function callBytes(side: Pick<Side, 'http' | 'login'>, method: string, ...params: readonly unknown[]): Buffer {
  return requestBytes(side, { jsonrpc: '1.0', id: 1, method, params });
}

/** What is read of an answer. */
interface Answer {
  readonly chunks: Buffer[];
  /** Bytes that are still to come; undefined before the end of the headers. */
  missing: number | undefined;
  readonly resolve: (bytes: Buffer) => void;
  readonly reject: (error: Error) => void;
}

/** An open connection. Asks one thing at a time. */
export class RpcConnection {
  readonly #socket: Socket;
  #answer: Answer | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    socket.on('error', (error) => this.#answer?.reject(error));
    socket.on('close', () => this.#answer?.reject(new Error('the node closed the connection')));
  }

  /** Connects with a node. */
  static async open({ http }: Pick<Side, 'http'>): Promise<RpcConnection> {
    const { hostname, port } = new URL(http);
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    await once(socket, 'connect');
    return new RpcConnection(socket);
  }

  /** Sends a request. @returns the whole answer, headers and body, which must be of status 200 */
  ask(request: Buffer): Promise<Buffer> {
    assert.equal(this.#answer, undefined);
    return new Promise((resolve, reject) => {
      this.#answer = { chunks: [], missing: undefined, resolve, reject };
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #onData(chunk: Buffer): void {
    const answer = this.#answer;
    assert.ok(answer !== undefined, 'nobody asked');
    answer.chunks.push(chunk);
    if (answer.missing === undefined) {
      // Headers come in one piece but for rare cases, in which what came is put together and looked at again.
      const head = answer.chunks.length === 1 ? chunk : Buffer.concat(answer.chunks);
      answer.missing = missingOf(head);
    } else {
      answer.missing -= chunk.length;
    }
    if (answer.missing !== 0) return;
    this.#answer = undefined;
    const bytes = answer.chunks.length === 1 ? chunk : Buffer.concat(answer.chunks);
    if (bytes.toString('latin1', 0, STATUS_OK.length) === STATUS_OK) answer.resolve(bytes);
    else answer.reject(new Error(bytes.toString('latin1')));
  }
}

const STATUS_OK = 'HTTP/1.1 200 ';

/** How many bytes are still to come after those that begin an answer; undefined where its headers have not ended. */
function missingOf(bytes: Buffer): number | undefined {
  const end = bytes.indexOf(HEADER_END);
  if (end < 0) return undefined;
  const length = /\r\ncontent-length: *(\d+)/i.exec(bytes.toString('latin1', 0, end));
  assert.ok(length !== null, 'an answer that says its length');
  return end + HEADER_END.length + Number(length[1]) - bytes.length;
}

/** The body of an answer. */
export function bodyOf(answer: Buffer): unknown {
  return JSON.parse(answer.toString('utf8', answer.indexOf(HEADER_END) + HEADER_END.length));
}
