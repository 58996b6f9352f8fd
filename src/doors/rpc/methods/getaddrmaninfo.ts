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
    const book = node.network.addressBook();
    const countOf = (wanted: string | undefined) => {
      const found = book.filter(({ address }) => wanted === undefined || address.network === wanted);
      const tried = found.filter(({ lastSuccessSeconds }) => lastSuccessSeconds > 0).length;
      return { new: found.length - tried, tried, total: found.length };
    };
    const byNetwork = Object.entries(NETWORK_WORDS).map(([network, word]) => [word, countOf(network)]);
    return Object.fromEntries([...byNetwork, ['all_networks', countOf(undefined)]]);
  },
};
