import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { settle } from '../../../test/support/fake-clock.ts';
import { from, MempoolWorld, makeGate, output, pay, TRUE_OUTPUT } from '../../../test/support/mempool-world.ts';
import { scriptFlagsAt } from '../../core/consensus/script-flags.ts';
import { regtest, regtestWithHeights } from '../../core/params/regtest.ts';
import type { OutPoint, Transaction } from '../../core/primitives/transaction.ts';
import { encodeTransaction, makeTransaction } from '../../core/primitives/transaction.ts';
import { MANDATORY_FLAGS, STANDARD_FLAGS } from '../../core/script/flags.ts';
import { nullDataScript } from '../../core/script/output-template.ts';
import { MEMPOOL_COIN_HEIGHT } from './acceptance.ts';

/** Transactions that each spend the one before, `fees` apart. */
function chainOf(world: MempoolWorld, count: number, fee = 1_000n): Transaction[] {
  const made: Transaction[] = [];
  let value = 10_000_000n;
  let outPoint = world.coin(value);
  for (let i = 0; i < count; i++) {
    value -= fee;
    const tx = pay({ inputs: [outPoint], outputs: [output(value)] });
    made.push(tx);
    outPoint = from(tx);
  }
  return made;
}

async function addAll(world: MempoolWorld, transactions: readonly Transaction[]): Promise<void> {
  for (const tx of transactions) await world.add(tx);
}

