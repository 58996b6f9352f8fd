import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { from, MempoolWorld, makeGate, output, pay } from '../../../test/support/mempool-world.ts';
import { toDisplayHex } from '../../core/primitives/ids.ts';
import type { OutPoint, Transaction } from '../../core/primitives/transaction.ts';
import type { PackageVerdict } from './package.ts';

/** `count` transactions that each spend the one before. */
function chainFrom(outPoint: OutPoint, value: bigint, count: number, version = 2): Transaction[] {
  const made: Transaction[] = [];
  let coin = outPoint;
  for (let left = value - 1_000n; made.length < count; left -= 1_000n) {
    const tx = pay({ inputs: [coin], outputs: [output(left)], version });
    made.push(tx);
    coin = from(tx);
  }
  return made;
}

/** Error and reasons: `-` for one that was not looked at to its end, nothing for one that would be taken. */
function told({ error, members }: PackageVerdict, count: number): readonly [string | undefined, readonly (string | undefined)[]] {
  const reasons = Array.from({ length: count }, (_, place) => {
    const member = members.get(place);
    return member === undefined ? '-' : member.rejection?.reason;
  });
  return [error, reasons];
}

async function judge(world: MempoolWorld, ...transactions: Transaction[]) {
  return told(await world.pool.testPackage(transactions), transactions.length);
}

const named = ({ txid, wtxid }: Transaction): string => `tx ${toDisplayHex(txid)} (wtxid=${toDisplayHex(wtxid)})`;

describe('transactions that are tested together', () => {
  it('may spend one another, keep nothing and tell nobody', async () => {
    const world = new MempoolWorld();
    const [parent, child] = chainFrom(world.coin(), 1_000_000n, 2) as [Transaction, Transaction];
    assert.equal((await world.pool.accept(child, { test: true })).rejection?.kind, 'missing-inputs');
    const { error, members } = await world.pool.testPackage([parent, child, world.payment(2_000n)]);
    assert.equal(error, undefined);
    assert.deepEqual(
      [0, 1, 2].map((place) => members.get(place)?.entry?.feeSat),
      [1_000n, 1_000n, 2_000n],
    );
    assert.deepEqual([world.pool.size, world.events], [0, []]);
    assert.equal(world.verifier.runs, 3);
  });

  it('are refused as a whole for their form', async () => {
    const world = new MempoolWorld();
    const [parent, child] = chainFrom(world.coin(), 1_000_000n, 2) as [Transaction, Transaction];
    assert.deepEqual(await judge(world, child, parent), ['package-not-sorted', ['-', '-']]);
    assert.deepEqual(await judge(world, parent, parent), ['package-contains-duplicates', ['-', '-']]);
    const other = pay({ inputs: parent.inputs.map(({ prevout }) => prevout), outputs: [output(5_000n)] });
    assert.deepEqual(await judge(world, parent, other), ['conflict-in-package', ['-', '-']]);
    const many = Array.from({ length: 26 }, () => world.payment(1_000n));
    assert.equal((await judge(world, ...many))[0], 'package-too-many-transactions');
    assert.equal((await judge(world, ...many.slice(1)))[0], undefined);
  });

  it('are looked at until the first that is refused; scripts come last', async () => {
    const world = new MempoolWorld();
    const [parent, child, grandchild] = chainFrom(world.coin(), 1_000_000n, 3) as [Transaction, Transaction, Transaction];
    const poor = pay({ inputs: [from(parent)], outputs: [output(999_000n)] });
    assert.deepEqual(await judge(world, parent, poor, world.payment(1n)), [undefined, ['-', 'min relay fee not met', '-']]);
    assert.deepEqual(await judge(world, child, grandchild), [undefined, ['bad-txns-inputs-missingorspent', '-']]);
    assert.equal(world.verifier.runs, 0);
    world.verifier.refused.add(child.txid);
    const [error, [first, second, third]] = await judge(world, parent, child, grandchild);
    assert.deepEqual([error, first, third], [undefined, undefined, '-']);
    assert.match(second ?? '', /^mempool-script-verify-flag-failed/);
  });

  it('replace nothing, and do not wait yet', async () => {
    const world = new MempoolWorld();
    const waiting = await world.add(world.payment(1_000n));
    const rival = pay({ inputs: [waiting.tx.inputs[0]!.prevout], outputs: [output(500_000n)] });
    assert.equal((await world.pool.accept(rival, { test: true })).rejection, undefined);
    assert.deepEqual(await judge(world, rival, world.payment(1_000n)), [undefined, ['bip125-replacement-disallowed', '-']]);
    assert.deepEqual(await judge(world, waiting.tx, world.payment(1_000n)), [undefined, ['txn-already-in-mempool', '-']]);
    const spends = pay({ inputs: [from(waiting.tx)], outputs: [output(900_000n)] });
    assert.deepEqual(await judge(world, spends, world.payment(1_000n)), [undefined, [undefined, undefined]]);
  });

  it('keep to the limit of a cluster with what waits, also where they join several', async () => {
    const world = new MempoolWorld();
    const long = chainFrom(world.coin(), 1_000_000n, 65);
    for (const tx of long.slice(0, 40)) await world.add(tx);
    assert.equal((await judge(world, ...long.slice(40, 64)))[0], undefined);
    assert.deepEqual(await judge(world, ...long.slice(40)), ['too-large-cluster', Array(25).fill('-')]);
    const other = chainFrom(world.coin(), 1_000_000n, 22);
    for (const tx of other) await world.add(tx);
    const joining = (fee: bigint) =>
      pay({ inputs: [from(long[39]!), from(other.at(-1)!)], outputs: [output(900_000n), output(100_000n - fee)] });
    const [one] = [joining(2_000n)];
    assert.equal((await judge(world, one, pay({ inputs: [from(one)], outputs: [output(800_000n)] })))[0], undefined, '64 of them');
    const three = [one, ...chainFrom(from(one), 900_000n, 2)];
    assert.equal((await judge(world, ...three))[0], 'too-large-cluster');
  });

  it('leave no dust of a parent', async () => {
    const world = new MempoolWorld({ policy: { minRelayFeeRateSatPerKvb: 0n } });
    const parent = pay({ inputs: [world.coin()], outputs: [output(999_900n), output(100n)] });
    const leaving = pay({ inputs: [from(parent)], outputs: [output(900_000n)] });
    const sweeping = pay({ inputs: [from(parent), from(parent, 1)], outputs: [output(900_000n)] });
    assert.deepEqual(await judge(world, parent, leaving), [undefined, ['-', 'missing-ephemeral-spends']]);
    assert.deepEqual(await judge(world, parent, sweeping), [undefined, [undefined, undefined]]);
  });

  it('are judged anew where the chain moves meanwhile', async () => {
    const world = new MempoolWorld();
    const { closed, open } = makeGate();
    world.verifier.gate = closed;
    const [parent, child] = chainFrom(world.coin(), 1_000_000n, 2) as [Transaction, Transaction];
    const asked = world.pool.testPackage([parent, child]);
    while (world.verifier.runs === 0) await Promise.resolve();
    world.chain.connect([parent]);
    open();
    assert.deepEqual(told(await asked, 2), [undefined, ['txn-already-known', '-']]);
  });
});

