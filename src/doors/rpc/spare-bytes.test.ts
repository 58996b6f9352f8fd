import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Loan, SpareBytes } from './spare-bytes.ts';

const KIB = 1024;

describe('spare bytes', () => {
  it('are given out again where they are long enough, and to one at a time', () => {
    const spare = new SpareBytes();
    const first = spare.take(100 * KIB);
    spare.give(first);
    assert.notEqual(spare.take(100 * KIB + 1), first);
    assert.equal(spare.take(100 * KIB), first);
    assert.notEqual(spare.take(1), first);
  });

  it('are the shortest that are long enough', () => {
    const spare = new SpareBytes();
    const taken = [300, 200, 400].map((kib) => spare.take(kib * KIB));
    for (const each of taken) spare.give(each);
    assert.deepEqual(
      [150, 150, 150].map((kib) => spare.take(kib * KIB).length / KIB),
      [200, 300, 400],
    );
  });

  it('are kept from 64 KiB on', () => {
    const spare = new SpareBytes();
    const [short, long] = [spare.take(64 * KIB - 1), spare.take(64 * KIB)];
    spare.give(short);
    assert.notEqual(spare.take(1), short);
    spare.give(long);
    assert.equal(spare.take(1), long);
  });

  it('are kept up to 8 MiB in all, those that came last', () => {
    const spare = new SpareBytes();
    const taken = Array.from({ length: 9 }, () => spare.take(KIB * KIB));
    for (const each of taken) spare.give(each);
    for (const each of taken.slice(1)) assert.equal(spare.take(1), each);
    assert.ok(!taken.includes(spare.take(1)));
    const huge = spare.take(8 * KIB * KIB + 1);
    spare.give(huge);
    assert.notEqual(spare.take(1), huge);
  });
});

describe('a loan', () => {
  it('gives back at its end all that was taken, once', () => {
    const spare = new SpareBytes();
    const loan = new Loan(spare);
    const [first, second] = [loan.take(100 * KIB), loan.take(100 * KIB)];
    assert.notEqual(first, second);
    loan.end();
    loan.end();
    const again = [spare.take(1), spare.take(1), spare.take(1)];
    assert.deepEqual([again.includes(first as Buffer), again.includes(second as Buffer), new Set(again).size], [true, true, 3]);
  });

  it('without spare memory is of new memory', () => {
    const loan = new Loan(undefined);
    const taken = loan.take(100 * KIB);
    loan.end();
    assert.ok(taken.length >= 100 * KIB);
    assert.notEqual(loan.take(100 * KIB), taken);
  });
});