describe('accepting a transaction', () => {
  it('keeps it with its facts, and answers for it', async () => {
    const world = new MempoolWorld();
    const tx = world.payment(1_000n);
    const entry = await world.add(tx);
    assert.equal(entry.feeSat, 1_000n);
    assert.equal(entry.weightWu, tx.strippedSizeBytes * 3 + tx.sizeBytes);
    assert.equal(entry.vsizeBytes, Math.ceil(entry.weightWu / 4));
    assert.equal(entry.timeSeconds, world.clock.nowSeconds());
    assert.equal(entry.height, world.chain.tip().height);
    assert.equal(world.pool.get(tx.txid), entry);
    assert.equal(world.pool.getByWtxid(tx.wtxid), entry);
    assert.equal(world.pool.has(tx.txid), true);
    assert.equal(world.pool.spenderOf(tx.inputs[0]!.prevout), entry);
    assert.deepEqual(world.pool.coin(from(tx)), {
      value: 999_000n,
      scriptPubKey: TRUE_OUTPUT,
      height: MEMPOOL_COIN_HEIGHT,
      coinbase: false,
    });
    assert.equal(world.pool.coin(from(tx, 1)), undefined);
    assert.deepEqual([world.pool.size, world.pool.vsizeBytes, world.pool.totalFeeSat], [1, entry.vsizeBytes, 1_000n]);
    assert.deepEqual(world.events, [{ kind: 'added', entry, returning: false }]);
    assert.deepEqual(encodeTransaction(entry.tx), encodeTransaction(tx));
  });

  it('only says what would happen when it tests', async () => {
    const world = new MempoolWorld();
    const tx = world.payment(1_000n);
    const result = await world.pool.accept(tx, { test: true });
    assert.equal(result.entry?.feeSat, 1_000n);
    assert.equal(world.pool.size, 0);
    assert.deepEqual(world.events, []);
    assert.equal(world.verifier.runs, 1);
  });

  it('refuses what it holds, and a twin with another witness', async () => {
    const world = new MempoolWorld();
    const tx = await world.add(world.payment(1_000n)).then((entry) => entry.tx);
    assert.equal(await world.reason(tx), 'txn-already-in-mempool');
    const twin = makeTransaction({
      ...tx,
      inputs: tx.inputs.map((input) => ({ ...input, witness: [Uint8Array.of(1), Uint8Array.of(0x51)] })),
    });
    assert.deepEqual(twin.txid, tx.txid);
    assert.equal(await world.reason(twin), 'txn-same-nonwitness-data-in-mempool');
  });

  it('asks for the coins, their maturity and the amounts', async () => {
    const world = new MempoolWorld();
    const unknown: OutPoint = { txid: world.coin().txid, vout: 7 };
    assert.equal(await world.reason(world.payment(1_000n, unknown)), 'bad-txns-inputs-missingorspent');
    const next = world.chain.tip().height + 1;
    const mature = next - regtest.consensus.coinbaseMaturity;
    assert.equal(
      await world.reason(world.payment(1_000n, world.coin(1_000_000n, { coinbase: true, height: mature + 1 }))),
      'bad-txns-premature-spend-of-coinbase',
    );
    assert.equal(await world.reason(world.payment(1_000n, world.coin(1_000_000n, { coinbase: true, height: mature }))), undefined);
    assert.equal(await world.reason(world.payment(-1n)), 'bad-txns-in-belowout');
  });

  it('refuses a coinbase and what consensus refuses', async () => {
    const world = new MempoolWorld();
    const coinbase = world.chain.connect([]).transactions[0]!;
    assert.equal(await world.reason(coinbase), 'coinbase');
    const point = world.coin();
    assert.equal(await world.reason(pay({ inputs: [point, point], outputs: [output(1n)] })), 'bad-txns-inputs-duplicate');
  });

  it('refuses a stripped size of 64 bytes and takes 65 (CVE-2017-12842), standard or not', async () => {
    const world = new MempoolWorld({ policy: { requireStandard: false } });
    const sized = (strippedSizeBytes: number) => {
      const tx = (scriptBytes: number) =>
        pay({ inputs: [world.coin()], outputs: [{ value: 1_000n, scriptPubKey: new Uint8Array(scriptBytes).fill(0x6a) }] });
      return tx(strippedSizeBytes - tx(0).strippedSizeBytes);
    };
    assert.equal(sized(64).strippedSizeBytes, 64);
    assert.equal(await world.reason(sized(64)), 'tx-size-small');
    assert.equal(await world.reason(sized(65)), undefined);
  });

  it('takes what is not standard only where that is not required', async () => {
    const odd = (world: MempoolWorld) =>
      pay({ inputs: [world.coin()], outputs: [{ value: 900_000n, scriptPubKey: Uint8Array.of(0x51) }, output(1_000n)] });
    const strict = new MempoolWorld();
    assert.equal(await strict.reason(odd(strict)), 'scriptpubkey');
    const lax = new MempoolWorld({ policy: { requireStandard: false } });
    assert.equal(await lax.reason(odd(lax)), undefined);
  });

  it('holds lock times against the next block and its median time', async () => {
    const world = new MempoolWorld();
    const { height, medianTimeSeconds } = world.chain.tip();
    const locked = (lockTime: number) => pay({ inputs: [world.coin()], outputs: [output(900_000n)], lockTime });
    assert.equal(await world.reason(locked(height)), undefined);
    assert.equal(await world.reason(locked(height + 1)), 'non-final');
    assert.equal(await world.reason(locked(medianTimeSeconds - 1)), undefined);
    assert.equal(await world.reason(locked(medianTimeSeconds)), 'non-final');
  });

  it('holds relative lock times against the age of the coins (BIP-68)', async () => {
    const world = new MempoolWorld();
    const { height } = world.chain.tip();
    const aged = (sequence: number, coinHeight: number) =>
      pay({ inputs: [world.coin(1_000_000n, { height: coinHeight })], outputs: [output(900_000n)], sequence });
    assert.equal(await world.reason(aged(5, height - 4)), undefined);
    assert.equal(await world.reason(aged(5, height - 3)), 'non-BIP68-final');
    const parent = world.payment(1_000n);
    await world.add(parent);
    const child = (sequence: number) => pay({ inputs: [from(parent)], outputs: [output(900_000n)], sequence });
    assert.equal(await world.reason(child(1)), 'non-BIP68-final', 'an unconfirmed coin has no age');
    assert.equal(await world.reason(child(0)), undefined);
  });

  it('holds relative lock times where blocks need not keep them yet', async () => {
    const world = new MempoolWorld({ params: regtestWithHeights({ csv: 100_000 }).consensus });
    const { height } = world.chain.tip();
    const aged = (sequence: number) =>
      pay({ inputs: [world.coin(1_000_000n, { height: height - 4 })], outputs: [output(900_000n)], sequence });
    assert.equal(await world.reason(aged(5)), undefined);
    assert.equal(await world.reason(aged(6)), 'non-BIP68-final');
  });

  it('runs the scripts under the flags of policy and under those of the next block', async () => {
    const world = new MempoolWorld();
    await world.add(world.payment(1_000n));
    const nextHeight = world.chain.tip().height + 1;
    assert.deepEqual(
      world.verifier.jobs.map(({ flags, blockFlags }) => [flags, blockFlags]),
      [[STANDARD_FLAGS, scriptFlagsAt(nextHeight, regtest.consensus)]],
    );
  });

  it('runs the scripts, and says with the error which one failed', async () => {
    const world = new MempoolWorld();
    const tx = world.payment(1_000n);
    world.verifier.refused.add(tx.txid);
    const { rejection } = await world.pool.accept(tx);
    assert.equal(
      rejection?.reason,
      'mempool-script-verify-flag-failed (Script evaluated without error but finished with a false/empty top stack element)',
    );
    assert.equal(rejection?.kind, 'policy');
    assert.equal(world.pool.size, 0);
  });

  it('does not hold it against the txid when the witness was stripped', async () => {
    const world = new MempoolWorld();
    const tx = world.payment(1_000n);
    const stripped = makeTransaction({ ...tx, inputs: tx.inputs.map((input) => ({ ...input, witness: [] })) });
    world.verifier.refused.add(stripped.txid);
    assert.equal((await world.pool.accept(stripped)).rejection?.kind, 'mutated');
  });

  it('refuses more signature operations cost than 16,000', async () => {
    const world = new MempoolWorld({ policy: { requireStandard: false, bytesPerSigop: 0 } });
    // Bare signature checks in outputs cost four each.
    const costly = (checks: number) =>
      pay({ inputs: [world.coin()], outputs: [{ value: 900_000n, scriptPubKey: new Uint8Array(checks).fill(0xac) }] });
    assert.equal(await world.reason(costly(4_000)), undefined);
    assert.equal(await world.reason(costly(4_001)), 'bad-txns-too-many-sigops');
  });

  it('counts signature operations as 20 bytes each at least', async () => {
    const world = new MempoolWorld({ policy: { requireStandard: false } });
    const entry = await world.add(
      pay({ inputs: [world.coin()], outputs: [{ value: 900_000n, scriptPubKey: new Uint8Array(100).fill(0xac) }] }),
    );
    assert.equal(entry.sigopsCost, 400);
    assert.equal(entry.adjustedWeightWu, 8_000);
    assert.equal(entry.vsizeBytes, 2_000);
    assert.ok(entry.weightWu < 1_000);
  });
});

