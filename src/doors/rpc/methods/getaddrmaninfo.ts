import type { NetworkKind } from '../../../core/wire/network-address.ts';
import { Type } from '../../schema.ts';
import type { RpcMethod } from '../method.ts';
import { NETWORK_WORDS } from '../render/network-of.ts';

const COUNTS = Type.Object({
  new: Type.Integer({ description: 'Addresses that were never connected with.' }),
  tried: Type.Integer({ description: 'Addresses that were.' }),
  total: Type.Integer(),
});

export const getaddrmaninfo: RpcMethod = {
  name: 'getaddrmaninfo',
  category: 'Network',
  description: 'How many addresses of other nodes this one knows, by their networks.',
  params: [],
  result: Type.Record(Type.String(), COUNTS),
  run: ({ node }) => {
    const counts = node.network.addressCounts();
    const rows = Object.entries(NETWORK_WORDS).map(([network, word]) => {
      const { new: fresh, tried } = counts.get(network as NetworkKind) ?? { new: 0, tried: 0 };
      return [word, { new: fresh, tried, total: fresh + tried }] as const;
    });
    const sum = (table: 'new' | 'tried' | 'total') => rows.reduce((total, [, count]) => total + count[table], 0);
    return Object.fromEntries([...rows, ['all_networks', { new: sum('new'), tried: sum('tried'), total: sum('total') }]]);
  },
};
