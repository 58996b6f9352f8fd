import { text as readAll } from 'node:stream/consumers';
import { JsonNumber, JsonObject, type JsonValue } from '../../doors/rpc/json-number.ts';
import { parseJson } from '../../doors/rpc/json-parse.ts';
import type { HttpAnswer } from '../client/http-request.ts';
import { findNode } from '../client/node-client.ts';
import { type KnownParameters, namedJson, positionalJson } from '../client/rpc-arguments.ts';
import { CommandError, UsageError } from '../failure.ts';
import type { CLIENT_OPTIONS } from '../options/node-options.ts';
import type { Settings } from '../options/settings.ts';
import { prettyJson } from '../output/json-text.ts';

/** What the methods of this version take; of others all arguments are strings. */
async function parametersOf(method: string): Promise<KnownParameters> {
  const { METHODS } = await import('../../doors/rpc/methods/table.ts');
  return METHODS.get(method)?.params.map(({ name, schema }) => {
    const { type } = schema as { readonly type?: unknown };
    return { names: name.split('|'), kind: type === undefined ? 'either' : type === 'string' ? 'string' : 'json' };
  });
}

/** What a node answers to one request. */
type Reply = { readonly result: JsonValue } | { readonly code: number; readonly message: string };

/** Takes an answer apart. @throws CommandError for one that is no JSON-RPC reply */
export function parseReply(answer: HttpAnswer): Reply {
  let reply: JsonValue = null;
  try {
    reply = parseJson(answer.body);
  } catch {
    // Told below by its status.
  }
  if (!(reply instanceof JsonObject)) throw new CommandError(`the node answers with HTTP status ${answer.status} and no JSON-RPC reply`);
  const error = reply.members.get('error') ?? null;
  if (error instanceof JsonObject) {
    const code = error.members.get('code');
    return { code: code instanceof JsonNumber ? Number(code.text) : Number(code), message: String(error.members.get('message')) };
  }
  if (!reply.members.has('result')) throw new CommandError(`the node answers with HTTP status ${answer.status} and no JSON-RPC reply`);
  return { result: reply.members.get('result') as JsonValue };
}

/** What is printed of a result: nothing for null, a string as it is, all else as JSON. */
export function resultText(result: JsonValue): string | undefined {
  if (result === null) return undefined;
  return typeof result === 'string' ? result : prettyJson(result);
}

/** `quoin rpc`. */
export async function callMethod(call: {
  readonly method: string;
  readonly args: readonly string[];
  readonly named: boolean;
  readonly stdin: boolean;
  readonly settings: Settings<typeof CLIENT_OPTIONS>;
}): Promise<void> {
  const { method, named } = call;
  const flag = call.args.find((arg) => /^--[a-z]/.test(arg));
  if (flag !== undefined) throw new UsageError(`unknown option '${flag}'; "quoin rpc --help" lists them`);
  const lines = call.stdin ? (await readAll(process.stdin)).split(/\r?\n/).filter((line) => line !== '') : [];
  const args = [...call.args, ...lines];
  const node = await findNode(call.settings);
  const known = args.length === 0 ? undefined : await parametersOf(method);
  const params = named ? namedJson(args, known) : positionalJson(args, known);
  const reply = parseReply(await node.rpc(`{"jsonrpc":"2.0","id":1,"method":${JSON.stringify(method)},"params":${params}}`));
  if ('code' in reply) {
    const exitCode = Math.abs(reply.code);
    throw new CommandError(`error code: ${reply.code}`, { exitCode, details: ['error message:', reply.message] });
  }
  const text = resultText(reply.result);
  if (text !== undefined) process.stdout.write(`${text}\n`);
}
