import { toHex } from '../../core/base/bytes.ts';
import { sha256 } from '../../core/crypto/sha256.ts';
import { formatHost, type NetworkAddress, type NetworkKind } from '../../core/wire/network-address.ts';
import type { SocketAddress } from '../ports/transport.ts';

/** How far an address reaches: this machine, this site, everywhere. `none`: nobody can be there. */
export type AddressScope = 'loopback' | 'private' | 'public' | 'none';

type Range = readonly [prefix: readonly number[], bits: number, scope: AddressScope];

/** Special ranges of IPv4 (RFC 6890 and its successors). */
const IPV4_RANGES: readonly Range[] = [
  [[0], 8, 'none'],
  [[127], 8, 'loopback'],
  [[10], 8, 'private'],
  [[172, 16], 12, 'private'],
  [[192, 168], 16, 'private'],
  [[169, 254], 16, 'private'],
  [[100, 64], 10, 'private'],
  [[192, 0, 2], 24, 'none'],
  [[198, 51, 100], 24, 'none'],
  [[203, 0, 113], 24, 'none'],
  [[198, 18], 15, 'none'],
  [[224], 3, 'none'],
];

const LOOPBACK_V6 = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];

/** Special ranges of IPv6. */
const IPV6_RANGES: readonly Range[] = [
  [LOOPBACK_V6, 128, 'loopback'],
  [LOOPBACK_V6.slice(0, 15), 120, 'none'],
  [[0xfc], 7, 'private'],
  [[0xfe, 0x80], 10, 'private'],
  [[0x20, 0x01, 0x0d, 0xb8], 32, 'none'],
  [[0x20, 0x01, 0x00, 0x10], 28, 'none'],
  [[0xff], 8, 'none'],
];

function isWithin(bytes: Uint8Array, [prefix, bits]: Range): boolean {
  for (let i = 0; i * 8 < bits; i++) {
    const mask = 0xff & (0xff << Math.max(0, 8 - (bits - i * 8)));
    if (((bytes[i] ?? 0) & mask) !== ((prefix[i] ?? 0) & mask)) return false;
  }
  return true;
}

/** How far an address reaches. Of the overlay networks only the names are known here: they reach everywhere. */
export function scopeOf(address: NetworkAddress): AddressScope {
  // I2P has no ports: 0 is what its addresses say.
  if (address.network === 'unknown' || (address.port === 0 && address.network !== 'i2p')) return 'none';
  if (address.network !== 'ipv4' && address.network !== 'ipv6') return 'public';
  const ranges = address.network === 'ipv4' ? IPV4_RANGES : IPV6_RANGES;
  return ranges.find((range) => isWithin(address.bytes, range))?.[2] ?? 'public';
}

/** First bits of the IPv6 networks that carry IPv4 inside, and where in the address it stands; Teredo's is turned over (RFC 4380). */
const LINKED_IPV4: readonly { readonly range: Range; readonly at: number; readonly mask: number }[] = [
  { range: [[0x20, 0x02], 16, 'public'], at: 2, mask: 0 },
  { range: [[0x20, 0x01, 0, 0], 32, 'public'], at: 12, mask: 0xff },
  { range: [[0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0], 96, 'public'], at: 12, mask: 0 },
];

/** Hurricane Electric gives parts of this network to anybody: it is not one owner. Core has the same exception. */
const SHARED_IPV6: Range = [[0x20, 0x01, 0x04, 0x70], 32, 'public'];

function groupOfIpv6(bytes: Uint8Array): string {
  const linked = LINKED_IPV4.find(({ range }) => isWithin(bytes, range));
  if (linked !== undefined) return `ipv4:${toHex(bytes.slice(linked.at, linked.at + 2).map((byte) => byte ^ linked.mask))}`;
  const group = `ipv6:${toHex(bytes.subarray(0, 4))}`;
  return isWithin(bytes, SHARED_IPV6) ? `${group}${(bytes[4] ?? 0) >> 4}` : group;
}

/**
 * Part of the network that one owner is likely to hold: /16 of IPv4, /32 of IPv6, the first half byte of others (of CJDNS, after the byte
 * that all have), as in Core; an address that is not public stands for itself.
 */
export function groupOf(address: NetworkAddress): string {
  const { network, bytes } = address;
  if (scopeOf(address) !== 'public') return `${network}:${toHex(bytes)}`;
  if (network === 'ipv4') return `ipv4:${toHex(bytes.subarray(0, 2))}`;
  if (network === 'ipv6') return groupOfIpv6(bytes);
  return `${network}:${(bytes[network === 'cjdns' ? 1 : 0] ?? 0) >> 4}`;
}

/** The same for what one site can fill: all addresses that are not public are one group; each DNS seed is one. */
export function siteGroupOf(address: NetworkAddress): string {
  if (isSeedSource(address)) return `seed:${toHex(address.bytes)}`;
  // A port says nothing of where an address is, and sources have none.
  const there = address.port === 0 ? { ...address, port: 1 } : address;
  return scopeOf(there) === 'public' ? groupOf(there) : 'site';
}

/** What stands for a DNS seed as the source of addresses: one of 0.0.0.0/8, from which no connection can come. */
export function seedSource(name: string): NetworkAddress {
  const hash = sha256(Uint8Array.from(name, (character) => character.charCodeAt(0)));
  return { network: 'ipv4', bytes: Uint8Array.of(0, hash[0] ?? 0, hash[1] ?? 0, (hash[2] ?? 0) | 1), port: 0 };
}

/** Whether a source is a DNS seed. */
export function isSeedSource({ network, bytes }: NetworkAddress): boolean {
  return network === 'ipv4' && bytes[0] === 0 && bytes[3] !== 0;
}

/** Stands for a source of which no address is known. */
export const NOWHERE: NetworkAddress = { network: 'ipv6', bytes: new Uint8Array(16), port: 0 };

/**
 * Whether a peer may tell us of an address: public ones everybody may; those of a site only who is there too, those of this machine only who
 * runs on it. So nobody outside can make us call into our own network.
 */
export function mayTell(source: AddressScope, address: AddressScope): boolean {
  if (address === 'public') return true;
  if (address === 'private') return source === 'private' || source === 'loopback';
  return address === 'loopback' && source === 'loopback';
}

/** Key of an address with its port. */
export function addressKey(address: NetworkAddress): string {
  return `${address.network}:${toHex(address.bytes)}:${address.port}`;
}

/** Networks that a socket or a proxy can be told to call. */
export const CALLABLE: ReadonlySet<NetworkKind> = new Set<NetworkKind>(['ipv4', 'ipv6', 'torv3']);

/** What is called at an address; undefined for networks that nobody here can call. */
export function toSocketAddress(address: NetworkAddress): SocketAddress | undefined {
  return CALLABLE.has(address.network) ? { host: formatHost(address), port: address.port } : undefined;
}
