/**
 * The blocks below a snapshot, checked one after another while the chain goes on above it, until the coins that they leave can be held to
 * those that were loaded.
 *
 * Owns the second tip with its coins. Does not own how the blocks come (`sync`), nor what becomes of the loaded coins (`snapshots.ts`).
 *
 * @module
 */

import { bytesEqual } from '../../core/base/bytes.ts';
import type { SnapshotBase } from '../../core/params/types.ts';
import { toDisplayHex } from '../../core/primitives/ids.ts';
import type { Clock } from '../ports/clock.ts';
import type { CoinStore } from '../ports/coin-store.ts';
import { NodeError } from '../ports/node-error.ts';
import { ActiveChain } from './active-chain.ts';
import { type ChainParts, ChainState } from './chain-state.ts';
import type { ChangeQueue } from './change-queue.ts';
import { CoinCache } from './coin-cache.ts';
import { countCoins } from './coin-stats.ts';
import { isRecordDamage } from './damage.ts';
import type { HeaderNode } from './header-node.ts';
import { isStored } from './header-node.ts';
import { ancestorOf, isAncestorOf } from './header-tree.ts';

/** What is checked, and with what. */
export interface HistoryParts {
  /** Of the chain above it; what differs is taken from below. */
  readonly chain: ChainParts;
  readonly changes: Pick<ChangeQueue, 'change' | 'told'>;
  readonly clock: Pick<Clock, 'yield'>;
  /** The last block of it, with the hash of its coins. */
  readonly base: HeaderNode;
  readonly known: SnapshotBase;
  /** Where it stands. */
  readonly tip: HeaderNode;
  /** The coins of that block. */
  readonly coins: CoinStore;
  readonly cacheBytesMax: () => number;
  /** Any number that an outsider does not know. */
  readonly salt: number;
  /** The coins are those that were loaded. Called between two changes of the chain. */
  readonly onWhole: () => Promise<void>;
  /** They are not, or a block breaks a rule: what is to be kept of that is written here. */
  readonly onFalse: (why: string) => Promise<void>;
}

/** Ends what is under way: the chain is being closed. */
class Ended extends Error {}

/** The life of one history, from the loading of its snapshot, or a start after it, to `close`. */
export class History {
  readonly base: HeaderNode;
  readonly known: SnapshotBase;
  /** The branch whose blocks were checked, up to where it stands. Read it, never write to it. */
  readonly active: ActiveChain;
  readonly #parts: HistoryParts;
  readonly #state: ChainState;
  readonly #cache: CoinCache;
  #running: Promise<void> | undefined;
  /** Something changed since the last look. */
  #again = false;
  #ended = false;
  #whole = false;
  /** What ended it that is no failure of the world. */
  #failure: unknown;

  constructor(parts: HistoryParts) {
    const { chain, base, known, tip, coins, cacheBytesMax, salt } = parts;
    this.#parts = parts;
    this.base = base;
    this.known = known;
    this.active = new ActiveChain(tip);
    this.#cache = new CoinCache(coins, salt);
    this.#state = new ChainState({
      ...chain,
      ...{ active: this.active, cache: this.#cache, cacheBytesMax },
      emit: () => undefined,
      waitingAfter: () => undefined,
      floor: () => undefined,
    });
  }

  /** Whether every block up to the base was checked and the coins are those that were loaded. */
  get whole(): boolean {
    return this.#whole;
  }

  /** Goes on where it can: a block came, or is mended. */
  begin(): void {
    this.#again = true;
    if (this.#running !== undefined || this.#ended || this.#whole) return;
    this.#running = this.#run()
      .catch((error: unknown) => {
        this.#ended = true;
        // Stores that fail, and coins that are false, were told of.
        if (error instanceof Ended || error instanceof NodeError) return;
        this.#parts.chain.log.error('history-failed', { why: error instanceof Error ? error.message : String(error) });
        this.#failure = error;
      })
      .finally(() => {
        this.#running = undefined;
      });
  }

  async #run(): Promise<void> {
    const { changes, clock } = this.#parts;
    while (this.#again) {
      this.#again = false;
      while (await changes.change(() => this.#step())) await clock.yield();
      if (this.active.tip === this.base) await changes.told(this.#compare());
    }
  }

  /** One block nearer to the base. @returns false where it is there, or the next block is not here */
  async #step(): Promise<boolean> {
    const { chain, base } = this.#parts;
    const { tip } = this.active;
    if (this.#ended || tip === base) return false;
    const isOnBranch = isAncestorOf(tip, base);
    const next = isOnBranch ? ancestorOf(base, tip.height + 1) : tip;
    if (!isStored(next) || chain.damage.hasBlock(next)) return false;
    try {
      const rejection = await this.#state.stepTo(base);
      if (rejection !== undefined) await this.#false(`block ${toDisplayHex(next.hash)} at height ${next.height}: ${rejection.reason}`);
    } catch (error) {
      // It is known to be damaged now, and the history goes on when it is mended.
      if (isRecordDamage(error)) return false;
      throw error;
    }
    chain.emit({ kind: 'history-moved' });
    return true;
  }

  /** Holds the coins that the blocks left to those that were loaded. The chain goes on meanwhile. */
  async #compare(): Promise<void> {
    const { changes, chain, clock, coins, known, onWhole } = this.#parts;
    await changes.change(() => this.flush());
    const pause = async (): Promise<void> => {
      await clock.yield();
      if (this.#ended) throw new Ended();
    };
    const { hashSerialized } = await countCoins(coins.entries(), 'hash_serialized_3', pause);
    if (hashSerialized === undefined || !bytesEqual(hashSerialized, known.coinsHash)) {
      await this.#false(`the coins of block ${toDisplayHex(known.blockHash)} are not those that were loaded`);
    }
    await changes.change(async () => {
      if (this.#ended) throw new Ended();
      this.#whole = true;
      chain.log.info('snapshot-validated', { base: toDisplayHex(known.blockHash), height: known.height });
      await onWhole();
      chain.emit({ kind: 'history-moved' });
    });
  }

  async #false(why: string): Promise<never> {
    const { chain, onFalse } = this.#parts;
    const advice = 'the node stops; started again, it goes on from the blocks that it has checked, without what was loaded';
    chain.log.error('snapshot-invalid', { why, advice });
    await onFalse(why);
    throw new NodeError('snapshot-invalid', `the snapshot that was loaded is not of this chain (${why}): ${advice}`);
  }

  /** Memory of the coins that are held. */
  get cacheBytes(): number {
    return this.#cache.sizeBytes;
  }

  /** Bytes of coins that it may hold in memory now. */
  get cacheBytesMax(): number {
    return this.#parts.cacheBytesMax();
  }

  /** Writes the coins with their tip. To be called between two changes of the chain. */
  async flush(): Promise<void> {
    if (!this.#whole) await this.#state.flush();
  }

  /** Ends what is under way. */
  async close(): Promise<void> {
    this.#ended = true;
    await this.#running;
    if (this.#failure !== undefined) throw this.#failure;
  }
}
