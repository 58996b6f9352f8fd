/**
 * The chain: takes headers and blocks, keeps the best branch and its coins, and says what happened.
 *
 * Owns which chain is best and what a block changes. Does not own where it is kept (ports), what is asked of peers (`sync`), nor any rule
 * (`consensus`). Changes run one after another through a queue; headers alone are taken at once.
 *
 * @module
 */

import type { Coin } from '../../core/consensus/coin.ts';
import type { Rejection } from '../../core/consensus/rejection.ts';
import { reject } from '../../core/consensus/rejection.ts';
import type { NetworkParams } from '../../core/params/types.ts';
import type { Block, BlockHeader } from '../../core/primitives/block.ts';
import type { BlockHash, HashKey } from '../../core/primitives/ids.ts';
import { hashKey } from '../../core/primitives/ids.ts';
import type { OutPoint } from '../../core/primitives/transaction.ts';
import type { FilePosition, TakeMemory } from '../ports/block-store.ts';
import type { CancelSignal } from '../ports/cancel-signal.ts';
import type { ChainTip, CoinSearch, CoinSetHash, CoinSetStats } from '../ports/chain-service.ts';
import type { DraftFile } from '../ports/draft-file.ts';
import { NodeError } from '../ports/node-error.ts';
import { type AcceptBlockOptions, type AcceptBlockParts, type AcceptOutcome, acceptBlock } from './accept-block.ts';
import { acceptHeaders, type HeadersOutcome } from './accept-header.ts';
import { ActiveChain } from './active-chain.ts';
import type { BlockIndex } from './block-index.ts';
import type { ChainEvent, ChainListener } from './chain-event.ts';
import { type ChainOptions, COIN_CACHE_BYTES_DEFAULT } from './chain-options.ts';
import type { BlockAtHand, ChainParts, FailedBlock } from './chain-state.ts';
import { ChainState } from './chain-state.ts';
import { ChangeQueue } from './change-queue.ts';
import { checkProposal } from './check-proposal.ts';
import { CoinCache } from './coin-cache.ts';
import { type CoinDump, CoinQueries } from './coin-queries.ts';
import { countKnownTransactions } from './count-transactions.ts';
import { Damage } from './damage.ts';
import type { CoinSearchOptions } from './find-coins.ts';
import { Flusher } from './flusher.ts';
import type { HeaderNode } from './header-node.ts';
import { isFailed } from './header-node.ts';
import type { HeaderTree } from './header-tree.ts';
import type { History } from './history.ts';
import { loadIndex, loadTip, storeGenesis } from './load-index.ts';
import { Mending, noteShortFiles } from './mending.ts';
import { Pruner } from './pruner.ts';
import { type LoadedSnapshot, type LoadSnapshotOptions, type OpenedSnapshot, openSnapshot, Snapshots } from './snapshots.ts';
import { TipCoins } from './tip-coins.ts';
import { chainTips } from './tips.ts';
import type { VerifyOptions } from './verify-chain.ts';
import { verifyChain } from './verify-chain.ts';

/** The life of one chain, from `open` to `close`. */
export class Chain {
  readonly params: NetworkParams;
  /** Every header known. Read it, never write to it. */
  readonly tree: HeaderTree;
  /** The branch whose coins are held. Read it, never write to it. */
  readonly active: ActiveChain;
  readonly #options: ChainOptions;
  readonly #index: BlockIndex;
  readonly #parts: ChainParts;
  readonly #accepting: AcceptBlockParts;
  readonly #state: ChainState;
  readonly #changes: ChangeQueue;
  readonly #coins: CoinQueries;
  readonly #damage: Damage;
  readonly #coinStore: TipCoins;
  readonly #snapshots: Snapshots;
  readonly #flusher: Flusher;
  readonly #mending: Mending;
  readonly #pruner: Pruner;
  readonly #listeners = new Set<ChainListener>();
  /** Blocks whose turn has not come, by the one that they build on; of two with one parent the later. */
  readonly #waiting = new Map<HashKey, Block>();
  #expected: Block | undefined;

