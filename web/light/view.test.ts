import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LightPayment, LightProgress } from 'quoin/light';
import { afterEvent, emptyState, type PageState, withPeers } from './state.ts';
import { balanceView, logView, PAYMENTS_SHOWN_MAX, paymentsView, peersView, statusText, stepsOf, watchedView } from './view.ts';

const DONE: LightProgress = { headers: 1_200, filterHeaders: 1_200, scanned: 1_200, peers: 2, done: true };

function running(progress: LightProgress, changes: Partial<PageState['findings']> = {}): PageState {
  const state = withPeers(emptyState('regtest', 'running'), ['10.0.0.1:1'], new Set());
  return { ...state, findings: { ...state.findings, progress, ...changes } };
}

function payment(height: number | undefined, amount: bigint, fill = 7): LightPayment {
  const txid = new Uint8Array(32).fill(fill) as LightPayment['txid'];
  const place = { hash: new Uint8Array(32), height, timeSeconds: 1_700_000_000 } as LightPayment['place'];
  return { txid, amount, place: height === undefined ? undefined : place };
}

describe('what the page shows', () => {
  it('says how far it is', () => {
    const part = { ...DONE, done: false };
    assert.equal(statusText(running({ ...part, headers: 0, filterHeaders: -1, scanned: -1, peers: 0 })), 'Calling nodes…');
    assert.equal(statusText(running({ ...part, filterHeaders: -1, scanned: -1 })), 'Checking headers: 1,200 so far…');
    assert.equal(statusText(running({ ...part, scanned: 600 })), 'Looking through the chain: block 600 of 1,200…');
    assert.equal(statusText(running(DONE)), 'Up to date at block 1,200.');
  });

  it('has each step wait, be under way and be done', () => {
    const states = (state: PageState): string[] => stepsOf(state).map((step) => step.state);
    assert.deepEqual(states(emptyState('regtest', 'ready')), Array(5).fill('waiting'));
    const compared = { headers: 1_200, filterHeaders: 600, scanned: -1, peers: 1, done: false };
    assert.deepEqual(states(running(compared)), ['working', 'working', 'working', 'waiting', 'waiting']);
    assert.equal(stepsOf(running(compared))[1]?.share, 0.5);
    assert.deepEqual(states(running(DONE)), Array(5).fill('done'));
  });

  it('lists payments, the newest first, with what proves each', () => {
    const { markup } = paymentsView(running(DONE, { payments: [payment(1_191, 5n), payment(undefined, -5n, 8)] }));
    assert.ok(markup.indexOf('waits') < markup.indexOf('block 1,191, 10 confirmations'));
    assert.match(markup, /\+0\.00000005/);
    assert.match(markup, /−0\.00000005/);
  });

  it('lists no more payments than a reader scrolls through, and says how many there are', () => {
    const payments = Array.from({ length: PAYMENTS_SHOWN_MAX + 1 }, (_, i) => payment(i, 1n));
    const { markup } = paymentsView(running(DONE, { payments }));
    assert.equal(markup.match(/<li /g)?.length, PAYMENTS_SHOWN_MAX);
    assert.match(markup, /The last 200 of 201\./);
    assert.doesNotMatch(markup, /block 0,/);
  });

  it('shows nothing of what others say as markup', () => {
    const foreign = '<script>alert(1)</script>';
    const ready = { kind: 'peer-ready', address: foreign, userAgent: foreign, filters: false } as const;
    const state = afterEvent(running(DONE, { watched: [foreign] }), ready, 0);
    for (const view of [peersView, logView, watchedView]) {
      assert.doesNotMatch(view(state).markup, /<script/);
      assert.match(view(state).markup, /&lt;script&gt;/);
    }
  });

  it('says what to do about a node that serves no filters, and that one node alone can hide payments', () => {
    const ready = { kind: 'peer-ready', address: '10.0.0.1:1', userAgent: '/a/', filters: false } as const;
    const { markup } = peersView(afterEvent(running(DONE), ready, 0));
    assert.match(markup, /--index tx,script,filter/);
    assert.match(markup, /With one node alone a payment can be hidden/);
  });

  it('shows the balance', () => {
    const balance = { confirmed: 150_000_000n, unconfirmed: 1n, immature: 2n };
    const { markup } = balanceView(running(DONE, { balance }));
    assert.match(markup, /value="150000000">1\.50000000</);
    assert.match(markup, /waiting<\/dt><dd>0\.00000001/);
    assert.match(markup, /too young to spend<\/dt><dd>0\.00000002/);
  });
});
