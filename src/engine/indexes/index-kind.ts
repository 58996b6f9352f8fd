import type { Coin } from '../../core/consensus/coin.ts';
import type { Block } from '../../core/primitives/block.ts';
import type { IndexName } from '../ports/index-service.ts';
import type { PendingRows } from './pending-rows.ts';

/** A block of the active chain with everything that an index may want of it. */
export interface IndexedBlock {
  readonly block: Block;
  readonly height: number;
  /** The coins that each transaction but the coinbase spent, in the order of its inputs. */
  readonly spentCoins: readonly (readonly Coin[])[];
}

/** Lets others have a turn where this one has lasted; called between any two small steps. What it returns is waited for, if it is anything. */
export type Pause = () => Promise<void> | undefined;

/**
 * What an index keeps of each block. `disconnect` takes back exactly what `connect` of the same block did: called for the last block
 * that is connected, it leaves the rows as they were before it. Neither looks at anything but the block and the index's own rows.
 */
export interface IndexKind {
  readonly name: IndexName;
  connect(block: IndexedBlock, rows: PendingRows, pause: Pause): Promise<void>;
  disconnect(block: IndexedBlock, rows: PendingRows, pause: Pause): Promise<void>;
}
