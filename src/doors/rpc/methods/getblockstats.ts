import { Type } from '../../schema.ts';
import { type BlockStat, blockStats } from '../block-stats.ts';
import { RpcError } from '../errors.ts';
import type { RpcMethod } from '../method.ts';
import { blockAt, storedBlock } from '../stored-block.ts';

/** What each figure means, in Core's order. Amounts are base units, fee rates those for each virtual byte. */
const MEANINGS: Readonly<Record<string, string>> = {
  avgfee: 'The mean fee.',
  avgfeerate: 'The mean fee rate.',
  avgtxsize: 'The mean size of a transaction.',
  blockhash: 'The hash of the block.',
  feerate_percentiles: 'Fee rates below which 10, 25, 50, 75 and 90 hundredths of the weight are.',
  height: 'The height of the block.',
  ins: "Inputs but the coinbase's.",
  maxfee: 'The highest fee.',
  maxfeerate: 'The highest fee rate.',
  maxtxsize: 'The size of the largest transaction.',
  medianfee: 'The fee in the middle.',
  mediantime: 'Median of the times of this block and the ten before.',
  mediantxsize: 'The size in the middle.',
  minfee: 'The lowest fee.',
  minfeerate: 'The lowest fee rate.',
  mintxsize: 'The size of the smallest transaction.',
  outs: 'Outputs.',
  subsidy: 'New coins that the block may make.',
  swtotal_size: 'Bytes of transactions with witnesses.',
  swtotal_weight: 'Their weight.',
  swtxs: 'How many they are.',
  time: 'The time of the block.',
  total_out: 'The sum of all outputs but those of the coinbase.',
  total_size: 'Bytes of all transactions but the coinbase.',
  total_weight: 'Their weight.',
  totalfee: 'The sum of all fees.',
  txs: 'Transactions, the coinbase among them.',
  utxo_increase: 'Outputs less inputs.',
  utxo_size_inc: 'Bytes by which the unspent outputs grow.',
  utxo_increase_actual: 'The same without outputs that cannot be spent.',
  utxo_size_inc_actual: 'Bytes without outputs that cannot be spent.',
};

function schemaOf(name: string, description: string) {
  if (name === 'blockhash') return Type.Optional(Type.String({ description }));
  return Type.Optional(name === 'feerate_percentiles' ? Type.Array(Type.Integer(), { description }) : Type.Integer({ description }));
}

/** The chosen figures, in the order of the alphabet as Core; all where none is chosen. */
function chosen(all: Readonly<Record<string, BlockStat>>, names: readonly string[]): Readonly<Record<string, BlockStat>> {
  if (names.length === 0) return all;
  const sorted = [...new Set(names)].sort();
  return Object.fromEntries(
    sorted.map((name): [string, BlockStat] => {
      const value = Object.hasOwn(all, name) ? all[name] : undefined;
      if (value === undefined) throw new RpcError('INVALID_PARAMETER', `Invalid selected statistic '${name}'`);
      return [name, value];
    }),
  );
}

export const getblockstats: RpcMethod = {
  name: 'getblockstats',
  category: 'Blockchain',
  description: 'Figures of one block: fees, sizes, outputs. Amounts are in base units.',
  params: [
    {
      name: 'hash_or_height',
      schema: Type.Union([Type.Integer(), Type.String()]),
      required: true,
      description: 'The block, by its hash or its height.',
    },
    { name: 'stats', schema: Type.Array(Type.String()), fallback: 'all', description: 'Names of the figures that are wanted.' },
  ],
  result: Type.Object(Object.fromEntries(Object.entries(MEANINGS).map(([name, meaning]) => [name, schemaOf(name, meaning)]))),
  run: async ({ node }, args) => {
    const { chain, params } = node;
    const summary = blockAt(chain, args.value(0));
    const names = args.has(1) ? args.strings(1) : [];
    const block = await storedBlock(chain, summary);
    const spent = summary.height === 0 ? [] : await chain.spentCoins(summary.header.hash);
    if (spent === undefined) throw new RpcError('MISC_ERROR', 'Undo data not available');
    return chosen(blockStats({ block, summary, spent, params: params.consensus }), names);
  },
};
