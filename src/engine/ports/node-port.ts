/**
 * The node as the doors see it: JSON-RPC, HTTP and the command line ask through this and know nothing of what stands behind.
 *
 * Everything that can be refused answers with a `Rejection`; what is unknown is `undefined`. Hashes are in wire order, amounts in
 * base units.
 *
 * @module
 */

import type { Coin } from '../../core/consensus/coin.ts';
import type { Rejection } from '../../core/consensus/rejection.ts';
import type { NetworkParams } from '../../core/params/types.ts';
import type { Block, BlockHeader } from '../../core/primitives/block.ts';
import type { ChainWork } from '../../core/primitives/compact-target.ts';
import type { BlockHash, Txid, Wtxid } from '../../core/primitives/ids.ts';
import type { OutPoint, Satoshis, Transaction } from '../../core/primitives/transaction.ts';
import type { GossipAddress } from '../../core/wire/network-address.ts';
import type { Clock } from './clock.ts';
import type { ExplainService } from './explanation.ts';
import type { Log } from './log.ts';

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
  /** Wire form; undefined where the block is not stored. */
  blockBytes(hash: BlockHash): Promise<Uint8Array | undefined>;
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
   * Checks, stores, connects and relays.
   *
   * @param raw - the block in wire form, where it is at hand
   */
  submitBlock(block: Block, raw?: Uint8Array): Promise<BlockOutcome>;
  /** @returns false where the block is unknown */
  invalidateBlock(hash: BlockHash): Promise<boolean>;
  reconsiderBlock(hash: BlockHash): Promise<boolean>;
  /** Prefers a block to others of the same work, as if it had come first. @returns false where the block is unknown */
  preciousBlock(hash: BlockHash): Promise<boolean>;
  /** Transactions in the last `blocks` blocks of the branch that ends in a known block; all of the branch's unless given. */
  transactionCount(hash: BlockHash, blocks?: number): Promise<number>;
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

/** One waiting transaction with what surrounds it; ancestors and descendants count itself. */
export interface MempoolItem {
  readonly tx: Transaction;
  readonly fee: Satoshis;
  readonly vsizeBytes: number;
  readonly weightWu: number;
  readonly timeSeconds: number;
  /** Height of the tip when it entered. */
  readonly height: number;
  /** Unconfirmed parents and children. */
  readonly depends: readonly Txid[];
  readonly spentBy: readonly Txid[];
  readonly ancestorCount: number;
  readonly ancestorVsizeBytes: number;
  readonly ancestorFees: Satoshis;
  readonly descendantCount: number;
  readonly descendantVsizeBytes: number;
  readonly descendantFees: Satoshis;
}

/** The waiting transactions in figures. */
export interface MempoolInfo {
  readonly loaded: boolean;
  readonly count: number;
  readonly vsizeBytes: number;
  readonly usageBytes: number;
  readonly maxUsageBytes: number;
  readonly totalFee: Satoshis;
  /** Base units per 1,000 virtual bytes that a transaction must pay now, and at least ever. */
  readonly minFeeRateSatPerKvb: Satoshis;
  readonly minRelayFeeRateSatPerKvb: Satoshis;
  readonly incrementalFeeRateSatPerKvb: Satoshis;
  /** What is relayed: whether bare multisignature outputs are, and how many bytes of OP_RETURN scripts a transaction may have. */
  readonly permitBareMultisig: boolean;
  readonly dataCarrierBytesMax: number;
  /** Most transactions that may be connected with one another, and their virtual bytes. */
  readonly clusterCountMax: number;
  readonly clusterVsizeBytesMax: number;
  /** Whether the order of all clusters is known to be the best there is. Looks at each transaction. */
  readonly optimal: boolean;
  /** Grows by one with each transaction that comes or goes, but for those that a block takes; 1 at first. Core's mempool sequence. */
  readonly sequence: number;
}

/** What became of a transaction that was handed in, or would become of it. */
export interface TransactionOutcome {
  readonly txid: Txid;
  readonly wtxid: Wtxid;
  readonly rejection: Rejection | undefined;
  /** Known where the inputs are. */
  readonly fee: Satoshis | undefined;
  readonly vsizeBytes: number;
}

