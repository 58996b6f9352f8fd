import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SeededRandom } from '../../../test/support/seeded-random.ts';
import type { GossipAddress, NetworkAddress } from '../../core/wire/network-address.ts';
import { toNetworkAddress } from '../../core/wire/network-address.ts';
import { BUCKET_PLACES, NEW_BUCKETS_PER_SOURCE, TRIED_BUCKETS_PER_GROUP } from './address-buckets.ts';
import { ADDRESSES_MAX, AddressManager, COLLISIONS_MAX, NEW_PLACES_PER_ADDRESS } from './address-manager.ts';

const NOW = 1_700_000_000;
const HOUR = 3_600;
const DAY = 24 * HOUR;

function at(host: string, port = 7333): NetworkAddress {
  const address = toNetworkAddress(host, port);
  assert.ok(address !== undefined, host);
  return address;
}

/** A public address, another group for each `group`. */
const publicAt = (group: number, host: number): NetworkAddress =>
  at(`${20 + (group >> 8)}.${group & 255}.${(host >> 8) & 255}.${host & 255}`);

const told = (address: NetworkAddress, timeSeconds = NOW): GossipAddress => ({ address, services: 9n, timeSeconds });

const SOURCE = at('9.9.9.9', 0);

describe('AddressManager', () => {
  const make = (seed = 1) => new AddressManager(new SeededRandom(seed));
  const only = (manager: AddressManager) => manager.stored().peers[0]!;

  it('takes an address once, and learns that it was seen later only when that is news', () => {
    const manager = make();
    assert.equal(manager.add(told(at('8.8.8.8'), NOW - 3 * HOUR), SOURCE, NOW), true);
    for (const age of [2 * HOUR, 2 * HOUR + 1]) manager.add(told(at('8.8.8.8'), NOW - age), SOURCE, NOW);
    assert.equal(only(manager).lastSeenSeconds, NOW - 3 * HOUR, 'not later by more than an hour');
    manager.add(told(at('8.8.8.8'), NOW - 2 * HOUR + 1), SOURCE, NOW);
    assert.equal(only(manager).lastSeenSeconds, NOW - 2 * HOUR + 1);
    manager.add(told(at('8.8.8.8'), NOW), SOURCE, NOW, 2 * HOUR);
    assert.equal(only(manager).lastSeenSeconds, NOW - 2 * HOUR + 1, 'less what hearsay costs');
    assert.equal(manager.size, 1);
    assert.equal(manager.add(told(at('0.0.0.0')), SOURCE, NOW), false);
  });

  it('takes two hours off what others say, not off what a node says of itself', () => {
    const manager = make();
    manager.add(told(at('8.8.8.8')), SOURCE, NOW, 2 * HOUR);
    assert.equal(only(manager).lastSeenSeconds, NOW - 2 * HOUR);
    const own = make();
    own.add(told(at('8.8.8.8')), at('8.8.8.8', 0), NOW, 2 * HOUR);
    assert.equal(only(own).lastSeenSeconds, NOW);
  });

  it('believes no time from the future, nor none', () => {
    for (const [timeSeconds, seen] of [
      [NOW + 601, NOW - 5 * DAY],
      [5, NOW - 5 * DAY],
      [NOW + 600, NOW + 600],
    ] as const) {
      const manager = make();
      manager.add(told(at('8.8.8.8'), timeSeconds), SOURCE, NOW);
      assert.equal(only(manager).lastSeenSeconds, seen);
    }
  });

  it('gives an address that many tell of eight places and no more', () => {
    const manager = make();
    for (let i = 0; i < 20_000; i++) manager.add(told(at('8.8.8.8'), NOW + i), publicAt(i, 1), NOW + i);
    const places = [...manager.places()];
    assert.equal(places.length, NEW_PLACES_PER_ADDRESS);
    assert.equal(new Set(places.map(({ bucket }) => bucket)).size, NEW_PLACES_PER_ADDRESS);
    assert.equal(manager.size, 1);
    manager.succeeded(at('8.8.8.8'), 9n, NOW);
    assert.deepEqual(
      Array.from(manager.places(), ({ table }) => table),
      ['tried'],
      'and one where it answered',
    );
  });

  it('P11: lets one source reach 64 of 1,024 buckets with a million addresses, and one site no more', () => {
    for (const source of [() => SOURCE, (i: number) => at(`10.0.${i & 255}.7`, 0)]) {
      const manager = make();
      for (let i = 0; i < 100_000; i++) manager.add(told(publicAt(i % 5_000, i >> 4)), source(i), NOW);
      const buckets = new Set(Array.from(manager.places(), ({ bucket }) => bucket));
      assert.ok(buckets.size <= NEW_BUCKETS_PER_SOURCE, `${buckets.size} buckets`);
      assert.ok(manager.size > 3_000 && manager.size <= NEW_BUCKETS_PER_SOURCE * BUCKET_PLACES, `${manager.size} addresses`);
    }
  });

  it('P11: lets one group of addresses reach 8 of 256 tried buckets, however many of them answer', () => {
    const manager = make();
    for (let i = 0; i < 20_000; i++) {
      const address = publicAt(7, i);
      manager.add(told(address), publicAt(i & 1_023, 1), NOW);
      manager.succeeded(address, 9n, NOW);
    }
    const tried = [...manager.places()].filter(({ table }) => table === 'tried');
    assert.ok(new Set(tried.map(({ bucket }) => bucket)).size <= TRIED_BUCKETS_PER_GROUP);
    assert.ok(tried.length > 300 && tried.length <= TRIED_BUCKETS_PER_GROUP * BUCKET_PLACES, `${tried.length} tried`);
  });

  it('P11: keeps who has a place from being pushed out by floods, unless it is as good as gone', () => {
    const manager = make();
    const honest = Array.from({ length: 500 }, (_, i) => publicAt(i, 1));
    for (const address of honest) manager.add(told(address), address, NOW);
    const before = honest.filter((address) => manager.has(address));
    for (let i = 0; i < 100_000; i++) manager.add(told(publicAt(600 + (i % 3_000), i >> 4)), publicAt(4_000 + (i % 90), 1), NOW);
    assert.ok(before.length > 450);
    assert.ok(
      before.every((address) => manager.has(address)),
      'all of them are there still',
    );
    const later = NOW + 31 * DAY;
    for (let i = 0; i < 100_000; i++) manager.add(told(publicAt(600 + (i % 3_000), i), later), publicAt(4_000 + (i % 90), 1), later);
    assert.ok(
      before.some((address) => !manager.has(address)),
      'what nobody saw for a month makes room',
    );
  });

  it('P10: holds as many addresses as it has places, in packed memory, whatever is told', () => {
    const manager = make();
    for (let i = 0; i < 300_000; i++) manager.add(told(publicAt(i % 40_000, i >> 3)), publicAt(i % 40_000, 1), NOW);
    assert.ok(manager.size > 55_000 && manager.size <= ADDRESSES_MAX, `${manager.size} addresses`);
    assert.ok(manager.memoryBytes < 15_000_000, `${manager.memoryBytes} bytes`);
  });

  it('takes nobody for gone who was called in the last minute, and counts failures only once between successes', () => {
    const manager = make();
    const address = at('8.8.8.8');
    manager.add(told(address), SOURCE, NOW);
    for (let i = 0; i < 5; i++) manager.attempted(address, NOW + i, true);
    assert.equal(only(manager).failures, 1);
    manager.attempted(address, NOW, false);
    for (let round = 1; round < 3; round++) {
      const other = at(`7.7.7.${round}`);
      manager.add(told(other), other, NOW);
      manager.succeeded(other, 9n, NOW + 100 * round);
      manager.attempted(address, NOW + 100 * round + 1, true);
    }
    assert.equal(manager.stored().peers.find((peer) => peer.address.bytes[0] === 8)?.failures, 3);
    const shares = (now: number) => manager.share(10, now).some((each) => each.address.bytes[0] === 8);
    assert.equal(shares(NOW + 261), true, 'a minute after the last call');
    assert.equal(shares(NOW + 262), false, 'three failures and no success');
  });

  it('shares nothing that was not seen for a month, or that failed ten times for a week', () => {
    const manager = make();
    manager.add(told(at('8.8.8.8')), SOURCE, NOW);
    assert.equal(manager.share(10, NOW + 30 * DAY).length, 1);
    assert.equal(manager.share(10, NOW + 30 * DAY + 1).length, 0);
    const answered = make();
    const { key, peers } = manager.stored();
    const peer = { ...peers[0]!, lastSuccessSeconds: NOW, failures: 10 };
    answered.restore({ key, peers: [peer] });
    assert.equal(answered.share(10, NOW + 7 * DAY).length, 1);
    assert.equal(answered.share(10, NOW + 7 * DAY + 1).length, 0);
    answered.restore({ key, peers: [{ ...peer, failures: 9 }] });
    assert.equal(answered.share(10, NOW + 7 * DAY + 1).length, 1);
  });

  it('chooses who answered as often as who never did, and of some networks alone', () => {
    const manager = make();
    for (let i = 0; i < 300; i++) manager.add(told(publicAt(i, 1)), publicAt(i, 1), NOW);
    manager.add(told(at('2600::1')), SOURCE, NOW);
    manager.succeeded(publicAt(5, 1), 9n, NOW - HOUR);
    let tried = 0;
    for (let i = 0; i < 400; i++) if (manager.select(NOW)?.address.bytes[1] === 5) tried++;
    assert.ok(tried > 150 && tried < 250, `${tried} of 400`);
    for (let i = 0; i < 50; i++) {
      assert.notEqual(manager.select(NOW, { onlyNew: true })?.address.bytes[1], 5);
      assert.equal(manager.select(NOW, { networks: new Set(['ipv6']) })?.address.network, 'ipv6');
    }
    assert.equal(manager.select(NOW, { networks: new Set(['torv3']) }), undefined);
    assert.equal(make().select(NOW), undefined);
  });

  it('chooses the less often who failed the more often, and hardly who was called a moment ago', () => {
    const manager = make();
    const key = new Uint8Array(16);
    const facts = { source: SOURCE, services: 9n, lastSeenSeconds: NOW, lastSuccessSeconds: 0, tried: false, newBuckets: [] };
    manager.restore({
      key,
      peers: [
        { ...facts, address: publicAt(1, 1), source: publicAt(1, 1), failures: 0 },
        { ...facts, address: publicAt(2, 1), source: publicAt(2, 1), failures: 2 },
      ],
    });
    const share = (): number => {
      let failed = 0;
      for (let i = 0; i < 1_000; i++) if (manager.select(NOW)?.address.bytes[1] === 2) failed++;
      return failed;
    };
    const rare = share();
    assert.ok(rare > 200 && rare < 400, `${rare} of 1,000 where it would be 500`);
    manager.attempted(publicAt(2, 1), NOW - 599, false);
    assert.ok(share() < 30, 'ten minutes');
    manager.attempted(publicAt(2, 1), NOW - 600, false);
    assert.ok(share() > 200);
  });

  it('shares each address once, at most as many as asked for, and of one network alone', () => {
    const manager = make();
    for (let i = 0; i < 50; i++) manager.add(told(publicAt(i, 1)), publicAt(i, 1), NOW);
    manager.add({ ...told(at('8.8.8.8')), address: { network: 'torv3', bytes: new Uint8Array(32).fill(3), port: 1 } }, SOURCE, NOW);
    assert.equal(new Set(manager.share(20, NOW).map(({ address }) => address.bytes.join('.'))).size, 20);
    assert.equal(new Set(manager.share(1_000, NOW).map(({ address }) => address.bytes.join('.'))).size, manager.size);
    assert.deepEqual(
      manager.share(1_000, NOW, 'torv3').map(({ address }) => address.network),
      ['torv3'],
    );
  });
});

