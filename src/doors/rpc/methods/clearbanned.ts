import { Type } from '../../schema.ts';
import type { RpcMethod } from '../method.ts';

export const clearbanned: RpcMethod = {
  name: 'clearbanned',
  category: 'Network',
  description: 'Lifts every ban.',
  params: [],
  result: Type.Null(),
  run: ({ node }) => {
    node.network.clearBans();
    return null;
  },
};
