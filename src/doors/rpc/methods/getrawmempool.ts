import { toDisplayHex } from '../../../core/primitives/ids.ts';
import { Type } from '../../schema.ts';
import { RpcError } from '../errors.ts';
import type { JsonOutput } from '../json-write.ts';
import type { RpcMethod } from '../method.ts';
import { MEMPOOL_ENTRY, mempoolEntryJson } from '../render/mempool.ts';

export const getrawmempool: RpcMethod = {
  name: 'getrawmempool',
  category: 'Blockchain',
  description: 'The ids of all waiting transactions, or everything about each.',
  params: [
    { name: 'verbose', schema: Type.Boolean(), fallback: 'false', description: 'Whether everything is shown.' },
    {
      name: 'mempool_sequence',
      schema: Type.Boolean(),
      fallback: 'false',
      description: 'Adds the number of changes so far; not together with verbose.',
    },
  ],
  result: Type.Union([
    Type.Array(Type.String()),
    Type.Object({ txids: Type.Array(Type.String()), mempool_sequence: Type.Integer() }),
    Type.Record(Type.String(), MEMPOOL_ENTRY),
  ]),
  run: ({ node }, args) => {
    const verbose = args.boolean(0, false);
    const sequence = args.boolean(1, false);
    if (verbose && sequence) {
      throw new RpcError('INVALID_PARAMETER', 'Verbose results cannot contain mempool sequence values.');
    }
    const items = [...node.mempool.items()];
    if (verbose) {
      const entries: Record<string, JsonOutput> = {};
      for (const item of items) entries[toDisplayHex(item.tx.txid)] = mempoolEntryJson(item, node.mempool);
      return entries;
    }
    const txids = items.map((item) => toDisplayHex(item.tx.txid));
    return sequence ? { txids, mempool_sequence: node.mempool.info().sequence } : txids;
  },
};