  /** Opens what the stores hold, or begins anew, and connects every stored block that is not connected yet. @throws NodeError */
  static async open(options: ChainOptions): Promise<Chain> {
    const index = await loadIndex(options);
    await storeGenesis(index, options);
    const snapshot = await openSnapshot(index, options);
    const tip = await loadTip(index, snapshot?.coins ?? options.coins);
    const chain = new Chain(options, index, new ActiveChain(tip ?? index.tree.genesis), snapshot);
    if (options.indexing !== true) {
      await chain.#pruner.begin();
      if (tip === undefined && index.hasPruned()) throw lostCoins();
    }
    noteShortFiles(chain.#parts);
    // Nothing is pruned here: who has still to read old blocks, such as the wallet and the indexes, comes after this.
    await chain.#advance(undefined, options.onProgress);
    chain.#snapshots.history?.begin();
    return chain;
  }

  private constructor(options: ChainOptions, index: BlockIndex, active: ActiveChain, snapshot: OpenedSnapshot | undefined) {
    const { params, blocks, headers, verifier, clock, log, random } = options;
    this.#options = options;
    this.params = params;
    this.#index = index;
    this.tree = index.tree;
    this.active = active;
    const emit = (event: ChainEvent): void => this.#emit(event);
    const settle = (atHand?: BlockAtHand): Promise<Rejection | undefined> => this.#settle(atHand);
    const flush = (): Promise<void> => this.#flusher.flush();
    const coins = new TipCoins(snapshot?.coins ?? options.coins);
    const cache = new CoinCache(coins, random?.below(2 ** 32) ?? 0);
    const cacheBytesMax = options.dbCacheBytes ?? COIN_CACHE_BYTES_DEFAULT;
    const stores = { cache, cacheBytesMax: () => this.#snapshots.cacheBytesMax(), blocks, headers };
    const damage = new Damage(log, () => {
      emit({ kind: 'blocks-damaged' });
      this.#mending?.begin();
    });
    const waitingAfter = (hash: BlockHash): Block | undefined => this.#waitingAfter(hashKey(hash));
    const floor = (): HeaderNode | undefined => this.#snapshots.missing?.base;
    const parts = { params, index, active, ...stores, verifier, clock, log, emit, waitingAfter, damage, floor };
    const state = new ChainState(parts);
    const changes = new ChangeQueue(options.onFailure);
    this.#parts = parts;
    this.#damage = damage;
    this.#state = state;
    this.#changes = changes;
    this.#coinStore = coins;
    this.#snapshots = new Snapshots(
      {
        ...{ chain: parts, params, store: options.snapshots, changes, clock, random, coins, ownCoins: options.coins, cacheBytesMax, flush },
        settle: () => settle(),
      },
      snapshot,
    );
    const both = {
      flush: async () => {
        await state.flush();
        await this.#snapshots.missing?.flush();
      },
      flushHeaders: () => state.flushHeaders(),
    };
    this.#flusher = new Flusher({ index, state: both, clock, log, changes });
    this.#mending = new Mending({ ...parts, state, change: (task) => changes.change(task), settle: () => settle() });
    this.#pruner = new Pruner({ params, index, active, blocks, log, options: options.prune, flush });
    // What is not checked yet is still to be read.
    this.#pruner.keepAbove(() => this.#snapshots.missing?.active.height ?? Number.POSITIVE_INFINITY);
    this.#coins = new CoinQueries({ ...parts, messageStart: params.messageStart, state, changes, coins, flush, pruner: this.#pruner });
    const mended = (node: HeaderNode, position: FilePosition): void => this.#mending.stored(node, position);
    const rowChanged = (): void => this.#flusher.headersLater();
    const isSound = (block: Block): boolean => state.isSound(block);
    this.#accepting = { params, index, active, blocks, verifier, clock, log, emit, damage, mended, rowChanged, isSound, settle };
  }

  /** The block whose coins are held. */
  get tip(): HeaderNode {
    return this.active.tip;
  }

  /** The header of most work that is not known to be invalid; its block may not be here yet. */
  get bestHeader(): HeaderNode {
    return this.tree.best;
  }

  /** Memory of the coins that are held: what a flush writes is less. */
  get cacheBytes(): number {
    return this.#parts.cache.sizeBytes + (this.#snapshots.missing?.cacheBytes ?? 0);
  }

  /** Memory that coins may take before they are written. */
  get cacheBytesMax(): number {
    return this.#parts.cacheBytesMax();
  }

  /**
   * Transactions of the last `blocks` blocks up to a node, itself the last; of its whole branch unless given. Undefined where that is not
   * known, since blocks below a snapshot are not here yet.
   */
  transactionCount(node: HeaderNode, blocks: number = node.height + 1): Promise<number | undefined> {
    return countKnownTransactions(node, blocks, this.#snapshots.missing, () => this.#options.clock.yield());
  }

  /** The snapshot that the chain was begun with, whole or not yet; undefined without one. */
  get history(): Pick<History, 'base' | 'active' | 'whole'> | undefined {
    return this.#snapshots.history;
  }

  /** The same while the blocks below it are not all checked: up to its `active.tip` they are. */
  get missing(): Pick<History, 'base' | 'active' | 'cacheBytesMax'> | undefined {
    return this.#snapshots.missing;
  }

  /** The branch whose every block was checked here: the active one, but for the time after a snapshot was loaded. */
  get checked(): ActiveChain {
    return this.#snapshots.missing?.active ?? this.active;
  }

  /** Goes on from coins of a file. @throws SnapshotError; NodeError where a store fails */
  loadSnapshot(options: LoadSnapshotOptions): Promise<LoadedSnapshot | undefined> {
    return this.#snapshots.load(options);
  }

  /** The ends of all branches, the highest first. */
  tips(): ChainTip[] {
    return chainTips(this.tree, this.active);
  }

  /** Takes headers in order and stops at the first that is refused. Known ones count as taken. */
  acceptHeaders(headers: readonly BlockHeader[]): HeadersOutcome {
    const outcome = acceptHeaders(this.#accepting, headers);
    this.#flusher.headersLater();
    return outcome;
  }

  /**
   * Takes a block: checks it, stores it, and moves to the best block there then is.
   *
   * A rejection of kind `mutated` or `time-future` says nothing about other bytes with the same hash, or about a later time.
   *
   * @throws NodeError where a store fails; the chain is then as it was before or, if the block is stored, as far as it came
   */
  acceptBlock(block: Block, options: AcceptBlockOptions = {}): Promise<AcceptOutcome> {
    const parent = hashKey(block.header.prevBlockHash);
    this.#waiting.set(parent, block);
    if (this.#expected === block) this.#expected = undefined;
    return this.#changes.change(() => {
      this.#waiting.delete(parent);
      return acceptBlock(this.#accepting, block, options);
    });
  }

  /** Whether it begins with a block while the scripts of the one before it run, so that it pays to tell it of one early. */
  get beginsAhead(): boolean {
    return this.#options.verifier.isElsewhere === true;
  }

  /** A block that will be handed over when its turn comes: it may be begun before. The last call is the one that counts. */
  expect(block: Block): void {
    this.#expected = block;
  }

  #waitingAfter(parent: HashKey): Block | undefined {
    const expected = this.#expected;
    return (
      this.#waiting.get(parent) ?? (expected !== undefined && hashKey(expected.header.prevBlockHash) === parent ? expected : undefined)
    );
  }

  /** Moves to the best block and sees to what must be written. @returns the blocks that failed */
  async #advance(atHand?: BlockAtHand, onStep?: (height: number, target: number) => void): Promise<readonly FailedBlock[]> {
    const failed = await this.#state.activateBest(atHand, onStep);
    this.#flusher.headersLater();
    if (this.#flusher.areHeadersDue) await this.#state.flushHeaders();
    if (this.#flusher.areCoinsDue) await this.#flusher.flush();
    return failed;
  }

  /** The same, and prunes what is too much then. @returns why the block at hand is invalid, if it is */
  async #settle(atHand?: BlockAtHand): Promise<Rejection | undefined> {
    const failed = await this.#advance(atHand);
    await this.#pruner.keepToTarget();
    this.#snapshots.missing?.begin();
    if (atHand === undefined || !isFailed(atHand.node)) return undefined;
    return (
      failed.find(({ node }) => node === atHand.node)?.rejection ?? reject('invalid-prev', 'bad-prevblk', { height: atHand.node.height })
    );
  }

  /** Treats a block as invalid and leaves its branch. @returns false for the genesis block, which cannot be */
  invalidateBlock(node: HeaderNode): Promise<boolean> {
    return this.#changes.change(async () => {
      if (node.height === 0) return false;
      const floor = this.#snapshots.missing?.base;
      if (floor !== undefined && node.height <= floor.height && this.active.contains(node))
        throw new NodeError(
          'option-invalid',
          `the chain goes on from a snapshot of block ${floor.height}, and those below are not checked yet`,
        );
      const lacking = this.active.contains(node) ? this.#pruner.lackingAbove(node.height) : undefined;
      if (lacking !== undefined)
        throw new NodeError('option-invalid', `block ${lacking.height} was pruned: the chain cannot go back behind it`);
      this.#index.setFailed(node);
      await this.#settle();
      return true;
    });
  }

