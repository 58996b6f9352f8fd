/**
 * The chain: takes headers and blocks, keeps the best branch and its coins, and says what happened.
 *
 * Owns which chain is best and what a block changes. Does not own where it is kept (ports), what is asked of peers (`sync`), nor any rule
 * (`consensus`). Changes run one after another through a queue; headers alone are taken at once.
 *
 * @module
 */

import { assert } from '../../core/base/assert.ts';
import { checkBlock } from '../../core/consensus/check-block.ts';
import { checkBlockInContext } from '../../core/consensus/check-block-in-context.ts';
import { checkHeaderInContext } from '../../core/consensus/check-header.ts';
import type { Coin } from '../../core/consensus/coin.ts';
import type { Rejection } from '../../core/consensus/rejection.ts';
import { reject } from '../../core/consensus/rejection.ts';
import type { NetworkParams } from '../../core/params/types.ts';
import type { Block, BlockHeader } from '../../core/primitives/block.ts';
import { encodeBlock } from '../../core/primitives/block.ts';
import type { BlockHash, HashKey } from '../../core/primitives/ids.ts';
import { hashKey, toDisplayHex } from '../../core/primitives/ids.ts';
import type { OutPoint } from '../../core/primitives/transaction.ts';
import type { BlockStore, FilePosition } from '../ports/block-store.ts';
import type { ChainTip, CoinSearch, CoinSetHash, CoinSetStats } from '../ports/chain-service.ts';
import type { Clock, Timer } from '../ports/clock.ts';
import type { CoinStore } from '../ports/coin-store.ts';
import type { HeaderStore } from '../ports/header-store.ts';
import type { Log } from '../ports/log.ts';
import { NodeError } from '../ports/node-error.ts';
import type { Random } from '../ports/random.ts';
import type { ScriptVerifier } from '../ports/script-verifier.ts';
import { checkNewHeader, headerContext, knownFailure } from './accept-header.ts';
import { ActiveChain } from './active-chain.ts';
import type { BlockIndex } from './block-index.ts';
import type { ChainEvent, ChainListener } from './chain-event.ts';
import type { BlockAtHand, ChainParts, FailedBlock } from './chain-state.ts';
import { ChainState } from './chain-state.ts';
import { checkSignature } from './check-signature.ts';
import { CoinCache } from './coin-cache.ts';
import { countCoins } from './coin-stats.ts';
import { countTransactions } from './count-transactions.ts';
import { Damage, isRecordDamage } from './damage.ts';
import { ExclusiveQueue } from './exclusive-queue.ts';
import { type CoinSearchOptions, findCoins } from './find-coins.ts';
import type { HeaderNode } from './header-node.ts';
import { isFailed, isLinked, isPruned, isStored } from './header-node.ts';
import type { HeaderTree } from './header-tree.ts';
import { loadIndex } from './load-index.ts';
import { Mending, noteShortFiles } from './mending.ts';
import type { PruneOptions } from './pruner.ts';
import { Pruner } from './pruner.ts';
import { betweenStages } from './stages.ts';
import { chainTips } from './tips.ts';
import type { VerifyOptions } from './verify-chain.ts';
import { verifyChain } from './verify-chain.ts';

/** Memory for coins before they are written. */
export const COIN_CACHE_BYTES_DEFAULT = 67_108_864;

/** Blocks above the tip that are kept without having been asked for. Core's `MIN_BLOCKS_TO_KEEP`. */
export const UNREQUESTED_AHEAD_MAX = 288;

/** Header rows are written this long after the first of them changed: what a crash may cost. */
export const HEADER_FLUSH_DELAY_MS = 10_000;

/** So many changed pages of header rows are written at once: they take well below the room that a data folder has in reserve for them. */
export const HEADER_PAGES_DIRTY_MAX = 125;

/** Coins are written at least this often, so that no start has much to do. */
export const COIN_FLUSH_INTERVAL_MS = 3_000_000;

