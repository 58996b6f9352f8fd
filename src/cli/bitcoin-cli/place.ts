import { resolve } from 'node:path';
import { findNetwork } from '../../core/params/networks.ts';
import type { RpcClientOptions } from '../../doors/rpc/client.ts';
import { ArgumentError, type Arguments } from '../bitcoind/arguments.ts';
import { networkFolder } from '../bitcoind/read-arguments.ts';
import { hostAndPort, portOf } from '../bitcoind/values.ts';
import { readCookieFile } from '../client/node-client.ts';

const TIMEOUT_SECONDS_DEFAULT = 900;

/** Where the node is asked. @throws ArgumentError in bitcoin-cli's words */
export function serverOf(args: Arguments): { readonly host: string; readonly port: number } {
  const chain = args.chain();
  const connect = args.text('rpcconnect') ?? '127.0.0.1';
  const said = args.text('rpcport');
  const port = said === undefined ? findNetwork(chain)?.ports.http : portOf(said);
  if (said !== undefined && port === undefined) throw new ArgumentError(`Invalid port provided in -rpcport: ${said}`);
  if (port === undefined) throw new ArgumentError(`Unknown chain ${chain}.`);
  const address = hostAndPort(connect, port);
  if (address === undefined) throw new ArgumentError(`Invalid port provided in -rpcconnect: ${connect}`);
  return said === undefined ? address : { host: address.host, port };
}

/** The login: the one that was given, else the cookie of the node's folder. @throws ArgumentError where there is none */
async function credentialsOf(args: Arguments, password: string | undefined): Promise<string> {
  const secret = password ?? args.text('rpcpassword') ?? '';
  if (secret !== '') return `${args.text('rpcuser') ?? ''}:${secret}`;
  const cookie = await readCookieFile(resolve(networkFolder(args), args.text('rpccookiefile') ?? '.cookie'));
  if (cookie !== undefined) return cookie;
  throw new ArgumentError(
    'Could not locate RPC credentials. No authentication cookie could be found, and RPC password is not set.  ' +
      'See -rpcpassword and -stdinrpcpass.',
  );
}

/** Everything that a call needs. @throws ArgumentError */
export async function clientOptions(args: Arguments, password: string | undefined): Promise<RpcClientOptions> {
  const seconds = Math.max(args.whole('rpcclienttimeout', TIMEOUT_SECONDS_DEFAULT), 0);
  return { ...serverOf(args), credentials: await credentialsOf(args, password), timeoutMs: seconds * 1_000 };
}