describe('fees', () => {
  it('are 100 base units per 1,000 virtual bytes at least', async () => {
    const world = new MempoolWorld();
    const { vsizeBytes } = await world.add(world.payment(1_000n));
    const least = (BigInt(vsizeBytes) * 100n + 999n) / 1_000n;
    assert.equal(await world.reason(world.payment(least)), undefined);
    assert.equal(await world.reason(world.payment(least - 1n)), 'min relay fee not met');
  });

  it('may be bounded from above by whoever sends', async () => {
    const world = new MempoolWorld();
    const tx = world.payment(1_000n);
    const { vsizeBytes } = (await world.pool.accept(tx, { test: true })).entry!;
    const rate = (1_000n * 1_000n) / BigInt(vsizeBytes);
    assert.equal((await world.pool.accept(tx, { test: true, feeRateMaxSatPerKvb: rate + 10n })).rejection, undefined);
    assert.equal((await world.pool.accept(tx, { feeRateMaxSatPerKvb: rate - 10n })).rejection?.reason, 'max-fee-exceeded');
    assert.equal(world.pool.size, 0);
  });

  it('forbid dust, which only a transaction without a fee may have, whose child sweeps it', async () => {
    const world = new MempoolWorld({ policy: { minRelayFeeRateSatPerKvb: 0n } });
    const threshold = 330n; // P2WSH: 43 bytes of output and 67 of input at 3 base units each.
    const paying = (dust: bigint, fee: bigint) => pay({ inputs: [world.coin()], outputs: [output(1_000_000n - dust - fee), output(dust)] });
    assert.equal(await world.reason(paying(threshold, 1_000n)), undefined);
    assert.equal(await world.reason(paying(threshold - 1n, 1_000n)), 'dust');
    const parent = paying(threshold - 1n, 0n);
    await world.add(parent);
    assert.equal(await world.reason(pay({ inputs: [from(parent)], outputs: [output(900_000n)] })), 'missing-ephemeral-spends');
    assert.equal(await world.reason(pay({ inputs: [from(parent), from(parent, 1)], outputs: [output(900_000n)] })), undefined);
  });
});

