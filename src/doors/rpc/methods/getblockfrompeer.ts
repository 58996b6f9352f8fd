import type { BlockHash } from '../../../core/primitives/ids.ts';
import { Type } from '../../schema.ts';
import { RpcError } from '../errors.ts';
import type { RpcMethod } from '../method.ts';

export const getblockfrompeer: RpcMethod = {
  name: 'getblockfrompeer',
  category: 'Blockchain',
  description:
    'Asks a peer for a block whose header is known, such as one of a branch that was never taken. The answer says only that it was asked.',
  params: [
    { name: 'blockhash', schema: Type.String(), required: true, description: 'The hash of the block.' },
    { name: 'peer_id', schema: Type.Integer(), required: true, description: 'The number of the peer, as getpeerinfo shows it.' },
  ],
  result: Type.Object({}, { description: 'Nothing.' }),
  run: ({ node }, args) => {
    const hash = args.hash<BlockHash>(0, 'blockhash');
    const peer = args.integer(1, { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });
    const { chain, network } = node;
    const block = chain.block(hash);
    if (block === undefined) throw new RpcError('MISC_ERROR', 'Block header missing');
    if (chain.pruning() !== undefined && block.height > chain.tip().height) {
      const problem = 'In prune mode, only blocks that the node has already synced previously can be fetched from a peer';
      throw new RpcError('MISC_ERROR', problem);
    }
    if (block.stored) throw new RpcError('MISC_ERROR', 'Block already downloaded');
    if (block.pruned && block.active) throw new RpcError('MISC_ERROR', 'Block was pruned, and is not kept again');
    const problem = network.fetchBlock(peer, hash);
    if (problem !== undefined) throw new RpcError('MISC_ERROR', problem);
    return {};
  },
};
