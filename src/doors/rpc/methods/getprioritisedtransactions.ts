import { hashKey, toDisplayHex } from '../../../core/primitives/ids.ts';
import { Type } from '../../schema.ts';
import type { JsonOutput } from '../json-write.ts';
import type { RpcMethod } from '../method.ts';

export const getprioritisedtransactions: RpcMethod = {
  name: 'getprioritisedtransactions',
  category: 'Mining',
  description: 'What prioritisetransaction added to fees, of transactions that no block has yet.',
  params: [],
  result: Type.Record(
    Type.String(),
    Type.Object({
      fee_delta: Type.Integer({ description: 'Base units, of all calls together.' }),
      in_mempool: Type.Boolean({ description: 'Whether it waits now.' }),
      modified_fee: Type.Optional(Type.Integer({ description: 'Its fee with what was added, in base units, where it waits.' })),
    }),
  ),
  run: ({ node }) => {
    const rows: Record<string, JsonOutput> = {};
    // Core sorts by the bytes of the hash as they are on the wire.
    const sorted = node.mempool.feeDeltas().map((row) => ({ ...row, key: hashKey(row.txid) as string }));
    for (const { txid, delta } of sorted.sort((a, b) => (a.key < b.key ? -1 : 1))) {
      const item = node.mempool.get(txid);
      rows[toDisplayHex(txid)] = { fee_delta: delta, in_mempool: item !== undefined, modified_fee: item?.modifiedFee };
    }
    return rows;
  },
};
