import { isIP } from 'node:net';
import { parseOnion } from '../../core/wire/onion-text.ts';
import type { CalledNetwork, Proxies } from '../../engine/ports/proxy.ts';
import type { ListenAddress, SocketAddress } from '../../engine/ports/transport.ts';
import type { NodeOptions } from '../../node/options.ts';
import { UsageError } from '../failure.ts';
import type { PEER_OPTIONS } from '../options/peer-options.ts';
import { implicitPermissions, readGrant, readPermissions } from '../options/permissions.ts';
import type { Settings } from '../options/settings.ts';
import { parseSocketAddress } from '../options/values.ts';

const BYTES_PER_MIB = 1_048_576;

/** Of `--max-connections`, what is kept for those whom the node calls: 8 for everything, 2 for blocks, 1 to try others. */
const CALLED_PLACES = 11;
const CALLED = { outbound: 8, blockRelay: 2 };

/** What may be done where only the place is said. */
const IMPLICIT = implicitPermissions({ relay: true, forceRelay: false });

/** What was said about peers. */
type PeersSaid = Partial<Settings<typeof PEER_OPTIONS>>;

/** A comma parts the values of one option, so permissions stand with a plus between them. */
function withCommas(text: string): string {
  const at = text.indexOf('@');
  return at < 0 ? text : text.slice(0, at).replaceAll('+', ',') + text.slice(at);
}

function whitelistOf({ whitelist = [] }: PeersSaid): NodeOptions['whitelist'] {
  return whitelist.map((text) => {
    const grant = readGrant(withCommas(text), IMPLICIT);
    if ('problem' in grant) throw new UsageError(`--whitelist "${text}": ${grant.problem}`);
    return grant;
  });
}

/** Where everybody who comes in has permissions. @throws UsageError */
export function whiteBindsOf({ whitebind = [] }: PeersSaid): readonly ListenAddress[] {
  return whitebind.map((text) => {
    const said = readPermissions(withCommas(text));
    const address = 'problem' in said || said.outbound ? undefined : parseSocketAddress(said.place);
    if ('problem' in said || address === undefined || isIP(address.host) === 0) {
      throw new UsageError(`--whitebind "${text}": takes permissions and the IP and port to listen on, for instance noban@127.0.0.1:7433`);
    }
    return { ...address, permissions: said.permissions === 'implicit' ? IMPLICIT : said.permissions };
  });
}

function connectionsOf({ maxConnections: max }: PeersSaid): NodeOptions['connections'] {
  if (max === undefined) return undefined;
  const outbound = Math.min(CALLED.outbound, max);
  return { outbound, blockRelay: Math.min(CALLED.blockRelay, max - outbound), inbound: Math.max(max - CALLED_PLACES, 0) };
}

/** By which proxies nodes are called. */
function proxiesOf({ noProxyRandomize, onion, proxy }: PeersSaid): Proxies {
  const one = (address: SocketAddress) => ({ ...address, randomizeCredentials: noProxyRandomize !== true });
  const all = proxy && one(proxy);
  const tor = onion === undefined ? all : one(onion);
  return { ...(all && { ipv4: all, ipv6: all, names: all }), ...(tor && { onion: tor }) };
}

function networksOf({ onlyNet }: PeersSaid, proxies: Proxies): readonly CalledNetwork[] | undefined {
  if (onlyNet?.includes('onion') === true && proxies.onion === undefined) {
    throw new UsageError('--only-net onion: give the proxy to Tor too, by --onion or --proxy');
  }
  return onlyNet;
}

/** Whether a host is looked up by nobody here: an onion service's name, or any where a proxy looks names up. */
export function isForProxy(host: string, { proxy }: PeersSaid): boolean {
  return proxy !== undefined || parseOnion(host) !== undefined;
}

/** Who may do what, how many there may be, and how others are called. @throws UsageError */
export function planPeers(
  said: PeersSaid,
): Pick<NodeOptions, 'alsoListen' | 'connections' | 'whitelist' | 'proxies' | 'onlyNetworks' | 'uploadTargetBytes'> {
  const proxies = proxiesOf(said);
  const onlyNetworks = networksOf(said, proxies);
  const connections = connectionsOf(said);
  const whitelist = whitelistOf(said);
  return {
    alsoListen: whiteBindsOf(said),
    ...(connections && { connections }),
    ...(whitelist && { whitelist }),
    uploadTargetBytes: (said.maxUpload ?? 0) * BYTES_PER_MIB,
    proxies,
    ...(onlyNetworks && { onlyNetworks }),
  };
}
