import type { NetworkInterfaceInfo } from 'node:os';
import { toNetworkAddress } from '../../core/wire/network-address.ts';
import { parseSubnet, type Subnet, subnetContains } from '../../core/wire/subnet.ts';
import { scopeOf } from '../../engine/sync/address-scope.ts';
import type { Link } from './multicast.ts';

/** Links that are spoken on at most: a machine of many containers has one for each. */
export const LINKS_MAX = 16;

/** A link, and which hosts are on it. */
export interface FoundLink extends Link {
  readonly family: 'ipv4' | 'ipv6';
  readonly subnet: Subnet;
}

/**
 * The links that nodes are looked for on: by each interface one, of its first private or link-local IPv4 address, or of its link-local IPv6
 * address where it has none. Who has a public address there is on no subnet of its own.
 *
 * @param interfaces - as `os.networkInterfaces` tells them
 * @param only - our address to be called at; one that stands for all of a family, or undefined: any
 */
export function linksOf(interfaces: NodeJS.Dict<readonly NetworkInterfaceInfo[]>, only: string | undefined): FoundLink[] {
  const links: FoundLink[] = [];
  for (const [name, infos = []] of Object.entries(interfaces)) {
    const found = infos.flatMap((info) => linkOf(name, info, only) ?? []);
    const link = found.find(({ family }) => family === 'ipv4') ?? found[0];
    if (link !== undefined && links.length < LINKS_MAX) links.push(link);
  }
  return links;
}

function linkOf(name: string, info: NetworkInterfaceInfo, only: string | undefined): FoundLink | undefined {
  const address = toNetworkAddress(info.address, 1);
  const subnet = info.cidr === null ? undefined : parseSubnet(info.cidr);
  if (info.internal || address === undefined || subnet === undefined || scopeOf(address) !== 'private') return undefined;
  // One address alone is the end of a tunnel.
  if (subnet.prefixBits === address.bytes.length * 8) return undefined;
  if (address.network === 'ipv4') {
    if (only !== undefined && only !== '::' && only !== '0.0.0.0' && only !== info.address) return undefined;
    return { name, host: info.address, addresses: [address.bytes], family: 'ipv4', subnet };
  }
  // Multicast DNS goes over link-local addresses there; others of the interface come with a router.
  if (!isLinkLocal(address.bytes) || (only !== undefined && only !== '::' && only !== info.address)) return undefined;
  return { name, host: `${info.address}%${name}`, addresses: [address.bytes], family: 'ipv6', subnet };
}

function isLinkLocal(bytes: Uint8Array): boolean {
  return bytes[0] === 0xfe && ((bytes[1] ?? 0) & 0xc0) === 0x80;
}

/** The link that a host is on; undefined for one that is on none: its words came from afar, and are not for us (RFC 6762, section 11). */
export function linkTo<T extends FoundLink>(links: Iterable<T>, host: string): T | undefined {
  const [plain = '', zone] = host.split('%');
  const address = toNetworkAddress(plain, 1);
  if (address === undefined) return undefined;
  for (const link of links) {
    const isThere = link.family === address.network && (zone === undefined || zone === link.name);
    if (isThere && subnetContains(link.subnet, address)) return link;
  }
  return undefined;
}
