import type { BlockHash } from '../../../core/primitives/ids.ts';
import { Type } from '../../schema.ts';
import { RpcError } from '../errors.ts';
import type { RpcMethod } from '../method.ts';

export const preciousblock: RpcMethod = {
  name: 'preciousblock',
  category: 'Blockchain',
  description: 'Prefers a block to others of the same work, as if it had come first; until another one is preferred or the node stops.',
  params: [{ name: 'blockhash', schema: Type.String(), required: true, description: 'The hash of the block.' }],
  result: Type.Null(),
  run: async ({ node }, args) => {
    const hash = args.hash<BlockHash>(0, 'blockhash');
    if (!(await node.chain.preciousBlock(hash))) throw new RpcError('INVALID_ADDRESS_OR_KEY', 'Block not found');
    return null;
  },
};
