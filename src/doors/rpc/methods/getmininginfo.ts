import { assert } from '../../../core/base/assert.ts';
import { nextBits, type RetargetBlock } from '../../../core/consensus/next-bits.ts';
import type { BlockSummary } from '../../../engine/ports/chain-service.ts';
import type { NodePort } from '../../../engine/ports/node-port.ts';
import { Type } from '../../schema.ts';
import { coins } from '../amount.ts';
import type { RpcMethod } from '../method.ts';
import { difficultyOf, hex32, hexOf, rounded, targetHex } from '../render/numbers.ts';

/** Blocks over which the hash rate of the network is estimated, as Core's. */
const ESTIMATE_BLOCKS = 120;

function blockAt(node: NodePort, height: number): BlockSummary {
  const hash = node.chain.hashAt(height);
  const block = hash === undefined ? undefined : node.chain.block(hash);
  assert(block !== undefined, 'every height up to the tip has a block');
  return block;
}

function retargetBlock({ header, height }: BlockSummary): RetargetBlock {
  return { height, timeSeconds: header.timeSeconds, bits: header.bits };
}

/** Hashes a second that the last blocks took. Core's `GetNetworkHashPS`. */
function networkHashRate(node: NodePort): number {
  const tip = node.chain.tip();
  const count = Math.min(ESTIMATE_BLOCKS, tip.height);
  if (count === 0) return 0;
  let earliest = tip.header.timeSeconds;
  let latest = earliest;
  for (let height = tip.height - count; height < tip.height; height++) {
    const { timeSeconds } = blockAt(node, height).header;
    earliest = Math.min(earliest, timeSeconds);
    latest = Math.max(latest, timeSeconds);
  }
  if (earliest === latest) return 0;
  return rounded(Number(tip.chainWork - blockAt(node, tip.height - count).chainWork) / (latest - earliest));
}

export const getmininginfo: RpcMethod = {
  name: 'getmininginfo',
  category: 'Mining',
  description: 'What a miner wants to know: the difficulty now and of the next block, and the hash rate of the network.',
  params: [],
  result: Type.Object({
    blocks: Type.Integer({ description: 'Height of the tip.' }),
    bits: Type.String(),
    difficulty: Type.Number(),
    target: Type.String(),
    networkhashps: Type.Number({ description: `Hashes a second, estimated over the last ${ESTIMATE_BLOCKS} blocks.` }),
    pooledtx: Type.Integer({ description: 'Waiting transactions.' }),
    blockmintxfee: Type.Number({ description: 'Always 0: a block takes whatever waits and fits.' }),
    chain: Type.String(),
    next: Type.Object({ height: Type.Integer(), bits: Type.String(), difficulty: Type.Number(), target: Type.String() }),
    signet_challenge: Type.Optional(Type.String({ description: 'The script that signs blocks, where they are signed.' })),
    warnings: Type.Array(Type.String()),
  }),
  run: ({ node }) => {
    const { signetChallenge } = node.params.consensus;
    const tip = node.chain.tip();
    const context = { prev: retargetBlock(tip), ancestor: (height: number) => retargetBlock(blockAt(node, height)) };
    const next = nextBits(node.clock.nowSeconds(), context, node.params.consensus.pow);
    return {
      blocks: tip.height,
      bits: hex32(tip.header.bits),
      difficulty: difficultyOf(tip.header.bits),
      target: targetHex(tip.header.bits),
      networkhashps: networkHashRate(node),
      pooledtx: node.mempool.info().count,
      blockmintxfee: coins(0n),
      chain: node.params.name,
      next: { height: tip.height + 1, bits: hex32(next), difficulty: difficultyOf(next), target: targetHex(next) },
      signet_challenge: signetChallenge === null ? undefined : hexOf(signetChallenge),
      warnings: [],
    };
  },
};
