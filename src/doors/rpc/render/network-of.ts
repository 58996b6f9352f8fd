/**
 * The kind of network that an address belongs to, in the words of `getpeerinfo`.
 *
 * @module
 */

import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { formatIp } from '../../../core/wire/ip-text.ts';
import type { NetworkAddress, NetworkKind } from '../../../core/wire/network-address.ts';

/** Core's words for the networks. */
export const NETWORK_WORDS: Readonly<Record<Exclude<NetworkKind, 'unknown'>, string>> = {
  ipv4: 'ipv4',
  ipv6: 'ipv6',
  torv3: 'onion',
  i2p: 'i2p',
  cjdns: 'cjdns',
};

/** Ranges that no one can be reached at from elsewhere. Core's `CNetAddr::IsRoutable`. */
const NOT_ROUTABLE = new BlockList();
for (const [address, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
] as const) {
  NOT_ROUTABLE.addSubnet(address, bits, 'ipv4');
}
for (const [address, bits] of [
  ['::', 127],
  ['2001:10::', 28],
  ['2001:20::', 28],
  ['2001:db8::', 32],
  ['fc00::', 7],
  ['fe80::', 64],
] as const) {
  NOT_ROUTABLE.addSubnet(address, bits, 'ipv6');
}

/** Of `host:port`, IPv6 in brackets. */
export function networkOf(address: string): string {
  const host = address.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  if (isIPv4(host)) return NOT_ROUTABLE.check(host, 'ipv4') ? 'not_publicly_routable' : 'ipv4';
  if (isIPv6(host)) return NOT_ROUTABLE.check(host, 'ipv6') ? 'not_publicly_routable' : 'ipv6';
  if (host.endsWith('.onion')) return 'onion';
  return host.endsWith('.i2p') ? 'i2p' : 'not_publicly_routable';
}

/** Whether an IP address can be reached from elsewhere. Core's `CNetAddr::IsRoutable`; of other networks every address can. */
export function isRoutable({ bytes, network }: NetworkAddress): boolean {
  return (network !== 'ipv4' && network !== 'ipv6') || !NOT_ROUTABLE.check(formatIp(bytes), network);
}
