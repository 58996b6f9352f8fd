import type { Coin } from '../../core/consensus/coin.ts';
import type { Block } from '../../core/primitives/block.ts';
import type { HeaderNode } from './header-node.ts';

/** A block that came to or left the active chain. */
export interface BlockEvent {
  readonly node: HeaderNode;
  readonly block: Block;
  /** The coins that each transaction but the coinbase spent, in the order of its inputs. */
  readonly spentCoins: readonly (readonly Coin[])[];
}

/**
 * What happens in a chain, in order. At each event the chain's tip and coins are those after it. Listeners are called between two steps
 * of the chain: they return at once and ask for no further change except through its queue.
 */
export type ChainEvent =
  | ({ readonly kind: 'block-connected' } & BlockEvent)
  /** `scriptFlags`: flags under which this process has run all the block's scripts; undefined where it has not, or long ago. */
  | ({ readonly kind: 'block-disconnected'; readonly scriptFlags: number | undefined } & BlockEvent)
  /**
   * Blocks were connected or disconnected and that is over; `fork` is the last block that the branches before and after have in common.
   * After a branch that failed on the way it may be the old tip itself.
   */
  | { readonly kind: 'tip-changed'; readonly tip: HeaderNode; readonly fork: HeaderNode }
  /**
   * A block on the tip shows its work, and its transactions and witnesses are those that its header stands for. Whether it holds is not known
   * yet, and it is not stored.
   */
  | { readonly kind: 'block-sound'; readonly node: HeaderNode; readonly block: Block }
  | { readonly kind: 'header-added'; readonly node: HeaderNode }
  /** Stored blocks turned out to be damaged: `Chain.damagedBlocks` has them, to be fetched again. */
  | { readonly kind: 'blocks-damaged' }
  /** Coins were loaded from a file, or blocks below these were checked: `Chain.checked` is another. */
  | { readonly kind: 'history-moved' }
  /** A block or undo record that was damaged can be read again. */
  | { readonly kind: 'block-mended'; readonly node: HeaderNode };

/** Hears of a chain's events. */
export type ChainListener = (event: ChainEvent) => void;
