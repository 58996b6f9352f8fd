/**
 * Answers JSON-RPC bodies: requests, notifications and batches of them.
 *
 * @module
 */

import { AssertionError } from '../../core/base/assert.ts';
import type { Secp256k1 } from '../../core/crypto/index.ts';
import { DecodeError } from '../../core/primitives/decode-error.ts';
import type { CancelSignal } from '../../engine/ports/cancel-signal.ts';
import { NodeError } from '../../engine/ports/node-error.ts';
import type { NodePort } from '../../engine/ports/node-port.ts';
import { Arguments, checkTypes, positionalArguments, requiredCount } from './arguments.ts';
import { RPC_ERROR, RpcError } from './errors.ts';
import { methodHelp } from './help.ts';
import { JsonBytes, JsonEncoded, JsonObject, type JsonValue } from './json-number.ts';
import { JsonError, parseJsonBytes } from './json-parse.ts';
import { writeJson } from './json-write.ts';
import type { ActiveCommand, RpcContext, RpcMethod } from './method.ts';
import { METHODS } from './methods/table.ts';
import {
  EncodedReply,
  errorReply,
  HexReply,
  isNotification,
  parseRequest,
  type RpcReply,
  type RpcRequest,
  type RpcTarget,
  resultReply,
  targetOf,
} from './request.ts';
import { SpareBytes } from './spare-bytes.ts';

/** Most requests in one batch. */
export const BATCH_REQUESTS_MAX = 10_000;

/** Characters of a batch's answers after which the rest of its requests is refused: V8 makes no string of more than 2^29. */
export const BATCH_ANSWER_LENGTH_MAX = 128 * 1024 * 1024;

/** A batch lets others have their turn after this long. */
const TURN_MS = 8;

/** One HTTP body. */
export interface RpcCall {
  readonly body: Uint8Array;
  /** Says when to give up long work: the server stops. */
  readonly signal: CancelSignal;
  /** Whether who asks may call a method; every one unless given. One that is refused refuses the whole body. */
  readonly allows?: (method: string) => boolean;
}

export interface RpcAnswer {
  /** HTTP status, as Core's. */
  readonly status: number;
  /** JSON with a line end, or empty with status 204 or 403; in pieces of UTF-8 where that is how it was made. */
  readonly body: string | readonly Buffer[];
  /** To be called when the pieces are sent, if that is to be known. */
  readonly sent?: () => void;
}

/** What the HTTP server is given. Who asks is known to it, not here. */
export type RpcHandler = (call: RpcCall) => Promise<RpcAnswer>;

export interface RpcOptions {
  /** The node's curve engine. */
  readonly curve: Secp256k1;
}

const NOBODY: RpcTarget = { version: 1, id: null };

function parametersOf(method: RpcMethod, params: RpcRequest['params']): Arguments {
  const values = params instanceof JsonObject ? positionalArguments(method.params, params) : params;
  if (values.length < requiredCount(method.params) || values.length > method.params.length) {
    throw new RpcError('MISC_ERROR', methodHelp(method));
  }
  checkTypes(method, values);
  return new Arguments(values);
}

