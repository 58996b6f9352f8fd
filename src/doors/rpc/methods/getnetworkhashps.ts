import { retargetInterval } from '../../../core/consensus/next-bits.ts';
import { Type } from '../../schema.ts';
import { RpcError } from '../errors.ts';
import type { RpcMethod } from '../method.ts';
import { activeBlock, ESTIMATE_BLOCKS, networkHashRate } from '../network-hash-rate.ts';

export const getnetworkhashps: RpcMethod = {
  name: 'getnetworkhashps',
  category: 'Mining',
  description: 'Hashes a second of the whole network, estimated from the work and the times of the last blocks.',
  params: [
    {
      name: 'nblocks',
      schema: Type.Integer(),
      fallback: String(ESTIMATE_BLOCKS),
      description: 'How many blocks are looked at; -1 for those since the difficulty changed.',
    },
    { name: 'height', schema: Type.Integer(), fallback: '-1', description: 'The last of them; -1 for the tip.' },
  ],
  result: Type.Number({ description: 'Hashes a second.' }),
  run: ({ node }, args) => {
    const blocks = args.has(0) ? args.integer(0) : ESTIMATE_BLOCKS;
    const height = args.has(1) ? args.integer(1) : -1;
    if (blocks < -1 || blocks === 0) throw new RpcError('INVALID_PARAMETER', 'Invalid nblocks. Must be a positive number or -1.');
    if (height < -1 || height > node.chain.tip().height)
      throw new RpcError('INVALID_PARAMETER', 'Block does not exist at specified height');
    const last = height < 0 ? node.chain.tip() : activeBlock(node, height);
    const interval = retargetInterval(node.params.consensus.pow);
    return networkHashRate(node, last, blocks === -1 ? (last.height % interval) + 1 : blocks);
  },
};
