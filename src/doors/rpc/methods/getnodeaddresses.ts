import { formatHost, type NetworkKind } from '../../../core/wire/network-address.ts';
import { Type } from '../../schema.ts';
import { RpcError } from '../errors.ts';
import type { RpcMethod } from '../method.ts';
import { NETWORK_WORDS } from '../render/network-of.ts';

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
    const network = Object.entries(NETWORK_WORDS).find(([, word]) => word === wanted)?.[0] as NetworkKind | undefined;
    if (wanted !== undefined && network === undefined) {
      throw new RpcError('INVALID_PARAMETER', `Network not recognized: ${args.string(1)}`);
    }
    const known = node.network.knownNodes(count === 0 ? Number.MAX_SAFE_INTEGER : count, network);
    return known.map(({ timeSeconds, services, address }) => ({
      time: timeSeconds,
      services,
      address: formatHost(address),
      port: address.port,
      network: address.network === 'unknown' ? undefined : NETWORK_WORDS[address.network],
    }));
  },
};
