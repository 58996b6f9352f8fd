import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HashKey } from '../../core/primitives/ids.ts';
import { hashKey } from '../../core/primitives/ids.ts';
import type { PeerId } from './peer.ts';
import {
  ANNOUNCEMENTS_PER_PEER_MAX,
  TRANSACTION_TIMEOUT_MS,
  TRANSACTIONS_IN_FLIGHT_PER_PEER,
  TransactionRequests,
} from './transaction-requests.ts';

function idOf(number: number): Uint8Array {
  const hash = new Uint8Array(32);
  new DataView(hash.buffer).setUint32(0, number);
  return hash;
}

const peer = (number: number) => number as PeerId;
const key = (number: number): HashKey => hashKey(idOf(number));

function announce(requests: TransactionRequests, from: number, number: number, preferred: boolean, nowMs = 0): void {
  requests.announced(peer(from), key(number), { by: 'wtxid', hash: idOf(number) }, { preferred, nowMs });
}

const taken = (requests: TransactionRequests, nowMs: number) => requests.take(nowMs).map((request) => request.peer as number);

describe('TransactionRequests', () => {
  it('keeps 5,000 announcements of a peer and forgets the next', () => {
    const requests = new TransactionRequests();
    for (let i = 0; i < ANNOUNCEMENTS_PER_PEER_MAX + 10; i++) announce(requests, 1, i, true);
    assert.equal(requests.size, ANNOUNCEMENTS_PER_PEER_MAX);
    assert.equal(requests.announcements(peer(1)), ANNOUNCEMENTS_PER_PEER_MAX);
    assert.equal(requests.take(0).length, TRANSACTIONS_IN_FLIGHT_PER_PEER);
    requests.gone(peer(1));
    assert.equal(requests.size, 0, 'nothing is left of a peer that is gone');
  });

  it('prefers those whom we called, even if they come later', () => {
    const requests = new TransactionRequests();
    announce(requests, 1, 7, false, 0);
    announce(requests, 2, 7, true, 500);
    assert.deepEqual(taken(requests, 500), [2]);
    assert.deepEqual(taken(requests, 500 + TRANSACTION_TIMEOUT_MS), [1]);
  });

  it('asks the next who is free when the first are busy, and the busy one when it is free again', () => {
    const requests = new TransactionRequests();
    for (let i = 0; i < TRANSACTIONS_IN_FLIGHT_PER_PEER; i++) announce(requests, 1, i, true);
    announce(requests, 1, 1_000, true);
    requests.take(0);
    assert.equal(requests.inFlight(peer(1)), TRANSACTIONS_IN_FLIGHT_PER_PEER);
    announce(requests, 2, 1_000, true);
    assert.deepEqual(taken(requests, 0), [2]);
    announce(requests, 1, 1_001, true);
    assert.deepEqual(taken(requests, 0), []);
    requests.forget(key(5));
    assert.deepEqual(taken(requests, 0), [1]);
  });

  it('says when it will have something, and nothing when nothing is under way', () => {
    const requests = new TransactionRequests();
    assert.equal(requests.dueAtMs(), undefined);
    announce(requests, 1, 1, false, 100);
    assert.equal(requests.dueAtMs(), 2_100);
    assert.deepEqual(taken(requests, 2_099), []);
    assert.deepEqual(taken(requests, 2_100), [1]);
    assert.equal(requests.dueAtMs(), 62_100);
    assert.deepEqual(taken(requests, 62_100), []);
    assert.equal(requests.size, 0, 'the only one who had it did not deliver');
    assert.equal(requests.dueAtMs(), undefined);
  });

  it('stays small however peers come, announce, deliver, fail and go', () => {
    const requests = new TransactionRequests();
    let seed = 1;
    const below = (limit: number) => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return Math.floor((seed / 2 ** 32) * limit);
    };
    const busiest = new Map<number, number>();
    for (let step = 0; step < 20_000; step++) {
      const from = below(5);
      const number = below(400);
      const act = below(10);
      if (act < 6) announce(requests, from, number, from < 2, step * 10);
      else if (act === 6) requests.forget(key(number));
      else if (act === 7) requests.notFound(peer(from), key(number));
      else if (act === 8 && below(50) === 0) requests.gone(peer(from));
      for (const request of requests.take(step * 10)) busiest.set(request.peer, requests.inFlight(request.peer));
      for (let each = 0; each < 5; each++) assert.ok(requests.inFlight(peer(each)) <= TRANSACTIONS_IN_FLIGHT_PER_PEER);
    }
    assert.equal(busiest.size, 5);
    for (let each = 0; each < 5; each++) requests.gone(peer(each));
    assert.equal(requests.size, 0);
    assert.equal(requests.dueAtMs(), undefined);
  });
});
