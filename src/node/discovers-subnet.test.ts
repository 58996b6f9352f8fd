import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { quoin } from '../core/params/quoin.ts';
import { regtest } from '../core/params/regtest.ts';
import { discoversSubnet } from './discovers-subnet.ts';

const at = (host: string) => ({ host, port: 7_333 });
const proxy = { host: '127.0.0.1', port: 9_050, randomizeCredentials: true };
const OPTIONS = { connect: [], discovery: true, listen: at('::'), network: quoin };

describe('a node looks for others on its subnet', () => {
  it('unless it is told not to, or whom to call', () => {
    assert.equal(discoversSubnet(OPTIONS), true);
    assert.equal(discoversSubnet({ ...OPTIONS, discovery: false }), false);
    assert.equal(discoversSubnet({ ...OPTIONS, connect: [at('10.0.0.2')] }), false);
  });

  it('where others can see it: not on loopback, where regtest listens unless told otherwise', () => {
    for (const host of ['127.0.0.1', '127.3.2.1', '::1']) assert.equal(discoversSubnet({ ...OPTIONS, listen: at(host) }), false);
    for (const host of ['0.0.0.0', '192.168.1.2', 'fe80::1'])
      assert.equal(discoversSubnet({ ...OPTIONS, network: regtest, listen: at(host) }), true);
    assert.equal(discoversSubnet({ ...OPTIONS, listen: undefined }), true, 'who accepts nobody may call');
    assert.equal(discoversSubnet({ ...OPTIONS, listen: undefined, network: regtest }), false);
  });

  it('where it calls others itself: not behind a proxy, nor where it leaves out IPv4', () => {
    for (const name of ['ipv4', 'ipv6', 'names']) assert.equal(discoversSubnet({ ...OPTIONS, proxies: { [name]: proxy } }), false);
    assert.equal(discoversSubnet({ ...OPTIONS, proxies: { onion: proxy } }), true);
    assert.equal(discoversSubnet({ ...OPTIONS, onlyNetworks: ['onion'] }), false);
    assert.equal(discoversSubnet({ ...OPTIONS, onlyNetworks: ['ipv4', 'onion'] }), true);
  });
});
