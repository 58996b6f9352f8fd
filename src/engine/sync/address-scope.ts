import { toHex } from '../../core/base/bytes.ts';
import { formatIp } from '../../core/wire/ip-text.ts';
import type { NetworkAddress } from '../../core/wire/network-address.ts';
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
  if (address.port === 0 || address.network === 'unknown') return 'none';
  if (address.network !== 'ipv4' && address.network !== 'ipv6') return 'public';
  const ranges = address.network === 'ipv4' ? IPV4_RANGES : IPV6_RANGES;
  return ranges.find((range) => isWithin(address.bytes, range))?.[2] ?? 'public';
}

/**
 * Part of the network that one owner is likely to hold: /16 of IPv4, /32 of IPv6, the first half byte of others, as in Core; an address that
 * is not public stands for itself.
 */
export function groupOf(address: NetworkAddress): string {
  const { network, bytes } = address;
  if (scopeOf(address) !== 'public') return `${network}:${toHex(bytes)}`;
  if (network === 'ipv4') return `ipv4:${toHex(bytes.subarray(0, 2))}`;
  if (network === 'ipv6') return `ipv6:${toHex(bytes.subarray(0, 4))}`;
  return `${network}:${(bytes[0] ?? 0) >> 4}`;
}

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

/** What a socket is told to call; undefined for networks that need more than a socket. */
export function toSocketAddress(address: NetworkAddress): SocketAddress | undefined {
  if (address.network !== 'ipv4' && address.network !== 'ipv6') return undefined;
  return { host: formatIp(address.bytes), port: address.port };
}
