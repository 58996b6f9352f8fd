import { encodeHeader } from '../../../core/primitives/block.ts';
import type { BlockHash } from '../../../core/primitives/ids.ts';
import { Type } from '../../schema.ts';
import { RpcError } from '../errors.ts';
import type { RpcMethod } from '../method.ts';
import { HEADER_PROPERTIES, headerJson } from '../render/header.ts';
import { hexOf } from '../render/numbers.ts';

export const getblockheader: RpcMethod = {
  name: 'getblockheader',
  category: 'Blockchain',
  description: 'The header of a block, taken apart or, with verbose false, its 80 bytes in hexadecimal.',
  params: [
    { name: 'blockhash', schema: Type.String(), required: true, description: 'The hash of the block.' },
    { name: 'verbose', schema: Type.Boolean(), fallback: 'true', description: 'Whether it is taken apart.' },
  ],
  result: Type.Union([Type.String({ description: 'The header in hexadecimal.' }), Type.Object(HEADER_PROPERTIES)]),
  run: ({ node }, args) => {
    const block = node.chain.block(args.hash<BlockHash>(0, 'hash'));
    const verbose = args.boolean(1, true);
    if (block === undefined) throw new RpcError('INVALID_ADDRESS_OR_KEY', 'Block not found');
    return verbose ? headerJson(block, node.chain) : hexOf(encodeHeader(block.header));
  },
};