describe('clusters', () => {
  it('hold 64 transactions and no more (T5)', async () => {
    const world = new MempoolWorld();
    const transactions = chainOf(world, 65);
    await addAll(world, transactions.slice(0, 64));
    assert.equal(world.pool.get(transactions[0]!.txid)!.cluster.entries.length, 64);
    assert.equal(await world.reason(transactions[64]!), 'too-large-cluster');
    assert.equal(world.pool.size, 64);
  });

  it('count what a transaction would join, not only what it spends', async () => {
    const world = new MempoolWorld();
    const left = chainOf(world, 40);
    const right = chainOf(world, 24);
    await addAll(world, [...left, ...right]);
    const joining = pay({ inputs: [from(left.at(-1)!), from(right.at(-1)!)], outputs: [output(9_000_000n)] });
    assert.equal(await world.reason(joining), 'too-large-cluster');
  });

  it('weigh 404,000 at most (T5)', async () => {
    const weight = (tx: Transaction) => tx.strippedSizeBytes * 3 + tx.sizeBytes;
    /** Pays to one output and carries so much data that it has the weight, which must be right modulo four. */
    const sized = (inputs: readonly OutPoint[], weightWu: number) => {
      const carrying = (bytes: number) =>
        pay({ inputs, outputs: [output(500_000n), { value: 0n, scriptPubKey: nullDataScript(new Uint8Array(bytes)) }] });
      const tx = carrying(600 + (weightWu - weight(carrying(600))) / 4);
      assert.equal(weight(tx), weightWu);
      return tx;
    };
    const reasonAt = async (clusterWeightWu: number) => {
      const world = new MempoolWorld();
      const parent = pay({
        inputs: [world.coin(), world.coin(), world.coin()],
        outputs: [output(600_000n), ...Array.from({ length: 2_000 }, () => output(1_000n))],
      });
      await world.add(parent);
      return world.reason(sized([from(parent)], clusterWeightWu - weight(parent)));
    };
    assert.equal(await reasonAt(404_000), undefined);
    assert.equal(await reasonAt(404_004), 'too-large-cluster');
  });

  it('give the order of mining: what pays best first, parents before children, a child pays for its parent', async () => {
    const world = new MempoolWorld();
    const poor = world.payment(200n);
    const rich = world.payment(5_000n);
    const child = pay({ inputs: [from(poor)], outputs: [output(1_000_000n - 200n - 20_000n)] });
    const leaf = pay({ inputs: [from(rich)], outputs: [output(1_000_000n - 5_000n - 100n)] });
    await addAll(world, [poor, rich, child, leaf]);
    const order = [...world.pool.chunks()].map((chunk) => chunk.entries.map((entry) => entry.tx.txid));
    assert.deepEqual(order, [[poor.txid, child.txid], [rich.txid], [leaf.txid]]);
  });

  it('name ancestors and descendants', async () => {
    const world = new MempoolWorld();
    const [a, b, c] = chainOf(world, 3) as [Transaction, Transaction, Transaction];
    await addAll(world, [a, b, c]);
    const entry = world.pool.get(b.txid)!;
    assert.deepEqual(
      [...world.pool.ancestorsOf(entry)].map((each) => each.tx.txid),
      [b.txid, a.txid],
    );
    assert.deepEqual(
      [...world.pool.descendantsOf(entry)].map((each) => each.tx.txid),
      [b.txid, c.txid],
    );
  });
});

