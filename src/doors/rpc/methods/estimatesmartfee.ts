import { Type } from '../../schema.ts';
import { coins } from '../amount.ts';
import { CONF_TARGET, confirmTargetOf, feesOf } from '../confirm-target.ts';
import { RpcError } from '../errors.ts';
import type { RpcMethod } from '../method.ts';

/** Core's names of the modes, in any case; one that is unset is economical. */
const MODES = ['unset', 'economical', 'conservative'] as const;

function isConservative(text: string): boolean {
  const mode = MODES.find((each) => each === text.toLowerCase());
  if (mode !== undefined) return mode === 'conservative';
  const names = MODES.map((each) => `"${each}"`).join(', ');
  throw new RpcError('INVALID_PARAMETER', `Invalid estimate_mode parameter, must be one of: ${names}`);
}

export const estimatesmartfee: RpcMethod = {
  name: 'estimatesmartfee',
  category: 'Util',
  description:
    'The fee rate with which a transaction should be confirmed in time, by how long those took that this node has seen. Never below what it takes to get into the mempool.',
  params: [
    CONF_TARGET,
    {
      name: 'estimate_mode',
      schema: Type.String(),
      fallback: '"economical"',
      description:
        'economical follows the last hours more closely; conservative asks that the rate has been enough for longer. unset is economical.',
    },
  ],
  result: Type.Object({
    feerate: Type.Optional(Type.Number({ description: 'Coins per 1,000 virtual bytes. Left out where there are errors.' })),
    errors: Type.Optional(Type.Array(Type.String(), { description: 'Why there is no rate.' })),
    blocks: Type.Integer({
      description: 'The target that the rate holds for: 2 at the least, and at the most half of the blocks that were seen.',
    }),
  }),
  run: async ({ node }, args) => {
    const fees = feesOf({ node });
    const target = confirmTargetOf(fees, args, 0);
    const conservative = args.has(1) && isConservative(args.string(1));
    await node.mempool.settled();
    const { feeRateSatPerKvb, targetBlocks } = fees.estimate(target, conservative);
    if (feeRateSatPerKvb !== undefined) return { feerate: coins(feeRateSatPerKvb), blocks: targetBlocks };
    return { errors: ['Insufficient data or no feerate found'], blocks: targetBlocks };
  },
};
