import { type BlockHash, toDisplayHex } from '../../../core/primitives/ids.ts';
import { Type } from '../../schema.ts';
import { RpcError } from '../errors.ts';
import { JsonBytes } from '../json-number.ts';
import type { RpcMethod } from '../method.ts';

/** The only kind of filters there is. */
const BASIC = 'basic';

export const getblockfilter: RpcMethod = {
  name: 'getblockfilter',
  category: 'Blockchain',
  description: 'The compact filter of a block (BIP-157). Needs the index "filter".',
  params: [
    { name: 'blockhash', schema: Type.String(), required: true, description: 'Its hash.' },
    { name: 'filtertype', schema: Type.String(), fallback: BASIC, description: 'The kind of filter.' },
  ],
  result: Type.Object({
    filter: Type.String({ description: 'The filter in hexadecimal.' }),
    header: Type.String({ description: 'Its header in hexadecimal.' }),
  }),
  run: async ({ node }, args) => {
    const hash = args.hash<BlockHash>(0, 'blockhash');
    const kind = args.has(1) ? args.string(1) : BASIC;
    if (kind !== BASIC) throw new RpcError('INVALID_ADDRESS_OR_KEY', 'Unknown filtertype');
    const { chain, indexes } = node;
    if (!indexes.has('filter')) throw new RpcError('MISC_ERROR', `Index is not enabled for filtertype ${kind}`);
    const summary = chain.block(hash);
    if (summary === undefined) throw new RpcError('INVALID_ADDRESS_OR_KEY', 'Block not found');
    const isReady = await indexes.ready('filter');
    const found = await indexes.filter(hash);
    if (found !== undefined) return { filter: new JsonBytes(found.filter), header: toDisplayHex(found.header) };
    if (!summary.active) throw new RpcError('INVALID_ADDRESS_OR_KEY', 'Filter not found. Block was not connected to active chain.');
    if (isReady) throw new RpcError('INTERNAL_ERROR', 'Filter not found. This error is unexpected and indicates index corruption.');
    throw new RpcError('MISC_ERROR', 'Filter not found. Block filters are still in the process of being indexed.');
  },
};