/** The waiting transactions. */
export interface MempoolService {
  info(): MempoolInfo;
  items(): Iterable<MempoolItem>;
  get(txid: Txid): MempoolItem | undefined;
  /** Outputs of waiting transactions. */
  coin(outPoint: OutPoint): Coin | undefined;
  /** The waiting transaction that spends it. */
  spenderOf(outPoint: OutPoint): Txid | undefined;
  /** Checks, keeps and relays. `feeRateMaxSatPerKvb` refuses a transaction that pays more, as `max-fee-exceeded`. */
  submit(tx: Transaction, options?: { readonly feeRateMaxSatPerKvb?: Satoshis }): Promise<TransactionOutcome>;
  /** Says what `submit` would. */
  test(tx: Transaction): Promise<TransactionOutcome>;
  /** It and every waiting transaction that it needs (`ancestors`) or that needs it; undefined where it does not wait. */
  relatives(txid: Txid, direction: 'ancestors' | 'descendants'): readonly MempoolItem[] | undefined;
  /** Keeps the waiting transactions now. @returns where, undefined where nothing is kept. @throws NodeError where not all are back yet */
  save(): Promise<string | undefined>;
  /**
   * Takes in the transactions of a file in Core's `mempool.dat` format, each judged anew.
   *
   * @throws NodeError where there is no such file or it is damaged; the log says which
   */
  importFile(
    path: string,
    options: { readonly useCurrentTime: boolean; readonly signal: CancelSignal },
  ): Promise<{ readonly kept: number; readonly accepted: number }>;
}

/** One peer, in the words of `getpeerinfo`; times in seconds by the wall clock, 0 for never. */
export interface PeerInfo {
  readonly id: number;
  /** `host:port`, IPv6 in brackets. */
  readonly address: string;
  readonly boundAddress: string;
  /** How the peer sees us; undefined where it did not say. */
  readonly localAddress: string | undefined;
  readonly inbound: boolean;
  readonly connectionType: 'inbound' | 'outbound-full-relay' | 'manual';
  readonly services: bigint;
  readonly protocolVersion: number;
  readonly userAgent: string;
  readonly startingHeight: number;
  readonly relayTransactions: boolean;
  readonly connectedTimeSeconds: number;
  readonly lastSendTimeSeconds: number;
  readonly lastReceiveTimeSeconds: number;
  readonly lastTransactionTimeSeconds: number;
  readonly lastBlockTimeSeconds: number;
  readonly timeOffsetSeconds: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly bytesSentPerMessage: Readonly<Record<string, number>>;
  readonly bytesReceivedPerMessage: Readonly<Record<string, number>>;
  readonly pingTimeMs: number | undefined;
  readonly pingTimeMsMin: number | undefined;
  readonly pingWaitMs: number | undefined;
  /** Heights of the last header and block that we have in common; -1 for none. */
  readonly syncedHeaders: number;
  /** Height up to which headers were looked at that have not shown their work yet; -1 where there are none. */
  readonly presyncedHeaders: number;
  readonly syncedBlocks: number;
  /** Heights of the blocks asked of it. */
  readonly inFlight: readonly number[];
  readonly feeFilterSatPerKvb: Satoshis;
  readonly addressesProcessed: number;
  readonly addressesRateLimited: number;
}

/** A transaction that came before its parents. */
export interface OrphanInfo {
  readonly tx: Transaction;
  /** The peer that sent it. */
  readonly peer: number;
}

/** A node that a user wants us to stay connected with. */
export interface AddedNode {
  readonly host: string;
  readonly port: number;
  /** The connection, where there is one. */
  readonly connection: { readonly address: string; readonly inbound: boolean } | undefined;
}

/** How far the node has come. */
export interface SyncProgress {
  /** Contract: no connected peer has shown a header chain of more work than the tip. */
  readonly inSync: boolean;
  readonly height: number;
  /** Height of the best header. */
  readonly headers: number;
  /** 0 to 1. */
  readonly fraction: number;
  readonly blocksPerSecond: number;
  /** Undefined while it cannot be told. */
  readonly secondsLeft: number | undefined;
}

/** Peers and how they are reached. */
export interface NetworkService {
  readonly userAgent: string;
  readonly protocolVersion: number;
  readonly services: bigint;
  /** Where peers are accepted, `host:port`; undefined where they are not. */
  listenAddress(): string | undefined;
  peers(): readonly PeerInfo[];
  sync(): SyncProgress;
  /** `onetry` dials once, `add` keeps connected, `remove` forgets. @returns false: `add` of a known or `remove` of an unknown one */
  addNode(address: { readonly host: string; readonly port: number }, command: 'add' | 'remove' | 'onetry'): boolean;
  /** By `host:port` or id. @returns false where no such peer is connected */
  disconnect(peer: { readonly address: string } | { readonly id: number }): boolean;
  /** Those that `add` named and the ones that the node was started with. */
  addedNodes(): readonly AddedNode[];
  /** Some of the addresses of others that are known, at random; at most so many. */
  knownNodes(count: number): readonly GossipAddress[];
  /** Bytes of all connections since the start, those that are gone too. */
  traffic(): { readonly bytesSent: number; readonly bytesReceived: number };
  /** Asks every peer for a sign of life now. */
  ping(): void;
  /** Whether there may be connections. */
  active(): boolean;
  /** `false` ends every connection and lets none begin. Core's `setnetworkactive`. */
  setActive(active: boolean): void;
  /** Sends bytes as they are; for tests. @returns false where no such peer is connected */
  sendMessage(id: number, command: string, payload: Uint8Array): boolean;
  /** Transactions whose parents are missing. */
  orphans(): readonly OrphanInfo[];
  /** Asks a peer for a block whose header is known. @returns why it was not asked, in Core's words; undefined where it was */
  fetchBlock(peer: number, hash: BlockHash): string | undefined;
}

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

