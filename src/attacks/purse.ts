/**
 * Coins that an attacker mined itself, and payments with them.
 *
 * @module
 */

import { bytesEqual } from '../core/base/bytes.ts';
import type { Block } from '../core/primitives/block.ts';
import type { BlockHash } from '../core/primitives/ids.ts';
import { type KeyCoin, SingleKey } from '../core/signing/single-key.ts';
import type { SeenChain } from './seen-chain.ts';

/** A reward of ours. */
export interface Reward extends KeyCoin {
  readonly blockHash: BlockHash;
}

/** One key and its coins. The key is of no worth: whoever has the seed of a run has it. */
export class Purse extends SingleKey {
  #rewards: Reward[] = [];

  /** Remembers the reward of a block that the target took. */
  remember({ header, transactions: [coinbase] }: Block): void {
    const paid = coinbase?.outputs[0];
    if (coinbase === undefined || paid === undefined || !bytesEqual(paid.scriptPubKey, this.script)) return;
    this.#rewards.push({ outPoint: { txid: coinbase.txid, vout: 0 }, value: paid.value, blockHash: header.hash });
  }

  /** Takes the oldest or the youngest reward that a block after the tip may spend; undefined where there is none. */
  takeReward(chain: SeenChain, maturity: number, which: 'oldest' | 'youngest' = 'oldest'): Reward | undefined {
    this.#rewards = this.#rewards.filter(({ blockHash, value }) => chain.heightOf(blockHash) !== undefined && value > 0n);
    const isMature = ({ blockHash }: Reward): boolean => (chain.heightOf(blockHash) as number) + maturity <= chain.tip.height + 1;
    const at = which === 'oldest' ? this.#rewards.findIndex(isMature) : this.#rewards.findLastIndex(isMature);
    return at < 0 ? undefined : this.#rewards.splice(at, 1)[0];
  }
}
