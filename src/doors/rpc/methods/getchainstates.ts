import { toDisplayHex } from '../../../core/primitives/ids.ts';
import { Type } from '../../schema.ts';
import type { RpcMethod } from '../method.ts';
import { difficultyOf, hex32, targetHex } from '../render/numbers.ts';

export const getchainstates: RpcMethod = {
  name: 'getchainstates',
  category: 'Blockchain',
  description: 'The chains whose coins this node holds: there is always one, and each of its blocks was checked.',
  params: [],
  result: Type.Object({
    headers: Type.Integer({ description: 'Height of the valid header with the most work.' }),
    chainstates: Type.Array(
      Type.Object({
        blocks: Type.Integer({ description: 'Height of the tip.' }),
        bestblockhash: Type.String(),
        bits: Type.String(),
        target: Type.String(),
        difficulty: Type.Number(),
        verificationprogress: Type.Number({ description: 'From 0 to 1.' }),
        coins_db_cache_bytes: Type.Integer({ description: 'Always 0: there is no cache of this kind besides the one for the tip.' }),
        coins_tip_cache_bytes: Type.Integer({ description: 'Bytes of coins that are held in memory before they are written.' }),
        validated: Type.Boolean({ description: 'Always true.' }),
      }),
    ),
  }),
  run: ({ node }) => {
    const { chain, network } = node;
    const tip = chain.tip();
    const { bits } = tip.header;
    const state = {
      blocks: tip.height,
      bestblockhash: toDisplayHex(tip.header.hash),
      bits: hex32(bits),
      target: targetHex(bits),
      difficulty: difficultyOf(bits),
      verificationprogress: network.sync().fraction,
      coins_db_cache_bytes: 0,
      coins_tip_cache_bytes: chain.coinCacheMaxBytes(),
      validated: true,
    };
    return { headers: chain.bestHeader().height, chainstates: [state] };
  },
};