describe('AddressManager: places that another waits for', () => {
  /** One that has a place in the tried table and one that would take it. */
  function rivals(): { manager: AddressManager; holder: NetworkAddress; rival: NetworkAddress } {
    const manager = new AddressManager(new SeededRandom(3));
    for (let i = 1; ; i++) {
      const address = publicAt(7, i);
      manager.add(told(address), publicAt(i & 1_023, 1), NOW);
      if (!manager.has(address) || manager.succeeded(address, 9n, NOW)) continue;
      const holder = manager.collision()?.address;
      assert.ok(holder !== undefined);
      return { manager, holder, rival: address };
    }
  }
  const isTried = (manager: AddressManager, wanted: NetworkAddress) =>
    manager.stored().peers.find(({ address }) => address.bytes.join('.') === wanted.bytes.join('.'))?.tried;

  it('stay with who answered in the last four hours', () => {
    const { holder, manager, rival } = rivals();
    manager.resolveCollisions(NOW + 4 * HOUR - 1);
    assert.deepEqual([isTried(manager, holder), isTried(manager, rival), manager.collision()], [true, false, undefined]);
  });

  it('go to the other when who has one was called and did not answer within a minute; it is new again', () => {
    const { holder, manager, rival } = rivals();
    const later = NOW + 4 * HOUR;
    manager.attempted(holder, later, true);
    manager.resolveCollisions(later + 60);
    assert.equal(isTried(manager, rival), false);
    manager.resolveCollisions(later + 61);
    assert.deepEqual([isTried(manager, holder), isTried(manager, rival), manager.collision()], [false, true, undefined]);
  });

  it('go to the other when nobody could be called for forty minutes', () => {
    const { holder, manager, rival } = rivals();
    const later = NOW + 5 * HOUR;
    manager.succeeded(rival, 9n, later);
    manager.resolveCollisions(later + 2_400);
    assert.equal(isTried(manager, rival), false);
    manager.resolveCollisions(later + 2_401);
    assert.deepEqual([isTried(manager, holder), isTried(manager, rival)], [false, true]);
  });

  it('P11: are waited for by ten at most, and none who answered loses its own to a flood that answers', () => {
    const manager = new AddressManager(new SeededRandom(4));
    for (let i = 1; i < 5_000; i++) {
      manager.add(told(publicAt(7, i)), publicAt(i & 1_023, 1), NOW);
      manager.succeeded(publicAt(7, i), 9n, NOW);
    }
    const before = manager.stored().peers.filter(({ tried }) => tried).length;
    const waiting = new Set<string>();
    for (let i = 0; i < 1_000; i++) waiting.add(manager.collision()!.address.bytes.join('.'));
    assert.ok(waiting.size <= COLLISIONS_MAX, `${waiting.size}`);
    manager.resolveCollisions(NOW + HOUR);
    assert.equal(manager.stored().peers.filter(({ tried }) => tried).length, before);
  });
});

