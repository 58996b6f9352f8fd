import { toDisplayHex } from '../../../core/primitives/ids.ts';
import { Type } from '../../schema.ts';
import { coins } from '../amount.ts';
import type { Arguments } from '../arguments.ts';
import { RpcError } from '../errors.ts';
import type { RpcMethod } from '../method.ts';

const HASH_TYPES = ['hash_serialized_3', 'muhash', 'none'] as const;

function hashType(args: Arguments): (typeof HASH_TYPES)[number] {
  const wanted = args.has(0) ? args.string(0) : 'hash_serialized_3';
  const known = HASH_TYPES.find((each) => each === wanted);
  if (known === undefined) throw new RpcError('INVALID_PARAMETER', `'${wanted}' is not a valid hash_type`);
  return known;
}

export const gettxoutsetinfo: RpcMethod = {
  name: 'gettxoutsetinfo',
  category: 'Blockchain',
  description: 'Counts and sums over all unspent outputs, and a hash by which two nodes can be compared. Reads the whole set.',
  params: [
    {
      name: 'hash_type',
      schema: Type.String(),
      fallback: '"hash_serialized_3"',
      description: 'The hash to compute: hash_serialized_3, muhash or none.',
    },
    {
      name: 'hash_or_height',
      schema: Type.Union([Type.Integer(), Type.String()]),
      fallback: 'the tip',
      description: 'Another block than the tip, which would need an index that this node does not have.',
    },
    { name: 'use_index', schema: Type.Boolean(), fallback: 'true', description: 'Has no effect without such an index.' },
  ],
  result: Type.Object({
    height: Type.Integer(),
    bestblock: Type.String(),
    txouts: Type.Integer(),
    bogosize: Type.Integer({ description: 'A measure of the size of the set that no database has a part in.' }),
    hash_serialized_3: Type.Optional(Type.String()),
    muhash: Type.Optional(Type.String()),
    total_amount: Type.Number({ description: 'Coins.' }),
    transactions: Type.Integer({ description: 'Transactions with unspent outputs.' }),
    disk_size: Type.Integer(),
  }),
  run: async ({ node }, args) => {
    const kind = hashType(args);
    if (args.has(1)) throw new RpcError('INVALID_PARAMETER', 'Querying specific block heights requires coinstatsindex');
    const stats = await node.chain.coinSetStats(kind);
    return {
      height: stats.height,
      bestblock: toDisplayHex(stats.bestBlock),
      txouts: stats.txouts,
      bogosize: stats.bogosize,
      hash_serialized_3: stats.hashSerialized === undefined ? undefined : toDisplayHex(stats.hashSerialized),
      muhash: stats.muhash === undefined ? undefined : toDisplayHex(stats.muhash),
      total_amount: coins(stats.totalAmount),
      transactions: stats.transactions,
      disk_size: stats.diskSizeBytes,
    };
  },
};
