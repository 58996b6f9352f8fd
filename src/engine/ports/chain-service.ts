import type { Coin } from '../../core/consensus/coin.ts';
import type { Rejection } from '../../core/consensus/rejection.ts';
import type { Block, BlockHeader } from '../../core/primitives/block.ts';
import type { ChainWork } from '../../core/primitives/compact-target.ts';
import type { BlockHash } from '../../core/primitives/ids.ts';
import type { OutPoint, Satoshis } from '../../core/primitives/transaction.ts';
import type { TakeMemory } from './block-store.ts';
import type { CancelSignal } from './cancel-signal.ts';

/** Core's words for the state of a branch. */
export type TipStatus = 'active' | 'valid-fork' | 'valid-headers' | 'headers-only' | 'invalid';

/** One block of the header tree. */
export interface BlockSummary {
  readonly header: BlockHeader;
  readonly height: number;
  readonly chainWork: ChainWork;
  readonly medianTimeSeconds: number;
  /** 0 while only the header is known. */
  readonly txCount: number;
  /** Whether it is on the active chain. */
  readonly active: boolean;
  /** The next block of the active chain, where this one is on it and not the tip. */
  readonly nextHash: BlockHash | undefined;
  /** Whether the block itself is stored. */
  readonly stored: boolean;
  /** Whether it was stored and is there no more. */
  readonly pruned: boolean;
}

/** How old blocks are deleted. */
export interface PruningState {
  /** Bytes above which the oldest go; undefined: they go only when asked to. */
  readonly targetBytes: number | undefined;
  /** Height of the first block from which on all are stored; 0 while nothing was pruned. */
  readonly firstStoredHeight: number;
}

/** The end of one branch of the header tree, as `getchaintips` shows it. */
export interface ChainTip {
  readonly height: number;
  readonly hash: BlockHash;
  readonly branchLength: number;
  readonly status: TipStatus;
}

/** Hashes of the whole coin set, by Core's names. */
export type CoinSetHash = 'hash_serialized_3' | 'muhash';

/** The coin set in figures, as `gettxoutsetinfo` shows it. */
export interface CoinSetStats {
  readonly height: number;
  readonly bestBlock: BlockHash;
  readonly txouts: number;
  readonly transactions: number;
  readonly bogosize: number;
  readonly totalAmount: Satoshis;
  readonly diskSizeBytes: number;
  /** Core's `hash_serialized_3`, wire order; undefined when it was not asked for. */
  readonly hashSerialized: Uint8Array | undefined;
  /** Core's `muhash`, wire order; undefined when it was not asked for. */
  readonly muhash: Uint8Array | undefined;
}

/** What a look through all coins found. */
export interface CoinSearch {
  /** The tip whose coins they are. */
  readonly height: number;
  readonly bestBlock: BlockHash;
  /** Coins that were looked at. */
  readonly txouts: number;
  /** In the order of their txids' bytes, then of their indexes. */
  readonly found: readonly { readonly outPoint: OutPoint; readonly coin: Coin }[];
  /** False where it was told to end before the last coin. */
  readonly completed: boolean;
}

/** The coins of one block as they were written into a file. */
export interface CoinSetFile {
  readonly height: number;
  readonly bestBlock: BlockHash;
  readonly txouts: number;
  /** Core's `hash_serialized_3`, wire order. */
  readonly hashSerialized: Uint8Array;
  /** Where the file is. */
  readonly path: string;
}

/** The coins of a file, from which the chain goes on. */
export interface LoadedCoins {
  readonly height: number;
  readonly baseBlock: BlockHash;
  readonly txouts: number;
  readonly path: string;
}

/** Why the coins of a file cannot be loaded. */
export interface RefusedCoins {
  /** `head`: it is no file of coins, or not one of this network. */
  readonly what: 'head' | 'coins';
  readonly why: string;
  readonly path: string;
}

/** One chain whose coins are held. */
export interface ChainStateSummary {
  readonly tip: BlockSummary;
  /** The block of the snapshot that it went on from; undefined where it began with the first block. */
  readonly snapshotBase: BlockHash | undefined;
  /** Bytes of coins that may be held in memory before they are written. */
  readonly cacheBytesMax: number;
  /** Whether each block was checked, from the first on. */
  readonly validated: boolean;
}

/** What became of a block that was handed in. */
export interface BlockOutcome {
  /** The block was unknown before. */
  readonly isNew: boolean;
  /** It is (or became) part of the active chain. */
  readonly active: boolean;
  readonly rejection: Rejection | undefined;
}

