import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { NetworkAddress } from '../../core/wire/network-address.ts';
import { toNetworkAddress } from '../../core/wire/network-address.ts';
import { groupOf, mayTell, scopeOf, seedSource, siteGroupOf, toSocketAddress } from './address-scope.ts';

function at(host: string, port = 7333): NetworkAddress {
  const address = toNetworkAddress(host, port);
  assert.ok(address !== undefined, host);
  return address;
}

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
    assert.equal(siteGroupOf(at('10.0.0.1')), siteGroupOf(at('fd00::7', 0)), 'one site is one source');
    assert.equal(siteGroupOf(at('8.8.8.8', 0)), groupOf(at('8.8.4.4')));
    assert.notEqual(siteGroupOf(seedSource('a.example.org')), siteGroupOf(seedSource('b.example.org')));
  });

  it('knows IPv4 inside IPv6 and what is shared, as Core does', () => {
    for (const host of ['2002:808:909::1', '64:ff9b::808:909', '2001::f7f7:f6f6'])
      assert.equal(groupOf(at(host)), groupOf(at('8.8.9.9')), host);
    assert.notEqual(groupOf(at('2001:470:1000::1')), groupOf(at('2001:470:2000::1')), 'Hurricane Electric');
    const cjdns = (second: number) => ({ network: 'cjdns', bytes: Uint8Array.of(0xfc, second, ...new Uint8Array(14)), port: 1 }) as const;
    assert.notEqual(groupOf(cjdns(0x10)), groupOf(cjdns(0x20)), 'after the byte that all of CJDNS have');
    assert.equal(scopeOf({ network: 'i2p', bytes: new Uint8Array(32), port: 0 }), 'public', 'I2P has no ports');
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