describe('AddressManager over a restart', () => {
  it('has every address at the places that it had', () => {
    const manager = new AddressManager(new SeededRandom(5));
    for (let i = 0; i < 2_000; i++) manager.add(told(publicAt(i % 300, i), NOW - i), publicAt(i % 50, 1), NOW);
    for (let i = 0; i < 2_000; i += 3) manager.succeeded(publicAt(i % 300, i), 1033n, NOW);
    const again = new AddressManager(new SeededRandom(6));
    again.restore(manager.stored());
    assert.deepEqual([...again.places()], [...manager.places()]);
    assert.deepEqual(again.counts(), manager.counts());
    again.remove(publicAt(3, 3));
    assert.equal(again.size, manager.size - 1);
  });

  it('places anew what comes without a key, and drops what has no place', () => {
    const manager = new AddressManager(new SeededRandom(5));
    for (let i = 0; i < 100; i++) manager.add(told(publicAt(i, 1)), publicAt(i, 1), NOW);
    const again = new AddressManager(new SeededRandom(6));
    const peers = manager.stored().peers.map((peer) => ({ ...peer, newBuckets: [] }));
    again.restore({ key: undefined, peers: [...peers, ...peers, { ...peers[0]!, address: at('0.0.0.0') }] });
    assert.ok(again.size > 95 && again.size <= manager.size);
    assert.notDeepEqual(again.stored().key, manager.stored().key);
  });

  it('finds after any additions, removals and successes what a plain list of them finds', () => {
    const step = fc.record({
      what: fc.constantFrom('add', 'remove', 'good', 'fail'),
      group: fc.nat(5),
      host: fc.nat(60),
      source: fc.nat(9),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), fc.nat(), (steps, seed) => {
        const manager = new AddressManager(new SeededRandom(seed));
        const known = new Map<string, NetworkAddress>();
        for (const { what, group, host, source } of steps) {
          const address = publicAt(group, host);
          if (what === 'remove') manager.remove(address);
          else if (what === 'good') manager.succeeded(address, 9n, NOW, { evict: true });
          else if (what === 'fail') manager.attempted(address, NOW, true);
          else manager.add(told(address), publicAt(source, 1), NOW);
          if (manager.has(address)) known.set(address.bytes.join('.'), address);
        }
        const left = [...known].filter(([, address]) => manager.has(address)).map(([name]) => name);
        const placed = new Set(Array.from(manager.places(), ({ address }) => address.bytes.join('.')));
        assert.deepEqual([...placed].sort(), left.sort(), 'each has a place, and each place is somebody known');
        assert.equal(manager.size, left.length);
      }),
      { numRuns: 100 },
    );
  });
});
