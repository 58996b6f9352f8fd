/**
 * The coins as they were before a block that does not stand on the tip: the way there is walked in memory, and nothing is changed.
 *
 * @module
 */

import type { CoinChanges } from '../../core/consensus/block-effect.ts';
import { disconnectBlock } from '../../core/consensus/block-effect.ts';
import type { Coin } from '../../core/consensus/coin.ts';
import type { ConnectContext } from '../../core/consensus/connect-block.ts';
import { coinsNeeded, connectBlock } from '../../core/consensus/connect-block.ts';
import type { Block } from '../../core/primitives/block.ts';
import { decodeBlock } from '../../core/primitives/block.ts';
import type { HashKey } from '../../core/primitives/ids.ts';
import type { OutPoint } from '../../core/primitives/transaction.ts';
import { outPointKey } from '../../core/primitives/transaction.ts';
import type { Chain } from '../chain/chain.ts';
import type { HeaderNode } from '../chain/header-node.ts';
import { isLinked } from '../chain/header-node.ts';
import { ancestorOf, findFork } from '../chain/header-tree.ts';
import type { Clock } from '../ports/clock.ts';

/** Most blocks that are walked, back and forth together: what a reorganisation may bring, and a second or two of work. */
export const WALK_BLOCKS_MAX = 100;

/** What a block sees of the branch below it. */
export function connectContext(parent: HeaderNode): ConnectContext {
  return {
    height: parent.height + 1,
    prevMedianTimeSeconds: parent.medianTimeSeconds,
    medianTimeAt: (height) => ancestorOf(parent, height).medianTimeSeconds,
    hashAt: (height) => ancestorOf(parent, height).hash,
  };
}

/** The coins, or why they cannot be known. */
export type CoinsBefore =
  | { readonly coins: ReadonlyMap<HashKey, Coin>; readonly why?: undefined }
  | { readonly why: 'too-far' | 'not-stored' | 'invalid-prev'; readonly coins?: undefined };

/** Only what is asked for is followed, so that the memory is that of the blocks' inputs. */
function follow(coins: Map<HashKey, Coin>, wanted: ReadonlyMap<HashKey, OutPoint>, { removed, added }: CoinChanges): void {
  for (const outPoint of removed) coins.delete(outPointKey(outPoint));
  for (const { outPoint, coin } of added) {
    const key = outPointKey(outPoint);
    if (wanted.has(key)) coins.set(key, coin);
  }
}

/** Nodes after `fork` up to `end`, the lowest first. */
function branchAbove(fork: HeaderNode, end: HeaderNode): HeaderNode[] {
  return Array.from({ length: end.height - fork.height }, (_, index) => ancestorOf(end, fork.height + 1 + index));
}

/**
 * The coins that a block needs, as of its parent. Must run between two changes of the chain (`Chain.run`).
 *
 * Blocks of another branch are held to the rules on the way, their scripts apart: `invalid-prev` says that one breaks them.
 */
export async function coinsBefore(block: Block, parent: HeaderNode, chain: Chain, clock: Pick<Clock, 'yield'>): Promise<CoinsBefore> {
  const { consensus } = chain.params;
  const fork = findFork(chain.tip, parent);
  if (chain.tip.height + parent.height - 2 * fork.height > WALK_BLOCKS_MAX) return { why: 'too-far' };
  const undone = branchAbove(fork, chain.tip);
  const redone = branchAbove(fork, parent);
  if (!isLinked(parent) || [...undone, ...redone].some((node) => node.block === undefined)) return { why: 'not-stored' };
  if (undone.some((node) => node.undo === undefined)) return { why: 'not-stored' };
  const wanted = coinsNeeded(block, consensus);
  const others: Block[] = [];
  for (const node of redone) {
    const other = decodeBlock(await chain.readBlock(node));
    others.push(other);
    for (const [key, outPoint] of coinsNeeded(other, consensus)) wanted.set(key, outPoint);
    await clock.yield();
  }
  const now = await chain.coinsOf([...wanted.values()]);
  const coins = new Map<HashKey, Coin>();
  [...wanted.keys()].forEach((key, index) => {
    const coin = now[index];
    if (coin !== undefined) coins.set(key, coin);
  });
  for (const node of undone.reverse()) {
    follow(coins, wanted, disconnectBlock(decodeBlock(await chain.readBlock(node)), await chain.readBlockUndo(node)));
    await clock.yield();
  }
  for (const [index, node] of redone.entries()) {
    const connected = connectBlock(others[index]!, coins, connectContext(node.parent!), consensus);
    if (connected.rejection !== undefined) return { why: 'invalid-prev' };
    follow(coins, wanted, connected.effect);
    await clock.yield();
  }
  return { coins };
}
