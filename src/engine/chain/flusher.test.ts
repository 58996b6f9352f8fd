import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FakeClock } from '../../../test/support/fake-clock.ts';
import { COIN_FLUSH_INTERVAL_MS, Flusher, HEADER_FLUSH_DELAY_MS, HEADER_PAGES_DIRTY_MAX } from './flusher.ts';

/** A flusher over rows that count as changed until they are written, and what it wrote. */
function flusherWith(dirtyPages: number) {
  const clock = new FakeClock();
  const index = { dirtyPages };
  const written: string[] = [];
  const write = (what: string) => async (): Promise<void> => {
    index.dirtyPages = 0;
    written.push(what);
  };
  const state = { flush: write('all'), flushHeaders: write('headers') };
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const flusher = new Flusher({ index, state, clock, log, changes: { change: (task) => task() } });
  return { clock, index, written, flusher };
}

describe('what a chain changed is written in time', () => {
  test('header rows once, the delay after the first of them changed', async () => {
    const { clock, flusher, written } = flusherWith(1);
    flusher.headersLater();
    await clock.advance(HEADER_FLUSH_DELAY_MS - 1);
    flusher.headersLater();
    assert.deepEqual(written, []);
    await clock.advance(1);
    assert.deepEqual(written, ['headers']);
    await clock.advance(HEADER_FLUSH_DELAY_MS);
    assert.deepEqual(written, ['headers']);
  });

  test('nothing is written by itself where no row changed, or after the end', async () => {
    const { clock, flusher, index, written } = flusherWith(0);
    flusher.headersLater();
    await clock.advance(HEADER_FLUSH_DELAY_MS);
    index.dirtyPages = 1;
    flusher.headersLater();
    flusher.close();
    flusher.headersLater();
    await clock.advance(HEADER_FLUSH_DELAY_MS);
    assert.deepEqual(written, []);
  });

  test('header rows are due at so many pages, not at one less', () => {
    assert.equal(flusherWith(HEADER_PAGES_DIRTY_MAX - 1).flusher.areHeadersDue, false);
    assert.equal(flusherWith(HEADER_PAGES_DIRTY_MAX).flusher.areHeadersDue, true);
  });

  test('coins are due the interval after they were written last, not before', async () => {
    const { clock, flusher, written } = flusherWith(0);
    await clock.advance(COIN_FLUSH_INTERVAL_MS - 1);
    assert.equal(flusher.areCoinsDue, false);
    await clock.advance(1);
    assert.equal(flusher.areCoinsDue, true);
    await flusher.flush();
    assert.deepEqual([written, flusher.areCoinsDue], [['all'], false]);
  });
});
