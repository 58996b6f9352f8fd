import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toNetworkAddress } from './network-address.ts';
import { compareSubnets, formatSubnet, isNobodysAddress, parseSubnet, type Subnet, subnetContains } from './subnet.ts';

describe('subnets', () => {
  it('are read with bits, with a mask, or as one address, and written with bits', () => {
    const texts = {
      '1.2.3.4': '1.2.3.4/32',
      '1.2.3.4/24': '1.2.3.0/24',
      '1.2.3.4/255.255.255.0': '1.2.3.0/24',
      '1.2.3.4/255.255.254.0': '1.2.2.0/23',
      '1.2.3.4/0.0.0.0': '0.0.0.0/0',
      '1.2.3.4/255.255.255.255': '1.2.3.4/32',
      '1.2.3.255/31': '1.2.3.254/31',
      '0.0.0.0/0': '0.0.0.0/0',
      '::1': '::1/128',
      '[::1]': '::1/128',
      '2001:db8::1/ffff:ffff::': '2001:db8::/32',
      'fe80::1/9': 'fe80::/9',
      '::ffff:1.2.3.4': '1.2.3.4/32',
      '::/0': '::/0',
    };
    for (const [text, shown] of Object.entries(texts)) assert.equal(formatSubnet(parseSubnet(text) as Subnet), shown, text);
  });

  it('are nothing else', () => {
    const others = [
      '',
      '/',
      '1.2.3.4/',
      '1.2.3.4/33',
      '1.2.3/8',
      '::1/129',
      '1.2.3.4/255.0.255.0',
      '1.2.3.4/::',
      'x/8',
      '1.2.3.4/-1',
      '1.2.3.4/8/8',
    ];
    for (const text of others) assert.equal(parseSubnet(text), undefined, text);
  });

  it('contain what begins alike, in their own network', () => {
    const contains = (text: string, host: string) => subnetContains(parseSubnet(text)!, toNetworkAddress(host, 1)!);
    assert.ok(contains('10.0.0.0/9', '10.127.255.255'));
    assert.ok(!contains('10.0.0.0/9', '10.128.0.0'));
    assert.ok(contains('1.2.3.4', '::ffff:1.2.3.4'));
    assert.ok(!contains('::/0', '1.2.3.4'));
    assert.ok(contains('::/0', '::1') && contains('0.0.0.0/0', '9.9.9.9'));
  });

  it('stand in an order, IPv4 first', () => {
    const order = ['1.0.0.0/8', '1.0.0.0/9', '2.0.0.0/8', '::/0', '1::/16'];
    assert.deepEqual(
      order
        .map((text) => parseSubnet(text)!)
        .reverse()
        .sort(compareSubnets)
        .map(formatSubnet),
      order,
    );
  });

  it('know addresses that nobody has', () => {
    const isNobodys = (text: string) => isNobodysAddress(parseSubnet(text)!);
    for (const text of ['0.0.0.0', '255.255.255.255', '::', '2001:db8::1']) assert.ok(isNobodys(text), text);
    for (const text of ['0.0.0.1', '127.0.0.1', '::1', '2001:db9::1']) assert.ok(!isNobodys(text), text);
  });
});