describe('replacement', () => {
  it('takes place for the fee of all that leaves and its own relay, not one base unit less', async () => {
    const world = new MempoolWorld();
    const point = world.coin();
    const first = await world.add(pay({ inputs: [point], outputs: [output(999_000n)], sequence: 0xffffffff }));
    const child = await world.add(pay({ inputs: [from(first.tx)], outputs: [output(998_500n)] }));
    const relay = (BigInt(first.vsizeBytes) * 100n + 999n) / 1_000n;
    const rival = (fee: bigint) => pay({ inputs: [point], outputs: [output(1_000_000n - fee)], sequence: 0xffffffff });
    assert.equal(await world.reason(rival(1_500n + relay - 1n)), 'insufficient fee');
    assert.equal(world.pool.size, 2);
    world.removals();
    const result = await world.pool.accept(rival(1_500n + relay));
    assert.deepEqual(result.rejection, undefined);
    assert.deepEqual(
      new Set(world.removals().map(({ txid, reason }) => `${reason} ${txid}`)),
      new Set([`replaced ${first.tx.txid}`, `replaced ${child.tx.txid}`]),
    );
    assert.equal(world.pool.size, 1);
  });

  it('does not take place where the pool would pay worse anywhere', async () => {
    const world = new MempoolWorld();
    const point = world.coin();
    await world.add(pay({ inputs: [point], outputs: [output(990_000n)] }));
    const large = pay({ inputs: [point], outputs: [output(985_000n), { value: 0n, scriptPubKey: nullDataScript(new Uint8Array(5_000)) }] });
    assert.equal(await world.reason(large), 'replacement-failed');
  });

  it('cannot spend what it replaces', async () => {
    const world = new MempoolWorld();
    const point = world.coin();
    const first = pay({ inputs: [point], outputs: [output(999_000n)] });
    await world.add(first);
    assert.equal(await world.reason(pay({ inputs: [point, from(first)], outputs: [output(500_000n)] })), 'bad-txns-spends-conflicting-tx');
  });

  it('of a double spend leaves exactly one of the two (T10)', async () => {
    const world = new MempoolWorld();
    const point = world.coin();
    const [a, b] = [1_000n, 1_000n + 1n].map((fee) => pay({ inputs: [point], outputs: [output(1_000_000n - fee)] })) as [
      Transaction,
      Transaction,
    ];
    const results = await Promise.all([world.pool.accept(a), world.pool.accept(b)]);
    assert.deepEqual(
      results.map((result) => result.rejection?.reason),
      [undefined, 'insufficient fee'],
    );
    assert.equal(world.pool.size, 1);
  });
});

