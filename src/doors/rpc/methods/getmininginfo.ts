import { nextBits, type RetargetBlock } from '../../../core/consensus/next-bits.ts';
import type { BlockSummary } from '../../../engine/ports/chain-service.ts';
import { Type } from '../../schema.ts';
import { coins } from '../amount.ts';
import type { RpcMethod } from '../method.ts';
import { activeBlock, ESTIMATE_BLOCKS, networkHashRate } from '../network-hash-rate.ts';
import { difficultyOf, hex32, hexOf, targetHex } from '../render/numbers.ts';

function retargetBlock({ header, height }: BlockSummary): RetargetBlock {
  return { height, timeSeconds: header.timeSeconds, bits: header.bits };
}

export const getmininginfo: RpcMethod = {
  name: 'getmininginfo',
  category: 'Mining',
  description: 'What a miner wants to know: the difficulty now and of the next block, and the hash rate of the network.',
  params: [],
  result: Type.Object({
    blocks: Type.Integer({ description: 'Height of the tip.' }),
    currentblockweight: Type.Optional(
      Type.Integer({ description: 'Weight of the last template, with what is kept free; once there was one.' }),
    ),
    currentblocktx: Type.Optional(Type.Integer({ description: 'Its transactions without the coinbase.' })),
    bits: Type.String(),
    difficulty: Type.Number(),
    target: Type.String(),
    networkhashps: Type.Number({ description: `Hashes a second, estimated over the last ${ESTIMATE_BLOCKS} blocks.` }),
    pooledtx: Type.Integer({ description: 'Waiting transactions.' }),
    blockmintxfee: Type.Number({
      description: 'What a transaction must pay for each 1,000 virtual bytes to be put into a block, in coins.',
    }),
    chain: Type.String(),
    next: Type.Object({ height: Type.Integer(), bits: Type.String(), difficulty: Type.Number(), target: Type.String() }),
    signet_challenge: Type.Optional(Type.String({ description: 'The script that signs blocks, where they are signed.' })),
    warnings: Type.Array(Type.String()),
  }),
  run: async ({ node }) => {
    const { signetChallenge } = node.params.consensus;
    const tip = node.chain.tip();
    const context = { prev: retargetBlock(tip), ancestor: (height: number) => retargetBlock(activeBlock(node, height)) };
    const next = nextBits(node.clock.nowSeconds(), context, node.params.consensus.pow);
    const last = node.mining.lastTemplate();
    return {
      blocks: tip.height,
      currentblockweight: last?.weightWu,
      currentblocktx: last?.transactionCount,
      bits: hex32(tip.header.bits),
      difficulty: difficultyOf(tip.header.bits),
      target: targetHex(tip.header.bits),
      networkhashps: await networkHashRate(node, tip),
      pooledtx: node.mempool.info().count,
      blockmintxfee: coins(node.mining.feeRateMinSatPerKvb()),
      chain: node.params.name,
      next: { height: tip.height + 1, bits: hex32(next), difficulty: difficultyOf(next), target: targetHex(next) },
      signet_challenge: signetChallenge === null ? undefined : hexOf(signetChallenge),
      warnings: [],
    };
  },
};
