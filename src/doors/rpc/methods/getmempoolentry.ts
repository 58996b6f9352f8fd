import type { Txid } from '../../../core/primitives/ids.ts';
import { Type } from '../../schema.ts';
import { RpcError } from '../errors.ts';
import type { RpcMethod } from '../method.ts';
import { MEMPOOL_ENTRY, mempoolEntryJson } from '../render/mempool.ts';

export const getmempoolentry: RpcMethod = {
  name: 'getmempoolentry',
  category: 'Blockchain',
  description: 'Everything about one waiting transaction.',
  params: [{ name: 'txid', schema: Type.String(), required: true, description: 'The transaction.' }],
  result: MEMPOOL_ENTRY,
  run: ({ node }, args) => {
    const item = node.mempool.get(args.hash<Txid>(0, 'parameter 1'));
    if (item === undefined) throw new RpcError('INVALID_ADDRESS_OR_KEY', 'Transaction not in mempool');
    return mempoolEntryJson(item, node.mempool);
  },
};
