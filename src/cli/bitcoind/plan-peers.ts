import { isIP } from 'node:net';
import type { PermissionGrant } from '../../engine/ports/permissions.ts';
import { CALLED_NETWORKS, type CalledNetwork, type Proxies, type SocksProxy } from '../../engine/ports/proxy.ts';
import type { ListenAddress } from '../../engine/ports/transport.ts';
import type { NodeOptions } from '../../node/options.ts';
import { implicitPermissions, readGrant, readPermissions } from '../options/permissions.ts';
import { ArgumentError, type Arguments } from './arguments.ts';
import { hostAndPort } from './values.ts';

const PROXY_PORT_DEFAULT = 9050;

/** Bytes of a unit: small letters count in thousands, large ones in 1,024s. Core's `ParseByteUnits`. */
const UNITS: Readonly<Record<string, number>> = {
  ...{ k: 1e3, m: 1e6, g: 1e9, t: 1e12 },
  ...{ K: 1_024, M: 1_024 ** 2, G: 1_024 ** 3, T: 1_024 ** 4 },
};

function implicitOf(args: Arguments): ReturnType<typeof implicitPermissions> {
  const relay = args.switch('whitelistrelay', !args.switch('blocksonly', false));
  return implicitPermissions({ relay, forceRelay: args.switch('whitelistforcerelay', false) });
}

/** `-whitelist`. @throws ArgumentError in bitcoind's words */
function whitelistOf(args: Arguments): readonly PermissionGrant[] {
  const texts = args.list('whitelist').filter((text) => text !== '0');
  const implicit = implicitOf(args);
  return texts.map((text) => {
    const grant = readGrant(text, implicit);
    if ('problem' in grant) throw new ArgumentError(grant.problem);
    return grant;
  });
}

/** `-whitebind`: places where everybody who comes in has permissions. @throws ArgumentError in bitcoind's words */
export function whiteBinds(args: Arguments): readonly ListenAddress[] {
  return args.list('whitebind').map((text) => {
    const said = readPermissions(text);
    if ('problem' in said) throw new ArgumentError(said.problem);
    if (said.outbound) throw new ArgumentError('whitebind may only be used for incoming connections ("out" was passed)');
    const address = hostAndPort(said.place, 0);
    const host = address?.host === 'localhost' ? '127.0.0.1' : address?.host;
    if (address === undefined || host === undefined || isIP(host) === 0) {
      throw new ArgumentError(`Cannot resolve -whitebind address: '${said.place}'`);
    }
    if (address.port === 0) throw new ArgumentError(`Need to specify a port with -whitebind: '${said.place}'`);
    return { host, port: address.port, permissions: said.permissions === 'implicit' ? implicitOf(args) : said.permissions };
  });
}

/** A proxy; undefined where it is said that there is none. @throws ArgumentError */
function proxyAt(name: 'proxy' | 'onion', text: string, randomizeCredentials: boolean): SocksProxy | undefined {
  if (text === '' || text === '0') return undefined;
  const address = hostAndPort(text, PROXY_PORT_DEFAULT);
  const host = address?.host === 'localhost' ? '127.0.0.1' : address?.host;
  if (address === undefined || host === undefined || isIP(host) === 0) {
    throw new ArgumentError(`Invalid -${name} address or hostname: '${text}'`);
  }
  return { host, port: address.port, randomizeCredentials };
}

/** `-proxy=ADDR`, `-proxy=ADDR=NETWORK` and `-onion`; a later one counts more. @throws ArgumentError in bitcoind's words */
function proxiesOf(args: Arguments): Proxies {
  const proxies: Partial<Record<CalledNetwork | 'names', SocksProxy>> = {};
  const set = (names: readonly (CalledNetwork | 'names')[], proxy: SocksProxy | undefined): void => {
    for (const name of names) {
      if (proxy === undefined) delete proxies[name];
      else proxies[name] = proxy;
    }
  };
  const randomizes = args.switch('proxyrandomize', true);
  for (const text of args.list('proxy')) {
    const [, plain = '', network] = /^(.*?)(?:=([^=]*))?$/.exec(text) ?? [];
    const proxy = proxyAt('proxy', plain, randomizes);
    if (network === undefined) set([...CALLED_NETWORKS, 'names'], proxy);
    else if (network === 'tor' || network === 'onion') set(['onion'], proxy);
    else if (network === 'ipv4' || network === 'ipv6') set([network, 'names'], proxy);
    else if (network !== 'cjdns') throw new ArgumentError(`Unrecognized network in -proxy='${text}': '${network}'`);
  }
  const onion = args.value('onion');
  if (onion !== undefined) set(['onion'], onion === false ? undefined : proxyAt('onion', onion, randomizes));
  return proxies;
}

/** `-onlynet`. @throws ArgumentError in bitcoind's words */
function networksOf(args: Arguments, proxies: Proxies): readonly CalledNetwork[] | undefined {
  if (!args.has('onlynet')) return undefined;
  const names = args.list('onlynet').map((text) => text.toLowerCase());
  const networks = names.map((name) => {
    const network = CALLED_NETWORKS.find((each) => each === name);
    if (network === undefined && name !== 'i2p' && name !== 'cjdns')
      throw new ArgumentError(`Unknown network specified in -onlynet: '${name}'`);
    return network;
  });
  if (networks.includes('onion') && proxies.onion === undefined) {
    const isForbidden = args.has('onion');
    const why = isForbidden ? 'explicitly forbidden: -onion=0' : 'not provided: none of -proxy, -onion or -listenonion is given';
    const words = 'Outbound connections restricted to Tor (-onlynet=onion) but the proxy for reaching the Tor network is';
    throw new ArgumentError(`${words} ${why}`);
  }
  return networks.filter((network) => network !== undefined);
}

/** Bytes of `-maxuploadtarget`, in MiB unless a unit is said. @throws ArgumentError in bitcoind's words */
function uploadTargetOf(args: Arguments): number {
  const value = args.value('maxuploadtarget');
  if (value === undefined || value === false) return 0;
  const [, digits = '', unit = 'M'] = /^(\d{1,15})([kKmMgGtT])?$/.exec(value) ?? [];
  const bytes = digits === '' ? Number.NaN : Number(digits) * (UNITS[unit] ?? 1);
  if (!Number.isSafeInteger(bytes)) throw new ArgumentError(`Unable to parse -maxuploadtarget: '${value}'`);
  return bytes;
}

/** Who may do what, and by which way others are called. @throws ArgumentError in bitcoind's words */
export function planPeers(args: Arguments): Pick<NodeOptions, 'whitelist' | 'proxies' | 'onlyNetworks' | 'uploadTargetBytes'> {
  const proxies = proxiesOf(args);
  const onlyNetworks = networksOf(args, proxies);
  return {
    whitelist: whitelistOf(args),
    uploadTargetBytes: uploadTargetOf(args),
    proxies,
    ...(onlyNetworks && { onlyNetworks }),
  };
}
