import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { settle } from '../../../test/support/fake-clock.ts';
import { output, pay, silentLog } from '../../../test/support/mempool-world.ts';
import { createMiningWorld } from '../../../test/support/mining-world.ts';
import { reject } from '../../core/consensus/rejection.ts';
import { createNonceSearch } from '../../core/crypto/search-nonce.ts';
import { regtest } from '../../core/params/regtest.ts';
import type { NetworkParams } from '../../core/params/types.ts';
import type { BlockSearch, SearchJob, SearchResult } from '../ports/block-search.ts';
import { generateBlocks } from './generate.ts';
import { HashRate } from './hash-rate.ts';
import { InlineBlockSearch } from './inline-block-search.ts';
import { Miner } from './miner.ts';
import { SlicedSearch } from './search-slice.ts';

const params: NetworkParams = { ...regtest, consensus: { ...regtest.consensus, coinbaseMaturity: 1 } };

/** A search that finds when the test says so. */
class HandSearch implements BlockSearch {
  readonly workers = 3;
  job: SearchJob | undefined;
  started = 0;
  count = 0n;
  #found: ((result: SearchResult) => void) | undefined;

  start(job: SearchJob, found: (result: SearchResult) => void): void {
    this.started++;
    this.job = job;
    this.#found = found;
  }

  pause(): void {
    this.job = undefined;
  }

