import { toDisplayHex } from '../../../core/primitives/ids.ts';
import type { ChainService } from '../../../engine/ports/chain-service.ts';
import { Type } from '../../schema.ts';
import type { RpcMethod } from '../method.ts';
import { difficultyOf, hex32, hex256, hexOf, targetHex } from '../render/numbers.ts';

export const getblockchaininfo: RpcMethod = {
  name: 'getblockchaininfo',
  category: 'Blockchain',
  description: 'The state of the chain: its tip, its work, and how far the node is in sync.',
  params: [],
  result: Type.Object({
    chain: Type.String({ description: 'Name of the network.' }),
    blocks: Type.Integer({ description: 'Height of the tip.' }),
    headers: Type.Integer({ description: 'Height of the valid header with the most work.' }),
    bestblockhash: Type.String(),
    bits: Type.String(),
    target: Type.String(),
    difficulty: Type.Number(),
    time: Type.Integer(),
    mediantime: Type.Integer(),
    verificationprogress: Type.Number({ description: 'From 0 to 1.' }),
    initialblockdownload: Type.Boolean({ description: 'Whether a peer has shown a chain with more work than ours.' }),
    chainwork: Type.String(),
    size_on_disk: Type.Integer({ description: 'Bytes of block and undo files.' }),
    pruned: Type.Boolean({ description: 'Whether old blocks are deleted.' }),
    pruneheight: Type.Optional(Type.Integer({ description: 'Height of the first block from which on all are stored.' })),
    automatic_pruning: Type.Optional(Type.Boolean()),
    prune_target_size: Type.Optional(Type.Integer({ description: 'Bytes of block files above which the oldest are deleted.' })),
    signet_challenge: Type.Optional(Type.String({ description: 'The script that signs blocks, where they are signed.' })),
    warnings: Type.Array(Type.String()),
  }),
  run: ({ node }) => {
    const { signetChallenge } = node.params.consensus;
    const tip = node.chain.tip();
    const sync = node.network.sync();
    const pruning = node.chain.pruning();
    return {
      chain: node.params.name,
      blocks: tip.height,
      headers: node.chain.bestHeader().height,
      bestblockhash: toDisplayHex(tip.header.hash),
      bits: hex32(tip.header.bits),
      target: targetHex(tip.header.bits),
      difficulty: difficultyOf(tip.header.bits),
      time: tip.header.timeSeconds,
      mediantime: tip.medianTimeSeconds,
      verificationprogress: sync.fraction,
      initialblockdownload: !sync.inSync,
      chainwork: hex256(tip.chainWork),
      size_on_disk: node.chain.sizeOnDiskBytes(),
      pruned: pruning !== undefined,
      pruneheight: pruning?.firstStoredHeight,
      automatic_pruning: pruning === undefined ? undefined : pruning.targetBytes !== undefined,
      prune_target_size: pruning?.targetBytes,
      signet_challenge: signetChallenge === null ? undefined : hexOf(signetChallenge),
      warnings: warningsOf(node.chain),
    };
  },
};

/** What a user should know that no number says. */
function warningsOf(chain: ChainService): string[] {
  const warnings: string[] = [];
  const refusedAt = chain.refusedReorganisation();
  if (refusedAt !== undefined) {
    const what = `A branch with more work leaves this one after block ${refusedAt}; blocks needed to follow it were pruned.`;
    warnings.push(`${what} Start with --reindex.`);
  }
  const damaged = chain.damagedBlocks?.() ?? 0;
  if (damaged > 0)
    warnings.push(`Stored blocks are damaged: ${damaged}. They are fetched again from peers that have them. Look at the disk.`);
  return warnings;
}
