/**
 * Going on from coins that were loaded from a file: which files may be loaded, the switch to their coins, and what becomes of them once the
 * history below is checked. Core's assumeutxo.
 *
 * @module
 */

import { assert } from '../../core/base/assert.ts';
import type { NetworkParams, SnapshotBase } from '../../core/params/types.ts';
import { type BlockHash, hashKey, toDisplayHex } from '../../core/primitives/ids.ts';
import type { CancelSignal } from '../ports/cancel-signal.ts';
import type { Clock } from '../ports/clock.ts';
import type { CoinStore } from '../ports/coin-store.ts';
import { NodeError } from '../ports/node-error.ts';
import type { Random } from '../ports/random.ts';
import type { SnapshotStore, SourceFile } from '../ports/snapshot-store.ts';
import type { BlockIndex } from './block-index.ts';
import type { ChainOptions } from './chain-options.ts';
import type { ChainParts } from './chain-state.ts';
import type { ChangeQueue } from './change-queue.ts';
import { type HeaderNode, isFailed } from './header-node.ts';
import { findFork, isAncestorOf } from './header-tree.ts';
import { History } from './history.ts';
import { loadTip } from './load-index.ts';
import { loadCoins } from './load-snapshot.ts';
import { SnapshotError, type SnapshotNetwork, SnapshotReader } from './read-snapshot.ts';
import type { TipCoins } from './tip-coins.ts';

/** Of the memory for coins, what the one of the two chains has that has more to do; the other has the rest. Core's shares. */
const BUSY_SHARE = 0.95;

/** So far behind the best header the chain above the snapshot has more to do than its history. */
const BEHIND_BLOCKS = 144;

/** A snapshot that a start found. */
export interface OpenedSnapshot {
  readonly base: HeaderNode;
  readonly known: SnapshotBase;
  readonly coins: CoinStore;
  /** How far its history was checked. */
  readonly checked: HeaderNode;
}

/** What `loadtxoutset` loads. */
export interface LoadSnapshotOptions {
  readonly file: SourceFile;
  /** Networks that are known by name, for the refusal of their files. */
  readonly networks: readonly SnapshotNetwork[];
  readonly signal: CancelSignal;
  /** Whether any transaction waits: its inputs may be coins that were spent long ago. */
  readonly isMempoolEmpty: () => boolean;
}

/** The coins that the chain went on from. */
export interface LoadedSnapshot {
  readonly base: HeaderNode;
  readonly coinCount: number;
}

/** The snapshot that a data folder has, its base taken for connected. @throws NodeError `database-damaged` where the index lacks what it needs */
export async function openSnapshot(index: BlockIndex, options: ChainOptions): Promise<OpenedSnapshot | undefined> {
  const { snapshots, params, headers, coins } = options;
  const stored = snapshots?.stored;
  if (snapshots === undefined || stored === undefined) return undefined;
  const base = index.tree.get(stored.base);
  if (stored.coins === undefined) {
    if (base !== undefined) index.forgetAbove(base);
    await headers.put(index.takeDirty().pages);
    await snapshots.forget();
    options.log.warn('snapshot-given-up', { base: toDisplayHex(stored.base) });
    return undefined;
  }
  const known = baseOf(params, stored.base);
  if (base === undefined || known === undefined) {
    const what = `the loaded coins are of block ${toDisplayHex(stored.base)}, which ${base === undefined ? 'the block index' : 'this version'} does not know`;
    throw new NodeError('database-damaged', `${what}: start with --reindex-chainstate, which gives them up`);
  }
  const checked = (await loadTip(index, coins)) ?? index.tree.genesis;
  index.assume(base);
  return { base, known, coins: stored.coins, checked };
}

/** What is known of the coins of a block. */
function baseOf({ assumeUtxo }: Pick<NetworkParams, 'assumeUtxo'>, hash: BlockHash): SnapshotBase | undefined {
  return assumeUtxo.find(({ blockHash }) => hashKey(blockHash) === hashKey(hash));
}

/** The loading was told to end. */
class Ended extends Error {}

/** What the switch works with. */
export interface SnapshotsParts {
  readonly chain: ChainParts;
  readonly params: NetworkParams;
  readonly store: SnapshotStore | undefined;
  readonly changes: Pick<ChangeQueue, 'change' | 'told'>;
  readonly clock: Pick<Clock, 'yield'>;
  readonly random: Random | undefined;
  /** Of the tip; those of a snapshot take their place. */
  readonly coins: TipCoins;
  /** The chain's own. */
  readonly ownCoins: CoinStore;
  readonly cacheBytesMax: number;
  /** Writes everything. */
  readonly flush: () => Promise<void>;
  /** Moves to the best block there is. */
  readonly settle: () => Promise<unknown>;
}

/** The snapshot of one chain, if it has one. */
export class Snapshots {
  readonly #parts: SnapshotsParts;
  #history: History | undefined;
  #loading = false;
  #closed = false;

  constructor(parts: SnapshotsParts, opened: OpenedSnapshot | undefined) {
    this.#parts = parts;
    if (opened !== undefined) this.#history = this.#historyOf(opened);
  }

  /** The history of the snapshot that was loaded, whole or not; undefined without one. */
  get history(): History | undefined {
    return this.#history;
  }

  /** The same while it is not whole. */
  get missing(): History | undefined {
    return this.#history?.whole === false ? this.#history : undefined;
  }

