import type { Txid } from '../../../core/primitives/ids.ts';
import { Type } from '../../schema.ts';
import { RpcError } from '../errors.ts';
import { JsonNumber, type JsonValue } from '../json-number.ts';
import type { RpcMethod } from '../method.ts';

/** Whether a JSON number is 0, however it is written. */
function isZero(value: JsonValue | undefined): boolean {
  return Number(value instanceof JsonNumber ? value.text : value) === 0;
}

export const prioritisetransaction: RpcMethod = {
  name: 'prioritisetransaction',
  category: 'Mining',
  description: 'Lets a transaction count as if it paid more, or less, when blocks are filled and when the pool is full. Nothing is paid.',
  params: [
    { name: 'txid', schema: Type.String(), required: true, description: 'The transaction, which may wait already or come later.' },
    { name: 'dummy', schema: Type.Number(), fallback: '0', description: 'Must be 0 or null.' },
    {
      name: 'fee_delta',
      schema: Type.Number(),
      required: true,
      description: 'Base units that are added to its fee; to what was added before, too.',
    },
  ],
  result: Type.Boolean({ description: 'Always true.' }),
  run: ({ node }, args) => {
    const txid = args.hash<Txid>(0, 'txid');
    if (args.has(1) && !isZero(args.value(1))) {
      throw new RpcError('INVALID_PARAMETER', 'Priority is no longer supported, dummy argument to prioritisetransaction must be 0.');
    }
    if (!node.mempool.prioritise(txid, args.int64(2))) {
      throw new RpcError('INVALID_PARAMETER', 'Priority is not supported for transactions with dust outputs.');
    }
    return true;
  },
};
