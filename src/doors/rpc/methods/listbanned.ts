import { formatSubnet } from '../../../core/wire/subnet.ts';
import { Type } from '../../schema.ts';
import type { RpcMethod } from '../method.ts';

export const listbanned: RpcMethod = {
  name: 'listbanned',
  category: 'Network',
  description: 'The addresses and parts of the network that setban has banned.',
  params: [],
  result: Type.Array(
    Type.Object({
      address: Type.String(),
      ban_created: Type.Integer({ description: 'Seconds since 1970, as the next one.' }),
      banned_until: Type.Integer(),
      ban_duration: Type.Integer({ description: 'Seconds, as the next one.' }),
      time_remaining: Type.Integer(),
    }),
  ),
  run: ({ node }) => {
    const now = node.clock.nowSeconds();
    return node.network.bans().map(({ createdSeconds, subnet, untilSeconds }) => ({
      address: formatSubnet(subnet),
      ban_created: createdSeconds,
      banned_until: untilSeconds,
      ban_duration: untilSeconds - createdSeconds,
      time_remaining: untilSeconds - now,
    }));
  },
};
