/**
 * What the routes have in common: formats, arguments of the address, answers and refusals in Core's words (`src/rest.cpp`).
 *
 * @module
 */

import { fromDisplayHex } from '../../core/primitives/ids.ts';
import { type JsonOutput, writeJson } from '../rpc/json-write.ts';
import type { RpcContext } from '../rpc/method.ts';
import { hexOf } from '../rpc/render/numbers.ts';

/** One request. */
export interface RestCall {
  /** Path and query, as they came. */
  readonly target: string;
  /** Empty where there is none. */
  readonly body: Uint8Array;
}

/** What it is answered with. */
export interface RestAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string | Uint8Array;
}

/** A route: `path` is what follows its prefix, without query and format. */
export interface RestRequest extends RestCall {
  readonly path: string;
  /** Undefined where the path ends in none that is known. */
  readonly format: RestFormat | undefined;
}

/** Answers a request whose path begins with the route's prefix. */
export type RestRoute = (context: RpcContext, request: RestRequest) => RestAnswer | Promise<RestAnswer>;

const FORMATS = ['bin', 'hex', 'json'] as const;

/** How an answer is written. */
export type RestFormat = (typeof FORMATS)[number];

const PLAIN_TEXT = 'text/plain';

/** A refusal, which a route throws. */
export class RestError extends Error {
  override readonly name = 'RestError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }

  /** As it is sent. */
  get answer(): RestAnswer {
    return { status: this.status, contentType: PLAIN_TEXT, body: `${this.message}\r\n` };
  }
}

/** A request's path without its query, parted from the format at its end. Core's `ParseDataFormat`. */
export function partsOf(call: RestCall, prefix: string): RestRequest {
  const rest = call.target.slice(prefix.length);
  const query = rest.lastIndexOf('?');
  const path = query < 0 ? rest : rest.slice(0, query);
  const dot = path.lastIndexOf('.');
  const suffix = dot < 0 ? undefined : path.slice(dot + 1);
  const format = FORMATS.find((each) => each === suffix);
  // An empty format is cut off too, though it is none.
  return { ...call, path: format !== undefined || suffix === '' ? path.slice(0, dot) : path, format };
}

/** Characters of an address by RFC 3986. */
const ADDRESS = /^(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9a-fA-F]{2})*$/;

/** A parameter of the query; of several with one name the first. */
export function queryParameter({ target }: RestCall, name: string): string | undefined {
  if (!ADDRESS.test(target)) {
    throw new RestError(400, 'URI parsing failed, it likely contained RFC 3986 invalid characters');
  }
  const query = target.indexOf('?');
  return query < 0 ? undefined : (new URLSearchParams(target.slice(query + 1)).get(name) ?? undefined);
}

/** A whole number in digits alone, undefined for any other text. */
export function wholeNumber(text: string): number | undefined {
  return /^\d{1,15}$/.test(text.replace(/^0+(?=\d)/, '')) ? Number(text) : undefined;
}

/** A hash of 64 hexadecimal digits. */
export function hashOf<T extends Uint8Array>(text: string): T {
  const hash = fromDisplayHex<T>(text);
  if (hash === undefined) throw new RestError(400, `Invalid hash: ${text}`);
  return hash;
}

function formatMissing(available: string): RestError {
  return new RestError(404, `output format not found (available: ${available})`);
}

/** The answer in JSON. */
export function jsonAnswer(value: JsonOutput): RestAnswer {
  return { status: 200, contentType: 'application/json', body: `${writeJson(value)}\n` };
}

/** The answer of a route that knows JSON alone. */
export function onlyJson(format: RestFormat | undefined, value: () => JsonOutput): RestAnswer {
  if (format !== 'json') throw formatMissing('json');
  return jsonAnswer(value());
}

/** Text on one line. */
export function textAnswer(text: string): RestAnswer {
  return { status: 200, contentType: PLAIN_TEXT, body: `${text}\n` };
}

/** Bytes as they are, or in hexadecimal. */
export function bytesAnswer(format: 'bin' | 'hex', bytes: Uint8Array): RestAnswer {
  if (format === 'hex') return textAnswer(hexOf(bytes));
  return { status: 200, contentType: 'application/octet-stream', body: bytes };
}

/** The format of a route that knows all of them. */
export function anyFormat(format: RestFormat | undefined): RestFormat {
  if (format === undefined) throw formatMissing('.bin, .hex, .json');
  return format;
}
