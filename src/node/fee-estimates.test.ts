import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeClock, settle } from '../../test/support/fake-clock.ts';
import type { ChainEvent } from '../engine/chain/chain-event.ts';
import type { MempoolEntry } from '../engine/mempool/entry.ts';
import type { MempoolEvent } from '../engine/mempool/mempool.ts';
import { NodeError } from '../engine/ports/node-error.ts';
import type { FeeEstimatesParts, FeeFile } from './fee-estimates.ts';
import { FeeEstimates } from './fee-estimates.ts';

const NOW = 1_700_000_000;
const HOUR_MS = 3_600_000;
const HOUR_SECONDS = 3_600;

type Kept = NonNullable<Awaited<ReturnType<FeeFile['read']>>>;

/** A chain and a mempool that tell what a test says, and a file in memory. */
class FeeWorld {
  readonly clock = new FakeClock(NOW);
  readonly logged: string[] = [];
  tip = { height: 100, chainWork: 50n, header: { timeSeconds: NOW } };
  bestHeader = { height: 100 };
  least = 100n;
  kept: Kept | undefined;
  writes = 0;
  failure: Error | undefined;
  #mempool: ((event: MempoolEvent) => void) | undefined;
  #chain: ((event: ChainEvent) => void) | undefined;
  #made = 0;

  /** Whether both are still listened to. */
  get isHeard(): boolean {
    return this.#mempool !== undefined && this.#chain !== undefined;
  }

  open({ acceptStale = false, isKept = true } = {}): Promise<FeeEstimates> {
    const world = this;
    const note = (event: string): void => void this.logged.push(event);
    const file: FeeFile = {
      read: async () => {
        if (this.failure !== undefined) throw this.failure;
        return this.kept;
      },
      write: async (bytes) => {
        await settle();
        if (this.failure !== undefined) throw this.failure;
        this.writes++;
        this.kept = { bytes, ageSeconds: 0 };
      },
    };
    return FeeEstimates.open({
      chain: {
        get tip() {
          return world.tip;
        },
        get bestHeader() {
          return world.bestHeader;
        },
        subscribe: (listener: (event: ChainEvent) => void) => {
          this.#chain = listener;
          return () => {
            this.#chain = undefined;
          };
        },
      } as unknown as FeeEstimatesParts['chain'],
      mempool: {
        minFeeRateSatPerKvb: () => this.least,
        subscribe: (listener) => {
          this.#mempool = listener;
          return () => {
            this.#mempool = undefined;
            return true;
          };
        },
      },
      params: { minimumChainWork: 50n as FeeEstimatesParts['params']['minimumChainWork'] },
      clock: this.clock,
      log: { debug: note, info: note, warn: note, error: note },
      file: isKept ? file : undefined,
      acceptStale,
    });
  }

