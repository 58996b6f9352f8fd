import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TurnEnd } from './turn-end.ts';

describe('the end of a turn', () => {
  it('does what was put there together and in order, with one wait for all', async () => {
    const turns: (() => void)[] = [];
    const turnEnd = new TurnEnd({ yield: () => new Promise((resolve) => turns.push(resolve)) });
    const done: string[] = [];
    for (const name of ['first', 'second', 'third']) turnEnd.run(() => done.push(name));
    assert.deepEqual([turns.length, done], [1, []]);
    turns[0]!();
    await Promise.resolve();
    assert.deepEqual(done, ['first', 'second', 'third']);
    turnEnd.run(() => done.push('of the next turn'));
    assert.equal(turns.length, 2);
    turns[1]!();
    await Promise.resolve();
    assert.deepEqual(done.slice(3), ['of the next turn']);
  });

  it('leaves what a task adds to the next turn', async () => {
    const turns: (() => void)[] = [];
    const turnEnd = new TurnEnd({ yield: () => new Promise((resolve) => turns.push(resolve)) });
    const done: string[] = [];
    turnEnd.run(() => turnEnd.run(() => done.push('late')));
    turns[0]!();
    await Promise.resolve();
    assert.deepEqual([turns.length, done], [2, []]);
    turns[1]!();
    await Promise.resolve();
    assert.deepEqual(done, ['late']);
  });
});