  #historyOf({ base, known, checked }: Omit<OpenedSnapshot, 'coins'>): History {
    const { chain, changes, clock, ownCoins, random, store, settle } = this.#parts;
    assert(store !== undefined, 'a snapshot is stored');
    return new History({
      ...{ chain, changes, clock, base, known },
      tip: checked,
      coins: ownCoins,
      cacheBytesMax: () => this.#parts.cacheBytesMax - this.cacheBytesMax(),
      salt: random?.below(2 ** 32) ?? 0,
      onWhole: async () => {
        await store.note(known.blockHash, 'validated');
        // Branches that leave below the base can be taken now.
        chain.index.refreshCandidates();
        await settle();
      },
      onFalse: () => store.note(known.blockHash, 'invalid'),
    });
  }

  /** Bytes of coins that the chain of the tip may hold in memory now. */
  cacheBytesMax(): number {
    const { cacheBytesMax, chain } = this.#parts;
    if (this.missing === undefined) return cacheBytesMax;
    const isBehind = chain.index.tree.best.height - chain.active.height > BEHIND_BLOCKS;
    return Math.floor(cacheBytesMax * (isBehind ? BUSY_SHARE : 1 - BUSY_SHARE));
  }

  /**
   * Loads the coins of a file and goes on from them, if they are those of a block that this network knows, on the branch of the best
   * header. Nothing is changed where it fails.
   *
   * @returns undefined where it was told to end
   * @throws SnapshotError with Core's words; NodeError where a store fails
   */
  async load({ file, networks, signal, isMempoolEmpty }: LoadSnapshotOptions): Promise<LoadedSnapshot | undefined> {
    const { params, store, clock, chain } = this.#parts;
    if (store === undefined) throw new NodeError('option-invalid', 'this node keeps no snapshots');
    const reader = new SnapshotReader(file.read());
    const pause = async (): Promise<void> => {
      await clock.yield();
      if (signal.aborted || this.#closed) throw new Ended();
    };
    try {
      const head = await reader.head(params, networks);
      if (this.#history !== undefined || this.#loading) throw refused("Can't activate a snapshot-based chainstate more than once");
      this.#loading = true;
      try {
        const base = this.#allowed(head.baseBlock, isMempoolEmpty);
        const coins = await store.create();
        let isActive = false;
        try {
          const known = baseOf(params, head.baseBlock)!;
          const onProgress = (done: number): void => chain.log.info('snapshot-loading', { coins: done, of: head.coinCount });
          await loadCoins(reader, { head, base: known, maxMoney: params.consensus.maxMoney, store: coins, pause, onProgress });
          await this.#activate(base, known, coins, isMempoolEmpty);
          isActive = true;
        } finally {
          if (!isActive) await store.discard();
        }
        return { base, coinCount: head.coinCount };
      } finally {
        this.#loading = false;
      }
    } catch (error) {
      if (error instanceof Ended) return undefined;
      throw error;
    } finally {
      await reader.end();
    }
  }

  /** The block of a snapshot that may be loaded now. @throws SnapshotError */
  #allowed(hash: BlockHash, isMempoolEmpty: () => boolean): HeaderNode {
    const { index } = this.#parts.chain;
    const name = toDisplayHex(hash);
    if (baseOf(this.#parts.params, hash) === undefined) {
      const heights = [...new Set(this.#parts.params.assumeUtxo.map(({ height }) => height))].join(', ');
      throw refused(
        `assumeutxo block hash in snapshot metadata not recognized (hash: ${name}). The following snapshot heights are available: ${heights}`,
      );
    }
    const base = index.tree.get(hash);
    if (base === undefined) throw refused(headerWanted(name));
    if (isFailed(base)) throw refused(`The base block header (${name}) is part of an invalid chain`);
    if (!isAncestorOf(base, index.tree.best)) throw refused(FORKED);
    if (!isMempoolEmpty()) throw refused(NOT_EMPTY);
    if (base.chainWork <= this.#parts.chain.active.tip.chainWork)
      throw refused('Population failed: Work does not exceed active chainstate');
    return base;
  }

  /** Goes on from the coins of a block. Cut short before the note is written, the chain is as it was; after it, the next start goes on from them. */
  #activate(base: HeaderNode, known: SnapshotBase, coins: CoinStore, isMempoolEmpty: () => boolean): Promise<void> {
    const { chain, changes, flush, settle, store } = this.#parts;
    return changes.change(async () => {
      const { active, cache, emit, index, log } = chain;
      // Headers, blocks and transactions may have come while the coins were loaded.
      this.#allowed(base.hash, isMempoolEmpty);
      if (this.#closed) throw new Ended();
      await flush();
      await store!.note(base.hash, 'active');
      // From here on nothing is waited for until all has moved: no transaction can come that spends coins of the old tip.
      if (!isMempoolEmpty()) {
        await store!.forget();
        throw refused(NOT_EMPTY);
      }
      const from = active.tip;
      cache.forget();
      this.#parts.coins.switchTo(coins);
      index.assume(base);
      this.#history = this.#historyOf({ base, known, checked: from });
      active.moveTo(base);
      log.info('snapshot-loaded', { base: toDisplayHex(base.hash), height: base.height, checked: from.height });
      emit({ kind: 'history-moved' });
      emit({ kind: 'tip-changed', tip: base, fork: findFork(from, base) });
      await settle();
      this.#history.begin();
    });
  }

  /** Ends what is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#history?.close();
  }
}

function refused(why: string): SnapshotError {
  return new SnapshotError('coins', why);
}

const NOT_EMPTY = "Can't activate a snapshot when mempool not empty";
const FORKED =
  'A forked headers-chain with more work than the chain with the snapshot base block header exists. Please proceed to sync without AssumeUtxo.';

function headerWanted(name: string): string {
  return `The base block header (${name}) must appear in the headers chain. Make sure all headers are syncing, and call loadtxoutset again`;
}
