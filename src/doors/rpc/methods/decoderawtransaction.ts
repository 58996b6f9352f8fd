import { hasWitness } from '../../../core/primitives/transaction.ts';
import { Type } from '../../schema.ts';
import { parseTransaction } from '../arguments.ts';
import { RpcError } from '../errors.ts';
import type { RpcMethod } from '../method.ts';
import { TRANSACTION_PROPERTIES, transactionJson } from '../render/transaction.ts';

export const decoderawtransaction: RpcMethod = {
  name: 'decoderawtransaction',
  category: 'Rawtransactions',
  description: 'Takes a transaction apart. Nothing is checked but that it decodes.',
  params: [
    { name: 'hexstring', schema: Type.String(), required: true, description: 'The transaction in hexadecimal.' },
    {
      name: 'iswitness',
      schema: Type.Boolean(),
      fallback: 'either',
      description: 'With false a transaction with witnesses is refused.',
    },
  ],
  result: Type.Object(TRANSACTION_PROPERTIES),
  run: (context, args) => {
    const problem = 'TX decode failed';
    const tx = parseTransaction(args.string(0), problem);
    if (!args.boolean(1, true) && hasWitness(tx)) throw new RpcError('DESERIALIZATION_ERROR', problem);
    return transactionJson(tx, context);
  },
};
