import { formatHostPort } from '../../../core/wire/ip-text.ts';
import type { NetworkReach } from '../../../engine/ports/proxy.ts';
import { Type } from '../../schema.ts';
import { coins } from '../amount.ts';
import type { RpcMethod } from '../method.ts';
import { servicesHex, servicesNames } from '../render/services.ts';

/** The Bitcoin Core release whose interface this one follows: programs decide by this number what they may ask. */
const CORE_INTERFACE_VERSION = 300000;

/** The networks that programs expect to see. */
const NETWORK_NAMES = ['ipv4', 'ipv6', 'onion', 'i2p', 'cjdns'] as const;

/** A network that this node knows no way into. */
const OUT_OF_REACH: NetworkReach = { reachable: false, proxy: undefined };

function networksJson(reach: Readonly<Partial<Record<string, NetworkReach>>>) {
  return NETWORK_NAMES.map((name) => {
    const { proxy, reachable } = reach[name] ?? OUT_OF_REACH;
    return {
      name,
      limited: !reachable,
      reachable,
      proxy: proxy === undefined ? '' : formatHostPort(proxy.host, proxy.port),
      proxy_randomize_credentials: proxy?.randomizeCredentials === true,
    };
  });
}

/** The middle of what peers say how far their clocks are ahead; 0 without peers. */
function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}

export const getnetworkinfo: RpcMethod = {
  name: 'getnetworkinfo',
  category: 'Network',
  description: 'The state of the node on the peer-to-peer network.',
  params: [],
  result: Type.Object({
    version: Type.Integer({ description: 'The release of Bitcoin Core whose interface this one follows.' }),
    subversion: Type.String({ description: 'The user agent, with the real version.' }),
    protocolversion: Type.Integer(),
    localservices: Type.String(),
    localservicesnames: Type.Array(Type.String()),
    localrelay: Type.Boolean(),
    timeoffset: Type.Integer(),
    networkactive: Type.Boolean(),
    connections: Type.Integer(),
    connections_in: Type.Integer(),
    connections_out: Type.Integer(),
    networks: Type.Array(
      Type.Object({
        name: Type.String(),
        limited: Type.Boolean(),
        reachable: Type.Boolean(),
        proxy: Type.String(),
        proxy_randomize_credentials: Type.Boolean(),
      }),
    ),
    relayfee: Type.Number({ description: 'Coins per 1,000 virtual bytes.' }),
    incrementalfee: Type.Number(),
    localaddresses: Type.Array(Type.Any()),
    warnings: Type.Array(Type.String()),
  }),
  run: ({ node }) => {
    const { network } = node;
    const peers = network.peers();
    const inbound = peers.filter((peer) => peer.inbound).length;
    const mempool = node.mempool.info();
    return {
      version: CORE_INTERFACE_VERSION,
      subversion: network.userAgent,
      protocolversion: network.protocolVersion,
      localservices: servicesHex(network.services),
      localservicesnames: servicesNames(network.services),
      localrelay: network.relaysTransactions,
      timeoffset: medianOf(peers.map((peer) => peer.timeOffsetSeconds)),
      networkactive: network.active(),
      connections: peers.length,
      connections_in: inbound,
      connections_out: peers.length - inbound,
      networks: networksJson(network.reach()),
      relayfee: coins(mempool.minRelayFeeRateSatPerKvb),
      incrementalfee: coins(mempool.incrementalFeeRateSatPerKvb),
      localaddresses: [],
      warnings: [],
    };
  },
};