describe('bounds', () => {
  it('let go what pays least, then ask for more than it paid', async () => {
    const probe = new MempoolWorld();
    const { usageBytes } = await probe.add(probe.payment(1_000n));
    const world = new MempoolWorld({ usageBytesMax: usageBytes * 3 });
    const [cheap, middle, dear] = [1_000n, 2_000n, 3_000n].map((fee) => world.payment(fee)) as [Transaction, Transaction, Transaction];
    await addAll(world, [middle, cheap, dear]);
    assert.equal(world.pool.usageBytes, usageBytes * 3, 'at the limit all stay');
    assert.equal(world.pool.minFeeRateSatPerKvb(), 100n);
    world.removals();
    await world.add(world.payment(4_000n));
    assert.deepEqual(world.removals(), [{ txid: cheap.txid, reason: 'sizelimit' }]);
    const { vsizeBytes } = world.pool.get(middle.txid)!;
    const rate = world.pool.minFeeRateSatPerKvb();
    assert.ok(rate > (1_000n * 1_000n) / BigInt(vsizeBytes), 'above what left');
    const least = (rate * BigInt(vsizeBytes) + 999n) / 1_000n;
    assert.equal(await world.reason(world.payment(least - 1n)), 'mempool min fee not met');
    assert.equal(await world.reason(world.payment(1_000n)), 'mempool min fee not met');
  });

  it('say so when the newcomer is what pays least', async () => {
    const probe = new MempoolWorld();
    const { usageBytes } = await probe.add(probe.payment(1_000n));
    const world = new MempoolWorld({ usageBytesMax: usageBytes });
    await world.add(world.payment(2_000n));
    assert.equal(await world.reason(world.payment(1_000n)), 'mempool full');
    assert.equal(world.pool.size, 1);
  });

  it('keep a poor parent whose child pays', async () => {
    const probe = new MempoolWorld();
    const { usageBytes } = await probe.add(probe.payment(1_000n));
    const world = new MempoolWorld({ usageBytesMax: usageBytes * 3 });
    const parent = world.payment(100n);
    const child = pay({ inputs: [from(parent)], outputs: [output(900_000n)] });
    const other = world.payment(3_000n);
    await addAll(world, [parent, child, other]);
    world.removals();
    await world.add(world.payment(4_000n));
    assert.deepEqual(world.removals(), [{ txid: other.txid, reason: 'sizelimit' }]);
  });

  it('lower the minimum by half in 12 hours after a block while the pool is full', async () => {
    const probe = new MempoolWorld();
    const { usageBytes } = await probe.add(probe.payment(1_000n));
    const world = new MempoolWorld({ usageBytesMax: usageBytes });
    await world.add(world.payment(100_000n));
    await world.add(world.payment(200_000n));
    const before = world.pool.minFeeRateSatPerKvb();
    await world.clock.advance(24 * 3_600_000);
    assert.equal(world.pool.minFeeRateSatPerKvb(), before, 'it does not fall before a block');
    world.chain.connect([]);
    await world.clock.advance(12 * 3_600_000);
    const after = world.pool.minFeeRateSatPerKvb();
    assert.ok(after >= before / 2n && after <= before / 2n + 1n, `${after} is half of ${before}`);
    await world.clock.advance(400 * 3_600_000);
    assert.equal(world.pool.minFeeRateSatPerKvb(), 100n, 'and ends at the relay minimum');
  });

  it('let go what waited longer than 336 hours, and what depends on it', async () => {
    const world = new MempoolWorld();
    const old = world.payment(1_000n);
    await world.add(old);
    await world.clock.advance(3_600_000);
    const child = pay({ inputs: [from(old)], outputs: [output(990_000n)] });
    await world.add(child);
    await world.clock.advance(335 * 3_600_000);
    await world.add(world.payment(1_000n));
    assert.equal(world.pool.has(old.txid), true, 'exactly 336 hours');
    world.removals();
    await world.clock.advance(1_000);
    world.chain.connect([]);
    assert.deepEqual(world.removals(), [
      { txid: old.txid, reason: 'expiry' },
      { txid: child.txid, reason: 'expiry' },
    ]);
    assert.equal(world.pool.size, 1);
  });
});

