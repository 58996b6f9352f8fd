import type { BlockHash, Txid } from '../../core/primitives/ids.ts';
import type { OutPoint, Satoshis, Transaction } from '../../core/primitives/transaction.ts';

/** The indexes there are; docs/guides/indexes.md says what each is for. */
export const INDEX_NAMES = ['tx', 'script', 'filter', 'spent'] as const;

/** One of them. */
export type IndexName = (typeof INDEX_NAMES)[number];

/** How far an index has come. */
export interface IndexState {
  readonly name: IndexName;
  /** It had reached the tip once, or began with the chain; from then on it follows it closely. */
  readonly synced: boolean;
  /** Height of the last block in it; 0 while there is none. */
  readonly height: number;
}

/** A transaction of a block. */
export interface ConfirmedTransaction {
  readonly tx: Transaction;
  readonly blockHash: BlockHash;
  /** Its place in the block. */
  readonly position: number;
}

/** The input that spends an output. */
export interface Spender {
  readonly txid: Txid;
  readonly inputIndex: number;
  readonly height: number;
}

/** A block's compact filter (BIP-158) with its header (BIP-157), wire order. */
export interface BlockFilter {
  readonly filter: Uint8Array;
  readonly header: Uint8Array;
}

/** What the chain has of one output script. */
export interface ScriptTotals {
  /** Transactions that pay or spend it. */
  readonly transactionCount: number;
  /** Its unspent outputs, and their sum. */
  readonly coinCount: number;
  readonly balance: Satoshis;
}

/** One unspent output of a script. */
export interface ScriptCoin {
  readonly outPoint: OutPoint;
  readonly value: Satoshis;
  readonly height: number;
  readonly coinbase: boolean;
}

/** One transaction that pays or spends a script. */
export interface ScriptEvent {
  readonly txid: Txid;
  readonly height: number;
  /** Its place in the block. */
  readonly position: number;
  /** What its outputs pay the script, and what its inputs took from it. */
  readonly received: Satoshis;
  readonly spent: Satoshis;
}

/** What can be asked beyond the chain itself. A question needs its index: whoever asks sees to it that the node has it. */
export interface IndexService {
  /** Of those that the node has, in the order of `INDEX_NAMES`. */
  states(): readonly IndexState[];
  has(name: IndexName): boolean;
  /** Waits until an index that was in sync has come to the tip again. @returns false where it is still being built */
  ready(name: IndexName): Promise<boolean>;
  /** By the index `tx`. Undefined where no block has it, or the index has not come to it. */
  transaction(txid: Txid): Promise<ConfirmedTransaction | undefined>;
  /** By the index `script`; zeros for a script that was never paid. */
  scriptTotals(script: Uint8Array): Promise<ScriptTotals>;
  /** By the index `script`, in the order of the outpoints' bytes; those after one of them. */
  scriptCoins(script: Uint8Array, page: { readonly limit: number; readonly after?: OutPoint | undefined }): Promise<readonly ScriptCoin[]>;
  /** By the index `script`: which of these outputs are its coins. */
  scriptCoinsAmong(script: Uint8Array, outPoints: readonly OutPoint[]): Promise<readonly ScriptCoin[]>;
  /** By the index `script`, the newest first; those before one place in the chain. */
  scriptHistory(
    script: Uint8Array,
    page: { readonly limit: number; readonly before?: Pick<ScriptEvent, 'height' | 'position'> | undefined },
  ): Promise<readonly ScriptEvent[]>;
  /** By the index `spent`: what spends an output in the chain. */
  spender(outPoint: OutPoint): Promise<Spender | undefined>;
  /** By the index `filter`. Undefined for a block that was never on the active chain, or that the index has not come to. */
  filter(hash: BlockHash): Promise<BlockFilter | undefined>;
}
