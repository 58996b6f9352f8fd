/**
 * Addresses of nodes: as bytes on the wire in both forms (version and `addr`, BIP-155's `addrv2`), and as the text of an IP.
 *
 * @module
 */

import { bytesEqual } from '../base/bytes.ts';
import type { ByteReader } from '../primitives/byte-reader.ts';
import type { ByteWriter } from '../primitives/byte-writer.ts';
import { DecodeError } from '../primitives/decode-error.ts';
import { formatIp, parseIp } from './ip-text.ts';
import { encodeBase32, formatOnion, parseOnion } from './onion-text.ts';

/** A kind of network that BIP-155 names. `unknown`: a kind that it does not, or no longer. */
export type NetworkKind = 'ipv4' | 'ipv6' | 'torv3' | 'i2p' | 'cjdns' | 'unknown';

/** Where a node can be reached. `bytes` are as `addrv2` has them: 4 for IPv4, 16 for IPv6 and CJDNS, 32 for Tor and I2P. */
export interface NetworkAddress {
  readonly network: NetworkKind;
  readonly bytes: Uint8Array;
  readonly port: number;
}

/** A node's address as gossip tells it. */
export interface GossipAddress {
  /** When somebody last saw it, seconds since 1970, unsigned 32 bits. */
  readonly timeSeconds: number;
  readonly services: bigint;
  readonly address: NetworkAddress;
}

/** Most bytes that BIP-155 lets an address have, whatever its network. */
export const ADDRESS_BYTES_MAX = 512;

/** Identifiers and lengths of BIP-155. 3 was Tor's second version, which is gone. */
const NETWORKS: Readonly<Record<number, { readonly network: NetworkKind; readonly sizeBytes: number }>> = {
  1: { network: 'ipv4', sizeBytes: 4 },
  2: { network: 'ipv6', sizeBytes: 16 },
  4: { network: 'torv3', sizeBytes: 32 },
  5: { network: 'i2p', sizeBytes: 32 },
  6: { network: 'cjdns', sizeBytes: 16 },
};

/** The first 12 bytes of an IPv4 address in 16 bytes. */
const IPV4_IN_IPV6 = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff);

/** An address of 16 bytes: an embedded IPv4 address becomes one of its own. */
function fromSixteen(bytes: Uint8Array, port: number): NetworkAddress {
  if (bytesEqual(bytes.subarray(0, 12), IPV4_IN_IPV6)) return { network: 'ipv4', bytes: bytes.slice(12), port };
  return { network: 'ipv6', bytes: bytes.slice(), port };
}

/** An address of an IP's text, or of an onion service's name, and a port; undefined where the text is neither. */
export function toNetworkAddress(host: string, port: number): NetworkAddress | undefined {
  const onion = host.length > 60 ? parseOnion(host) : undefined;
  if (onion !== undefined) return { network: 'torv3', bytes: onion, port };
  const bytes = parseIp(host);
  if (bytes === undefined) return undefined;
  return bytes.length === 4 ? { network: 'ipv4', bytes, port } : fromSixteen(bytes, port);
}

/** The text of an address without its port: an IP, or the name that the network has for it. */
export function formatHost({ network, bytes }: Pick<NetworkAddress, 'network' | 'bytes'>): string {
  if (network === 'torv3') return formatOnion(bytes);
  return network === 'i2p' ? `${encodeBase32(bytes)}.b32.i2p` : formatIp(bytes);
}

/** Whether the older form, 16 bytes, can say it. */
export function fitsLegacyForm(address: NetworkAddress): boolean {
  return address.network === 'ipv4' || address.network === 'ipv6';
}

/** Writes 16 bytes and the port; what does not fit becomes the empty address. */
export function writeLegacyAddress(writer: ByteWriter, address: NetworkAddress): void {
  if (address.network === 'ipv4') writer.raw(IPV4_IN_IPV6).raw(address.bytes);
  else if (address.network === 'ipv6') writer.raw(address.bytes);
  else writer.raw(new Uint8Array(16));
  writer.u16be(address.port);
}

/** Reads 16 bytes and the port. @throws DecodeError */
export function readLegacyAddress(reader: ByteReader): NetworkAddress {
  const bytes = reader.take(16, 'address');
  return fromSixteen(bytes, reader.u16be('address port'));
}

/** Writes an address as `addrv2` has it. `unknown` cannot be written: nobody relays what it does not understand. */
export function writeAddress(writer: ByteWriter, address: NetworkAddress): void {
  const id = Object.keys(NETWORKS).find((each) => NETWORKS[Number(each)]?.network === address.network);
  writer.u8(Number(id)).varBytes(address.bytes).u16be(address.port);
}

/**
 * Reads an address of `addrv2`. A network that BIP-155 does not name is `unknown`, so that the addresses after it are still read.
 *
 * @throws DecodeError also where a known network's address has another length than its own
 */
export function readAddress(reader: ByteReader): NetworkAddress {
  const at = reader.offset;
  const known = NETWORKS[reader.u8('address network')];
  const bytes = reader.varBytes({ what: 'address', max: ADDRESS_BYTES_MAX });
  if (known !== undefined && bytes.length !== known.sizeBytes) {
    throw new DecodeError('address', at, `${bytes.length} bytes where ${known.network} has ${known.sizeBytes}`);
  }
  const port = reader.u16be('address port');
  if (known === undefined) return { network: 'unknown', bytes: bytes.slice(), port };
  // BIP-155: embedded IPv4 must come as IPv4; whoever sends it so is not understood.
  if (known.network === 'ipv6' && fromSixteen(bytes, port).network === 'ipv4') return { network: 'unknown', bytes: bytes.slice(), port };
  return { network: known.network, bytes: bytes.slice(), port };
}

/** Writes a CompactSize of up to 64 bits, the form of services in `addrv2`. */
export function writeWideCompactSize(writer: ByteWriter, value: bigint): void {
  if (value < 0x100000000n) writer.compactSize(Number(value));
  else writer.u8(0xff).u64(value);
}

/** Reads a CompactSize of up to 64 bits in its shortest form. @throws DecodeError */
export function readWideCompactSize(reader: ByteReader, what: string): bigint {
  const at = reader.offset;
  const first = reader.u8(what);
  if (first < 0xfd) return BigInt(first);
  const value = first === 0xfd ? BigInt(reader.u16(what)) : first === 0xfe ? BigInt(reader.u32(what)) : reader.u64(what);
  const least = first === 0xfd ? 0xfdn : first === 0xfe ? 0x10000n : 0x100000000n;
  if (value < least) throw new DecodeError(what, at, 'non-canonical count');
  return value;
}