/** What a chain is made of. The stores and the verifier stay the caller's: it closes them after `close`. */
export interface ChainOptions {
  readonly params: NetworkParams;
  readonly blocks: BlockStore;
  readonly headers: HeaderStore;
  readonly coins: CoinStore;
  readonly verifier: ScriptVerifier;
  readonly clock: Clock;
  readonly log: Log;
  /** Makes places in memory unpredictable to peers; without it they are the same each time. */
  readonly random?: Random;
  /** `COIN_CACHE_BYTES_DEFAULT` unless given. */
  readonly dbCacheBytes?: number;
  /** Blocks are stored that are not indexed yet: nothing is pruned until `indexed` is called. */
  readonly indexing?: boolean;
  /** Deletes old block files; undefined keeps everything. */
  readonly prune?: PruneOptions;
  /** Where the block store has the genesis block, for a new index of blocks that are there; it is appended unless given. */
  readonly genesisAt?: FilePosition;
  /** Told at the start, while stored blocks are connected that were not flushed: the height reached and the one aimed at. */
  readonly onProgress?: (height: number, target: number) => void;
  /** Told when a store fails while the chain changes, whoever asked for the change: what comes after it could not be kept. */
  readonly onFailure?: (error: NodeError) => void;
}

/** What became of headers. */
export interface HeadersOutcome {
  /** The nodes of the headers that were taken or known already, in order. */
  readonly accepted: readonly HeaderNode[];
  /** Why the one after them was not. */
  readonly rejection?: Rejection;
}

/** What became of a block. */
export interface AcceptOutcome {
  /** Where it stands, if its header could be taken. */
  readonly node?: HeaderNode;
  /** Why it is not valid; a block on a branch that is not the best is judged in full only when it becomes part of it. */
  readonly rejection?: Rejection;
  /** Whether the block was stored now. */
  readonly isNew: boolean;
}

/** How a block came here. */
export interface AcceptBlockOptions {
  /** False: a peer pushed it. Then it is only stored if it could soon be of use. True unless given. */
  readonly requested?: boolean;
  /** The block in wire form, if at hand. */
  readonly raw?: Uint8Array;
  /** Where the block store has it already: it is not appended. */
  readonly storedAt?: FilePosition;
}

/** The life of one chain, from `open` to `close`. */
export class Chain {
  readonly params: NetworkParams;
  /** Every header known. Read it, never write to it. */
  readonly tree: HeaderTree;
  /** The branch whose coins are held. Read it, never write to it. */
  readonly active: ActiveChain;
  readonly #options: ChainOptions;
  readonly #index: BlockIndex;
  readonly #cache: CoinCache;
  readonly #parts: ChainParts;
  readonly #state: ChainState;
  readonly #damage: Damage;
  readonly #mending: Mending;
  readonly #pruner: Pruner;
  readonly #queue = new ExclusiveQueue();
  readonly #listeners = new Set<ChainListener>();
  /** Blocks whose turn has not come, by the one that they build on; of two with one parent the later. */
  readonly #waiting = new Map<HashKey, Block>();
  #headerTimer: Timer | undefined;
  #lastCoinFlushMs: number;
  #closed = false;

