import { Type } from '../../schema.ts';
import type { RpcMethod } from '../method.ts';

export const getconnectioncount: RpcMethod = {
  name: 'getconnectioncount',
  category: 'Network',
  description: 'How many peers are connected.',
  params: [],
  result: Type.Integer({ description: 'The number.' }),
  run: ({ node }) => node.network.peers().length,
};
