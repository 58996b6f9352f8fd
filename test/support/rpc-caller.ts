/**
 * Calls RPC methods of a fake node, and holds each answer against what its method says of it.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { Errors } from 'typebox/schema';
import { createWasmSecp256k1 } from '../../src/core/crypto/wasm-secp256k1.ts';
import { createRpcHandler, type RpcAnswer } from '../../src/doors/rpc/handler.ts';
import { type JsonOutput, writeJson } from '../../src/doors/rpc/json-write.ts';
import { METHODS } from '../../src/doors/rpc/methods/table.ts';
import type { TSchema } from '../../src/doors/schema.ts';
import { FakeNode } from './fake-node.ts';

const curve = createWasmSecp256k1();

/** A schema in which objects have no members that it does not name: what a method answers is then all in its description. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]));
  return 'properties' in copy && copy.type === 'object' ? { ...copy, additionalProperties: false } : copy;
}

/** What was answered, in one. */
export function answerText({ body }: RpcAnswer): string {
  return typeof body === 'string' ? body : Buffer.concat(body).toString();
}

/** A node and the functions that ask it. */
export function createRpcCaller(node = new FakeNode()) {
  const handler = createRpcHandler(node, { curve });
  const signal = { aborted: false };
  /** The answer to a body as it is. */
  const post = async (text: string): Promise<string> => answerText(await handler({ body: Buffer.from(text), signal }));
  const raw = (method: string, ...params: JsonOutput[]): Promise<string> => post(writeJson({ id: 1, method, params }));
  /** The result, held against what the method says of it. */
  const call = async (method: string, ...params: JsonOutput[]) => {
    const reply = JSON.parse(await raw(method, ...params));
    assert.equal(reply.error, null, JSON.stringify(reply.error));
    const [valid, errors] = Errors(closed(METHODS.get(method)?.result) as TSchema, reply.result);
    assert.ok(valid, `${method}: ${JSON.stringify(errors)} in ${JSON.stringify(reply.result)}`);
    return reply.result;
  };
  const fails = async (code: number, message: string | RegExp, method: string, ...params: JsonOutput[]): Promise<void> => {
    const { error } = JSON.parse(await raw(method, ...params));
    assert.equal(error?.code, code, `${method} ${JSON.stringify(params)}: ${JSON.stringify(error)}`);
    if (typeof message === 'string') assert.equal(error.message, message);
    else assert.match(error.message, message);
  };
  return { node, signal, post, raw, call, fails };
}
