import assert from 'node:assert/strict';
import type { NetworkInterfaceInfo } from 'node:os';
import { describe, it } from 'node:test';
import { LINKS_MAX, linksOf, linkTo } from './links.ts';

function ipv4(address: string, bits = 24, internal = false): NetworkInterfaceInfo {
  return { address, netmask: '', mac: '', family: 'IPv4', internal, cidr: `${address}/${bits}` };
}

function ipv6(address: string, bits = 64): NetworkInterfaceInfo {
  return { address, netmask: '', mac: '', family: 'IPv6', internal: false, cidr: `${address}/${bits}`, scopeid: 2 };
}

const hosts = (interfaces: NodeJS.Dict<NetworkInterfaceInfo[]>, only?: string): string[] =>
  linksOf(interfaces, only).map(({ host }) => host);

describe('links', () => {
  it('P13: are those of private and link-local addresses alone', () => {
    const interfaces = {
      lo: [ipv4('127.0.0.1', 8, true)],
      wan: [ipv4('40.1.2.3')],
      eth0: [ipv4('192.168.1.7')],
      eth1: [ipv4('10.0.0.7', 8)],
      eth2: [ipv4('172.16.0.7', 12)],
      eth3: [ipv4('169.254.3.4', 16)],
      v6: [ipv6('2001:41d0::1')],
    };
    assert.deepEqual(hosts(interfaces), ['192.168.1.7', '10.0.0.7', '172.16.0.7', '169.254.3.4']);
    assert.deepEqual(hosts({ tun0: [ipv4('10.8.0.2', 32)] }), [], 'a tunnel');
    assert.deepEqual(hosts({ edge: [ipv4('40.1.2.3'), ipv4('192.168.1.7')] }), ['192.168.1.7'], 'the private one of two');
  });

  it('go by IPv6 where an interface has no IPv4 of use', () => {
    assert.deepEqual(hosts({ eth0: [ipv4('10.0.0.7'), ipv6('fe80::7')] }), ['10.0.0.7']);
    assert.deepEqual(hosts({ eth0: [ipv6('fd00::7'), ipv6('fe80::7')] }), ['fe80::7%eth0']);
  });

  it('are only those that a node can be called on', () => {
    const interfaces = { eth0: [ipv4('10.0.0.7'), ipv6('fe80::7')], eth1: [ipv4('10.1.0.7')], eth2: [ipv6('fe80::8')] };
    assert.deepEqual(hosts(interfaces, '::'), ['10.0.0.7', '10.1.0.7', 'fe80::8%eth2']);
    assert.deepEqual(hosts(interfaces, '0.0.0.0'), ['10.0.0.7', '10.1.0.7']);
    assert.deepEqual(hosts(interfaces, '10.1.0.7'), ['10.1.0.7']);
    assert.deepEqual(hosts(interfaces, '40.1.2.3'), []);
  });

  it('are no more than a number', () => {
    const many = Object.fromEntries(Array.from({ length: LINKS_MAX + 1 }, (_, i) => [`veth${i}`, [ipv4(`10.${i}.0.1`)]]));
    assert.equal(hosts(many).length, LINKS_MAX);
  });

  it('P13: have on them who has an address of theirs, and nobody else', () => {
    const links = linksOf({ eth0: [ipv4('10.0.0.7')], eth1: [ipv4('10.0.1.7')], eth2: [ipv6('fe80::7')] }, undefined);
    assert.equal(linkTo(links, '10.0.0.255')?.name, 'eth0');
    assert.equal(linkTo(links, '10.0.1.0')?.name, 'eth1');
    assert.equal(linkTo(links, 'fe80::9%eth2')?.name, 'eth2');
    for (const host of ['10.0.2.1', '40.1.2.3', '127.0.0.1', 'fe80::9%eth0', '2001:41d0::1', 'name', ''])
      assert.equal(linkTo(links, host), undefined);
  });
});
