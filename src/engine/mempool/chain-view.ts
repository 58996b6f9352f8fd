import type { Coin } from '../../core/consensus/coin.ts';
import type { Block } from '../../core/primitives/block.ts';
import type { BlockHash } from '../../core/primitives/ids.ts';
import type { OutPoint } from '../../core/primitives/transaction.ts';

/** The last block of the active chain. */
export interface ChainPoint {
  readonly hash: BlockHash;
  readonly height: number;
  /** Of it and the ten blocks before it. */
  readonly medianTimeSeconds: number;
}

/**
 * How the active chain moves. A switch of branches is some `disconnected`, then some `connected`, then one `settled`; a new block on the tip
 * is one `connected` and one `settled`.
 */
export type ChainMove =
  | { readonly kind: 'connected'; readonly block: Block; readonly height: number }
  /** `scriptFlags`: flags under which this process has run all the block's scripts; undefined where it has not. */
  | { readonly kind: 'disconnected'; readonly block: Block; readonly height: number; readonly scriptFlags?: number | undefined }
  | { readonly kind: 'settled' };

/** What the waiting transactions need to know of the chain. */
export interface MempoolChain {
  tip(): ChainPoint;
  /** Median time past of the active chain's block at a height, not above the tip. */
  medianTimeAt(height: number): number;
  /** Unspent outputs of the active chain, in order; undefined where there is none. */
  coinsOf(outPoints: readonly OutPoint[]): Promise<readonly (Coin | undefined)[]>;
  /** @returns a function that ends it */
  subscribe(listener: (move: ChainMove) => void): () => void;
}
