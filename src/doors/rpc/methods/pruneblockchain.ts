import type { NodePort } from '../../../engine/ports/node-port.ts';
import { Type } from '../../schema.ts';
import { RpcError } from '../errors.ts';
import type { RpcMethod } from '../method.ts';

/** A number above it is a time in seconds, as Core takes it. */
const HEIGHT_MAX = 1_000_000_000;

/** Blocks that are looked at before others have their turn: about a millisecond's. */
const BLOCKS_PER_TURN = 1_000;

/** Block times may be wrong by so much: a time means blocks that are older by it. Core's TIMESTAMP_WINDOW. */
const TIME_WINDOW_SECONDS = 7_200;

/** The first block of the chain that is not older than a time. */
async function heightAtTime({ chain, clock }: NodePort, timeSeconds: number): Promise<number> {
  const tip = chain.tip();
  for (let height = 0; height <= tip.height; height++) {
    if (height % BLOCKS_PER_TURN === 0) await clock.yield();
    const hash = chain.hashAt(height);
    const block = hash === undefined ? undefined : chain.block(hash);
    if (block !== undefined && block.header.timeSeconds >= timeSeconds) return height;
  }
  throw new RpcError('INVALID_PARAMETER', 'Could not find block with at least the specified timestamp.');
}

export const pruneblockchain: RpcMethod = {
  name: 'pruneblockchain',
  category: 'Blockchain',
  description: 'Deletes block files without a block above a height. The last blocks are kept, as many as the network says.',
  params: [
    {
      name: 'height',
      schema: Type.Integer(),
      required: true,
      description: 'The height, or a time in seconds: then blocks go that are two hours older.',
    },
  ],
  result: Type.Integer({ description: 'Height of the last block that is deleted, -1 for none.' }),
  run: async ({ node }, args) => {
    const { chain } = node;
    if (chain.pruning() === undefined) throw new RpcError('MISC_ERROR', 'Cannot prune blocks because node is not in prune mode.');
    const said = args.integer(0);
    if (said < 0) throw new RpcError('INVALID_PARAMETER', 'Negative block height.');
    const height = said > HEIGHT_MAX ? await heightAtTime(node, said - TIME_WINDOW_SECONDS) : said;
    const tip = chain.tip().height;
    if (tip < node.params.pruneAfterHeight) throw new RpcError('MISC_ERROR', 'Blockchain is too short for pruning.');
    if (height > tip) throw new RpcError('INVALID_PARAMETER', 'Blockchain is shorter than the attempted prune height.');
    await chain.pruneTo(height);
    return (chain.pruning()?.firstStoredHeight ?? 0) - 1;
  },
};
