import { formatHost, type NetworkAddress } from '../../../core/wire/network-address.ts';
import type { PlacedPeer } from '../../../engine/ports/address-book.ts';
import { Type } from '../../schema.ts';
import type { RpcMethod } from '../method.ts';
import { isRoutable, NETWORK_WORDS } from '../render/network-of.ts';

const ENTRY = Type.Object({
  address: Type.String(),
  port: Type.Integer(),
  services: Type.Integer(),
  time: Type.Integer({ description: 'When somebody last saw it, seconds since 1970.' }),
  network: Type.String({ description: 'ipv4, ipv6, onion, i2p, cjdns.' }),
  source: Type.String({ description: 'Who told of it.' }),
  source_network: Type.String(),
});

const TABLE = Type.Record(Type.String({ description: '`bucket/place`.' }), ENTRY);

/** A source's kind: of a DNS seed, which no address is known of, `internal`, as Core says. */
function sourceWord(source: NetworkAddress): string {
  if (source.network === 'ipv4' && source.bytes[0] === 0) return 'internal';
  if (source.network === 'unknown' || !isRoutable(source)) return 'not_publicly_routable';
  return NETWORK_WORDS[source.network];
}

function entryOf({ address, lastSeenSeconds, services, source }: PlacedPeer) {
  return {
    address: formatHost(address),
    port: address.port,
    services: Number(services),
    time: lastSeenSeconds,
    network: address.network === 'unknown' || !isRoutable(address) ? 'not_publicly_routable' : NETWORK_WORDS[address.network],
    source: formatHost(source),
    source_network: sourceWord(source),
  };
}

export const getrawaddrman: RpcMethod = {
  name: 'getrawaddrman',
  category: 'Network',
  hidden: true,
  description: 'Every place of the two tables of addresses that is taken. For tests.',
  params: [],
  result: Type.Object({ new: TABLE, tried: TABLE }),
  run: ({ node }) => {
    const tables: Record<'new' | 'tried', Record<string, ReturnType<typeof entryOf>>> = { new: {}, tried: {} };
    for (const peer of node.network.addressPlaces()) tables[peer.table][`${peer.bucket}/${peer.place}`] = entryOf(peer);
    return tables;
  },
};