  /** Forgets that a block, those before it and those that build on it were found invalid, and judges them anew. */
  reconsiderBlock(node: HeaderNode): Promise<void> {
    return this.#changes.change(async () => {
      this.#index.clearFailed(node);
      await this.#settle();
    });
  }

  /** Prefers a block to others of the same work, as if it had come first. Lasts until the node is started again, as in Core. */
  preciousBlock(node: HeaderNode): Promise<void> {
    return this.#changes.change(async () => {
      if (node.chainWork < this.tip.chainWork) return;
      this.#index.setPrecious(node);
      await this.#settle();
    });
  }

  /** What a block on the tip would be refused for. It need not show work, and nothing of it is kept. Core's `TestBlockValidity`. */
  checkBlockProposal(block: Block): Promise<Rejection | undefined> {
    return this.#changes.run(() => checkProposal({ params: this.params, clock: this.#options.clock, state: this.#state }, block));
  }

  /**
   * A stored block in wire form, held to its header. The node's `block` must be there.
   *
   * @param take - where the memory for it may come from; new memory unless given
   * @throws NodeError `block-file-damaged`; the block is among `damagedBlocks` then
   */
  readBlock(node: HeaderNode, take?: TakeMemory): Promise<Uint8Array> {
    return this.#state.readBytes(node, take);
  }

  /** Stored blocks that are not what was written, those that were found first before others. `acceptBlock` takes them again. */
  damagedBlocks(): Iterable<HeaderNode> {
    return this.#damage.blocks();
  }

  /** How many there are. */
  get damagedCount(): number {
    return this.#damage.blockCount;
  }

  /** Whether what is stored of a block, or its undo record, is known to be damaged and waits to be mended. */
  isDamaged(node: HeaderNode): boolean {
    return this.#damage.hasBlock(node) || this.#damage.hasUndo(node);
  }

  /** Whether a peer was asked for a damaged block, which may come any moment. */
  wasAsked(node: HeaderNode): boolean {
    return this.#damage.wasAsked(node);
  }

  /** A peer was asked for a damaged block: those who ask for it here are told so. */
  noteAsked(node: HeaderNode): void {
    this.#damage.noteAsked(node);
  }

  /**
   * The coins that a block spent, per transaction but the coinbase; the block must have been connected once.
   *
   * @throws NodeError `undo-file-damaged`
   */
  readBlockUndo(node: HeaderNode): Promise<Coin[][]> {
    return this.#state.readUndo(node);
  }

  /** An unspent coin of the tip. */
  async coin(outPoint: OutPoint): Promise<Coin | undefined> {
    return (await this.coinsOf([outPoint]))[0];
  }

  /** Unspent coins of the tip, in the order of their outpoints. To see them and the tip as of one moment, ask within `run`. */
  coinsOf(outPoints: readonly OutPoint[]): Promise<(Coin | undefined)[]> {
    return this.#coins.coinsOf(outPoints);
  }

  /** Counts, and if asked hashes, all coins of one moment. Flushes first; the chain goes on while it counts. */
  coinSetStats(kind: CoinSetHash | 'none'): Promise<CoinSetStats> {
    return this.#coins.stats(kind);
  }

  /** Looks through all coins of one moment for those of some scripts. Flushes first; the chain goes on while it looks. */
  findCoins(isWanted: (script: Uint8Array) => boolean, options: CoinSearchOptions): Promise<CoinSearch> {
    return this.#coins.find(isWanted, options);
  }

  /** Writes the coins of a block of the active chain into a file; the chain goes on meanwhile. @returns undefined where it was told to end */
  dumpCoins(file: DraftFile, node: HeaderNode, signal: CancelSignal): Promise<CoinDump | undefined> {
    return this.#coins.dump(file, node, signal);
  }

  /** Every stored block is indexed now. */
  indexed(): Promise<void> {
    return this.#changes.run(() => this.#pruner.begin());
  }

  /** Deletes block files that hold nothing above a height, and nothing that a switch of branches may need. Only where pruning is on. */
  async pruneTo(height: number): Promise<void> {
    await this.#pruner.settle();
    return this.#changes.change(() => this.#pruner.pruneTo(height));
  }

  /** Height of the first block from which on all are stored; 0 where nothing was pruned. */
  pruneHeight(): number {
    return this.#pruner.firstStoredHeight();
  }

  /** Does something before blocks are deleted, such as writing what was learnt of them. */
  beforePrune(action: () => Promise<void>): void {
    this.#pruner.before(action);
  }

  /**
   * Blocks above the height that this gives are not pruned: someone has still to read them, such as an index. `settle` is called before
   * blocks go that were asked to: it writes what is only known, so that the height rises.
   */
  keepAbove(height: () => number, settle?: () => Promise<void>): void {
    this.#pruner.keepAbove(height, settle);
  }

  /** Where a branch of more work leaves ours that cannot be taken, since blocks that a switch needs were pruned. */
  get refusedAt(): HeaderNode | undefined {
    return this.#state.refusedAt;
  }

  /** Looks through the last blocks; nothing moves meanwhile. @returns what is wrong or could not be looked at, undefined where all is well */
  verify(options: VerifyOptions): Promise<string | undefined> {
    return this.#changes.change(async () => {
      await this.#flusher.flush();
      await this.#coinStore.check();
      const problem = await verifyChain({ ...this.#parts, cache: new CoinCache(this.#coinStore, 0) }, options);
      if (problem !== undefined) this.#options.log.warn('chain-not-verified', { ...options, why: problem });
      return problem;
    });
  }

  /** Runs something between two changes of the chain. It must not wait for another change: that would wait for it. */
  run<T>(task: () => Promise<T> | T): Promise<T> {
    return this.#changes.run(task);
  }

  /** Tells a listener of everything from now on. @returns a function that ends it */
  subscribe(listener: ChainListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  #emit(event: ChainEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** Sees to it that no block known by now is forgotten in a crash: writes the header rows that changed and what they point to. */
  flushHeaders(): Promise<void> {
    return this.#changes.run(() => this.#state.flushHeaders());
  }

  /** Writes everything. */
  flush(): Promise<void> {
    return this.#changes.change(() => this.#flusher.flush());
  }

  /** Waits for what is under way and writes everything. Nothing may be asked of the chain afterwards but, where it failed, this again. */
  async close(): Promise<void> {
    this.#flusher.close();
    await this.#mending.close();
    await this.#snapshots.close();
    await this.flush();
  }
}

function lostCoins(): NodeError {
  const what = 'the coins are gone, and the first blocks, which they would be made of, were pruned';
  return new NodeError('database-damaged', `${what}: start with --reindex, which gets the chain again`);
}
