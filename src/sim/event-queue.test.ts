import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventQueue } from './event-queue.ts';
import { SimRandom } from './sim-random.ts';

/** Runs everything up to a time; gives what happened. */
function run(queue: EventQueue, untilUs: number, seen: string[]): readonly string[] {
  for (let action = queue.next(untilUs); action !== undefined; action = queue.next(untilUs)) action();
  return seen;
}

test('events happen in the order of their times, and of the same time in that of their queueing', () => {
  const queue = new EventQueue();
  const seen: string[] = [];
  for (const [delayUs, name] of [
    [30, 'c'],
    [10, 'a'],
    [10, 'b'],
    [40, 'late'],
    [-5, 'first'],
  ] as const) {
    queue.after(delayUs, () => seen.push(`${name}@${queue.nowUs}`));
  }
  assert.deepEqual(run(queue, 30, seen), ['first@0', 'a@10', 'b@10', 'c@30']);
  assert.equal(queue.size, 1);
});

test('a fraction of a microsecond is rounded up, so that nothing happens early', () => {
  const queue = new EventQueue();
  queue.after(0.25, () => {});
  assert.equal(queue.nextAtUs(), 1);
});

test('what is cancelled does not happen, once or twice, before or after its time', () => {
  const queue = new EventQueue();
  const seen: string[] = [];
  const gone = queue.after(5, () => seen.push('gone'));
  const done = queue.after(1, () => seen.push('done'));
  queue.cancel(gone);
  queue.cancel(gone);
  assert.equal(queue.size, 1);
  run(queue, 10, seen);
  queue.cancel(done);
  assert.deepEqual(seen, ['done']);
  assert.equal(queue.size, 0);
});

test('a heap full of cancelled events is cleared of them and keeps its order', () => {
  const queue = new EventQueue();
  const random = new SimRandom(5);
  const expected: number[] = [];
  const times: number[] = [];
  for (let i = 0; i < 10_000; i++) {
    const atUs = random.below(1_000_000);
    const event = queue.after(atUs, () => times.push(queue.nowUs));
    if (random.chance(0.7)) queue.cancel(event);
    else expected.push(atUs);
  }
  assert.equal(queue.size, expected.length);
  run(queue, 1_000_000, []);
  assert.deepEqual(
    times,
    expected.sort((a, b) => a - b),
  );
});

test('time stands where it was moved to, and never goes back', () => {
  const queue = new EventQueue();
  queue.moveTo(100);
  queue.moveTo(50);
  assert.equal(queue.nowUs, 100);
});