  hashes(): bigint {
    return this.count;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Solves the job at hand, or a given one, and reports it. */
  find(job: SearchJob = this.job ?? assert.fail('there is no job')): void {
    const search = new SlicedSearch(job, { index: 0, of: 1 }, createNonceSearch());
    const outcome = search.slice(100_000);
    this.#found?.(outcome.kind === 'found' ? outcome.result : assert.fail('regtest is easy'));
  }
}

async function start() {
  const world = await createMiningWorld(params);
  const coins = await world.matureCoins(3);
  const search = new HandSearch();
  const errors: string[] = [];
  const log = { ...silentLog, error: (event: string) => void errors.push(event) };
  const miner = new Miner({ ...world.template, log, search, coinbaseScript: () => world.template.coinbaseScript });
  miner.start();
  await settle();
  return { ...world, coins, search, miner, errors };
}

describe('the miner', () => {
  it('mines block after block, each on the one before', async () => {
    const { miner, search, chain } = await start();
    const { height } = chain.tip;
    for (let i = 1; i <= 3; i++) {
      search.find();
      await settle();
      assert.equal(chain.tip.height, height + i);
      assert.deepEqual(search.job!.header.subarray(4, 36), chain.tip.hash);
    }
    assert.equal(miner.blocksFound, 3);
    assert.equal(miner.workers, 3);
    await miner.stop();
  });

  it('drops its job at once when another block comes, and takes no result of it any more', async () => {
    const { miner, search, chain, generate } = await start();
    const old = search.job!;
    await generate(1);
    await settle();
    assert.deepEqual(search.job!.header.subarray(4, 36), chain.tip.hash);
    const { height } = chain.tip;
    search.find(old);
    await settle();
    assert.equal(chain.tip.height, height);
    assert.equal(miner.blocksFound, 0);
    await miner.stop();
  });

  it('takes in new transactions after two seconds, and the time after ten', async () => {
    const { miner, search, pool, coins, clock } = await start();
    assert.equal(search.started, 1);
    await pool.accept(pay({ inputs: [coins[0]!], outputs: [output(4_999_000_000n)] }));
    await clock.advance(1_000);
    assert.equal(search.started, 1);
    await clock.advance(1_000);
    assert.equal(search.started, 2);
    assert.equal(search.job!.merkleBranch.length, 1);
    const time = () => new DataView(search.job!.header.buffer).getUint32(68, true);
    const before = time();
    await clock.advance(9_000);
    assert.equal(search.started, 2);
    await clock.advance(1_000);
    assert.equal(search.started, 3);
    assert.equal(time(), before + 10);
    await miner.stop();
  });

  it('says when its block is refused, and tries again later', async () => {
    const world = await createMiningWorld(params);
    const search = new HandSearch();
    const errors: string[] = [];
    const log = { ...silentLog, error: (event: string) => void errors.push(event) };
    const chain = { ...world.view, submit: async () => reject('consensus', 'bad-cb-amount') };
    const miner = new Miner({ ...world.template, chain, log, search, coinbaseScript: () => world.template.coinbaseScript });
    miner.start();
    await settle();
    search.find();
    await settle();
    assert.deepEqual(errors, ['mined-block-refused']);
    assert.equal(miner.blocksFound, 0);
    assert.equal(search.started, 1);
    await world.clock.advance(10_000);
    assert.equal(search.started, 2);
    await miner.stop();
  });

  it('stops at once and leaves no timer behind', async () => {
    const { miner, search, clock, chain } = await start();
    const job = search.job!;
    const timers = clock.pendingTimers;
    await miner.stop();
    assert.equal(search.job, undefined);
    assert.equal(clock.pendingTimers, timers - 1);
    const { height } = chain.tip;
    search.find(job);
    await settle();
    assert.equal(chain.tip.height, height);
    miner.start();
    await settle();
    assert.equal(search.started, 2);
    await miner.stop();
  });

  it('shows its hash rate over ten seconds, none while it is off', async () => {
    const { miner, search, clock } = await start();
    for (let i = 0; i < 20; i++) {
      search.count += i < 10 ? 1_000n : 3_000n;
      await clock.advance(1_000);
    }
    assert.ok(Math.abs(miner.hashRate() - 3_000) <= 300, `${miner.hashRate()}`);
    await miner.stop();
    assert.equal(miner.hashRate(), 0);
  });
});

describe('a hash rate', () => {
  it('is what was counted in the window over its length', () => {
    const rate = new HashRate();
    assert.equal(rate.perSecond(0, 0n), 0);
    for (let s = 0; s <= 30; s++) rate.sample(s * 1_000, BigInt(s < 20 ? 0 : (s - 20) * 500));
    assert.equal(rate.perSecond(30_000, 5_000n), 500);
    rate.reset();
    assert.equal(rate.perSecond(31_000, 5_000n), 0);
  });
});

describe('generating blocks', () => {
  it('mines as many as were asked for, one on the other', async () => {
    const { chain, generate } = await createMiningWorld(params);
    const hashes = await generate(25);
    assert.equal(hashes.length, 25);
    assert.equal(chain.tip.height, 25);
    assert.deepEqual(hashes.at(-1), chain.tip.hash);
  });

  it('uses the calling thread for easy targets and opens the workers for others, closing them in the end', async () => {
    const hard: NetworkParams = { ...params, consensus: { ...params.consensus, pow: { ...params.consensus.pow, bits: 0x1f00ffff } } };
    const { generate, clock } = await createMiningWorld(hard);
    let opened = 0;
    let closed = 0;
    const openSearch = (): BlockSearch => {
      opened++;
      const search = new InlineBlockSearch(clock);
      const close = search.close.bind(search);
      search.close = () => {
        closed++;
        return close();
      };
      return search;
    };
    assert.equal((await generate(2, { openSearch })).length, 2);
    assert.deepEqual([opened, closed], [1, 1]);
    const easy = await createMiningWorld(params);
    await easy.generate(2, { openSearch: () => assert.fail('regtest needs no workers') });
  });

  it('ends when the tries are used up or the signal says so, and what was mined stays', async () => {
    const never: NetworkParams = { ...params, consensus: { ...params.consensus, pow: { ...params.consensus.pow, bits: 0x03000001 } } };
    const world = await createMiningWorld(never);
    const search = new HandSearch();
    const none = await world.generate(1, { maxTries: 0n });
    assert.deepEqual(none, []);
    let result = world.generate(1, { maxTries: 1_000n, openSearch: () => search });
    await settle();
    search.count = 999n;
    await world.clock.advance(100);
    assert.notEqual(search.job, undefined);
    search.count = 1_000n;
    await world.clock.advance(100);
    assert.deepEqual(await result, []);
    const signal = { aborted: false };
    result = world.generate(1, { signal, openSearch: () => search });
    await settle();
    signal.aborted = true;
    await world.clock.advance(50);
    assert.deepEqual(await result, []);
    assert.equal(search.job, undefined);
  });

  it('begins anew when another block comes first', async () => {
    const world = await createMiningWorld(params);
    const search = new HandSearch();
    const result = generateBlocks({ ...world.template, count: 1, inline: search, openSearch: () => search });
    await settle();
    await world.generate(1);
    await settle();
    assert.equal(search.started, 2);
    search.find();
    assert.equal((await result).length, 1);
    assert.equal(world.chain.tip.height, 2);
  });
});
