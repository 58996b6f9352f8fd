import type { Rejection } from '../../core/consensus/rejection.ts';
import type { Block } from '../../core/primitives/block.ts';
import type { BlockHash } from '../../core/primitives/ids.ts';
import type { Satoshis, Transaction } from '../../core/primitives/transaction.ts';
import type { CancelSignal } from './cancel-signal.ts';

/** What the miner does. */
export interface MiningState {
  readonly running: boolean;
  readonly workers: number;
  /** Hashes a second over the last seconds, 0 while it is not running. */
  readonly hashRate: number;
  readonly blocksFound: number;
  /** Where the reward goes. */
  readonly address: string | undefined;
}

/** What a template is made of: another tip, or another number for the waiting transactions, make another one. */
export interface TemplateState {
  readonly tip: BlockHash;
  readonly revision: number;
}

/** A block on the tip that somebody else finishes. */
export interface OfferedTemplate {
  readonly height: number;
  readonly version: number;
  readonly bits: number;
  /** Of now, within what the chain allows. */
  readonly timeSeconds: number;
  readonly timeSecondsMin: number;
  /** Without the coinbase, each after those it needs. */
  readonly transactions: readonly { readonly tx: Transaction; readonly fee: Satoshis; readonly sigopsCost: number }[];
  /** Subsidy and fees. */
  readonly coinbaseValue: Satoshis;
  /** The script of the output that commits to the witnesses, where they are in force. */
  readonly witnessCommitment: Uint8Array | undefined;
  /** `tip` is the block below it. */
  readonly state: TemplateState;
}

/** One block of given transactions: there it is, or `rejection` says why it cannot be. Neither where no work was found. */
export interface MinedBlock {
  readonly block?: Block;
  readonly rejection?: Rejection;
}

/** Making blocks. */
export interface MiningService {
  state(): MiningState;
  /** A template for others; kept for five seconds while the tip stays the same. */
  template(): Promise<OfferedTemplate>;
  /** What a template would be made of now. */
  templateState(): TemplateState;
  /** Resolves when the tip is another than the one named, or other transactions wait and a minute has gone by, or the signal says so. */
  templateChanged(known: TemplateState, signal: CancelSignal): Promise<void>;
  /** What transactions must pay for each 1,000 virtual bytes to be put into blocks. */
  feeRateMinSatPerKvb(): Satoshis;
  /** The last template that was made, for whomever: its weight with what is kept free, and its transactions without the coinbase. */
  lastTemplate(): { readonly weightWu: number; readonly transactionCount: number } | undefined;
  /** Mines one block of exactly these transactions, whose fees nobody gets. Core's `generateblock`. */
  generateBlock(options: {
    readonly script: Uint8Array;
    readonly transactions: readonly Transaction[];
    /** Whether the chain is given the block. */
    readonly submit: boolean;
    readonly signal?: CancelSignal;
  }): Promise<MinedBlock>;
  /** Default: as many workers as cores, to the wallet's address. @throws NodeError `option-invalid` where there is neither address nor wallet */
  start(options?: { readonly workers?: number; readonly script?: Uint8Array }): Promise<void>;
  stop(): Promise<void>;
  /**
   * Mines `count` blocks one after another, whatever `start` does. Ends early when `maxTries` hashes were tried, when `signal` says so
   * or when the node stops; what was mined stays.
   */
  generate(options: {
    readonly count: number;
    readonly script: Uint8Array;
    readonly maxTries?: bigint;
    readonly signal?: CancelSignal;
  }): Promise<readonly BlockHash[]>;
}
