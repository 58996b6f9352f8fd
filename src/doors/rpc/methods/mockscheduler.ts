import { Type } from '../../schema.ts';
import { RpcError } from '../errors.ts';
import type { RpcMethod } from '../method.ts';
import { PUBLIC_NETWORKS } from './setmocktime.ts';

/** Seconds of one step at most, as Core's. */
const DELTA_SECONDS_MAX = 3_600;

export const mockscheduler: RpcMethod = {
  name: 'mockscheduler',
  category: 'Control',
  hidden: true,
  description: 'Lets what the node is to do later be done so much earlier. For tests; not on public networks.',
  params: [{ name: 'delta_time', schema: Type.Integer(), required: true, description: 'Seconds, from 1 to 3600.' }],
  result: Type.Null(),
  run: ({ node }, args) => {
    if (PUBLIC_NETWORKS.includes(node.params.name)) {
      throw new RpcError('MISC_ERROR', 'mockscheduler is for regression testing (-regtest mode) only');
    }
    const delta = args.int64(0);
    if (delta <= 0n || delta > DELTA_SECONDS_MAX) {
      throw new RpcError('MISC_ERROR', 'delta_time must be between 1 and 3600 seconds (1 hr)');
    }
    node.mockScheduler(Number(delta));
    return null;
  },
};
