import { BlockList, isIP } from 'node:net';
import { join, resolve } from 'node:path';
import type { NetworkParams } from '../../core/params/types.ts';
import type { SocketAddress } from '../../engine/ports/transport.ts';
import type { DoorPlan } from '../commands/node-doors.ts';
import { ArgumentError, type Arguments } from './arguments.ts';
import { hostAndPort, portOf } from './values.ts';

/** Core's `-rpcworkqueue`, `-rpcthreads` and `-rpcservertimeout`. */
const QUEUE_DEFAULT = 64;
const THREADS_DEFAULT = 16;
const TIMEOUT_SECONDS_DEFAULT = 30;
const TIMEOUT_SECONDS_MAX = 86_400;

const COOKIE_MODES: ReadonlyMap<string, number> = new Map([
  ['owner', 0o600],
  ['group', 0o640],
  ['all', 0o644],
]);

/** The words with which bitcoind ends where the log says the reason. */
const NO_SERVER = 'Unable to start HTTP server. See debug log for details.';

/** A port that was said, else another. @throws ArgumentError */
export function portSaid(args: Arguments, name: string, fallback: number): number {
  const text = args.text(name);
  if (text === undefined) return fallback;
  const port = portOf(text);
  if (port === undefined) throw new ArgumentError(`Invalid port specified in -${name}: '${text}'`);
  return port;
}

/** A netmask's leading ones; undefined where it has others. */
function prefixOfMask(mask: string): number | undefined {
  const bits = mask
    .split('.')
    .map((each) => Number(each).toString(2).padStart(8, '0'))
    .join('');
  return /^1*0*$/.test(bits) ? bits.lastIndexOf('1') + 1 : undefined;
}

/** Adds `1.2.3.4`, `1.2.3.0/24`, `1.2.3.0/255.255.255.0` or the same of IPv6. @returns whether it is one of these */
function addSubnet(allowed: BlockList, text: string): boolean {
  const [host = '', bits, ...more] = text.replace(/^\[(.*)\]$/, '$1').split('/');
  const kind = isIP(host);
  if (kind === 0 || more.length > 0) return false;
  const widest = kind === 4 ? 32 : 128;
  const prefix =
    bits === undefined ? widest : isIP(bits) === 4 && kind === 4 ? prefixOfMask(bits) : /^\d{1,3}$/.test(bits) ? Number(bits) : undefined;
  if (prefix === undefined || prefix > widest) return false;
  allowed.addSubnet(host, prefix, kind === 4 ? 'ipv4' : 'ipv6');
  return true;
}

/** Which addresses may ask: this machine's, and those of `-rpcallowip`. @throws ArgumentError */
export function addressRule(texts: readonly string[]): (address: string) => boolean {
  const allowed = new BlockList();
  allowed.addSubnet('127.0.0.0', 8, 'ipv4');
  allowed.addAddress('::1', 'ipv6');
  for (const text of texts) {
    if (addSubnet(allowed, text)) continue;
    throw new ArgumentError(
      `Invalid -rpcallowip subnet specification: ${text}. Valid values are a single IP (e.g. 1.2.3.4), a network/netmask ` +
        '(e.g. 1.2.3.4/255.255.255.0), a network/CIDR (e.g. 1.2.3.4/24), all ipv4 (0.0.0.0/0), or all ipv6 (::/0).',
    );
  }
  return (address) => {
    const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
    const kind = isIP(plain);
    return kind !== 0 && allowed.check(plain, kind === 4 ? 'ipv4' : 'ipv6');
  };
}

/** What each user may call: `user:method,method`, of several lines for one user what all of them allow. */
export function userRule(lines: readonly string[], byDefault: boolean): NonNullable<DoorPlan['rules']>['allowsUser'] {
  if (lines.length === 0 && !byDefault) return undefined;
  const lists = new Map<string, ReadonlySet<string>>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    const user = colon < 0 ? line : line.slice(0, colon);
    const methods =
      colon < 0
        ? []
        : line
            .slice(colon + 1)
            .split(/[\s,]+/)
            .filter((each) => each !== '');
    const before = lists.get(user);
    lists.set(user, new Set(before === undefined ? methods : methods.filter((each) => before.has(each))));
  }
  return (user) => {
    const list = lists.get(user);
    if (list !== undefined) return (method) => list.has(method);
    return byDefault ? () => false : undefined;
  };
}

/** Where HTTP is served. As Core, it stays on this machine where no other may ask. */
function addresses(args: Arguments, network: NetworkParams): readonly SocketAddress[] {
  const port = portSaid(args, 'rpcport', network.ports.http);
  const named = args.list('rpcbind');
  if (named.length === 0 || !args.has('rpcallowip')) return [{ host: '127.0.0.1', port }];
  return named.map((text) => {
    const address = hostAndPort(text, port);
    if (address === undefined) throw new ArgumentError(`Invalid port specified in -rpcbind: '${text}'`);
    if (address.host === 'localhost') return { host: '127.0.0.1', port: address.port };
    if (isIP(address.host) === 0) throw new ArgumentError(NO_SERVER);
    return address;
  });
}

/** The file with a login made at each start. Who chose a password has none, as Core's. */
function cookieOf(args: Arguments, folder: string): DoorPlan['cookie'] {
  const path = args.value('rpccookiefile');
  if (path === false || (args.text('rpcpassword') ?? '') !== '') return undefined;
  const mode = COOKIE_MODES.get(args.text('rpccookieperms') ?? 'owner');
  if (mode === undefined) throw new ArgumentError(NO_SERVER);
  return { path: path === undefined || path === '' ? join(folder, '.cookie') : resolve(folder, path), mode };
}

/** Who may ask what, and where. @throws ArgumentError in bitcoind's words */
export function planDoors(args: Arguments, network: NetworkParams, folder: string): DoorPlan {
  const [http, ...alsoListen] = addresses(args, network);
  const password = args.text('rpcpassword') ?? '';
  const login = password === '' ? undefined : { user: args.text('rpcuser') ?? '', password };
  const rpcauth = args.list('rpcauth').filter((line) => line !== '');
  if (rpcauth.some((line) => !/^[^:]+:[^$]+\$[0-9a-fA-F]{64}$/.test(line))) throw new ArgumentError(NO_SERVER);
  const allowsAddress = addressRule(args.list('rpcallowip'));
  const whitelist = args.list('rpcwhitelist');
  const allowsUser = userRule(whitelist, args.switch('rpcwhitelistdefault', whitelist.length > 0));
  const requests = Math.max(args.whole('rpcworkqueue', QUEUE_DEFAULT), 1) + Math.max(args.whole('rpcthreads', THREADS_DEFAULT), 1);
  const seconds = Math.min(Math.max(args.whole('rpcservertimeout', TIMEOUT_SECONDS_DEFAULT), 1), TIMEOUT_SECONDS_MAX);
  return {
    http: args.switch('server', true) ? http : undefined,
    login,
    cookie: cookieOf(args, folder),
    rpcauth,
    rules: {
      ...{ alsoListen, allowsAddress, rpcRequestsMax: requests, keepAliveMs: seconds * 1_000 },
      coreRest: args.switch('rest', false),
      ...(allowsUser && { allowsUser }),
    },
  };
}
