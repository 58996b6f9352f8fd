import type { Coin } from '../../core/consensus/coin.ts';
import type { BlockHash } from '../../core/primitives/ids.ts';
import type { OutPoint } from '../../core/primitives/transaction.ts';
import type { CoinSearch, CoinSetHash, CoinSetStats } from '../ports/chain-service.ts';
import type { Clock } from '../ports/clock.ts';
import type { CoinStore } from '../ports/coin-store.ts';
import type { ActiveChain } from './active-chain.ts';
import type { ChangeQueue } from './change-queue.ts';
import type { CoinCache } from './coin-cache.ts';
import { countCoins } from './coin-stats.ts';
import { type CoinSearchOptions, findCoins } from './find-coins.ts';

interface CoinQueriesParts {
  readonly active: Pick<ActiveChain, 'tip'>;
  readonly cache: Pick<CoinCache, 'read'>;
  readonly changes: Pick<ChangeQueue, 'change' | 'told'>;
  readonly clock: Pick<Clock, 'yield'>;
  readonly coins: Pick<CoinStore, 'entries'>;
  /** Writes everything. */
  readonly flush: () => Promise<void>;
}

/** Every coin of one moment, with the tip that they belong to. */
interface CoinSnapshot {
  readonly entries: ReturnType<CoinStore['entries']>;
  readonly height: number;
  readonly bestBlock: BlockHash;
}

/** What is asked of the coins of the tip. Stores that fail are told of. */
export class CoinQueries {
  readonly #parts: CoinQueriesParts;

  constructor(parts: CoinQueriesParts) {
    this.#parts = parts;
  }

  /** Unspent coins, in the order of their outpoints. */
  coinsOf(outPoints: readonly OutPoint[]): Promise<(Coin | undefined)[]> {
    return this.#parts.changes.told(this.#parts.cache.read(outPoints));
  }

  /** Counts, and if asked hashes, all coins of one moment. */
  async stats(kind: CoinSetHash | 'none'): Promise<CoinSetStats> {
    const { changes, clock } = this.#parts;
    const { entries, height, bestBlock } = await this.#snapshot();
    const counted = await changes.told(countCoins(entries, kind, () => clock.yield()));
    return { height, bestBlock, ...counted };
  }

  /** Looks through all coins of one moment for those of some scripts. */
  async find(isWanted: (script: Uint8Array) => boolean, options: CoinSearchOptions): Promise<CoinSearch> {
    const { changes, clock } = this.#parts;
    const { entries, height, bestBlock } = await this.#snapshot();
    const searched = await changes.told(findCoins(entries, isWanted, options, () => clock.yield()));
    return { height, bestBlock, ...searched };
  }

  /** Flushes first, since stores give what is stored. The chain goes on while the coins are read. */
  #snapshot(): Promise<CoinSnapshot> {
    const { active, changes, coins, flush } = this.#parts;
    return changes.change(async () => {
      await flush();
      const { height, hash: bestBlock } = active.tip;
      return { entries: await begun(coins.entries()), height, bestBlock };
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
