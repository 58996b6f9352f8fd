import { Type } from '../../schema.ts';
import { buildTransaction } from '../build-transaction.ts';
import type { RpcMethod } from '../method.ts';
import { transactionHex } from '../render/transaction.ts';

export const createrawtransaction: RpcMethod = {
  name: 'createrawtransaction',
  category: 'Rawtransactions',
  description:
    'Makes a transaction that spends the given outputs, without signatures. Whether they are there is not looked at; nothing is sent.',
  params: [
    {
      name: 'inputs',
      schema: Type.Array(Type.Object({ txid: Type.String(), vout: Type.Integer(), sequence: Type.Optional(Type.Integer()) })),
      required: true,
      description: 'The outputs that it spends.',
    },
    {
      name: 'outputs',
      schema: Type.Union([Type.Array(Type.Any()), Type.Any()]),
      required: true,
      description: 'What it pays: objects {"address": coins} or {"data": "hex"} in a list, or one object with all of them.',
    },
    { name: 'locktime', schema: Type.Integer(), fallback: '0', description: 'The height or time before which no block may have it.' },
    {
      name: 'replaceable',
      schema: Type.Boolean(),
      fallback: 'true',
      description: 'Whether its sequence numbers say that it may be replaced (BIP-125).',
    },
    { name: 'version', schema: Type.Integer(), fallback: '2', description: 'Its version, 1 to 3.' },
  ],
  result: Type.String({ description: 'The transaction in hexadecimal.' }),
  run: ({ node }, args) => transactionHex(buildTransaction(args, node.params)),
};
