/**
 * Asks a JSON-RPC server: this node's, or any that speaks as Bitcoin Core's does.
 *
 * @module
 */

import { type IncomingMessage, request } from 'node:http';
import { JsonObject, type JsonValue } from './json-number.ts';
import { JsonError, parseJsonBytes } from './json-parse.ts';
import { type JsonOutput, writeJson } from './json-write.ts';

/** Longest silence before a call is given up, as bitcoin-cli: mining and reading the coin set take long. */
const TIMEOUT_MS_DEFAULT = 900_000;

/** Most bytes of one answer: hexadecimal of the largest block is 8 MB, taken apart it is some ten times that. */
const ANSWER_SIZE_MAX = 512 * 1024 * 1024;

/** An error that the server answered with. */
export class RpcCallError extends Error {
  override readonly name = 'RpcCallError';
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** Why there is no answer: nobody is there, the login is wrong, or it is no JSON-RPC. */
export type RpcConnectionProblem = 'unreachable' | 'login' | 'answer';

/** No answer: nothing listens there, the login is wrong, or what came is no JSON-RPC. The message says what to do. */
export class RpcConnectionError extends Error {
  override readonly name = 'RpcConnectionError';
  readonly problem: RpcConnectionProblem;

  constructor(message: string, options: { readonly problem?: RpcConnectionProblem; readonly cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.problem = options.problem ?? 'answer';
  }
}

export interface RpcClientOptions {
  readonly host: string;
  readonly port: number;
  /** `user:password`, also as it stands in a cookie file. */
  readonly credentials: string;
  readonly timeoutMs?: number;
}

/** Arguments by position, or by name; `args` in the latter gives the first ones by position. */
export type RpcParams = readonly JsonOutput[] | { readonly [name: string]: JsonOutput };

async function readAll(response: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > ANSWER_SIZE_MAX) throw new RpcConnectionError(`the answer is longer than ${ANSWER_SIZE_MAX} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** One connection's worth of calls to one server. */
export class RpcClient {
  readonly #options: RpcClientOptions;
  #lastId = 0;

  constructor(options: RpcClientOptions) {
    this.#options = options;
  }

  /**
   * Calls a method.
   *
   * @returns its result, with the digits of its numbers
   * @throws RpcCallError where the server refuses, RpcConnectionError where it does not answer
   */
  async call(method: string, params: RpcParams = []): Promise<JsonValue> {
    const id = ++this.#lastId;
    const reply = await this.#post(writeJson({ jsonrpc: '2.0', id, method, params }));
    if (!(reply instanceof JsonObject)) throw new RpcConnectionError('the server answered with something else than a JSON-RPC reply');
    const error = reply.members.get('error');
    if (error instanceof JsonObject) {
      throw new RpcCallError(Number(error.members.get('code')), String(error.members.get('message')));
    }
    const result = reply.members.get('result');
    if (result === undefined) throw new RpcConnectionError('the server answered without a result');
    return result;
  }

  async #post(body: string): Promise<JsonValue> {
    const { host, port } = this.#options;
    let response: { readonly status: number; readonly body: Uint8Array };
    try {
      response = await this.#exchange(body);
    } catch (error) {
      if (error instanceof RpcConnectionError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new RpcConnectionError(`no answer from ${host}:${port} (${reason}); is the node running?`, {
        problem: 'unreachable',
        cause: error,
      });
    }
    const { status } = response;
    if (status === 401)
      throw new RpcConnectionError(`${host}:${port} does not accept this login; use the cookie file of its data folder`, {
        problem: 'login',
      });
    if (status === 403) throw new RpcConnectionError(`${host}:${port} does not answer requests from here`);
    try {
      return parseJsonBytes(response.body);
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
      throw new RpcConnectionError(`${host}:${port} answered with status ${status} and no JSON`);
    }
  }

  #exchange(body: string): Promise<{ readonly status: number; readonly body: Uint8Array }> {
    const { credentials, host, port, timeoutMs = TIMEOUT_MS_DEFAULT } = this.#options;
    const bytes = Buffer.from(body);
    const headers = { 'content-type': 'application/json', 'content-length': bytes.length };
    return new Promise((resolve, reject) => {
      const outgoing = request({ host, port, auth: credentials, method: 'POST', path: '/', headers, timeout: timeoutMs }, (response) => {
        readAll(response).then((answer) => resolve({ status: response.statusCode ?? 0, body: answer }), reject);
      });
      outgoing.on('timeout', () => outgoing.destroy(new Error(`silent for ${timeoutMs} ms`)));
      outgoing.on('error', reject);
      outgoing.end(bytes);
    });
  }
}
