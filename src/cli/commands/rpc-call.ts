import { text as readAll } from 'node:stream/consumers';
import { RpcCallError, RpcClient, RpcConnectionError } from '../../doors/rpc/client.ts';
import { paramsOfWords, RpcArgumentError, resultText } from '../../doors/rpc/command-line.ts';
import { findNode } from '../client/node-client.ts';
import { CommandError, UsageError } from '../failure.ts';
import type { CLIENT_OPTIONS } from '../options/node-options.ts';
import type { Settings } from '../options/settings.ts';

/** What an error of a call ends the command with: `bitcoin-cli`'s words and exit code for the node's own, one line for others. */
export function endingOfCall(error: unknown): unknown {
  if (error instanceof RpcCallError) {
    // bitcoin-cli exits with the code without its sign; of a process's exit code the system keeps the last eight bits.
    return new CommandError(`error code: ${error.code}`, { exitCode: Math.abs(error.code), details: ['error message:', error.message] });
  }
  if (error instanceof RpcConnectionError) return new CommandError(error.message, { cause: error });
  return error instanceof RpcArgumentError ? new UsageError(error.message) : error;
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
  const flag = [method, ...call.args].find((arg) => /^--[a-z]/.test(arg));
  if (flag !== undefined) throw new UsageError(`unknown option '${flag}'; "quoin rpc --help" lists them`);
  const lines = call.stdin ? (await readAll(process.stdin)).split(/\r?\n/).filter((line) => line !== '') : [];
  const node = await findNode(call.settings);
  try {
    const params = paramsOfWords(method, [...call.args, ...lines], named);
    const { host, port } = node.address;
    // Mining and reading the whole coin set take as long as they take.
    const text = resultText(await new RpcClient({ host, port, credentials: node.login(), timeoutMs: 0 }).call(method, params));
    if (text !== '') process.stdout.write(`${text}\n`);
  } catch (error) {
    throw endingOfCall(error);
  }
}
