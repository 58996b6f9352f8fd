import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SeededRandom } from '../../../test/support/seeded-random.ts';
import type { GossipAddress, NetworkAddress } from '../../core/wire/network-address.ts';
import { toNetworkAddress } from '../../core/wire/network-address.ts';
import { groupOf, mayTell, scopeOf, toSocketAddress } from './address-scope.ts';
import { ADDRESSES_MAX, ADDRESSES_PER_GROUP_MAX, ADDRESSES_PER_SOURCE_MAX, AddressTable } from './address-table.ts';

const NOW = 1_700_000_000;

function at(host: string, port = 7333): NetworkAddress {
  const address = toNetworkAddress(host, port);
  assert.ok(address !== undefined, host);
  return address;
}

/** A public address, another group for each `group`. */
const publicAt = (group: number, host: number): NetworkAddress => at(`${1 + (group >> 8)}.${group & 255}.${host >> 8}.${host & 255}`);

const told = (address: NetworkAddress, timeSeconds = NOW): GossipAddress => ({ address, services: 9n, timeSeconds });

describe('address scope', () => {
  it('knows what reaches how far', () => {
    const scopes: Record<string, readonly string[]> = {
      loopback: ['127.0.0.1', '127.255.255.255', '::1'],
      private: ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.1.1', '100.64.0.1', 'fd00::1', 'fe80::1', 'febf::1'],
      public: [
        '8.8.8.8',
        '172.15.0.1',
        '172.32.0.1',
        '100.63.0.1',
        '100.128.0.1',
        '223.255.255.1',
        '2a00::1',
        '2001:4860::8888',
        '::2:0:0',
      ],
      none: [
        '0.0.0.0',
        '224.0.0.1',
        '255.255.255.255',
        '192.0.2.1',
        '198.51.100.7',
        '203.0.113.9',
        '198.19.0.1',
        '::',
        'ff02::1',
        '2001:db8::1',
      ],
    };
    for (const [scope, hosts] of Object.entries(scopes)) for (const host of hosts) assert.equal(scopeOf(at(host)), scope, host);
    assert.equal(scopeOf(at('8.8.8.8', 0)), 'none', 'port 0');
    assert.equal(scopeOf({ network: 'torv3', bytes: new Uint8Array(32), port: 1 }), 'public');
    assert.equal(scopeOf({ network: 'unknown', bytes: new Uint8Array(3), port: 1 }), 'none');
  });

  it('puts what one owner is likely to hold into one group', () => {
    assert.equal(groupOf(at('8.8.8.8')), groupOf(at('8.8.255.1', 1)));
    assert.notEqual(groupOf(at('8.8.8.8')), groupOf(at('8.9.8.8')));
    assert.equal(groupOf(at('2a00:1450::1')), groupOf(at('2a00:1450:ffff::1')));
    assert.notEqual(groupOf(at('2a00:1450::1')), groupOf(at('2a00:1451::1')));
    assert.notEqual(groupOf(at('10.0.0.1')), groupOf(at('10.0.0.2')));
  });

  it('lets nobody outside tell of addresses inside', () => {
    const may = (source: string, address: string) => mayTell(scopeOf(at(source)), scopeOf(at(address)));
    assert.deepEqual([may('8.8.8.8', '9.9.9.9'), may('8.8.8.8', '10.0.0.1'), may('8.8.8.8', '127.0.0.1')], [true, false, false]);
    assert.deepEqual([may('10.0.0.1', '9.9.9.9'), may('10.0.0.1', '10.0.0.2'), may('10.0.0.1', '127.0.0.1')], [true, true, false]);
    assert.deepEqual([may('127.0.0.1', '10.0.0.2'), may('127.0.0.1', '127.0.0.1'), may('127.0.0.1', '0.0.0.0')], [true, true, false]);
  });

  it('calls only what a socket can call', () => {
    assert.deepEqual(toSocketAddress(at('8.8.8.8')), { host: '8.8.8.8', port: 7333 });
    assert.deepEqual(toSocketAddress(at('2a00::1', 5)), { host: '2a00::1', port: 5 });
    assert.equal(toSocketAddress({ network: 'i2p', bytes: new Uint8Array(32), port: 0 }), undefined);
  });
});

