import { Type } from '../../schema.ts';
import type { RpcMethod } from '../method.ts';
import { RELATIVES_PARAMETERS, RELATIVES_RESULT, relativesJson } from '../render/mempool.ts';

export const getmempooldescendants: RpcMethod = {
  name: 'getmempooldescendants',
  category: 'Blockchain',
  description: 'The waiting transactions that need a waiting one, directly or not.',
  params: RELATIVES_PARAMETERS,
  result: Type.Union(RELATIVES_RESULT),
  run: ({ node }, args) => relativesJson(node.mempool, args, 'descendants'),
};
