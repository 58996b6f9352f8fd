import { toDisplayHex } from '../../../core/primitives/ids.ts';
import type { LoadedCoins, RefusedCoins } from '../../../engine/ports/chain-service.ts';
import { NodeError } from '../../../engine/ports/node-error.ts';
import { Type } from '../../schema.ts';
import { RpcError } from '../errors.ts';
import type { RpcContext, RpcMethod } from '../method.ts';

/** Failures of the world after which the chain is as it was: whoever asked hears of them. */
const TOLD: ReadonlySet<NodeError['code']> = new Set<NodeError['code']>(['disk-full', 'disk-low', 'data-dir-unusable', 'option-invalid']);

async function outcomeOf({ node, signal }: RpcContext, path: string): Promise<LoadedCoins | RefusedCoins | undefined> {
  try {
    return await node.chain.loadCoins(path, { signal });
  } catch (error) {
    if (!(error instanceof NodeError)) throw error;
    if (error.code === 'file-unreadable') throw new RpcError('INVALID_PARAMETER', error.message);
    if (TOLD.has(error.code)) throw new RpcError('INTERNAL_ERROR', `Unable to load UTXO snapshot: ${error.message}`);
    throw error;
  }
}

export const loadtxoutset: RpcMethod = {
  name: 'loadtxoutset',
  category: 'Blockchain',
  description:
    'Goes on from the unspent outputs in a file of dumptxoutset, if they are those of a block that this network knows. The blocks up to it are fetched and checked meanwhile; when that is done, their outputs are held to those of the file. See getchainstates.',
  params: [
    {
      name: 'path',
      schema: Type.String(),
      required: true,
      description: 'The file, on the machine of the node. It counts from the data folder where it is not absolute.',
    },
  ],
  result: Type.Object({
    coins_loaded: Type.Integer({ description: 'How many unspent outputs there are.' }),
    tip_hash: Type.String({ description: 'The block whose outputs they are.' }),
    base_height: Type.Integer({ description: 'Its height.' }),
    path: Type.String({ description: 'Where the file is.' }),
  }),
  run: async (context, args) => {
    const outcome = await outcomeOf(context, args.string(0));
    if (outcome === undefined) throw new RpcError('CLIENT_NOT_CONNECTED', 'Shutting down');
    const { path } = outcome;
    if ('why' in outcome) {
      if (outcome.what === 'head') throw new RpcError('DESERIALIZATION_ERROR', outcome.why);
      throw new RpcError('INTERNAL_ERROR', `Unable to load UTXO snapshot: ${outcome.why}. (${path})`);
    }
    return { coins_loaded: outcome.txouts, tip_hash: toDisplayHex(outcome.baseBlock), base_height: outcome.height, path };
  },
};
