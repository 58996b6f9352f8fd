/**
 * One JSON-RPC request taken apart, and its reply put together: the forms of JSON-RPC 1 (1.0 and 1.1) and 2.0.
 *
 * @module
 */

import { httpStatusOf, RPC_ERROR, RpcError } from './errors.ts';
import { type JsonBytes, type JsonEncoded, JsonObject, type JsonValue } from './json-number.ts';
import { writeJson } from './json-write.ts';
import { encodeHex, hexOf } from './render/numbers.ts';
import type { SpareBytes } from './spare-bytes.ts';

/** A request with what its reply needs, known as soon as it can be. */
export interface RpcRequest {
  readonly version: 1 | 2;
  /** Undefined where there was none. */
  readonly id: JsonValue | undefined;
  readonly method: string;
  readonly params: readonly JsonValue[] | JsonObject;
}

/** A reply: its HTTP status and its JSON; no JSON for a notification. */
export interface RpcReply {
  readonly status: number;
  readonly text: string | undefined;
}

/** Where a reply goes: a request's version and id, even where the rest of it is wrong. */
export type RpcTarget = Pick<RpcRequest, 'version' | 'id'>;

/** Version and id of anything that was sent as a request. */
export function targetOf(value: JsonValue): RpcTarget {
  if (!(value instanceof JsonObject)) return { version: 1, id: null };
  return { version: value.members.get('jsonrpc') === '2.0' ? 2 : 1, id: value.members.get('id') };
}

/** Whether nobody waits for the answer: JSON-RPC 2.0 without an id. */
export function isNotification(target: RpcTarget): boolean {
  return target.version === 2 && target.id === undefined;
}

/** The rest of a request. @throws RpcError INVALID_REQUEST */
export function parseRequest(value: JsonValue): RpcRequest {
  if (!(value instanceof JsonObject)) throw new RpcError('INVALID_REQUEST', 'Invalid Request object');
  const method = value.members.get('method');
  if (method === undefined || method === null) throw new RpcError('INVALID_REQUEST', 'Missing method');
  if (typeof method !== 'string') throw new RpcError('INVALID_REQUEST', 'Method must be a string');
  const params = value.members.get('params') ?? [];
  if (!Array.isArray(params) && !(params instanceof JsonObject)) {
    throw new RpcError('INVALID_REQUEST', 'Params must be an array or object');
  }
  return { ...targetOf(value), method, params: params as readonly JsonValue[] | JsonObject };
}

function idMember(id: JsonValue | undefined): string {
  return id === undefined ? '' : `,"id":${writeJson(id as JsonObject)}`;
}

/** What stands before and after a result. */
function around(target: RpcTarget): readonly [before: string, after: string] {
  const id = idMember(target.id);
  return target.version === 2 ? ['{"jsonrpc":"2.0","result":', `${id}}`] : ['{"result":', `,"error":null${id}}`];
}

/** The reply with a result that is already JSON. */
export function resultReply(target: RpcTarget, result: string): RpcReply {
  const [before, after] = around(target);
  return { status: 200, text: before + result + after };
}

/** A text as pieces of bytes. */
export interface EncodedText {
  readonly body: readonly Buffer[];
  /** To be called when they are sent and nobody looks at them any more. */
  readonly sent?: () => void;
}

/** The reply with bytes in hexadecimal, as a text or, which is several times as fast, as bytes. */
export class HexReply implements RpcReply {
  readonly status = 200;
  readonly #target: RpcTarget;
  readonly #result: JsonBytes;

  constructor(target: RpcTarget, result: JsonBytes) {
    this.#target = target;
    this.#result = result;
  }

  get text(): string {
    return resultReply(this.#target, `"${hexOf(this.#result.bytes)}"`).text as string;
  }

  /** The text in UTF-8 with a line end. To be made once: the result's bytes may be somebody else's afterwards. */
  encode(spare: SpareBytes): EncodedText {
    const [before, after] = around(this.#target);
    const { bytes, written } = this.#result;
    const [room, sizeBytes] = encodeHex(`${before}"`, bytes, `"${after}\n`, (size) => spare.take(size));
    written?.();
    return { body: [room.subarray(0, sizeBytes)], sent: () => spare.give(room) };
  }
}

/** The reply with JSON that is written as bytes already. */
export class EncodedReply implements RpcReply {
  readonly status = 200;
  readonly #target: RpcTarget;
  readonly #json: JsonEncoded;

  constructor(target: RpcTarget, json: JsonEncoded) {
    this.#target = target;
    this.#json = json;
  }

  get text(): string {
    return resultReply(this.#target, this.#json.text()).text as string;
  }

  /** The text in UTF-8 with a line end, in pieces: a megabyte is not copied to have a few bytes around it. */
  encode(): EncodedText {
    const [before, after] = around(this.#target);
    const { bytes, sent } = this.#json;
    const { buffer, byteOffset, length } = bytes;
    const body = [Buffer.from(before), Buffer.from(buffer, byteOffset, length), Buffer.from(`${after}\n`)];
    return { body, ...(sent && { sent }) };
  }
}

/** The reply with an error. Only JSON-RPC 1, and a request that was none, show it in the HTTP status. */
export function errorReply(target: RpcTarget, error: { readonly code: number; readonly message: string }): RpcReply {
  const id = idMember(target.id);
  const body = writeJson({ code: error.code, message: error.message });
  if (target.version === 1) return { status: httpStatusOf(error.code), text: `{"result":null,"error":${body}${id}}` };
  const status = error.code === RPC_ERROR.INVALID_REQUEST ? 400 : 200;
  return { status, text: `{"jsonrpc":"2.0","error":${body}${id}}` };
}
