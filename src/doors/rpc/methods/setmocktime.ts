import { Type } from '../../schema.ts';
import { RpcError } from '../errors.ts';
import type { RpcMethod } from '../method.ts';

/** Networks that others are on: a node there whose clock is fixed would be of no use, and could be led astray. */
export const PUBLIC_NETWORKS: readonly string[] = ['main', 'quoin', 'signet', 'testnet4'];

/** Latest time in seconds that fits into 64 bits of nanoseconds, Core's limit. */
const TIME_SECONDS_MAX = 9_223_372_036;

export const setmocktime: RpcMethod = {
  name: 'setmocktime',
  category: 'Control',
  hidden: true,
  description: 'Fixes the clock of the node, and moves what it waits for on by as much. For tests; not on public networks.',
  params: [{ name: 'timestamp', schema: Type.Integer(), required: true, description: 'Seconds since 1970; 0 goes back to the real time.' }],
  result: Type.Null(),
  run: ({ node }, args) => {
    if (PUBLIC_NETWORKS.includes(node.params.name)) {
      throw new RpcError('MISC_ERROR', 'setmocktime is for regression testing (-regtest mode) only');
    }
    const time = args.integer(0, { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });
    if (time < 0 || time > TIME_SECONDS_MAX) {
      throw new RpcError('INVALID_PARAMETER', `Mocktime must be in the range [0, ${TIME_SECONDS_MAX}], not ${time}.`);
    }
    node.setMockTime(time === 0 ? undefined : time);
    return null;
  },
};
