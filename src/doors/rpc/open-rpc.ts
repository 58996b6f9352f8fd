/**
 * The methods as an OpenRPC document, made of what each says about itself, as the help is.
 *
 * @module
 */

import { type TSchema, Type } from '../schema.ts';
import { parameterName, requiredCount } from './arguments.ts';
import type { JsonOutput } from './json-write.ts';
import type { RpcMethod, RpcParameter } from './method.ts';

/** Release of the OpenRPC specification that the document follows. */
const OPENRPC_VERSION = '1.3.2';

function schemaJson(schema: TSchema): JsonOutput {
  return schema as unknown as JsonOutput;
}

/** `isNeeded` says that one is required which follows, or this itself: then something must stand in its place, which may be null. */
function parameterJson(parameter: RpcParameter, isNeeded: boolean): JsonOutput {
  const { description, fallback, required = false, schema } = parameter;
  const text = fallback === undefined || isNeeded ? description : `${description} Without it: ${fallback}.`;
  const accepted = required || !isNeeded ? schema : Type.Union([schema, Type.Null()]);
  return { name: parameterName(parameter), description: text, required: isNeeded, schema: schemaJson(accepted) };
}

/** One method's row. Arguments are taken by name and by position. */
function methodJson(method: RpcMethod): JsonOutput {
  const needed = requiredCount(method.params);
  return {
    name: method.name,
    tags: [{ name: method.category }],
    description: method.description,
    paramStructure: 'either',
    params: method.params.map((parameter, index) => parameterJson(parameter, index < needed)),
    result: { name: 'result', schema: schemaJson(method.result) },
  };
}

/** The whole document, by the names of the methods. */
export function openRpcDocument(methods: Iterable<RpcMethod>, version: string): JsonOutput {
  const rows = [...methods].sort((a, b) => (a.name < b.name ? -1 : 1));
  return { openrpc: OPENRPC_VERSION, info: { title: 'quoin', version }, methods: rows.map(methodJson) };
}