/** The header tree, the blocks and the coins. */
export interface ChainService {
  tip(): BlockSummary;
  /** The valid header of most work. */
  bestHeader(): BlockSummary;
  block(hash: BlockHash): BlockSummary | undefined;
  /** Of the active chain. */
  hashAt(height: number): BlockHash | undefined;
  tips(): readonly ChainTip[];
  /**
   * Wire form; undefined where the block is not stored.
   *
   * @param take - where the memory for it may come from; new memory unless given
   */
  blockBytes(hash: BlockHash, take?: TakeMemory): Promise<Uint8Array | undefined>;
  /** The coins that each transaction but the coinbase spent, in the block's order; undefined where they are not stored. */
  spentCoins(hash: BlockHash): Promise<readonly (readonly Coin[])[] | undefined>;
  /** Unspent in the active chain. */
  coin(outPoint: OutPoint): Promise<Coin | undefined>;
  coinSetStats(kind: CoinSetHash | 'none'): Promise<CoinSetStats>;
  /** Looks through all coins for those of some scripts, as of one moment; `onProgress` is told of the part that is done, 0 to 1. */
  findCoins(
    isWanted: (script: Uint8Array) => boolean,
    options: { readonly signal: CancelSignal; readonly onProgress: (fraction: number) => void },
  ): Promise<CoinSearch>;
  /**
   * Writes the coins of the tip, or of an earlier block, into a file that is not there yet, in the form of Core's snapshots. The chain goes
   * on meanwhile.
   *
   * @param path - counts from the data folder where it is not absolute
   * @returns undefined where it was told to end; there is no file then, nor where it fails
   * @throws NodeError `file-exists`, `file-unwritable`; `option-invalid` where the way back to that block is not there
   */
  dumpCoins(path: string, options: { readonly at: BlockHash; readonly signal: CancelSignal }): Promise<CoinSetFile | undefined>;
  /**
   * Checks, stores, connects and relays.
   *
   * @param raw - the block in wire form, where it is at hand
   */
  submitBlock(block: Block, raw?: Uint8Array): Promise<BlockOutcome>;
  /** What a block on the tip would be refused for; it need not show work, and nothing of it is kept. */
  checkProposal(block: Block): Promise<Rejection | undefined>;
  /** Takes a header alone. */
  submitHeader(header: BlockHeader): Promise<Rejection | undefined>;
  /** @returns false where the block is unknown */
  invalidateBlock(hash: BlockHash): Promise<boolean>;
  reconsiderBlock(hash: BlockHash): Promise<boolean>;
  /** Prefers a block to others of the same work, as if it had come first. @returns false where the block is unknown */
  preciousBlock(hash: BlockHash): Promise<boolean>;
  /**
   * Transactions in the last `blocks` blocks of the branch that ends in a known block; all of the branch's unless given. Undefined where that
   * is not known, since blocks below a snapshot are not here yet.
   */
  transactionCount(hash: BlockHash, blocks?: number): Promise<number | undefined>;
  /**
   * Goes on from the coins of a file, in the form of Core's snapshots, while the blocks below are fetched and checked.
   *
   * @param path - counts from the data folder where it is not absolute
   * @returns why the file is refused, in Core's words; undefined where it was told to end, and nothing is changed
   * @throws NodeError `file-unreadable`
   */
  loadCoins(path: string, options: { readonly signal: CancelSignal }): Promise<LoadedCoins | RefusedCoins | undefined>;
  /** The chains whose coins are held, the one of most work last: two while blocks below a snapshot are not checked yet. */
  chainStates(): readonly ChainStateSummary[];
  /** Bytes of coins that may be held in memory before they are written. */
  coinCacheMaxBytes(): number;
  /** Undefined where every block is kept. */
  pruning(): PruningState | undefined;
  /** Deletes block files without a block above a height, as far as they are not needed. */
  pruneTo(height: number): Promise<void>;
  /** Height where a branch of more work leaves ours that cannot be taken, since blocks that a switch needs were pruned. */
  refusedReorganisation(): number | undefined;
  /** Stored blocks that turned out to be damaged and are not fetched again yet. */
  damagedBlocks?(): number;
  /** Looks through the last `depth` blocks (0: all) at a level from 0 to 4. @returns what is wrong; undefined where all is well */
  verify(options: { readonly level: number; readonly depth: number }): Promise<string | undefined>;
  /** Bytes of block and undo files. */
  sizeOnDiskBytes(): number;
}
