import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventQueue } from './event-queue.ts';
import { SimClock } from './sim-clock.ts';

/** Lets virtual time pass. */
function pass(queue: EventQueue, ms: number): void {
  const untilUs = queue.nowUs + ms * 1_000;
  for (let action = queue.next(untilUs); action !== undefined; action = queue.next(untilUs)) action();
  queue.moveTo(untilUs);
}

test('wall clock and monotonic time go with virtual time, the one from its epoch and skew, the other from the start', () => {
  const queue = new EventQueue();
  pass(queue, 5_000);
  const clock = new SimClock({ queue, epochSeconds: 1_000, skewSeconds: -30 });
  pass(queue, 2_500);
  assert.deepEqual([clock.nowSeconds(), clock.monotonicMs()], [977, 2_500]);
});

test('timers run at their time, unless they are cancelled or the node is gone', () => {
  const queue = new EventQueue();
  const clock = new SimClock({ queue, epochSeconds: 0 });
  const seen: string[] = [];
  clock.after(10, () => seen.push(`a@${clock.monotonicMs()}`));
  clock.cancel(clock.after(5, () => seen.push('cancelled')));
  clock.after(30, () => seen.push('after death'));
  assert.equal(clock.timers, 2);
  pass(queue, 20);
  clock.kill();
  clock.after(1, () => seen.push('never'));
  pass(queue, 100);
  assert.deepEqual(seen, ['a@10']);
  assert.deepEqual([clock.timers, queue.size], [0, 0]);
});

test('timers can be run ahead, each by as much', () => {
  const queue = new EventQueue();
  const clock = new SimClock({ queue, epochSeconds: 0 });
  const seen: string[] = [];
  clock.after(100, () => seen.push('soon'));
  clock.after(1_000, () => seen.push('later'));
  clock.advanceTimers(500);
  pass(queue, 1);
  assert.deepEqual(seen, ['soon']);
  pass(queue, 499);
  assert.deepEqual(seen, ['soon', 'later']);
});

test('mock time lets the wall clock stand; the settable time follows it forward and never goes back', () => {
  const queue = new EventQueue();
  const clock = new SimClock({ queue, epochSeconds: 1_000 });
  pass(queue, 1_000);
  clock.setMockTime(1_011);
  pass(queue, 5_000);
  assert.deepEqual([clock.nowSeconds(), clock.settable.monotonicMs(), clock.monotonicMs()], [1_011, 11_000, 6_000]);
  clock.setMockTime(1_005);
  assert.equal(clock.settable.monotonicMs(), 11_000);
  clock.setMockTime(undefined);
  pass(queue, 1_000);
  assert.equal(clock.nowSeconds(), 1_007);
  assert.ok(clock.settable.monotonicMs() >= 12_000);
});

test('to yield is to go on at the same time, behind what is to happen then', async () => {
  const queue = new EventQueue();
  const clock = new SimClock({ queue, epochSeconds: 0 });
  const seen: string[] = [];
  clock.after(0, () => seen.push('first'));
  const turn = clock.yield().then(() => seen.push(`then @${clock.monotonicMs()}`));
  pass(queue, 0);
  await turn;
  assert.deepEqual(seen, ['first', 'then @0']);
});
