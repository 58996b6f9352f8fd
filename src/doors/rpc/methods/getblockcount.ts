import { Type } from '../../schema.ts';
import type { RpcMethod } from '../method.ts';

export const getblockcount: RpcMethod = {
  name: 'getblockcount',
  category: 'Blockchain',
  description: 'The height of the valid chain with the most work. The genesis block has height 0.',
  params: [],
  result: Type.Integer({ description: 'The height.' }),
  run: ({ node }) => node.chain.tip().height,
};
