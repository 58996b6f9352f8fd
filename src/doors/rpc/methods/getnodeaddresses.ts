import { createHash } from 'node:crypto';
import { formatIp } from '../../../core/wire/ip-text.ts';
import type { NetworkAddress } from '../../../core/wire/network-address.ts';
import { Type } from '../../schema.ts';
import { RpcError } from '../errors.ts';
import type { RpcMethod } from '../method.ts';
import { NETWORK_WORDS } from '../render/network-of.ts';

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** RFC 4648 in small letters, without padding. */
function base32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = ((value & 0xff) << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) text += BASE32[(value >> (bits - 5)) & 31];
  }
  return bits === 0 ? text : text + BASE32[(value << (5 - bits)) & 31];
}

/** The name of a version 3 onion service: key, checksum and version (Tor's rend-spec-v3). */
function onionName(key: Uint8Array): string {
  const version = Uint8Array.of(3);
  const checksum = createHash('sha3-256').update('.onion checksum').update(key).update(version).digest().subarray(0, 2);
  return `${base32(Buffer.concat([key, checksum, version]))}.onion`;
}

function hostOf({ network, bytes }: NetworkAddress): string {
  if (network === 'torv3') return onionName(bytes);
  return network === 'i2p' ? `${base32(bytes)}.b32.i2p` : formatIp(bytes);
}

export const getnodeaddresses: RpcMethod = {
  name: 'getnodeaddresses',
  category: 'Network',
  description: 'Addresses of nodes that this one knows, at random. Those that failed often are left out.',
  params: [
    { name: 'count', schema: Type.Integer(), fallback: '1', description: 'How many at most; 0 for all.' },
    { name: 'network', schema: Type.String(), fallback: 'all networks', description: 'Only those of ipv4, ipv6, onion, i2p or cjdns.' },
  ],
  result: Type.Array(
    Type.Object({
      time: Type.Integer({ description: 'When somebody last saw it, seconds since 1970.' }),
      services: Type.Integer(),
      address: Type.String(),
      port: Type.Integer(),
      network: Type.String(),
    }),
  ),
  run: ({ node }, args) => {
    const count = args.has(0) ? args.integer(0) : 1;
    if (count < 0) throw new RpcError('INVALID_PARAMETER', 'Address count out of range');
    const wanted = args.has(1) ? args.string(1).toLowerCase() : undefined;
    if (wanted !== undefined && !Object.values(NETWORK_WORDS).includes(wanted)) {
      throw new RpcError('INVALID_PARAMETER', `Network not recognized: ${args.string(1)}`);
    }
    const wordOf = ({ network }: NetworkAddress): string | undefined => (network === 'unknown' ? undefined : NETWORK_WORDS[network]);
    const known = node.network
      .knownNodes(Number.MAX_SAFE_INTEGER)
      .filter(({ address }) => wanted === undefined || wordOf(address) === wanted);
    return (count === 0 ? known : known.slice(0, count)).map(({ timeSeconds, services, address }) => ({
      time: timeSeconds,
      services,
      address: hostOf(address),
      port: address.port,
      network: wordOf(address),
    }));
  },
};
