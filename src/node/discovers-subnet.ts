import { toNetworkAddress } from '../core/wire/network-address.ts';
import { scopeOf } from '../engine/sync/address-scope.ts';
import type { NodeOptions } from './options.ts';

type Relevant = Pick<NodeOptions, 'connect' | 'discovery' | 'listen' | 'network' | 'onlyNetworks' | 'proxies'>;

/**
 * Whether a node looks for others on its subnet, and tells them of itself. Not who calls only those that a user named; not who hides behind a
 * proxy, or leaves out IPv4; and not who is to be seen by its own machine alone, because it listens there, or would by its network's default.
 */
export function discoversSubnet({ connect, discovery, listen, network, onlyNetworks, proxies = {} }: Relevant): boolean {
  const address = listen === undefined ? undefined : toNetworkAddress(listen.host, 1);
  const isLocal = listen === undefined ? !network.listenOnAllInterfaces : address !== undefined && scopeOf(address) === 'loopback';
  const hides = proxies.ipv4 !== undefined || proxies.ipv6 !== undefined || proxies.names !== undefined;
  return discovery && connect.length === 0 && !isLocal && !hides && onlyNetworks?.includes('ipv4') !== false;
}
