import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { output, pay } from '../../../test/support/mempool-world.ts';
import { createMiningWorld } from '../../../test/support/mining-world.ts';
import { quickRegtest } from '../../../test/support/test-chain.ts';
import { encodeTransaction, transactionWeightWu } from '../../core/primitives/transaction.ts';
import { RESERVED_WEIGHT_WU } from './assembly.ts';
import { generateBlock } from './generate-block.ts';
import { InlineBlockSearch } from './inline-block-search.ts';
import { TemplateOffers } from './template-offers.ts';

async function world() {
  const mining = await createMiningWorld(quickRegtest);
  const coins = await mining.matureCoins(3);
  const weights: number[] = [];
  const offers = new TemplateOffers({ ...mining.template, made: ({ weightWu }) => void weights.push(weightWu) });
  const payments = coins.map((coin) => pay({ inputs: [coin], outputs: [output(4_999_990_000n)] }));
  return { ...mining, offers, weights, payments };
}

describe('templates for others', () => {
  it('name what each transaction pays and costs, and what the coinbase may take', async () => {
    const { offers, pool, payments, weights, chain } = await world();
    for (const tx of payments) await pool.accept(tx);
    const offered = await offers.current();
    assert.equal(offered.transactions.length, 3);
    const fees = offered.transactions.reduce((sum, { fee }) => sum + fee, 0n);
    assert.equal(offered.coinbaseValue, 5_000_000_000n + fees);
    for (const { tx, fee, sigopsCost } of offered.transactions) {
      assert.ok(payments.some((each) => Buffer.compare(encodeTransaction(each), encodeTransaction(tx)) === 0));
      assert.equal(fee, 10_000n);
      assert.equal(sigopsCost, 0, 'what runs holds no signature operation');
    }
    assert.deepEqual(offered.state, { tip: chain.tip.hash, revision: pool.revision });
    assert.deepEqual(weights, [payments.reduce((sum, tx) => sum + transactionWeightWu(tx), RESERVED_WEIGHT_WU)]);
  });

  it('are kept while nothing changes, and for five seconds where only other transactions wait', async () => {
    const { offers, pool, payments, weights, clock } = await world();
    await offers.current();
    await clock.advance(60_000);
    assert.equal((await offers.current()).timeSeconds, clock.nowSeconds(), 'but the time is that of now');
    assert.equal(weights.length, 1);
    await pool.accept(payments[0]!);
    assert.equal((await offers.current()).transactions.length, 1);
    await pool.accept(payments[1]!);
    await clock.advance(5_000);
    assert.equal((await offers.current()).transactions.length, 1);
    await clock.advance(1_000);
    assert.equal((await offers.current()).transactions.length, 2);
    pool.prioritise(payments[2]!.txid, 1n);
    await clock.advance(6_000);
    await offers.current();
    assert.equal(weights.length, 4);
  });

  it('are made anew on another tip at once', async () => {
    const { offers, generate, chain } = await world();
    const first = await offers.current();
    await generate(1);
    const second = await offers.current();
    assert.equal(second.height, first.height + 1);
    assert.deepEqual(second.state.tip, chain.tip.hash);
  });

  it('are waited for until the tip is another, or after a minute the transactions are, or the signal says so', async () => {
    const { offers, pool, payments, clock, generate } = await world();
    const signal = { aborted: false };
    const told: string[] = [];
    const wait = (name: string, state = offers.state()) => void offers.changed(state, signal).then(() => told.push(name));
    await offers.current();
    wait('unknown tip', { tip: new Uint8Array(32) as never, revision: 0 });
    await clock.advance(0);
    assert.deepEqual(told.splice(0), ['unknown tip']);
    wait('tip');
    await clock.advance(59_000);
    assert.deepEqual(told, []);
    await generate(1);
    await clock.advance(0);
    assert.deepEqual(told.splice(0), ['tip']);
    await offers.current();
    wait('transactions');
    await pool.accept(payments[0]!);
    await clock.advance(59_000);
    assert.deepEqual(told, []);
    await clock.advance(1_250);
    assert.deepEqual(told.splice(0), ['transactions']);
    await offers.current();
    await clock.advance(6_000);
    await offers.current();
    wait('later transactions');
    await clock.advance(61_000);
    await pool.accept(payments[1]!);
    await clock.advance(7_000);
    assert.deepEqual(told, []);
    await clock.advance(2_500);
    assert.deepEqual(told.splice(0), ['later transactions']);
    await offers.current();
    await clock.advance(6_000);
    await offers.current();
    wait('signal');
    signal.aborted = true;
    await clock.advance(250);
    assert.deepEqual(told, ['signal']);
    assert.equal(clock.pendingTimers, 0);
  });
});

describe('a block of given transactions', () => {
  it('has them alone, whose fees nobody gets, and is given to the chain where that is wanted', async () => {
    const { chain, view, clock, payments, pool, template } = await world();
    await pool.accept(payments[0]!);
    const demand = {
      ...template,
      chain: view,
      check: (block: Parameters<typeof chain.checkBlockProposal>[0]) => chain.checkBlockProposal(block),
      inline: new InlineBlockSearch(clock),
      openSearch: () => new InlineBlockSearch(clock),
    };
    const before = chain.tip.height;
    const { block } = await generateBlock({ ...demand, transactions: [payments[1]!], submit: false });
    assert.deepEqual(block?.transactions.slice(1), [payments[1]]);
    assert.equal(block?.transactions[0]?.outputs[0]?.value, 5_000_000_000n);
    assert.equal(chain.tip.height, before);
    const { block: submitted } = await generateBlock({ ...demand, transactions: [payments[1]!], submit: true });
    assert.deepEqual(chain.tip.hash, submitted?.header.hash);
    const { rejection } = await generateBlock({ ...demand, transactions: [payments[1]!], submit: true });
    assert.equal(rejection?.reason, 'bad-txns-inputs-missingorspent');
  });
});
