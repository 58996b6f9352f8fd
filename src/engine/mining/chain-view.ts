import type { RetargetContext } from '../../core/consensus/next-bits.ts';
import type { Rejection } from '../../core/consensus/rejection.ts';
import type { SignalBlock } from '../../core/consensus/version-bits.ts';
import type { Block } from '../../core/primitives/block.ts';
import type { BlockHash } from '../../core/primitives/ids.ts';

/** The branch that the next block is added to. */
export interface MiningTip extends RetargetContext {
  readonly hash: BlockHash;
  readonly height: number;
  readonly medianTimeSeconds: number;
}

/** What a miner needs to know of the chain, and where its blocks go. */
export interface MiningChain {
  tip(): MiningTip;
  /** A block of the active chain, at most the tip's height. */
  blockAt(height: number): SignalBlock & { readonly hash: BlockHash };
  /** Checks, stores, connects. A rejection means that our own block is bad; without one it was stored, best or not. */
  submit(block: Block): Promise<Rejection | undefined>;
  /** Tells that the tip is another now. @returns a function that ends it */
  onTip(listener: () => void): () => void;
}
