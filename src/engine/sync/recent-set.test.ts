import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RecentSet } from './recent-set.ts';

describe('RecentSet', () => {
  it('remembers the newest, and never more than twice its capacity', () => {
    const set = new RecentSet<number>(100);
    for (let i = 0; i < 10_000; i++) {
      set.add(i);
      assert.ok(set.size <= 200);
      for (const recent of [i, Math.max(0, i - 50), Math.max(0, i - 99)]) assert.ok(set.has(recent), `${recent} of ${i}`);
    }
    assert.equal(set.has(0), false);
    set.clear();
    assert.equal(set.size, 0);
  });

  it('counts a key once', () => {
    const set = new RecentSet<string>(2);
    for (let i = 0; i < 10; i++) set.add('a');
    assert.equal(set.size, 1);
  });
});
