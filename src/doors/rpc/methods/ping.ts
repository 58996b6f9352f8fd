import { Type } from '../../schema.ts';
import type { RpcMethod } from '../method.ts';

export const ping: RpcMethod = {
  name: 'ping',
  category: 'Network',
  description: 'Asks every peer for a sign of life; getpeerinfo shows how long each took for its answer.',
  params: [],
  result: Type.Null(),
  run: ({ node }) => {
    node.network.ping();
    return null;
  },
};