describe('a block', () => {
  it('takes its transactions out, and what spends the same coins otherwise with all that depends on it (S14)', async () => {
    const world = new MempoolWorld();
    const point = world.coin();
    const mined = world.payment(1_000n);
    const child = pay({ inputs: [from(mined)], outputs: [output(900_000n)] });
    const rival = pay({ inputs: [point], outputs: [output(999_000n)] });
    const rivalChild = pay({ inputs: [from(rival)], outputs: [output(998_000n)] });
    await addAll(world, [mined, child, rival, rivalChild]);
    world.removals();
    world.chain.connect([mined, pay({ inputs: [point], outputs: [output(1n)] })]);
    assert.deepEqual(world.removals(), [
      { txid: mined.txid, reason: 'block' },
      { txid: rival.txid, reason: 'conflict' },
      { txid: rivalChild.txid, reason: 'conflict' },
    ]);
    assert.deepEqual(
      [...world.pool.entries()].map((entry) => entry.tx.txid),
      [child.txid],
    );
    assert.equal(world.pool.get(child.txid)!.parents.size, 0);
    assert.equal(await world.reason(mined), 'txn-already-known');
  });

  it('that comes while coins are loaded makes the transaction be judged by those of the new tip', async () => {
    const world = new MempoolWorld();
    const parent = world.payment(1_000n);
    const child = pay({ inputs: [{ txid: parent.txid, vout: 0 }], outputs: [output(990_000n)] });
    const open = makeGate();
    const load = world.chain.coinsOf.bind(world.chain);
    world.chain.coinsOf = async (outPoints) => {
      const coins = await load(outPoints);
      await open.closed;
      return coins;
    };
    const accepted = world.pool.accept(child);
    await settle();
    world.chain.connect([parent]);
    open.open();
    assert.equal((await accepted).rejection, undefined);
  });

  it('that comes while scripts run makes the transaction be judged anew', async () => {
    const world = new MempoolWorld();
    const point = world.coin();
    const open = makeGate();
    world.verifier.gate = open.closed;
    const accepted = world.pool.accept(pay({ inputs: [point], outputs: [output(999_000n)] }));
    await settle();
    assert.equal(world.verifier.runs, 1);
    world.chain.connect([pay({ inputs: [point], outputs: [output(1n)] })]);
    open.open();
    assert.equal((await accepted).rejection?.reason, 'bad-txns-inputs-missingorspent');
    assert.equal(world.verifier.runs, 1);
  });
});

