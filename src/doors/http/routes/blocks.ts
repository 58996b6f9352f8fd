import { assert } from '../../../core/base/assert.ts';
import { blockWeightWu, decodeBlock } from '../../../core/primitives/block.ts';
import { type BlockHash, fromDisplayHex, toDisplayHex } from '../../../core/primitives/ids.ts';
import type { BlockSummary } from '../../../engine/ports/chain-service.ts';
import type { NodePort } from '../../../engine/ports/node-port.ts';
import { Type } from '../../schema.ts';
import { HttpProblem } from '../problem.ts';
import { defineRoute, type Route } from '../route.ts';
import { BLOCK_SUMMARY, BLOCK_SUMMARY_PROPERTIES, blockSummaryView } from '../views.ts';

const BLOCKS_DEFAULT = 20;
const BLOCKS_MAX = 200;

/** Heights are signed 32 bits, as in Core. */
const HEIGHT_MAX = 0x7fffffff;

function blockAt(node: NodePort, height: number): BlockSummary | undefined {
  const hash = node.chain.hashAt(height);
  return hash === undefined ? undefined : node.chain.block(hash);
}

/** The block that a hash, a height or `tip` names. */
function findBlock(node: NodePort, name: string): BlockSummary {
  const hash = fromDisplayHex<BlockHash>(name);
  let block: BlockSummary | undefined;
  if (hash !== undefined) block = node.chain.block(hash);
  else block = name === 'tip' ? node.chain.tip() : blockAt(node, Number(name));
  if (block === undefined) throw new HttpProblem('block-not-found');
  return block;
}

const list = defineRoute({
  id: 'listBlocks',
  method: 'GET',
  path: '/api/v1/blocks',
  tag: 'chain',
  summary: 'Blocks of the active chain, from a height downwards.',
  query: Type.Object(
    {
      from: Type.Optional(Type.Integer({ minimum: 0, maximum: HEIGHT_MAX, description: 'The highest of them; the tip unless given.' })),
      limit: Type.Optional(
        Type.Integer({ minimum: 1, maximum: BLOCKS_MAX, description: `How many at most; ${BLOCKS_DEFAULT} unless given.` }),
      ),
    },
    { additionalProperties: false },
  ),
  result: Type.Array(BLOCK_SUMMARY),
  run: (node, { query }) => {
    const tip = node.chain.tip().height;
    const from = Math.min(query.from ?? tip, tip);
    const count = Math.min(query.limit ?? BLOCKS_DEFAULT, from + 1);
    return Array.from({ length: count }, (_, index) => {
      const block = blockAt(node, from - index);
      assert(block !== undefined, 'every height up to the tip has a block');
      return blockSummaryView(block, node);
    });
  },
});

const one = defineRoute({
  id: 'getBlock',
  method: 'GET',
  path: '/api/v1/blocks/:block',
  tag: 'chain',
  summary: 'One block with the ids of its transactions, by hash, by height or `tip`.',
  params: Type.Object({
    block: Type.String({ pattern: '^([0-9a-fA-F]{64}|[0-9]{1,10}|tip)$', description: 'A hash, a height, or `tip`.' }),
  }),
  result: Type.Object(
    {
      ...BLOCK_SUMMARY_PROPERTIES,
      size: Type.Integer(),
      strippedSize: Type.Integer(),
      weight: Type.Integer(),
      transactions: Type.Array(Type.String(), { description: 'Their ids, in order.' }),
    },
    { additionalProperties: false },
  ),
  run: async (node, { params }) => {
    const summary = findBlock(node, params.block);
    const bytes = summary.stored ? await node.chain.blockBytes(summary.header.hash) : undefined;
    if (bytes === undefined) throw new HttpProblem('block-not-stored');
    const block = decodeBlock(bytes);
    return {
      ...blockSummaryView(summary, node),
      size: block.sizeBytes,
      strippedSize: block.strippedSizeBytes,
      weight: blockWeightWu(block),
      transactions: block.transactions.map((tx) => toDisplayHex(tx.txid)),
    };
  },
});

const tips = defineRoute({
  id: 'chainTips',
  method: 'GET',
  path: '/api/v1/chain/tips',
  tag: 'chain',
  summary: 'The tips of all branches that are known, the highest first.',
  result: Type.Array(
    Type.Object(
      {
        height: Type.Integer(),
        hash: Type.String(),
        branchLength: Type.Integer({ description: 'Blocks from the active chain to the tip, 0 for the active one.' }),
        status: Type.Enum(['active', 'valid-fork', 'valid-headers', 'headers-only', 'invalid']),
      },
      { additionalProperties: false },
    ),
  ),
  run: (node) =>
    [...node.chain.tips()]
      .sort((a, b) => b.height - a.height)
      .map(({ branchLength, hash, height, status }) => ({ height, hash: toDisplayHex(hash), branchLength, status })),
});

export const blockRoutes: readonly Route[] = [list, one, tips];
