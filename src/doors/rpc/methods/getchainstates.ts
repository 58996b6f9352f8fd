import { toDisplayHex } from '../../../core/primitives/ids.ts';
import { Type } from '../../schema.ts';
import type { RpcMethod } from '../method.ts';
import { difficultyOf, hex32, targetHex } from '../render/numbers.ts';

export const getchainstates: RpcMethod = {
  name: 'getchainstates',
  category: 'Blockchain',
  description:
    'The chains whose coins this node holds, the one with the most work last. There are two while the blocks below a snapshot of loadtxoutset are not all checked yet.',
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
        snapshot_blockhash: Type.Optional(Type.String({ description: 'The block of the snapshot that the chain went on from.' })),
        coins_db_cache_bytes: Type.Integer({ description: 'Always 0: there is no cache of this kind besides the one for the tip.' }),
        coins_tip_cache_bytes: Type.Integer({ description: 'Bytes of coins that are held in memory before they are written.' }),
        validated: Type.Boolean({ description: 'Whether each block was checked, from the first on.' }),
      }),
    ),
  }),
  run: ({ node }) => {
    const { chain, network } = node;
    const best = chain.bestHeader().height;
    const chainstates = chain.chainStates().map((state, at, all) => {
      const { tip } = state;
      const { bits } = tip.header;
      const isActive = at === all.length - 1;
      return {
        blocks: tip.height,
        bestblockhash: toDisplayHex(tip.header.hash),
        bits: hex32(bits),
        target: targetHex(bits),
        difficulty: difficultyOf(bits),
        verificationprogress: isActive ? network.sync().fraction : tip.height / Math.max(best, 1),
        snapshot_blockhash: state.snapshotBase && toDisplayHex(state.snapshotBase),
        coins_db_cache_bytes: 0,
        coins_tip_cache_bytes: state.cacheBytesMax,
        validated: state.validated,
      };
    });
    return { headers: best, chainstates };
  },
};
