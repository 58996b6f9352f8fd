import { makeTransaction, outPointKey, type Transaction } from '../../../core/primitives/transaction.ts';
import { inputMerger } from '../../../core/signing/index.ts';
import { Type } from '../../schema.ts';
import { parseTransaction } from '../arguments.ts';
import { RpcError } from '../errors.ts';
import type { RpcMethod } from '../method.ts';
import { transactionHex } from '../render/transaction.ts';
import { eachInput, findOutputs } from '../signing-arguments.ts';

export const combinerawtransaction: RpcMethod = {
  name: 'combinerawtransaction',
  category: 'Rawtransactions',
  description: 'Puts the signatures of several copies of a transaction together.',
  params: [
    { name: 'txs', schema: Type.Array(Type.String()), required: true, description: 'The partly signed transactions in hexadecimal.' },
  ],
  result: Type.String({ description: 'The first of them with the signatures of all, in hexadecimal.' }),
  run: async (context, args) => {
    const transactions = args
      .strings(0)
      .map((text, index) => parseTransaction(text, `TX decode failed for tx ${index}. Make sure the tx has at least one input.`));
    if (transactions.length === 0) throw new RpcError('DESERIALIZATION_ERROR', 'Missing transactions');
    const [first] = transactions as [Transaction, ...Transaction[]];
    const known = await findOutputs(context, first.inputs);
    const spentOutputs = first.inputs.map(({ prevout }) => {
      const output = known.get(outPointKey(prevout));
      if (output === undefined) throw new RpcError('VERIFY_ERROR', 'Input not found or already spent');
      return output;
    });
    const merge = inputMerger(transactions, spentOutputs, context.curve);
    return transactionHex(makeTransaction({ ...first, inputs: await eachInput(context, first.inputs, merge) }));
  },
};
