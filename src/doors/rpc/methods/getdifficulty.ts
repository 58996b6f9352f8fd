import { Type } from '../../schema.ts';
import type { RpcMethod } from '../method.ts';
import { difficultyOf } from '../render/numbers.ts';

export const getdifficulty: RpcMethod = {
  name: 'getdifficulty',
  category: 'Blockchain',
  description: "How much harder the tip was to find than Bitcoin's easiest target.",
  params: [],
  result: Type.Number({ description: 'The difficulty.' }),
  run: ({ node }) => difficultyOf(node.chain.tip().header.bits),
};
