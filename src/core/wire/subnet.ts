/**
 * Parts of the network: an IP address, or those that begin with the same bits.
 *
 * @module
 */

import { bytesEqual, compareBytes } from '../base/bytes.ts';
import { formatIp } from './ip-text.ts';
import { type NetworkAddress, toNetworkAddress } from './network-address.ts';

/** IP addresses that begin alike. */
export interface Subnet {
  readonly network: 'ipv4' | 'ipv6';
  /** 4 or 16 bytes; zeros after the bits that count. */
  readonly bytes: Uint8Array;
  /** How many bits count. */
  readonly prefixBits: number;
}

/** An IP address; undefined for any other network. */
type IpAddress = Pick<Subnet, 'network' | 'bytes'>;

function ipOf({ bytes, network }: NetworkAddress): IpAddress | undefined {
  return network === 'ipv4' || network === 'ipv6' ? { network, bytes } : undefined;
}

/** An IP of its text, in brackets or not; IPv4 in IPv6 is IPv4. */
function parseAddress(text: string): IpAddress | undefined {
  const address = toNetworkAddress(/^\[(.*)\]$/.exec(text)?.[1] ?? text, 0);
  return address === undefined ? undefined : ipOf(address);
}

/** The first bits of some bytes, zeros after them. */
function masked(bytes: Uint8Array, prefixBits: number): Uint8Array {
  return bytes.map((byte, index) => byte & (0xff << Math.max(0, 8 - Math.max(0, prefixBits - 8 * index))) & 0xff);
}

/** The bits that a mask such as 255.255.0.0 lets count; undefined where a one follows a zero. */
function bitsOfMask(mask: Uint8Array): number | undefined {
  const bits = Array.from(mask, (byte) => byte.toString(2).padStart(8, '0')).join('');
  return /^1*0*$/.test(bits) ? bits.indexOf('0') + (bits.includes('0') ? 0 : bits.length + 1) : undefined;
}

/** The one address of a subnet. */
export function addressSubnet({ bytes, network }: IpAddress): Subnet {
  return { network, bytes, prefixBits: 8 * bytes.length };
}

/** The subnet of so many bits that an address is in. */
export function subnetOf({ bytes, network }: IpAddress, prefixBits: number): Subnet {
  return { network, bytes: masked(bytes, prefixBits), prefixBits };
}

/** Of an IP alone, with a number of bits (`1.2.3.0/24`) or with a mask (`1.2.3.0/255.255.255.0`); undefined for other texts. */
export function parseSubnet(text: string): Subnet | undefined {
  const slash = text.lastIndexOf('/');
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (address === undefined || slash < 0) return address && addressSubnet(address);
  const rest = text.slice(slash + 1);
  const mask = parseAddress(rest);
  const isMask = mask !== undefined && mask.network === address.network;
  const prefixBits = /^\d{1,3}$/.test(rest) ? Number(rest) : isMask ? bitsOfMask(mask.bytes) : undefined;
  if (prefixBits === undefined || prefixBits > 8 * address.bytes.length) return undefined;
  return subnetOf(address, prefixBits);
}

/** `1.2.3.0/24`. */
export function formatSubnet({ bytes, prefixBits }: Subnet): string {
  return `${formatIp(bytes)}/${prefixBits}`;
}

/** Whether an address is one of a subnet. */
export function subnetContains(subnet: Subnet, address: Pick<NetworkAddress, 'network' | 'bytes'>): boolean {
  return address.network === subnet.network && bytesEqual(masked(address.bytes, subnet.prefixBits), subnet.bytes);
}

/** Order of subnets: IPv4 first, by their bytes, the wider first. */
export function compareSubnets(a: Subnet, b: Subnet): number {
  return a.bytes.length - b.bytes.length || compareBytes(a.bytes, b.bytes) || a.prefixBits - b.prefixBits;
}

/** Whether nobody can have an IP: all zeros, all ones in IPv4, or what is kept for documentation in IPv6. Core's `CNetAddr::IsValid`. */
export function isNobodysAddress({ bytes, network }: IpAddress): boolean {
  if (bytes.every((byte) => byte === 0)) return true;
  if (network === 'ipv4') return bytes.every((byte) => byte === 0xff);
  return bytes[0] === 0x20 && bytes[1] === 0x01 && bytes[2] === 0x0d && bytes[3] === 0xb8;
}
