import { Type } from '../../schema.ts';
import type { RpcMethod } from '../method.ts';

export const uptime: RpcMethod = {
  name: 'uptime',
  category: 'Control',
  description: 'Seconds since the node was started.',
  params: [],
  result: Type.Integer({ description: 'The seconds.' }),
  run: ({ node }) => node.clock.nowSeconds() - node.startedAtSeconds,
};