describe('a reorganisation', () => {
  it('brings transactions of disconnected blocks back, linked with those that waited', async () => {
    const world = new MempoolWorld();
    const [a, b, c] = chainOf(world, 3) as [Transaction, Transaction, Transaction];
    world.chain.connect([a]);
    world.chain.connect([b]);
    await world.add(c);
    world.chain.disconnect();
    world.chain.disconnect();
    world.chain.connect([]);
    await world.pool.settled();
    assert.deepEqual(
      new Set([...world.pool.entries()].map((entry) => entry.tx.txid.join())),
      new Set([a, b, c].map((tx) => tx.txid.join())),
    );
    const entry = world.pool.get(c.txid)!;
    assert.equal(world.pool.ancestorsOf(entry).size, 3);
    assert.deepEqual(
      entry.cluster.entries.map((each) => each.tx.txid),
      [a.txid, b.txid, c.txid],
    );
  });

  it('brings back what a block held beside whatever it stands, though it could not come by itself (BIP-431)', async () => {
    const world = new MempoolWorld();
    const parent = world.payment(1_000n);
    const child = pay({ inputs: [from(parent)], outputs: [output(998_000n)], version: 3 });
    await world.add(parent);
    assert.equal(await world.reason(child), 'TRUC-violation');
    world.chain.connect([parent, child]);
    assert.equal(world.pool.size, 0);
    world.chain.disconnect();
    world.chain.connect([]);
    await world.pool.settled();
    assert.ok(world.pool.get(parent.txid) !== undefined && world.pool.get(child.txid) !== undefined);
  });

  it('keeps out what the new branch confirms, and what it conflicts with, with its children', async () => {
    const world = new MempoolWorld();
    const point = world.coin();
    const both = world.payment(1_000n);
    const lost = pay({ inputs: [point], outputs: [output(999_000n)] });
    world.chain.connect([both, lost]);
    const child = pay({ inputs: [from(lost)], outputs: [output(900_000n)] });
    await world.add(child);
    world.removals();
    world.chain.disconnect();
    world.chain.connect([both, pay({ inputs: [point], outputs: [output(1n)] })]);
    await world.pool.settled();
    assert.equal(world.pool.size, 0);
    assert.deepEqual(world.removals(), [{ txid: child.txid, reason: 'reorg' }]);
  });

  it('evicts what is not final any more (T11)', async () => {
    const world = new MempoolWorld();
    const { height } = world.chain.tip();
    world.chain.connect([]);
    const locked = pay({ inputs: [world.coin()], outputs: [output(999_000n)], lockTime: height + 1 });
    const aged = pay({ inputs: [world.coin(1_000_000n, { height: height - 1 })], outputs: [output(999_000n)], sequence: 3 });
    const free = world.payment(1_000n);
    await addAll(world, [locked, aged, free]);
    world.removals();
    world.chain.disconnect();
    world.chain.settle();
    await world.pool.settled();
    assert.deepEqual(world.removals(), [
      { txid: locked.txid, reason: 'reorg' },
      { txid: aged.txid, reason: 'reorg' },
    ]);
    assert.equal(world.pool.has(free.txid), true);
  });

  it('evicts spends of a coinbase that is immature again (T12)', async () => {
    const world = new MempoolWorld();
    const { height } = world.chain.tip();
    world.chain.connect([]);
    const point = world.coin(1_000_000n, { coinbase: true, height: height + 2 - regtest.consensus.coinbaseMaturity });
    const tx = world.payment(1_000n, point);
    await world.add(tx);
    world.removals();
    world.chain.disconnect();
    world.chain.settle();
    await world.pool.settled();
    assert.deepEqual(world.removals(), [{ txid: tx.txid, reason: 'reorg' }]);
  });

  it('holds newcomers back until the new branch stands', async () => {
    const world = new MempoolWorld();
    const mined = world.payment(1_000n);
    world.chain.connect([mined]);
    world.chain.disconnect();
    let done = false;
    const child = world.pool.accept(pay({ inputs: [from(mined)], outputs: [output(900_000n)] })).then((result) => {
      done = true;
      return result;
    });
    await settle();
    assert.equal(done, false);
    world.chain.connect([]);
    assert.equal((await child).rejection, undefined);
    assert.equal(world.pool.size, 2);
  });

  it('that leads back to where it began settles too', async () => {
    const world = new MempoolWorld();
    const mined = world.payment(1_000n);
    world.chain.connect([mined]);
    const block = world.chain.disconnect();
    world.chain.connectBlock(block);
    await world.pool.settled();
    assert.equal(world.pool.size, 0);
    assert.equal(await world.reason(world.payment(1_000n)), undefined);
  });

  it('that begins while another is being settled is settled as well', async () => {
    const world = new MempoolWorld();
    const [a, b] = [world.payment(1_000n), world.payment(1_000n)] as const;
    world.chain.connect([a]);
    world.chain.connect([b]);
    const open = makeGate();
    world.chain.gate = open.closed;
    world.chain.disconnect();
    world.chain.settle();
    await settle();
    world.chain.disconnect();
    world.chain.settle();
    open.open();
    await world.pool.settled();
    assert.deepEqual(new Set([...world.pool.entries()].map((entry) => entry.tx.txid.join())), new Set([a, b].map((tx) => tx.txid.join())));
  });

  it('tells the verifier what a returning transaction is known to hold under, and nothing where that is not known', async () => {
    const world = new MempoolWorld();
    for (const heldUnder of [MANDATORY_FLAGS, undefined]) {
      world.chain.connect([world.payment(1_000n)]);
      world.chain.disconnect(heldUnder);
      world.chain.settle();
      await world.pool.settled();
      assert.deepEqual([world.verifier.jobs[0]?.flags, world.verifier.jobs[0]?.heldUnder], [STANDARD_FLAGS, heldUnder]);
    }
    assert.equal(world.pool.size, 2);
  });

  it('keeps a bounded number of bytes on the way, the latest transactions being forgotten first', async () => {
    const world = new MempoolWorld();
    const { ReturningTransactions } = await import('./returning.ts');
    const [a, b] = chainOf(world, 2) as [Transaction, Transaction];
    const below = world.chain.connect([a]);
    const above = world.chain.connect([b]);
    const returning = new ReturningTransactions(a.sizeBytes);
    returning.add(above, 2, 5);
    returning.add(below, 1, 7);
    assert.deepEqual(returning.list(), [{ tx: a, heldUnder: 7 }]);
    assert.equal(returning.forkHeight, 0);
    returning.forget(b);
    returning.forget(a);
    returning.forget(a);
    assert.deepEqual(returning.list(), []);
    // All bytes were given back: there is room again.
    returning.add(above, 2);
    assert.deepEqual(returning.list(), [{ tx: b, heldUnder: undefined }]);
  });
});