  /** Opens what the stores hold, or begins anew, and connects every stored block that is not connected yet. @throws NodeError */
  static async open(options: ChainOptions): Promise<Chain> {
    const { params, blocks, coins } = options;
    const index = await loadIndex(options);
    if (index.tree.genesis.txCount === 0) {
      // Block files begin with the genesis block, as other programs that read them expect.
      const { genesis } = params;
      const position = options.genesisAt ?? (await blocks.append(encodeBlock(genesis)));
      index.setStored(index.tree.genesis, genesis.transactions.length, position);
    }
    const tipHash = await coins.tip();
    const tip = tipHash === undefined ? index.tree.genesis : index.tree.get(tipHash);
    if (tip === undefined || !isLinked(tip)) {
      const what = `the coins belong to block ${toDisplayHex(tipHash!)}, which the block index does not have`;
      throw new NodeError('database-damaged', `${what}: start with --reindex, which makes both anew from the block files`);
    }
    const chain = new Chain(options, index, new ActiveChain(tip));
    if (options.indexing !== true) {
      await chain.#pruner.begin();
      if (tipHash === undefined && index.hasPruned()) throw lostCoins();
    }
    noteShortFiles(chain.#parts);
    // Nothing is pruned here: who has still to read old blocks, such as the wallet and the indexes, comes after this.
    await chain.#advance(undefined, options.onProgress);
    return chain;
  }

  private constructor(options: ChainOptions, index: BlockIndex, active: ActiveChain) {
    const { params, blocks, headers, coins, verifier, clock, log, random } = options;
    this.#options = options;
    this.params = params;
    this.#index = index;
    this.tree = index.tree;
    this.active = active;
    this.#lastCoinFlushMs = clock.monotonicMs();
    this.#cache = new CoinCache(coins, random?.below(2 ** 32) ?? 0);
    const cacheBytesMax = options.dbCacheBytes ?? COIN_CACHE_BYTES_DEFAULT;
    const emit = (event: ChainEvent): void => this.#emit(event);
    this.#damage = new Damage(log, () => {
      emit({ kind: 'blocks-damaged' });
      this.#mending?.begin();
    });
    const damage = this.#damage;
    const waitingAfter = (hash: BlockHash): Block | undefined => this.#waiting.get(hashKey(hash));
    const stores = { cache: this.#cache, cacheBytesMax, blocks, headers };
    this.#parts = { params, index, active, ...stores, verifier, clock, log, emit, waitingAfter, damage };
    this.#state = new ChainState(this.#parts);
    this.#mending = new Mending({
      ...this.#parts,
      state: this.#state,
      clock,
      change: (task) => this.#change(task),
      settle: () => this.#settle(),
    });
    this.#pruner = new Pruner({ ...{ params, index, active, blocks, log }, options: options.prune, flush: () => this.#flush() });
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
    return this.#cache.sizeBytes;
  }

  /** Memory that coins may take before they are written. */
  get cacheBytesMax(): number {
    return this.#parts.cacheBytesMax;
  }

  /** Transactions of the last `blocks` blocks up to a node, itself the last; of its whole branch unless given. */
  transactionCount(node: HeaderNode, blocks: number = node.height + 1): Promise<number> {
    return countTransactions(node, blocks, () => this.#options.clock.yield());
  }

  /** The ends of all branches, the highest first. */
  tips(): ChainTip[] {
    return chainTips(this.tree, this.active);
  }

  /** Takes headers in order and stops at the first that is refused. Known ones count as taken. */
  acceptHeaders(headers: readonly BlockHeader[]): HeadersOutcome {
    const accepted: HeaderNode[] = [];
    let rejection: Rejection | undefined;
    for (const header of headers) {
      const outcome = this.#acceptHeader(header);
      rejection = outcome.rejection;
      if (outcome.rejection !== undefined) break;
      accepted.push(outcome.node);
    }
    this.#flushHeadersLater();
    return rejection === undefined ? { accepted } : { accepted, rejection };
  }

  #acceptHeader(
    header: BlockHeader,
  ): { readonly node: HeaderNode; readonly rejection?: undefined } | { readonly node?: HeaderNode; readonly rejection: Rejection } {
    const known = this.tree.get(header.hash);
    if (known !== undefined) {
      const rejection = knownFailure(known);
      return rejection === undefined ? { node: known } : { node: known, rejection };
    }
    const parent = this.tree.get(header.prevBlockHash);
    const rejection = checkNewHeader(header, parent, this.#options.clock.nowSeconds(), this.params.consensus);
    if (rejection !== undefined) return { rejection };
    assert(parent !== undefined, 'a header without a parent is refused');
    const node = this.#index.addHeader(header, parent);
    this.#emit({ kind: 'header-added', node });
    return { node };
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
    return this.#change(() => {
      this.#waiting.delete(parent);
      return this.#acceptBlock(block, options);
    });
  }

  async #acceptBlock(block: Block, { requested = true, raw, storedAt }: AcceptBlockOptions): Promise<AcceptOutcome> {
    const known = this.tree.get(block.header.hash);
    const isDamaged = known !== undefined && this.#damage.hasBlock(known);
    if (known !== undefined && !isDamaged) {
      const rejection = knownFailure(known);
      if (rejection !== undefined) return { node: known, rejection, isNew: false };
      if (isStored(known) || (isPruned(known) && this.active.contains(known))) return { node: known, isNew: false };
    }
    const { clock } = this.#options;
    await betweenStages(block, clock);
    const wrong = checkBlock(block, this.params.consensus);
    // Its header may have come meanwhile.
    if (wrong !== undefined) return this.#refuse(this.tree.get(block.header.hash), wrong);
    await betweenStages(block, clock);
    const unsigned = await checkSignature(block, this.params.consensus, this.#options.verifier);
    if (unsigned !== undefined) return this.#refuse(this.tree.get(block.header.hash), unsigned);
    const { node, rejection } = isDamaged ? { node: known, rejection: undefined } : this.#acceptHeader(block.header);
    if (rejection !== undefined) return node === undefined ? { rejection, isNew: false } : { node, rejection, isNew: false };
    if (!isDamaged && !requested && !this.#isWorthStoring(node)) return { node, isNew: false };
    const context = { height: node.height, prevMedianTimeSeconds: node.parent?.medianTimeSeconds ?? 0 };
    const wrongInContext = checkBlockInContext(block, context, this.params.consensus);
    if (wrongInContext !== undefined) return this.#refuse(node, wrongInContext);
    const position = storedAt ?? (await this.#options.blocks.append(raw ?? encodeBlock(block)));
    if (isDamaged) this.#mending.stored(node, position);
    else this.#index.setStored(node, block.transactions.length, position);
    const failure = await this.#settle({ node, block });
    return failure === undefined ? { node, isNew: true } : { node, rejection: failure, isNew: true };
  }

  /** Marks what is invalid for ever; bytes that only may not be the right ones leave no mark. */
  #refuse(node: HeaderNode | undefined, rejection: Rejection): AcceptOutcome {
    if (node === undefined) return { rejection, isNew: false };
    if (rejection.kind === 'consensus') {
      this.#index.setFailed(node);
      this.#flushHeadersLater();
      this.#options.log.warn('block-invalid', { hash: toDisplayHex(node.hash), height: node.height, reason: rejection.reason });
    }
    return { node, rejection, isNew: false };
  }

  /** Core's limits on blocks that nobody asked for: not behind the tip in work, and not far above it. */
  #isWorthStoring(node: HeaderNode): boolean {
    return node.chainWork >= this.tip.chainWork && node.height <= this.tip.height + UNREQUESTED_AHEAD_MAX;
  }

  /** Moves to the best block and sees to what must be written. @returns the blocks that failed */
  async #advance(atHand?: BlockAtHand, onStep?: (height: number, target: number) => void): Promise<readonly FailedBlock[]> {
    const failed = await this.#state.activateBest(atHand, onStep);
    this.#flushHeadersLater();
    if (this.#index.dirtyPages >= HEADER_PAGES_DIRTY_MAX) await this.#state.flushHeaders();
    if (this.#options.clock.monotonicMs() - this.#lastCoinFlushMs >= COIN_FLUSH_INTERVAL_MS) await this.#flush();
    return failed;
  }

  /** The same, and prunes what is too much then. @returns why the block at hand is invalid, if it is */
  async #settle(atHand?: BlockAtHand): Promise<Rejection | undefined> {
    const failed = await this.#advance(atHand);
    await this.#pruner.keepToTarget();
    if (atHand === undefined || !isFailed(atHand.node)) return undefined;
    return (
      failed.find(({ node }) => node === atHand.node)?.rejection ?? reject('invalid-prev', 'bad-prevblk', { height: atHand.node.height })
    );
  }

  /** Treats a block as invalid and leaves its branch. @returns false for the genesis block, which cannot be */
  invalidateBlock(node: HeaderNode): Promise<boolean> {
    return this.#change(async () => {
      if (node.height === 0) return false;
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
    return this.#change(async () => {
      this.#index.clearFailed(node);
      await this.#settle();
    });
  }

  /** Prefers a block to others of the same work, as if it had come first. Lasts until the node is started again, as in Core. */
  preciousBlock(node: HeaderNode): Promise<void> {
    return this.#change(async () => {
      if (node.chainWork < this.tip.chainWork) return;
      this.#index.setPrecious(node);
      await this.#settle();
    });
  }

  /** What a block on the tip would be refused for. It need not show work, and nothing of it is kept. Core's `TestBlockValidity`. */
  checkBlockProposal(block: Block): Promise<Rejection | undefined> {
    return this.#queue.run(async () => {
      const { consensus } = this.params;
      const { tip } = this;
      if (hashKey(block.header.prevBlockHash) !== hashKey(tip.hash)) return reject('missing-prev', 'inconclusive-not-best-prevblk');
      const context = { height: tip.height + 1, prevMedianTimeSeconds: tip.medianTimeSeconds };
      const wrong =
        checkHeaderInContext(block.header, headerContext(tip, this.#options.clock.nowSeconds()), consensus) ??
        checkBlock(block, consensus, { proofOfWork: false, merkleRoot: true }) ??
        checkBlockInContext(block, context, consensus);
      return wrong ?? (await this.#state.judge(block, { skipScripts: false })).rejection;
    });
  }

  /**
   * A stored block in wire form, held to its header. The node's `block` must be there.
   *
   * @throws NodeError `block-file-damaged`; the block is among `damagedBlocks` then
   */
  readBlock(node: HeaderNode): Promise<Uint8Array> {
    return this.#state.readBytes(node);
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
    return this.#told(this.#cache.read(outPoints));
  }

  /** Counts, and if asked hashes, all coins of one moment. Flushes first; the chain goes on while it counts. */
  async coinSetStats(kind: CoinSetHash | 'none'): Promise<CoinSetStats> {
    const { entries, height, bestBlock } = await this.#coinsNow();
    const counted = await this.#told(countCoins(entries, kind, () => this.#options.clock.yield()));
    return { height, bestBlock, ...counted };
  }

  /** Looks through all coins of one moment for those of some scripts. Flushes first; the chain goes on while it looks. */
  async findCoins(isWanted: (script: Uint8Array) => boolean, options: CoinSearchOptions): Promise<CoinSearch> {
    const { entries, height, bestBlock } = await this.#coinsNow();
    const searched = await this.#told(findCoins(entries, isWanted, options, () => this.#options.clock.yield()));
    return { height, bestBlock, ...searched };
  }

  /** Every coin of this moment, with the tip. */
  #coinsNow() {
    return this.#change(async () => {
      await this.#flush();
      const { height, hash: bestBlock } = this.tip;
      return { entries: await begun(this.#options.coins.entries()), height, bestBlock };
    });
  }

  /** Every stored block is indexed now. */
  indexed(): Promise<void> {
    return this.#queue.run(() => this.#pruner.begin());
  }

  /** Deletes block files that hold nothing above a height, and nothing that a switch of branches may need. Only where pruning is on. */
  pruneTo(height: number): Promise<void> {
    return this.#change(() => this.#pruner.pruneTo(height));
  }

  /** Height of the first block from which on all are stored; 0 where nothing was pruned. */
  pruneHeight(): number {
    return this.#pruner.firstStoredHeight();
  }

  /** Does something before blocks are deleted, such as writing what was learnt of them. */
  beforePrune(action: () => Promise<void>): void {
    this.#pruner.before(action);
  }

  /** Blocks above the height that this gives are not pruned: someone has still to read them, such as an index. */
  keepAbove(height: () => number): void {
    this.#pruner.keepAbove(height);
  }

  /** Where a branch of more work leaves ours that cannot be taken, since blocks that a switch needs were pruned. */
  get refusedAt(): HeaderNode | undefined {
    return this.#state.refusedAt;
  }

  /** Looks through the last blocks; nothing moves meanwhile. @returns what is wrong or could not be looked at, undefined where all is well */
  verify(options: VerifyOptions): Promise<string | undefined> {
    return this.#change(async () => {
      await this.#flush();
      await this.#options.coins.check?.();
      const problem = await verifyChain({ ...this.#parts, cache: new CoinCache(this.#options.coins, 0) }, options);
      if (problem !== undefined) this.#options.log.warn('chain-not-verified', { ...options, why: problem });
      return problem;
    });
  }

  /** Runs something between two changes of the chain. It must not wait for another change: that would wait for it. */
  run<T>(task: () => Promise<T> | T): Promise<T> {
    return this.#queue.run(task);
  }

  /** Runs what may write between two other changes. A store that fails is told of. */
  #change<T>(task: () => Promise<T>): Promise<T> {
    return this.#told(this.#queue.run(task));
  }

  /** Tells of a store that fails. Damage of one block or undo record is no such failure: the chain goes on without it until it is mended. */
  #told<T>(done: Promise<T>): Promise<T> {
    done.catch((error: unknown) => {
      // What cannot be done as it was asked is no failure of a store.
      if (error instanceof NodeError && error.code !== 'option-invalid' && !isRecordDamage(error)) this.#options.onFailure?.(error);
    });
    return done;
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

  /** Sees to it that changed header rows are written before long, so that a crash costs little. */
  #flushHeadersLater(): void {
    if (this.#headerTimer !== undefined || this.#closed || this.#index.dirtyPages === 0) return;
    this.#headerTimer = this.#options.clock.after(HEADER_FLUSH_DELAY_MS, () => {
      this.#headerTimer = undefined;
      this.#change(() => this.#state.flushHeaders()).catch((error: unknown) => {
        // Nothing is lost: the rows still count as changed, and the next change or flush tries again and reports.
        this.#options.log.error('header-flush-failed', { error: String(error) });
      });
    });
  }

  async #flush(): Promise<void> {
    await this.#state.flush();
    this.#lastCoinFlushMs = this.#options.clock.monotonicMs();
  }

  /** Sees to it that no block known by now is forgotten in a crash: writes the header rows that changed and what they point to. */
  flushHeaders(): Promise<void> {
    return this.#queue.run(() => this.#state.flushHeaders());
  }

  /** Writes everything. */
  flush(): Promise<void> {
    return this.#change(() => this.#flush());
  }

  /** Waits for what is under way and writes everything. Nothing may be asked of the chain afterwards but, where it failed, this again. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#mending.close();
    if (this.#headerTimer !== undefined) this.#options.clock.cancel(this.#headerTimer);
    await this.flush();
  }
}

function lostCoins(): NodeError {
  const what = 'the coins are gone, and the first blocks, which they would be made of, were pruned';
  return new NodeError('database-damaged', `${what}: start with --reindex, which gets the chain again`);
}

/** Entries whose first is fetched already, which fixes the moment that they are of. */
async function begun<T>(entries: AsyncIterable<T>): Promise<AsyncIterable<T>> {
  const iterator = entries[Symbol.asyncIterator]();
  let next: Promise<IteratorResult<T>> | undefined = Promise.resolve(await iterator.next());
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => {
        const result = next ?? iterator.next();
        next = undefined;
        return result;
      },
      return: async (value?: unknown) => (await iterator.return?.(value)) ?? { done: true, value: undefined },
    }),
  };
}
