import { toDisplayHex } from '../../../core/primitives/ids.ts';
import { Type } from '../../schema.ts';
import { RpcError } from '../errors.ts';
import type { RpcMethod } from '../method.ts';

export const getblockhash: RpcMethod = {
  name: 'getblockhash',
  category: 'Blockchain',
  description: 'The hash of the block at a height of the active chain.',
  params: [{ name: 'height', schema: Type.Integer(), required: true, description: 'The height.' }],
  result: Type.String({ description: 'The hash.' }),
  run: ({ node }, args) => {
    const hash = node.chain.hashAt(args.integer(0));
    if (hash === undefined) throw new RpcError('INVALID_PARAMETER', 'Block height out of range');
    return toDisplayHex(hash);
  },
};