describe('AddressTable', () => {
  const make = () => new AddressTable(new SeededRandom(1));

  it('takes an address once, and learns when it was seen later', () => {
    const table = make();
    assert.equal(table.add(told(at('8.8.8.8'), NOW - 100), 's', NOW), true);
    assert.equal(table.add(told(at('8.8.8.8'), NOW - 50), 's', NOW), false);
    assert.equal(table.add(told(at('8.8.8.8'), NOW - 90), 's', NOW), false);
    assert.equal(table.size, 1);
    assert.equal(table.stored()[0]?.lastSeenSeconds, NOW - 50);
    assert.equal(table.add(told(at('0.0.0.0')), 's', NOW), false);
  });

  it('believes no time from the future, nor none', () => {
    const table = make();
    table.add(told(at('8.8.8.8'), NOW + 601), 's', NOW);
    table.add(told(at('9.9.9.9'), 5), 's', NOW);
    table.add(told(at('7.7.7.7'), NOW + 600), 's', NOW);
    assert.deepEqual(
      table.stored().map((peer) => peer.lastSeenSeconds),
      [NOW - 5 * 86_400, NOW - 5 * 86_400, NOW + 600],
    );
  });

  it('takes 64 addresses of one group and no more, whoever tells', () => {
    const table = make();
    for (let i = 0; i < ADDRESSES_PER_GROUP_MAX; i++) assert.ok(table.add(told(publicAt(1, i + 1)), `s${i}`, NOW));
    assert.equal(table.add(told(publicAt(1, 200)), 'other', NOW), false);
    assert.equal(table.add(told(publicAt(2, 1)), 'other', NOW), true);
  });

  it('lets an address that failed make room in its group', () => {
    const table = make();
    for (let i = 0; i < ADDRESSES_PER_GROUP_MAX; i++) table.add(told(publicAt(1, i + 1)), 's', NOW);
    table.attempted(publicAt(1, 5), 0);
    assert.equal(table.add(told(publicAt(1, 200)), 's', NOW), true);
    assert.equal(table.has(publicAt(1, 5)), false);
    assert.equal(table.size, ADDRESSES_PER_GROUP_MAX);
  });

  it('takes 1,024 addresses from one source and no more', () => {
    const table = make();
    let taken = 0;
    for (let i = 0; i < 2 * ADDRESSES_PER_SOURCE_MAX; i++) if (table.add(told(publicAt(i, 1)), 'flood', NOW)) taken++;
    assert.equal(taken, ADDRESSES_PER_SOURCE_MAX);
    assert.equal(table.add(told(publicAt(5_000, 1)), 'other', NOW), true);
  });

  it('is full at 16,384, and a flood pushes out nothing that answered or was never tried', () => {
    const table = make();
    for (let i = 0; i < ADDRESSES_MAX + 100; i++) table.add(told(publicAt(i % 1_000, i)), `s${i % 100}`, NOW);
    assert.equal(table.size, ADDRESSES_MAX);
    assert.equal(table.add(told(publicAt(2_000, 1)), 'new', NOW), false);
    for (const { address } of table.stored()) table.attempted(address, 0);
    assert.equal(table.add(told(publicAt(2_000, 1)), 'new', NOW), true);
    assert.equal(table.size, ADDRESSES_MAX);
  });

  it('chooses what answered before as often as what never did, and waits longer after each failure', () => {
    const table = make();
    const [good, fresh] = [at('8.8.8.8'), at('9.9.9.9')];
    table.add(told(good), 's', NOW);
    table.add(told(fresh), 's', NOW);
    table.succeeded(good, 9n, NOW);
    let tried = 0;
    for (let i = 0; i < 400; i++) if (table.choose(0, () => true)?.bytes[0] === 8) tried++;
    assert.ok(tried > 150 && tried < 250, `${tried} of 400`);
    assert.deepEqual(
      table.choose(0, (address) => address.bytes[0] === 9),
      fresh,
    );
    const onlyFresh = (nowMs: number) => table.choose(nowMs, (address) => address.bytes[0] === 9);
    table.attempted(fresh, 0);
    assert.equal(onlyFresh(59_999), undefined);
    assert.deepEqual(onlyFresh(60_000), fresh);
    table.attempted(fresh, 60_000);
    assert.equal(onlyFresh(179_999), undefined);
    assert.deepEqual(onlyFresh(180_000), fresh);
    table.succeeded(fresh, 9n, NOW);
    assert.deepEqual(onlyFresh(0), fresh);
  });

  it('shares different addresses, and none that only fail', () => {
    const table = make();
    for (let i = 0; i < 50; i++) table.add(told(publicAt(i, 1)), 's', NOW);
    const shared = table.share(20);
    assert.equal(new Set(shared.map(({ address }) => address.bytes.join('.'))).size, 20);
    for (let i = 0; i < 50; i++) for (let j = 0; j < 3; j++) table.attempted(publicAt(i, 1), 0);
    assert.deepEqual(table.share(50), []);
  });

  it('gives back over a restart what it kept, within its limits', () => {
    const table = make();
    for (let i = 0; i < 10; i++) table.add(told(publicAt(i, 1)), `s${i}`, NOW);
    table.succeeded(publicAt(3, 1), 1033n, NOW + 5);
    const again = make();
    again.restore(table.stored());
    assert.deepEqual(again.stored(), table.stored());
    again.remove(publicAt(3, 1));
    assert.equal(again.size, 9);
    const small = make();
    small.restore(new Array(200).fill(0).map((_, i) => ({ ...table.stored()[0]!, address: publicAt(1, i + 1) })));
    assert.equal(small.size, ADDRESSES_PER_GROUP_MAX);
  });
});
