import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LightEvent } from 'quoin/light';
import { afterEvent, emptyState, LOG_LINES_MAX, type PageState, problemText, reasonText, withPeers } from './state.ts';

const NODE = '10.0.0.1:7332';
const HASH = new Uint8Array(32) as Extract<LightEvent, { kind: 'block-fetched' }>['hash'];

function after(...events: readonly LightEvent[]): PageState {
  const state = withPeers(emptyState('regtest', 'running'), [NODE], new Set());
  return events.reduce((each, event) => afterEvent(each, event, 1_700_000_000), state);
}

describe('what the page knows', () => {
  it('names a liar with the proof, also after its connection has ended', () => {
    const ready = { kind: 'peer-ready', address: NODE, userAgent: '/liar/', filters: true } as const;
    const banned = { kind: 'peer-banned', address: NODE, why: 'filter-false' } as const;
    const { peers, log } = after(ready, banned, { kind: 'peer-gone', address: NODE, why: 'filter-false' });
    const row = peers.get(NODE)!;
    assert.deepEqual([row.status, row.userAgent], ['liar', '/liar/']);
    assert.match(row.why, /the block itself proves wrong/);
    assert.equal(log.filter(({ tone, text }) => tone === 'bad' && text.includes(NODE)).length, 1);
  });

  it('remembers who was proved a liar before the page was loaded', () => {
    const state = withPeers(emptyState('regtest', 'running'), [NODE, 'other:1'], new Set([NODE]));
    assert.deepEqual(
      [...state.peers.values()].map(({ status }) => status),
      ['liar', 'calling'],
    );
  });

  it('counts fetched blocks, and says which was the last', () => {
    const fetched = (height: number): LightEvent => ({ kind: 'block-fetched', hash: HASH, height, payments: 1 });
    const { blocks } = after(fetched(5), fetched(9));
    assert.deepEqual([blocks.count, blocks.last?.height, blocks.last?.hash], [2, 9, '00'.repeat(32)]);
  });

  it('keeps the last lines of the log, the newest first', () => {
    const events = Array.from({ length: LOG_LINES_MAX + 5 }, (_, height): LightEvent => ({ kind: 'reorganised', height }));
    const { log } = after(...events);
    assert.equal(log.length, LOG_LINES_MAX);
    assert.match(log[0]!.text, new RegExp(`above ${LOG_LINES_MAX + 4} `));
  });

  it('says what is wrong with what is to be watched, and what would be right', () => {
    const error = Object.assign(new Error("'x' is not a valid descriptor function"), { name: 'DescriptorError' });
    assert.match(problemText(error), /^Not everything can be watched: 'x' is not a valid descriptor function\. Write an address/);
    assert.deepEqual([problemText(new Error('full')), problemText('odd')], ['full', 'odd']);
  });

  it('says why a connection ended in a sentence, whatever the words are', () => {
    assert.equal(reasonText('block-timeout'), 'A block that was asked for did not come.');
    assert.equal(reasonText('no connection could be made'), 'No connection could be made.');
    assert.equal(reasonText('constructor'), 'Constructor.');
    assert.equal(reasonText(''), '');
  });
});