/** What a failure looks like from outside. Bugs of ours are not hidden: an assertion goes on to stop the node. */
function publicError(error: unknown, node: NodePort, method: string): { code: number; message: string } {
  if (error instanceof RpcError) return error;
  if (error instanceof NodeError) return { code: RPC_ERROR.MISC_ERROR, message: error.message };
  if (error instanceof DecodeError) return { code: RPC_ERROR.DESERIALIZATION_ERROR, message: error.message };
  if (error instanceof AssertionError) throw error;
  node.log.error('rpc-failed', { method, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  return { code: RPC_ERROR.INTERNAL_ERROR, message: 'Internal error; the log says more' };
}

/** Holds the methods against one node. */
class Dispatcher {
  readonly #node: NodePort;
  readonly #curve: RpcOptions['curve'];
  readonly #active = new Set<ActiveCommand>();
  readonly #spare = new SpareBytes();

  constructor(node: NodePort, options: RpcOptions) {
    this.#node = node;
    this.#curve = options.curve;
  }

  async answer(call: RpcCall): Promise<RpcAnswer> {
    const reply = await this.#replyTo(call);
    if (reply instanceof HexReply || reply instanceof EncodedReply) return { status: reply.status, ...reply.encode(this.#spare) };
    return { status: reply.status, body: reply.text === undefined ? '' : `${reply.text}\n` };
  }

  async #replyTo(call: RpcCall): Promise<RpcReply> {
    let value: JsonValue;
    try {
      value = parseJsonBytes(call.body);
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
      return errorReply(NOBODY, new RpcError('PARSE_ERROR', 'Parse error'));
    }
    if (call.allows !== undefined && !isAllowed(value, call.allows)) return { status: 403, text: undefined };
    if (Array.isArray(value)) return this.#batch(value, call.signal);
    if (!(value instanceof JsonObject)) return errorReply(NOBODY, new RpcError('PARSE_ERROR', 'Top-level object parse error'));
    return this.#single(value, call.signal);
  }

  async #single(value: JsonValue, signal: CancelSignal): Promise<RpcReply> {
    const target = targetOf(value);
    let request: RpcRequest;
    try {
      request = parseRequest(value);
    } catch (error) {
      return errorReply(target, error as RpcError);
    }
    const reply = await this.#run(request, signal);
    return isNotification(target) ? { status: 204, text: undefined } : reply;
  }

  async #batch(requests: readonly JsonValue[], signal: CancelSignal): Promise<RpcReply> {
    if (requests.length > BATCH_REQUESTS_MAX) {
      const error = new RpcError('INVALID_REQUEST', `A batch may have ${BATCH_REQUESTS_MAX} requests, this one has ${requests.length}`);
      return { ...errorReply(NOBODY, error), status: 413 };
    }
    const { clock } = this.#node;
    const replies: string[] = [];
    let length = 0;
    let turnMs = clock.monotonicMs();
    for (const value of requests) {
      const reply = length > BATCH_ANSWER_LENGTH_MAX ? tooMuch(value) : await this.#single(value, signal);
      if (reply.text !== undefined) {
        replies.push(reply.text);
        length += reply.text.length;
      }
      if (clock.monotonicMs() - turnMs >= TURN_MS) {
        await clock.yield();
        turnMs = clock.monotonicMs();
      }
    }
    // As Core: a batch of notifications has no answer, an empty batch an empty one.
    if (replies.length === 0 && requests.length > 0) return { status: 204, text: undefined };
    return { status: 200, text: `[${replies.join(',')}]` };
  }

  async #run(request: RpcRequest, signal: CancelSignal): Promise<RpcReply> {
    const command: ActiveCommand = { method: request.method, startedMs: this.#node.clock.monotonicMs() };
    this.#active.add(command);
    this.#node.log.debug('rpc-asked', { method: request.method });
    try {
      const method = METHODS.get(request.method);
      if (method === undefined) throw new RpcError('METHOD_NOT_FOUND', 'Method not found');
      const result = await method.run(this.#context(signal), parametersOf(method, request.params));
      if (result instanceof JsonBytes) return new HexReply(request, result);
      return result instanceof JsonEncoded ? new EncodedReply(request, result) : resultReply(request, writeJson(result));
    } catch (error) {
      return errorReply(request, publicError(error, this.#node, request.method));
    } finally {
      this.#active.delete(command);
    }
  }

  #context(signal: CancelSignal): RpcContext {
    const shared = { node: this.#node, curve: this.#curve, methods: METHODS, spare: this.#spare };
    return { ...shared, activeCommands: () => [...this.#active], signal };
  }
}

/** Whether every method of a request or a batch may be called. What names no method is answered as such. */
function isAllowed(value: JsonValue, allows: (method: string) => boolean): boolean {
  const requests = Array.isArray(value) ? (value as readonly JsonValue[]) : [value];
  const methods = requests.map((each) => (each instanceof JsonObject ? each.members.get('method') : undefined));
  return methods.every((method) => typeof method !== 'string' || allows(method));
}

function tooMuch(value: JsonValue): RpcReply {
  const error = new RpcError('INTERNAL_ERROR', `The answers of this batch are longer than ${BATCH_ANSWER_LENGTH_MAX} characters`);
  return isNotification(targetOf(value)) ? { status: 204, text: undefined } : errorReply(targetOf(value), error);
}

/** Makes the function that answers JSON-RPC bodies for a node. */
export function createRpcHandler(node: NodePort, options: RpcOptions): RpcHandler {
  const dispatcher = new Dispatcher(node, options);
  return (call) => dispatcher.answer(call);
}
