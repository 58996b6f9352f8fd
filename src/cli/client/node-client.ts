/**
 * Finds a running node and talks to it.
 *
 * @module
 */

import { join } from 'node:path';
import type { SocketAddress } from '../../engine/ports/transport.ts';
import { readFileLimited } from '../../platform/store/small-files.ts';
import { CommandError, UsageError } from '../failure.ts';
import type { CLIENT_OPTIONS } from '../options/node-options.ts';
import { dataFolder, loadNetwork } from '../options/place.ts';
import type { Settings } from '../options/settings.ts';
import { parsePeerAddress } from '../options/values.ts';
import { type HttpAnswer, sendRequest } from './http-request.ts';
import { isProcessRunning, readNodeNote } from './node-note.ts';

/** Names of the built-in networks: their folders are known without loading them. */
const BUILT_IN_NAMES: ReadonlySet<string> = new Set(['quoin', 'regtest']);

const COOKIE_SIZE_MAX = 4_096;

/** A node answers its own REST at once, unless it is stuck. */
const REST_IDLE_MS_MAX = 20_000;

/** A running node's HTTP interface. */
export interface NodeClient {
  readonly address: SocketAddress;
  /** `http://host:port`. */
  readonly url: string;
  /** `user:password`. @throws CommandError where none is known */
  login(): string;
  /** GET below `/api/v1/`. @throws CommandError with the node's own words where it refuses */
  get(path: string): Promise<unknown>;
  /** POST below `/api/v1/`, likewise. */
  post(path: string, body: unknown): Promise<unknown>;
}

/** No node runs on the data folder. */
export class NoNodeError extends CommandError {}

/** A client of a node whose place and login are known. */
export function createNodeClient(address: SocketAddress, login: string | undefined): NodeClient {
  const url = `http://${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`;
  const authorization = login === undefined ? undefined : `Basic ${Buffer.from(login, 'utf8').toString('base64')}`;
  const rest = async (method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown> => {
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await sendRequest({ address, method, path: `/api/v1/${path}`, authorization, idleMsMax: REST_IDLE_MS_MAX, ...text });
    refuseLogin(answer, url);
    if (answer.status >= 400) throw new CommandError(`the node refuses: ${problemOf(answer)}`);
    return parseAnswer(answer, url);
  };
  return {
    address,
    url,
    login(): string {
      if (login !== undefined) return login;
      throw new CommandError(
        `no login for ${url} is known: name the node's data folder with --data-dir, or give --rpc-user and --rpc-password`,
      );
    },
    get: (path) => rest('GET', path),
    post: (path, body) => rest('POST', path, body),
  };
}

function refuseLogin({ status }: HttpAnswer, url: string): void {
  if (status === 401 || status === 403) {
    throw new CommandError(
      `the node at ${url} refuses the login: name its data folder with --data-dir, or give --rpc-user and --rpc-password`,
    );
  }
}

function parseAnswer({ body, status }: HttpAnswer, url: string): unknown {
  try {
    return body === '' ? undefined : JSON.parse(body);
  } catch (error) {
    throw new CommandError(`what answers at ${url} (status ${status}) is no quoin node: it sends no JSON`, { cause: error });
  }
}

/** The sentence in an RFC 9457 answer. */
function problemOf({ body, status }: HttpAnswer): string {
  try {
    const problem: unknown = JSON.parse(body);
    if (typeof problem === 'object' && problem !== null) {
      const { detail, title, code } = problem as Record<string, unknown>;
      const words = [detail, title].find((each) => typeof each === 'string');
      if (words !== undefined) return `${words}${typeof code === 'string' ? ` (${code})` : ''}`;
    }
  } catch {
    // Not a problem of ours; its status says enough.
  }
  return `status ${status}`;
}

/** Where a client dials a server that listens on all interfaces. */
function dialable({ host, port }: SocketAddress): SocketAddress {
  if (host === '0.0.0.0') return { host: '127.0.0.1', port };
  return host === '::' ? { host: '::1', port } : { host, port };
}

/** The node's HTTP address by the note in its folder. */
async function addressFromNote(folder: string): Promise<SocketAddress> {
  const note = await readNodeNote(folder);
  const advice = 'start one with "quoin node", or name its folder with --data-dir';
  if (note === undefined) throw new NoNodeError(`no node runs on ${folder}: ${advice}`);
  if (!isProcessRunning(note.pid)) throw new NoNodeError(`no node runs on ${folder} (process ${note.pid} ended without a word): ${advice}`);
  const address = note.http === null ? undefined : parsePeerAddress(note.http.replace(/^http:\/\//, ''));
  if (address === undefined) throw new CommandError(`the node on ${folder} serves no HTTP: start it without --no-http`);
  return dialable(address);
}

/** `user:password` of the cookie file in a data folder, where there is one. */
export function readCookie(folder: string): Promise<string | undefined> {
  return readCookieFile(join(folder, '.cookie'));
}

/** The same of a cookie file elsewhere. */
export async function readCookieFile(path: string): Promise<string | undefined> {
  const bytes = await readFileLimited(path, COOKIE_SIZE_MAX);
  return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8').trim();
}

/**
 * The node that the options mean: at `--rpc-connect`, else the one that runs on the data folder.
 *
 * @throws CommandError where no node runs there
 */
export async function findNode(settings: Settings<typeof CLIENT_OPTIONS>): Promise<NodeClient> {
  const { network, dataDir, rpcConnect, rpcUser, rpcPassword } = settings;
  if ((rpcUser === undefined) !== (rpcPassword === undefined)) throw new UsageError('--rpc-user and --rpc-password go together: give both');
  const known = dataDir !== undefined || network === undefined || BUILT_IN_NAMES.has(network);
  const folder = dataFolder(dataDir, known ? (network ?? 'quoin') : (await loadNetwork(network)).name);
  const address = rpcConnect === undefined ? await addressFromNote(folder) : dialable(rpcConnect);
  const login = rpcUser === undefined ? await cookieFor(address, folder) : `${rpcUser}:${rpcPassword}`;
  return createNodeClient(address, login);
}

/** The cookie is a secret of this machine's: no other host is told it. */
function cookieFor({ host }: SocketAddress, folder: string): Promise<string | undefined> | undefined {
  return host === 'localhost' || host === '::1' || /^127\./.test(host) ? readCookie(folder) : undefined;
}
