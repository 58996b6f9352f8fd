import type { Coin } from '../../core/consensus/coin.ts';
import type { OutPoint } from '../../core/primitives/transaction.ts';
import type { CancelSignal } from '../ports/cancel-signal.ts';
import type { CoinSearch, CoinSetHash, CoinSetStats } from '../ports/chain-service.ts';
import type { Clock } from '../ports/clock.ts';
import type { CoinStore } from '../ports/coin-store.ts';
import type { DraftFile } from '../ports/draft-file.ts';
import { NodeError } from '../ports/node-error.ts';
import type { ActiveChain } from './active-chain.ts';
import type { ChainState } from './chain-state.ts';
import type { ChangeQueue } from './change-queue.ts';
import type { CoinCache } from './coin-cache.ts';
import { encodeSnapshotHead, writtenTo } from './coin-snapshot.ts';
import { countCoins } from './coin-stats.ts';
import { type CoinSearchOptions, findCoins } from './find-coins.ts';
import type { HeaderNode } from './header-node.ts';
import { pastCoins, type StoredCoin } from './past-coins.ts';
import type { Pruner } from './pruner.ts';

interface CoinQueriesParts {
  readonly active: Pick<ActiveChain, 'tip' | 'contains'>;
  readonly cache: Pick<CoinCache, 'read'>;
  readonly changes: Pick<ChangeQueue, 'change' | 'told'>;
  readonly clock: Pick<Clock, 'yield'>;
  readonly coins: Pick<CoinStore, 'entries'>;
  /** The block below which there is no way back. */
  readonly floor: () => HeaderNode | undefined;
  readonly messageStart: Uint8Array;
  readonly pruner: Pick<Pruner, 'keepAbove' | 'lackingAbove'>;
  readonly state: Pick<ChainState, 'readBytes' | 'readUndo'>;
  /** Writes everything. */
  readonly flush: () => Promise<void>;
}

/** Every coin of one moment, with the tip that they belong to. */
interface CoinSnapshot {
  readonly entries: ReturnType<CoinStore['entries']>;
  readonly tip: HeaderNode;
}

/** The coins of one block as they were written into a file. */
export interface CoinDump {
  readonly base: HeaderNode;
  readonly coinCount: number;
  /** Core's `hash_serialized_3`, wire order. */
  readonly hashSerialized: Uint8Array;
}

/** Long work was told to end. */
class Ended extends Error {}

/** What is asked of the coins of the tip. Stores that fail are told of. */
export class CoinQueries {
  readonly #parts: CoinQueriesParts;
  /** Heights whose coins are being made out of the blocks above them. */
  readonly #wayBackTo = new Set<{ readonly height: number }>();

  constructor(parts: CoinQueriesParts) {
    this.#parts = parts;
    parts.pruner.keepAbove(() => Math.min(...Array.from(this.#wayBackTo, ({ height }) => height)));
  }

  /** Unspent coins, in the order of their outpoints. */
  coinsOf(outPoints: readonly OutPoint[]): Promise<(Coin | undefined)[]> {
    return this.#parts.changes.told(this.#parts.cache.read(outPoints));
  }

  /** Counts, and if asked hashes, all coins of one moment. */
  async stats(kind: CoinSetHash | 'none'): Promise<CoinSetStats> {
    const { changes, clock } = this.#parts;
    const { entries, tip } = await this.#snapshot();
    const counted = await changes.told(countCoins(entries, kind, () => clock.yield()));
    return { height: tip.height, bestBlock: tip.hash, ...counted };
  }

  /** Looks through all coins of one moment for those of some scripts. */
  async find(isWanted: (script: Uint8Array) => boolean, options: CoinSearchOptions): Promise<CoinSearch> {
    const { changes, clock } = this.#parts;
    const { entries, tip } = await this.#snapshot();
    const searched = await changes.told(findCoins(entries, isWanted, options, () => clock.yield()));
    return { height: tip.height, bestBlock: tip.hash, ...searched };
  }

  /**
   * Writes the coins of a block of the active chain into a file; where that is not the tip, what was changed since is taken back beside the
   * chain, which stays where it is.
   *
   * @returns undefined where it was told to end
   * @throws NodeError `option-invalid` where the block is of another branch or blocks above it were pruned; what the file's methods throw
   */
  async dump(file: Pick<DraftFile, 'append' | 'keep'>, to: HeaderNode, signal: CancelSignal): Promise<CoinDump | undefined> {
    const { messageStart } = this.#parts;
    const kept = { height: to.height };
    const pause = async (): Promise<void> => {
      await this.#parts.clock.yield();
      if (signal.aborted) throw new Ended();
    };
    try {
      const snapshot = await this.#snapshot(() => {
        this.#checkWayBack(to);
        this.#wayBackTo.add(kept);
      });
      const entries = this.#told(this.#coinsAt(to, snapshot, pause));
      const { txouts: coinCount, hashSerialized } = await countCoins(writtenTo(file, entries), 'hash_serialized_3', pause);
      await file.keep(encodeSnapshotHead({ messageStart, baseBlock: to.hash, coinCount }));
      return { base: to, coinCount, hashSerialized: hashSerialized! };
    } catch (error) {
      if (error instanceof Ended) return undefined;
      throw error;
    } finally {
      this.#wayBackTo.delete(kept);
    }
  }

  #checkWayBack(to: HeaderNode): void {
    const { active, pruner } = this.#parts;
    if (!active.contains(to)) throw new NodeError('option-invalid', 'Could not roll back to requested height.');
    if (pruner.lackingAbove(to.height) !== undefined || to.height < (this.#parts.floor()?.height ?? 0))
      throw new NodeError('option-invalid', 'Could not roll back to requested height since necessary block data is already pruned.');
  }

  #coinsAt(to: HeaderNode, { entries, tip }: CoinSnapshot, pause: () => Promise<void>): AsyncIterable<StoredCoin> {
    const { state } = this.#parts;
    if (tip.height === to.height) return entries;
    return pastCoins({
      ...{ entries, from: tip, to, pause },
      readBlock: (node) => state.readBytes(node),
      readUndo: (node) => state.readUndo(node),
    });
  }

  /** The same coins. Stores that fail are told of; what becomes of the coins behind them is not theirs. */
  async *#told(entries: AsyncIterable<StoredCoin>): AsyncGenerator<StoredCoin> {
    try {
      yield* entries;
    } catch (error) {
      await this.#parts.changes.told(Promise.reject(error));
    }
  }

  /** Flushes first, since stores give what is stored. The chain goes on while the coins are read. `check` throws where there is no use. */
  #snapshot(check: () => void = () => {}): Promise<CoinSnapshot> {
    const { active, changes, coins, flush } = this.#parts;
    return changes.change(async () => {
      check();
      await flush();
      return { entries: await begun(coins.entries()), tip: active.tip };
    });
  }
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