describe('transactions of version 3 that are tested together', () => {
  const family = (world: MempoolWorld, versions: readonly [number, number]): [Transaction, Transaction] => {
    const parent = pay({ inputs: [world.coin()], outputs: [output(400_000n), output(500_000n)], version: versions[0] });
    return [parent, pay({ inputs: [from(parent)], outputs: [output(300_000n)], version: versions[1] })];
  };

  it('may be one parent and its child', async () => {
    const world = new MempoolWorld();
    assert.deepEqual(await judge(world, ...family(world, [3, 3])), [undefined, [undefined, undefined]]);
  });

  it('spend and are spent by their own kind alone', async () => {
    const world = new MempoolWorld();
    const [young, old] = family(world, [2, 3]);
    assert.equal(
      (await judge(world, young, old))[0],
      `TRUC-violation, version=3 ${named(old)} cannot spend from non-version=3 ${named(young)}`,
    );
    const [three, two] = family(world, [3, 2]);
    assert.equal(
      (await judge(world, three, two))[0],
      `TRUC-violation, non-version=3 ${named(two)} cannot spend from version=3 ${named(three)}`,
    );
  });

  it('have no second child, no second parent and no grandchild', async () => {
    const world = new MempoolWorld();
    const [parent, child] = family(world, [3, 3]);
    const second = pay({ inputs: [from(parent, 1)], outputs: [output(300_000n)], version: 3 });
    const tooMany = `TRUC-violation, ${named(parent)} would exceed descendant count limit`;
    assert.deepEqual(await judge(world, parent, child, second), [tooMany, ['-', '-', '-']]);
    const grandchild = pay({ inputs: [from(child)], outputs: [output(200_000n)], version: 3 });
    assert.equal((await judge(world, parent, child, grandchild))[0], `TRUC-violation, ${named(grandchild)} would have too many ancestors`);
    const [other] = family(world, [3, 3]);
    const ofBoth = pay({ inputs: [from(parent), from(other)], outputs: [output(300_000n)], version: 3 });
    assert.equal((await judge(world, parent, other, ofBoth))[0], `TRUC-violation, ${named(ofBoth)} would have too many ancestors`);
    await world.add(parent);
    await world.add(child);
    assert.deepEqual((await judge(world, second, world.payment(1_000n)))[1], ['TRUC-violation', '-']);
    assert.deepEqual((await judge(world, grandchild, world.payment(1_000n)))[1], ['TRUC-violation', '-']);
  });

  it('are small where they spend one that comes with them', async () => {
    const world = new MempoolWorld();
    const [parent] = family(world, [3, 3]);
    const child = (count: number) =>
      pay({ inputs: [from(parent)], outputs: Array.from({ length: count }, () => output(10_000n)), version: 3 });
    assert.equal((await judge(world, parent, child(21)))[0], undefined);
    assert.match(
      (await judge(world, parent, child(23)))[0] ?? '',
      /^TRUC-violation, version=3 child tx .* is too big: 10\d\d > 1000 virtual bytes$/,
    );
  });
});
