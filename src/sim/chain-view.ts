/**
 * What scenarios ask about chains: who mined a block, which coins can be spent, what was left behind.
 *
 * @module
 */

import { bytesEqual } from '../core/base/bytes.ts';
import type { OutPoint, Satoshis } from '../core/primitives/transaction.ts';
import type { KeyCoin } from '../core/signing/single-key.ts';
import type { Purse } from './purse.ts';
import type { LedgerBlock } from './reference-ledger.ts';
import type { Simulation } from './simulation.ts';

const MEDIAN_BLOCKS = 11;

/** The blocks of a chain above a height, the lowest first. */
export function chainAbove(tip: LedgerBlock, height: number): readonly LedgerBlock[] {
  const blocks: LedgerBlock[] = [];
  for (let at: LedgerBlock | undefined = tip; at !== undefined && at.height > height; at = at.parent) blocks.push(at);
  return blocks.reverse();
}

/** The median of the times of a block and the ten before it, seconds (BIP-113). */
export function medianTimeOf(tip: LedgerBlock): number {
  const times = chainAbove(tip, Math.max(-1, tip.height - MEDIAN_BLOCKS)).map(({ timeSeconds }) => timeSeconds);
  return times.sort((a, b) => a - b)[times.length >> 1] as number;
}

/** Whether a node's reward is in a block: whether it has mined it. */
export function isMinedBy(block: LedgerBlock, purse: Purse): boolean {
  return block.made.some(({ coin }) => coin.coinbase && bytesEqual(coin.scriptPubKey, purse.script));
}

/** A coin that can be spent, and whose it is. */
export interface SpendableCoin extends KeyCoin {
  readonly owner: Purse;
}

/** Rewards on the chain of a tip that are unspent and so old that they stay mature when the last `margin` blocks are left; the oldest first. */
export function matureRewards(simulation: Simulation, tip: LedgerBlock, margin: number): readonly SpendableCoin[] {
  const { ledger, purses, params } = simulation;
  const top = tip.height - params.consensus.coinbaseMaturity - margin;
  const coins: SpendableCoin[] = [];
  for (const { height, made } of chainAbove(tip, 0)) {
    if (height > top) break;
    for (const { outPoint, coin } of made) {
      if (!coin.coinbase || ledger.coinAt(tip, outPoint) === undefined) continue;
      const owner = purses.find(({ script }) => bytesEqual(script, coin.scriptPubKey));
      if (owner === undefined) continue;
      const vout = new DataView(outPoint.buffer, outPoint.byteOffset).getUint32(32);
      const txid = outPoint.slice(0, 32) as unknown as OutPoint['txid'];
      coins.push({ owner, outPoint: { txid, vout }, value: coin.value as Satoshis });
    }
  }
  return coins;
}
