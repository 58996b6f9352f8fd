/**
 * Errors of the REST interface: RFC 9457 problem documents, each with a code that stays.
 *
 * @module
 */

import { STATUS_CODES } from 'node:http';
import { Type } from '../schema.ts';

/** Every code with its HTTP status and what it means. */
export const PROBLEMS = {
  'address-invalid': [400, 'The text is no address of this network.'],
  'amount-out-of-range': [400, 'The amount is more than this network can have.'],
  'block-undecodable': [400, 'The bytes are no block.'],
  'json-invalid': [400, 'The body is no JSON, or is nested too deeply.'],
  'request-invalid': [400, 'The request does not have the form that the interface describes; `field` names the part.'],
  'transaction-undecodable': [400, 'The bytes are no transaction.'],
  'login-required': [401, 'This needs a login: the cookie of the data folder, a name and password, or the token of the page.'],
  'host-refused': [403, 'The Host header names a host that this server is not.'],
  'origin-refused': [403, 'The request was made by a page of another site.'],
  'block-not-found': [404, 'No such block is known.'],
  'not-found': [404, 'There is nothing at this path.'],
  'output-not-found': [404, 'No such output is known: it is neither waiting nor in the chain.'],
  'peer-not-found': [404, 'No such peer is connected or kept.'],
  'transaction-not-found': [404, 'The transaction is neither waiting, nor of the wallet, nor in the block that was given.'],
  'index-missing': [409, 'This needs an index that the node was not started with.'],
  'block-not-stored': [409, 'Only the header of this block is known.'],
  'mining-unavailable': [409, 'The miner cannot be started as asked.'],
  'peer-known': [409, 'The connection to this peer is kept already.'],
  'transaction-confirmed': [409, 'The transaction is in a block already.'],
  'wallet-missing': [409, 'This node has no wallet.'],
  'body-too-large': [413, 'The body is longer than this path takes.'],
  'media-type-unsupported': [415, 'The body is of a kind that this path does not take.'],
  'payment-refused': [422, 'The wallet cannot make this payment; `reason` says why.'],
  'transaction-rejected': [422, 'The transaction breaks a rule; `reason` is its name in Bitcoin Core.'],
  busy: [429, 'Too many requests at once; try again after a moment.'],
  'too-many-attempts': [429, 'Too many wrong logins at once; try again after a moment.'],
  'internal-error': [500, 'A bug of this node; its log says more.'],
  'not-ready': [503, 'The node is still opening; try again after a moment.'],
  'node-failed': [500, 'The node could not do it; `detail` says why.'],
} as const satisfies Record<string, readonly [status: number, meaning: string]>;

export type ProblemCode = keyof typeof PROBLEMS;

/** What a problem says besides its code. */
export interface ProblemFacts {
  /** What happened this time, in a sentence. */
  readonly detail?: string | undefined;
  /** The part of the request that is wrong. */
  readonly field?: string | undefined;
  /** Core's word for a broken rule, or the wallet's. */
  readonly reason?: string | undefined;
}

/** Thrown by a route to answer with a problem. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';
  readonly code: ProblemCode;
  readonly facts: ProblemFacts;

  constructor(code: ProblemCode, facts: ProblemFacts = {}) {
    super(facts.detail ?? PROBLEMS[code][1]);
    this.code = code;
    this.facts = facts;
  }
}

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** Seconds after which a caller that was refused as too much may try again. */
export const RETRY_AFTER_SECONDS = 1;

/** The document of a problem. */
export function problemDocument(code: ProblemCode, facts: ProblemFacts = {}) {
  const [status, meaning] = PROBLEMS[code];
  const { field, reason } = facts;
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: facts.detail ?? meaning,
    code,
    ...(field === undefined ? {} : { field }),
    ...(reason === undefined ? {} : { reason }),
  };
}

/** Headers that go with a problem. */
export function problemHeaders(code: ProblemCode): Record<string, string> {
  const [status] = PROBLEMS[code];
  return {
    'content-type': PROBLEM_MEDIA_TYPE,
    ...(status === 429 ? { 'retry-after': String(RETRY_AFTER_SECONDS) } : {}),
    ...(status === 401 ? { 'www-authenticate': 'Basic realm="quoin"' } : {}),
  };
}

export const PROBLEM = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: 'What happened, in a sentence.' }),
    code: Type.Enum(Object.keys(PROBLEMS) as ProblemCode[], { description: 'Stays the same from version to version.' }),
    field: Type.Optional(Type.String({ description: 'The part of the request that is wrong.' })),
    reason: Type.Optional(Type.String({ description: "Bitcoin Core's word for a broken rule, or the wallet's." })),
  },
  { additionalProperties: false },
);

/** Whether the client went away in the middle of its request, which is no one's fault here. */
export function isAborted(error: unknown): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === 'ECONNRESET';
}
