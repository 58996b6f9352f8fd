import type { NetworkKind } from '../../core/wire/network-address.ts';
import { CALLED_NETWORKS, type CalledNetwork, type NetworkReach, type Proxies } from '../ports/proxy.ts';

/** How each network is called: Tor by a proxy alone, and nothing that a user has left out. */
export function reachOf(proxies: Proxies, only: readonly CalledNetwork[] = CALLED_NETWORKS): Readonly<Record<CalledNetwork, NetworkReach>> {
  const one = (name: CalledNetwork): NetworkReach => {
    const proxy = proxies[name];
    return { proxy, reachable: only.includes(name) && (name !== 'onion' || proxy !== undefined) };
  };
  return { ipv4: one('ipv4'), ipv6: one('ipv6'), onion: one('onion') };
}

/** The networks that are called, as addresses name them. */
export function kindsOf(reach: Readonly<Record<CalledNetwork, NetworkReach>>): ReadonlySet<NetworkKind> {
  const names = CALLED_NETWORKS.filter((name) => reach[name].reachable);
  return new Set(names.map((name): NetworkKind => (name === 'onion' ? 'torv3' : name)));
}
