import { Type } from '../../schema.ts';
import { wrongType } from '../arguments.ts';
import { RpcError } from '../errors.ts';
import type { JsonValue } from '../json-number.ts';
import type { RpcMethod } from '../method.ts';
import { objectOf } from '../object-argument.ts';

/** Those that are looked at; as in Core, a name that is not one of them is passed over. */
const OPTIONS = ['use_current_time', 'apply_fee_delta_priority', 'apply_unbroadcast_set'] as const;

export const importmempool: RpcMethod = {
  name: 'importmempool',
  category: 'Blockchain',
  description:
    'Takes in the transactions of a file in the format of mempool.dat, each judged as if it came now. Which transactions were not yet seen elsewhere is not kept here, so that list of the file does not count.',
  params: [
    { name: 'filepath', schema: Type.String(), required: true, description: 'The file, on the machine of the node.' },
    {
      name: 'options',
      namedMembers: true,
      schema: Type.Object({
        use_current_time: Type.Optional(Type.Boolean()),
        apply_fee_delta_priority: Type.Optional(Type.Boolean()),
        apply_unbroadcast_set: Type.Optional(Type.Boolean()),
      }),
      fallback: '{}',
      description:
        'use_current_time (default true): they count as come now, not when the file says; apply_fee_delta_priority (default false): what was added to fees is added here too.',
    },
  ],
  result: Type.Object({}),
  run: async ({ node, signal }, args) => {
    if (!node.mempool.info().loaded)
      throw new RpcError('CLIENT_IN_INITIAL_DOWNLOAD', 'Can only import the mempool after the block download and sync is done.');
    const options = args.has(1) ? objectOf(args.value(1)) : new Map<string, JsonValue>();
    for (const name of OPTIONS) {
      const value = options.get(name) ?? null;
      if (value !== null && typeof value !== 'boolean') throw new RpcError('TYPE_ERROR', wrongType(value, 'bool'));
    }
    const useCurrentTime = options.get('use_current_time') !== false;
    const applyFeeDeltas = options.get('apply_fee_delta_priority') === true;
    await node.mempool.importFile(args.string(0), { useCurrentTime, applyFeeDeltas, signal });
    return {};
  },
};
