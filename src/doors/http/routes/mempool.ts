import { toDisplayHex } from '../../../core/primitives/ids.ts';
import type { MempoolItem } from '../../../engine/ports/mempool-service.ts';
import { Type } from '../../schema.ts';
import { defineRoute, type Route } from '../route.ts';
import { unitsOf } from '../views.ts';

const TRANSACTIONS_DEFAULT = 100;
const TRANSACTIONS_MAX = 10_000;

function itemView({ fee, timeSeconds, tx, vsizeBytes }: MempoolItem) {
  return { txid: toDisplayHex(tx.txid), fee: unitsOf(fee), vsize: vsizeBytes, time: timeSeconds };
}

const ITEM = Type.Object(
  {
    txid: Type.String(),
    fee: Type.Integer({ description: 'Base units.' }),
    vsize: Type.Integer(),
    time: Type.Integer({ description: 'When it came in, seconds since 1970.' }),
  },
  { additionalProperties: false },
);

const mempool = defineRoute({
  id: 'mempool',
  method: 'GET',
  path: '/api/v1/mempool',
  tag: 'transactions',
  summary: 'The transactions that wait, as a whole and the first of them.',
  query: Type.Object(
    {
      limit: Type.Optional(
        Type.Integer({
          minimum: 0,
          maximum: TRANSACTIONS_MAX,
          description: `How many are listed at most; ${TRANSACTIONS_DEFAULT} unless given.`,
        }),
      ),
    },
    { additionalProperties: false },
  ),
  result: Type.Object(
    {
      count: Type.Integer(),
      vsize: Type.Integer(),
      usage: Type.Integer({ description: 'Bytes of memory.' }),
      maxUsage: Type.Integer(),
      totalFee: Type.String({ description: 'Base units.' }),
      minFeeRate: Type.Integer({ description: 'Base units per 1,000 virtual bytes to get in now.' }),
      transactions: Type.Array(ITEM),
    },
    { additionalProperties: false },
  ),
  run: (node, { query }) => {
    const info = node.mempool.info();
    const limit = query.limit ?? TRANSACTIONS_DEFAULT;
    const transactions: ReturnType<typeof itemView>[] = [];
    for (const item of node.mempool.items()) {
      if (transactions.length >= limit) break;
      transactions.push(itemView(item));
    }
    return {
      count: info.count,
      vsize: info.vsizeBytes,
      usage: info.usageBytes,
      maxUsage: info.maxUsageBytes,
      totalFee: info.totalFee.toString(),
      minFeeRate: unitsOf(info.minFeeRateSatPerKvb),
      transactions,
    };
  },
});

export const mempoolRoutes: readonly Route[] = [mempool];
