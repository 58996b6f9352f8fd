import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeClock } from './fake-clock.ts';

describe('FakeClock', () => {
  it('runs timers in order of their times, those set by timers too', async () => {
    const clock = new FakeClock();
    const seen: string[] = [];
    clock.after(20, () => seen.push(`late ${clock.monotonicMs()}`));
    clock.after(10, () => {
      seen.push(`early ${clock.monotonicMs()}`);
      clock.after(5, () => seen.push(`inner ${clock.monotonicMs()}`));
    });
    await clock.advance(19);
    assert.deepEqual(seen, ['early 10', 'inner 15']);
    await clock.advance(1);
    assert.deepEqual(seen, ['early 10', 'inner 15', 'late 20']);
    assert.equal(clock.monotonicMs(), 20);
  });

  it('settles promises between timers', async () => {
    const clock = new FakeClock();
    const seen: string[] = [];
    clock.after(1, () => {
      void Promise.resolve()
        .then(() => Promise.resolve())
        .then(() => seen.push('promise'));
    });
    clock.after(2, () => seen.push('timer'));
    await clock.advance(2);
    assert.deepEqual(seen, ['promise', 'timer']);
  });

  it('never runs a cancelled timer and keeps timers apart from the wall clock', async () => {
    const clock = new FakeClock(1_000);
    const seen: number[] = [];
    clock.cancel(clock.after(5, () => seen.push(1)));
    clock.after(5, () => seen.push(2));
    clock.setTime(500);
    assert.equal(clock.nowSeconds(), 500);
    await clock.advance(5_000);
    assert.deepEqual(seen, [2]);
    assert.equal(clock.nowSeconds(), 505);
    assert.equal(clock.pendingTimers, 0);
  });
});
