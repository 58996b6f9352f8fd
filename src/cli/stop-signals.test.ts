import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { it } from 'node:test';
import { onStopSignals } from './stop-signals.ts';

it('a second signal is told from the echo of the first', () => {
  const source = new EventEmitter();
  const told: [string, boolean][] = [];
  let nowMs = 1_000;
  onStopSignals(source, { monotonicMs: () => nowMs, action: (why, isRepeated) => told.push([why, isRepeated]) });
  source.emit('SIGINT');
  nowMs += 200;
  source.emit('SIGINT');
  nowMs += 201;
  source.emit('SIGTERM');
  nowMs += 1_000;
  source.emit('disconnect');
  assert.deepEqual(told, [
    ['SIGINT', false],
    ['SIGTERM', true],
    ['the end of its owner', true],
  ]);
});
