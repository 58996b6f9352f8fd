import type { BlockHash } from '../../../core/primitives/ids.ts';
import { Type } from '../../schema.ts';
import { RpcError } from '../errors.ts';
import type { RpcMethod } from '../method.ts';

export const reconsiderblock: RpcMethod = {
  name: 'reconsiderblock',
  category: 'Blockchain',
  hidden: true,
  description: 'Takes back invalidateblock for a block, its ancestors and its descendants; the rules judge them again.',
  params: [{ name: 'blockhash', schema: Type.String(), required: true, description: 'The hash of the block.' }],
  result: Type.Null(),
  run: async ({ node }, args) => {
    const hash = args.hash<BlockHash>(0, 'blockhash');
    if (!(await node.chain.reconsiderBlock(hash))) throw new RpcError('INVALID_ADDRESS_OR_KEY', 'Block not found');
    return null;
  },
};
