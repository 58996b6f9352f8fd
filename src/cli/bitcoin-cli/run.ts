/**
 * `quoin bitcoin-cli`: bitcoin-cli's options, output and exit codes, for a node of ours or any that speaks as Bitcoin Core's does.
 *
 * @module
 */

import { text as readAll } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { RpcCallError, RpcClient, RpcConnectionError } from '../../doors/rpc/client.ts';
import { paramsOfWords, RpcArgumentError, resultText } from '../../doors/rpc/command-line.ts';
import { RPC_ERROR } from '../../doors/rpc/errors.ts';
import { JsonObject, type JsonValue } from '../../doors/rpc/json-number.ts';
import { packageVersion } from '../../platform/system/version.ts';
import { ArgumentError, type Arguments } from '../bitcoind/arguments.ts';
import { CLIENT_OPTIONS } from '../bitcoind/catalog.ts';
import { readArguments } from '../bitcoind/read-arguments.ts';
import { CommandError } from '../failure.ts';
import { infoText } from './info.ts';
import { clientOptions, serverOf } from './place.ts';

/** Between two tries of `-rpcwait`. */
const RETRY_MS = 1_000;

const HELP = `Usage: quoin bitcoin-cli [options] METHOD [PARAMS...]
       quoin bitcoin-cli [options] -named METHOD [NAME=VALUE...]
       quoin bitcoin-cli [options] help [METHOD]

Takes the options of bitcoin-cli, and the same bitcoin.conf as "quoin bitcoind":
${[...CLIENT_OPTIONS.keys()]
  .filter((name) => name.length > 1)
  .map((name) => `  -${name}`)
  .join('\n')}`;

/** Lines of standard input: the password first where it is asked for, then further arguments. */
interface Typed {
  readonly password: string | undefined;
  readonly words: readonly string[];
}

async function readTyped(args: Arguments): Promise<Typed> {
  const wantsPassword = args.switch('stdinrpcpass', false);
  const wantsWords = args.switch('stdin', false);
  if (!wantsPassword && !wantsWords) return { password: undefined, words: [] };
  const lines = (await readAll(process.stdin)).split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  const password = wantsPassword ? (lines.shift() ?? '') : undefined;
  return { password, words: wantsWords ? lines : [] };
}

/** Calls until it is answered, where that is to be waited for: nobody is there yet, has made the cookie, or it is still opening. */
async function calling<Answer>(
  args: Arguments,
  password: string | undefined,
  ask: (client: RpcClient) => Promise<Answer>,
): Promise<Answer> {
  const waits = args.switch('rpcwait', false);
  const limitMs = Math.max(args.whole('rpcwaittimeout', 0), 0) * 1_000;
  const startedMs = performance.now();
  for (;;) {
    try {
      return await ask(new RpcClient(await clientOptions(args, password)));
    } catch (error) {
      const isLate = limitMs > 0 && performance.now() - startedMs >= limitMs;
      if (!waits || isLate || !isPassing(error)) throw error;
      await delay(RETRY_MS);
    }
  }
}

function isPassing(error: unknown): boolean {
  if (error instanceof RpcConnectionError) return error.problem === 'unreachable';
  return error instanceof RpcCallError ? error.code === RPC_ERROR.IN_WARMUP : error instanceof ArgumentError;
}

/** `-getinfo`. */
async function info(client: RpcClient): Promise<string> {
  const network = await client.call('getnetworkinfo');
  const chain = await client.call('getblockchaininfo');
  if (network instanceof JsonObject && chain instanceof JsonObject) return infoText(network, chain);
  throw new RpcConnectionError('what answers is no node');
}

/** `-generate`: blocks for the wallet's next address. */
async function generate(client: RpcClient, words: readonly string[]): Promise<string> {
  const [count = '1', ...more] = words;
  const address = (await client.call('getnewaddress')) as JsonValue;
  const blocks = await client.call('generatetoaddress', paramsOfWords('generatetoaddress', [count, String(address), ...more], false));
  return resultText(
    new JsonObject(
      new Map([
        ['address', address],
        ['blocks', blocks],
      ]),
    ),
  );
}

/** What is asked, as bitcoin-cli's words mean it. @throws ArgumentError where no method is named */
function asking(args: Arguments, typed: Typed): (client: RpcClient) => Promise<string> {
  const words = [...args.words, ...typed.words];
  if (args.switch('getinfo', false)) return info;
  if (args.switch('generate', false)) return (client) => generate(client, words);
  const [method, ...rest] = words;
  if (method === undefined) throw new ArgumentError('too few parameters (need at least command)');
  return async (client) => resultText(await client.call(method, paramsOfWords(method, rest, args.switch('named', false))));
}

/** The last words of a call that failed, and its exit code: the error's own, without its sign. */
function endingOf(error: unknown, args: Arguments | undefined): unknown {
  const fail = (text: string, exitCode = 1): CommandError => new CommandError(text, { exitCode, verbatim: true, cause: error });
  if (error instanceof RpcCallError) return fail(`error code: ${error.code}\nerror message:\n${error.message}`, Math.abs(error.code));
  if (error instanceof RpcConnectionError && error.problem === 'unreachable' && args !== undefined) {
    const { host, port } = serverOf(args);
    return fail(
      `error: timeout on transient error: Could not connect to the server ${host}:${port}\n\n` +
        'Make sure the bitcoind server is running and that you are connecting to the correct RPC port.\n' +
        'Use "bitcoin-cli -help" for more info.',
    );
  }
  if (error instanceof RpcConnectionError && error.problem === 'login') {
    return fail('error: Authorization failed: Incorrect rpcuser or rpcpassword');
  }
  if (error instanceof ArgumentError && args === undefined) return fail(error.message);
  if (error instanceof ArgumentError || error instanceof RpcArgumentError || error instanceof RpcConnectionError) {
    return fail(`error: ${error.message}`);
  }
  return error;
}

/** `quoin bitcoin-cli`. @throws CommandError with bitcoin-cli's words */
export async function runBitcoinCli(line: readonly string[]): Promise<void> {
  let args: Arguments | undefined;
  try {
    const read = await readArguments(CLIENT_OPTIONS, line);
    const asked = ['help', 'h', '?'].some((name) => read.switch(name, false));
    if (asked || read.switch('version', false)) {
      process.stdout.write(`${asked ? HELP : `quoin RPC client version v${packageVersion()}`}\n`);
      return;
    }
    args = read;
    const typed = await readTyped(read);
    const text = await calling(read, typed.password, asking(read, typed));
    if (text !== '') process.stdout.write(`${text}\n`);
  } catch (error) {
    throw endingOf(error, args);
  }
}