  entry(rate: number, parents: readonly MempoolEntry[] = []): MempoolEntry {
    const txid = new Uint8Array(32);
    new DataView(txid.buffer).setUint32(0, ++this.#made);
    const { height } = this.tip;
    return { tx: { txid }, height, feeSat: BigInt(rate), vsizeBytes: 1_000, parents: new Set(parents) } as unknown as MempoolEntry;
  }

  comes(entry: MempoolEntry, returning = false): void {
    this.#mempool?.({ kind: 'added', entry, returning });
  }

  leaves(entry: MempoolEntry): void {
    this.#mempool?.({ kind: 'removed', entry, reason: 'expiry' });
  }

  block(entries: readonly MempoolEntry[] = [], conflicting: readonly MempoolEntry[] = []): void {
    const height = this.tip.height + 1;
    this.tip = { ...this.tip, height };
    this.bestHeader = { height };
    for (const entry of entries) this.#mempool?.({ kind: 'removed', entry, reason: 'block' });
    for (const entry of conflicting) this.#mempool?.({ kind: 'removed', entry, reason: 'conflict' });
    this.#chain?.({ kind: 'block-connected', node: { height } } as unknown as ChainEvent);
  }

  /** Blocks that each confirm ten payments which came after the block before. */
  blocks(count: number, rate = 5_000): void {
    for (let i = 0; i < count; i++) {
      const entries = Array.from({ length: 10 }, () => this.entry(rate));
      for (const entry of entries) this.comes(entry);
      this.block(entries);
    }
  }

  /** How many of the payments that wait are followed, and how many left. */
  seenBy(fees: FeeEstimates): { readonly waiting: number; readonly left: number; readonly confirmed: number } {
    const { pass, fail } = fees.estimateOn('short', 1, 0) as NonNullable<ReturnType<FeeEstimates['estimateOn']>>;
    const sum = (name: 'inMempool' | 'leftMempool' | 'totalConfirmed'): number => Math.round(pass[name] + fail[name]);
    return { waiting: sum('inMempool'), left: sum('leftMempool'), confirmed: sum('totalConfirmed') };
  }
}

describe('fee estimates of a node', () => {
  it('follow payments from the mempool into blocks, and never fall below what gets in', async () => {
    const world = new FeeWorld();
    const fees = await world.open();
    assert.deepEqual(fees.estimate(6, false), { feeRateSatPerKvb: undefined, targetBlocks: 0 });
    world.block();
    world.blocks(20);
    assert.deepEqual(fees.estimate(6, true), { feeRateSatPerKvb: 5_000n, targetBlocks: 6 });
    world.least = 5_000n;
    assert.equal(fees.estimate(6, false).feeRateSatPerKvb, 5_000n);
    world.least = 5_001n;
    assert.equal(fees.estimate(6, false).feeRateSatPerKvb, 5_001n);
  });

  it('do not count what needs another waiting one, or comes back from a block that was left', async () => {
    const world = new FeeWorld();
    const fees = await world.open();
    world.block();
    world.comes(world.entry(5_000, [world.entry(5_000)]));
    world.comes(world.entry(5_000), true);
    world.block();
    assert.equal(world.seenBy(fees).waiting, 0);
    world.comes(world.entry(5_000));
    world.block();
    assert.equal(world.seenBy(fees).waiting, 1);
  });

  it('count only while the chain is up to date: a young tip with enough work, at most one block behind', async () => {
    const cases: readonly [what: string, tip: Partial<FeeWorld['tip']>, ahead: number, counts: number][] = [
      ['three hours old', { header: { timeSeconds: NOW - 3 * HOUR_SECONDS } }, 0, 1],
      ['older', { header: { timeSeconds: NOW - 3 * HOUR_SECONDS - 1 } }, 0, 0],
      ['too little work', { chainWork: 49n }, 0, 0],
      ['one block behind', {}, 1, 1],
      ['two blocks behind', {}, 2, 0],
    ];
    for (const [what, changes, ahead, counts] of cases) {
      const world = new FeeWorld();
      const fees = await world.open();
      world.block();
      world.tip = { ...world.tip, ...changes };
      world.bestHeader = { height: world.tip.height + ahead };
      world.comes(world.entry(5_000));
      world.block();
      assert.equal(world.seenBy(fees).waiting, counts, what);
    }
  });

  it('count what left without a block as failed, also what a block drives out', async () => {
    const world = new FeeWorld();
    const fees = await world.open();
    world.block();
    const [first, second] = [world.entry(5_000), world.entry(5_000)];
    for (const entry of [first, second]) world.comes(entry);
    world.block();
    world.leaves(first);
    assert.deepEqual(world.seenBy(fees), { waiting: 1, left: 1, confirmed: 0 });
    world.block([], [second]);
    assert.deepEqual(world.seenBy(fees), { waiting: 0, left: 2, confirmed: 0 });
  });

  it('are written each hour and at the end, and read at the next start', async () => {
    const world = new FeeWorld();
    const fees = await world.open();
    world.block();
    world.blocks(20);
    await world.clock.advance(HOUR_MS - 1);
    assert.equal(world.writes, 0);
    await world.clock.advance(1);
    await world.clock.advance(HOUR_MS);
    await fees.close();
    assert.equal(world.writes, 3);
    assert.equal(world.isHeard, false);
    await world.clock.advance(HOUR_MS);
    await settle();
    assert.equal(world.writes, 3, 'no more after the end');
    const next = await world.open();
    assert.deepEqual(next.estimate(6, true), { feeRateSatPerKvb: 5_000n, targetBlocks: 6 });
    assert.ok(world.logged.every((event) => event === 'fee-estimates-written'));
  });

  it('are not read from a file of 61 hours, unless that was asked for', async () => {
    const world = new FeeWorld();
    const fees = await world.open();
    world.block();
    world.blocks(20);
    await fees.close();
    const kept = world.kept as Kept;
    const rateAfter = async (ageSeconds: number, acceptStale: boolean): Promise<bigint | undefined> => {
      world.logged.length = 0;
      world.kept = { ...kept, ageSeconds };
      return (await world.open({ acceptStale })).estimate(6, false).feeRateSatPerKvb;
    };
    assert.equal(await rateAfter(61 * HOUR_SECONDS - 1, false), 5_000n);
    assert.deepEqual(world.logged, []);
    assert.equal(await rateAfter(61 * HOUR_SECONDS, false), undefined);
    assert.deepEqual(world.logged, ['fee-estimates-stale']);
    assert.equal(await rateAfter(61 * HOUR_SECONDS, true), 5_000n);
  });

  it('begin anew, with a warning, where the file is damaged or cannot be read, and go on where it cannot be written', async () => {
    const world = new FeeWorld();
    world.kept = { bytes: new Uint8Array(100), ageSeconds: 0 };
    const damaged = await world.open();
    assert.deepEqual(world.logged.splice(0), ['fee-estimates-damaged']);
    assert.equal(damaged.estimate(6, false).feeRateSatPerKvb, undefined);
    world.failure = new NodeError('data-dir-unusable', 'no');
    const unread = await world.open();
    assert.deepEqual(world.logged.splice(0), ['fee-estimates-unread']);
    await unread.close();
    assert.deepEqual(world.logged.splice(0), ['fee-estimates-unwritten']);
    world.failure = undefined;
    await damaged.close();
    assert.equal(world.writes, 1);
  });

  it('are kept nowhere by a node in memory', async () => {
    const world = new FeeWorld();
    const fees = await world.open({ isKept: false });
    world.block();
    world.blocks(20);
    assert.equal(fees.estimate(6, false).feeRateSatPerKvb, 5_000n);
    await fees.close();
    assert.deepEqual([world.writes, world.logged], [0, []]);
  });
});
