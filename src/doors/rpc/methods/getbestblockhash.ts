import { toDisplayHex } from '../../../core/primitives/ids.ts';
import { Type } from '../../schema.ts';
import type { RpcMethod } from '../method.ts';

export const getbestblockhash: RpcMethod = {
  name: 'getbestblockhash',
  category: 'Blockchain',
  description: 'The hash of the tip of the valid chain with the most work.',
  params: [],
  result: Type.String({ description: 'The hash.' }),
  run: ({ node }) => toDisplayHex(node.chain.tip().header.hash),
};
