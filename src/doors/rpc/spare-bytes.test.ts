import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SpareBytes } from './spare-bytes.ts';

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