/** Making blocks. */
export interface MiningService {
  state(): MiningState;
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

/** Tells long work to end. An `AbortSignal` fits. */
export interface CancelSignal {
  readonly aborted: boolean;
}

/** The indexes there are; docs/guides/indexes.md says what each is for. */
export const INDEX_NAMES = ['tx', 'script', 'filter', 'spent'] as const;

/** One of them. */
export type IndexName = (typeof INDEX_NAMES)[number];

/** How far an index has come. */
export interface IndexState {
  readonly name: IndexName;
  /** It had reached the tip once; from then on it follows it closely. */
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

/** What the wallet owns, in base units. */
export interface WalletBalance {
  /** In blocks of the active chain, mature, and not spent by any of them. */
  readonly confirmed: Satoshis;
  /** What the waiting transactions will change of it: negative where they pay more than they bring. */
  readonly unconfirmed: Satoshis;
  /** Rewards that must still mature. */
  readonly immature: Satoshis;
}

/** One transaction that touches the wallet. */
export interface WalletEntry {
  readonly txid: Txid;
  /** What the wallet gained; negative where it paid. The fee is in it. */
  readonly amount: Satoshis;
  /** Known where the wallet paid it. */
  readonly fee: Satoshis | undefined;
  /** Undefined while unconfirmed. */
  readonly block: { readonly hash: BlockHash; readonly height: number } | undefined;
  /** Conflicts with a confirmed transaction: it will never confirm on this branch. */
  readonly conflicted: boolean;
  readonly coinbase: boolean;
  readonly timeSeconds: number;
  readonly tx: Transaction;
}

/** A payment that was handed to the mempool, or why it was not. */
export type SendOutcome =
  | { readonly txid: Txid; readonly fee: Satoshis }
  /** `reason` such as `insufficient-funds`, or the mempool's. */
  | { readonly rejection: Rejection };

/** Keys and the coins that are ours. */
export interface WalletService {
  /** The next unused receiving address. */
  address(kind?: 'wpkh' | 'tr'): string;
  /** A new address at each call. */
  newAddress(kind?: 'wpkh' | 'tr'): Promise<string>;
  balance(): WalletBalance;
  /** Newest first. */
  history(options?: { readonly limit?: number; readonly skip?: number }): readonly WalletEntry[];
  transaction(txid: Txid): WalletEntry | undefined;
  isMine(script: Uint8Array): boolean;
  send(options: { readonly script: Uint8Array; readonly amount: Satoshis; readonly feeRateSatPerKvb?: Satoshis }): Promise<SendOutcome>;
  /** Signs what it can of a transaction. */
  sign(tx: Transaction): Promise<{ readonly tx: Transaction; readonly complete: boolean }>;
}

/** What happened in the node, in order. */
export type NodeEvent =
  | { readonly kind: 'block-connected'; readonly hash: BlockHash; readonly height: number }
  | { readonly kind: 'block-disconnected'; readonly hash: BlockHash; readonly height: number }
  | { readonly kind: 'tip-changed'; readonly hash: BlockHash; readonly height: number; readonly reorgDepth: number }
  | { readonly kind: 'transaction-added'; readonly txid: Txid }
  | { readonly kind: 'transaction-removed'; readonly txid: Txid; readonly reason: string }
  | { readonly kind: 'peer-connected'; readonly id: number }
  | { readonly kind: 'peer-disconnected'; readonly id: number; readonly why: string };

/** The node. */
export interface NodePort {
  readonly params: NetworkParams;
  /** Of the package. */
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly startedAtSeconds: number;
  /** Undefined for a node in memory. */
  readonly dataDir: string | undefined;
  readonly chain: ChainService;
  readonly mempool: MempoolService;
  readonly explain: ExplainService;
  readonly network: NetworkService;
  readonly mining: MiningService;
  readonly indexes: IndexService;
  /** Undefined where none was made, as on `main`. */
  readonly wallet: WalletService | undefined;
  /** Core's `setmocktime`: fixes the wall clock; undefined sets it free. */
  setMockTime(timeSeconds: number | undefined): void;
  /** Begins to stop in order and returns at once. */
  requestStop(): void;
  /** @returns a function that ends it */
  subscribe(listener: (event: NodeEvent) => void): () => void;
}
