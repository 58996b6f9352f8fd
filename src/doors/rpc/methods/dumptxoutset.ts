import { toDisplayHex } from '../../../core/primitives/ids.ts';
import type { BlockSummary, CoinSetFile } from '../../../engine/ports/chain-service.ts';
import { NodeError } from '../../../engine/ports/node-error.ts';
import { Type } from '../../schema.ts';
import { type Arguments, wrongType } from '../arguments.ts';
import { RpcError } from '../errors.ts';
import type { JsonValue } from '../json-number.ts';
import type { RpcContext, RpcMethod } from '../method.ts';
import { objectOf } from '../object-argument.ts';
import { blockAt } from '../stored-block.ts';

function wrongKind(type: string, words: string): RpcError {
  return new RpcError('INVALID_PARAMETER', `Invalid snapshot type "${type}" specified${words}`);
}

/** The block whose coins are wanted. */
function targetOf({ node }: RpcContext, args: Arguments): BlockSummary {
  const { chain, params } = node;
  const type = args.has(1) ? args.string(1) : '';
  const options = args.has(2) ? objectOf(args.value(2)) : new Map<string, JsonValue>();
  if (options.has('rollback')) {
    if (type !== '' && type !== 'rollback') throw wrongKind(type, ' with rollback option');
    const target = blockAt(chain, options.get('rollback'));
    const inMemory = options.get('in_memory') ?? null;
    if (inMemory !== null && typeof inMemory !== 'boolean') throw new RpcError('TYPE_ERROR', wrongType(inMemory, 'bool'));
    return target;
  }
  if (type === 'latest') return chain.tip();
  if (type !== 'rollback') throw wrongKind(type, '. Please specify "rollback" or "latest"');
  const heights = params.assumeUtxo.map(({ height }) => height);
  if (heights.length === 0) throw new RpcError('INVALID_PARAMETER', 'No block of this network is known for snapshots: say which');
  return blockAt(chain, Math.max(...heights));
}

async function dumped({ node, signal }: RpcContext, path: string, target: BlockSummary): Promise<CoinSetFile> {
  let file: CoinSetFile | undefined;
  try {
    file = await node.chain.dumpCoins(path, { at: target.header.hash, signal });
  } catch (error) {
    if (!(error instanceof NodeError) || (error.code !== 'file-exists' && error.code !== 'file-unwritable')) throw error;
    throw new RpcError('INVALID_PARAMETER', error.message);
  }
  if (file === undefined) throw new RpcError('CLIENT_NOT_CONNECTED', 'Shutting down');
  return file;
}

export const dumptxoutset: RpcMethod = {
  name: 'dumptxoutset',
  category: 'Blockchain',
  description:
    'Writes all unspent outputs into a file, which other nodes can begin with: those of the tip, or those of an earlier block. The chain stays where it is and goes on meanwhile; the way back to a block of long ago takes its time.',
  params: [
    {
      name: 'path',
      schema: Type.String(),
      required: true,
      description:
        'The file, which must not be there yet, on the machine of the node. It counts from the data folder where it is not absolute.',
    },
    {
      name: 'type',
      schema: Type.String(),
      fallback: '""',
      description: '"latest" for the tip, "rollback" for an earlier block; may be left out where the option rollback says which.',
    },
    {
      name: 'options',
      namedMembers: true,
      schema: Type.Object({
        rollback: Type.Optional(Type.Union([Type.Integer(), Type.String()])),
        in_memory: Type.Optional(Type.Boolean()),
      }),
      fallback: '{}',
      description:
        'rollback: height or hash of the block, else the highest one whose outputs loadtxoutset takes; in_memory: has no effect, since nothing but the file is written.',
    },
  ],
  result: Type.Object({
    coins_written: Type.Integer({ description: 'How many unspent outputs there are.' }),
    base_hash: Type.String({ description: 'The block whose outputs they are.' }),
    base_height: Type.Integer(),
    path: Type.String({ description: 'Where the file is.' }),
    txoutset_hash: Type.String({ description: 'hash_serialized_3 of the outputs.' }),
    nchaintx: Type.Integer({ description: 'Transactions of the chain up to that block.' }),
  }),
  run: async (context, args) => {
    const file = await dumped(context, args.string(0), targetOf(context, args));
    return {
      coins_written: file.txouts,
      base_hash: toDisplayHex(file.bestBlock),
      base_height: file.height,
      path: file.path,
      txoutset_hash: toDisplayHex(file.hashSerialized),
      nchaintx: (await context.node.chain.transactionCount(file.bestBlock)) ?? 0,
    };
  },
};
