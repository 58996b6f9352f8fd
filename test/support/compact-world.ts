/**
 * What the tests of compact blocks have in common: a chain with coins to spend, blocks on it, and peers that speak compact blocks.
 *
 * @module
 */

import { regtest } from '../../src/core/params/regtest.ts';
import type { Block } from '../../src/core/primitives/block.ts';
import type { Transaction } from '../../src/core/primitives/transaction.ts';
import type { CmpctblockMessage } from '../../src/core/wire/messages/cmpctblock.ts';
import { COMPACT_VERSION } from '../../src/core/wire/messages/sendcmpct.ts';
import { compactBlock } from '../../src/engine/sync/recent-block.ts';
import { buildBlock, buildChain, genesisParent } from './chain-builder.ts';
import { output, pay, TRUE_OUTPUT } from './mempool-world.ts';
import type { ScriptedPeer, SyncTestNode, SyncWorld } from './sync-world.ts';
import { WORLD_PORT } from './sync-world.ts';

/** 120 blocks whose coinbases pay to what tests can spend; the first 20 of them have matured. */
export const COMPACT_CHAIN: readonly Block[] = buildChain({
  parent: genesisParent(regtest),
  params: regtest,
  count: 120,
  coinbaseScript: TRUE_OUTPUT,
});
const REWARD = 5_000_000_000n;

/** Spends the coinbase of a block, leaving a fee. */
export function spendOf(index: number, fee = 10_000n): Transaction {
  const { txid } = COMPACT_CHAIN[index]!.transactions[0]!;
  return pay({ inputs: [{ txid, vout: 0 }], outputs: [output(REWARD - fee)] });
}

/** Spends the output of a transaction. */
export function childOf(parent: Transaction, fee = 10_000n): Transaction {
  return pay({ inputs: [{ txid: parent.txid, vout: 0 }], outputs: [output(parent.outputs[0]!.value - fee)] });
}

/** A block on a node's tip. `extra` tells one from another. */
export function nextBlock(node: SyncTestNode, transactions: readonly Transaction[], extra = 0): Block {
  return buildBlock({ parent: node.chain.tip, params: regtest, transactions, extra: Uint8Array.of(extra) });
}

/** The compact form of a block as the C++ node sends it, with a nonce of the test's. */
export function compactOf(block: Block, nonce = 7n): CmpctblockMessage {
  return compactBlock(block, nonce);
}

/** Says that a peer speaks compact blocks. */
export function offerCompact(peer: ScriptedPeer, { highBandwidth = false, version = COMPACT_VERSION } = {}): void {
  peer.send({ type: 'sendcmpct', highBandwidth, version });
}

/** A peer that called a node and speaks compact blocks. */
export async function compactPeer(world: SyncWorld, node: SyncTestNode, host: string): Promise<ScriptedPeer> {
  const peer = await world.peer(node, host);
  offerCompact(peer);
  await peer.sync();
  return peer;
}

/** The same of one that the node called. */
export async function calledCompactPeer(world: SyncWorld, node: SyncTestNode, host: string): Promise<ScriptedPeer> {
  const called: ScriptedPeer[] = [];
  await world.listen(host, (peer) => called.push(peer));
  node.network.addNode({ host, port: WORLD_PORT }, 'add');
  await world.until(() => called.length > 0);
  const peer = called[0]!;
  await peer.greet();
  offerCompact(peer);
  await peer.sync();
  return peer;
}
