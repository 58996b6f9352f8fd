import type { BlockHash } from '../../../core/primitives/ids.ts';
import { Type } from '../../schema.ts';
import { RpcError } from '../errors.ts';
import type { RpcMethod } from '../method.ts';

export const invalidateblock: RpcMethod = {
  name: 'invalidateblock',
  category: 'Blockchain',
  hidden: true,
  description: 'Treats a block as if it broke a rule, until reconsiderblock. The chain leaves it for the best other branch.',
  params: [{ name: 'blockhash', schema: Type.String(), required: true, description: 'The hash of the block.' }],
  result: Type.Null(),
  run: async ({ node }, args) => {
    const hash = args.hash<BlockHash>(0, 'blockhash');
    if (!(await node.chain.invalidateBlock(hash))) throw new RpcError('INVALID_ADDRESS_OR_KEY', 'Block not found');
    return null;
  },
};
