import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatSubnet } from '../../core/wire/subnet.ts';
import { UsageError } from '../failure.ts';
import { isForProxy, planPeers } from './node-peers.ts';

const PROXY = { host: '127.0.0.1', port: 9050 };
const ONION = '2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid.onion';

describe('options about peers', () => {
  it('keep places for those that the node calls', () => {
    assert.deepEqual(planPeers({ maxConnections: 40 }).connections, { outbound: 8, blockRelay: 2, inbound: 29 });
    assert.deepEqual(planPeers({ maxConnections: 9 }).connections, { outbound: 8, blockRelay: 1, inbound: 0 });
    assert.deepEqual(planPeers({ maxConnections: 0 }).connections, { outbound: 0, blockRelay: 0, inbound: 0 });
    assert.equal(planPeers({}).connections, undefined);
    assert.equal(planPeers({ maxUpload: 2 }).uploadTargetBytes, 2_097_152);
  });

  it('give permissions by part of the network and by address, with a plus between them', () => {
    const [grant] = planPeers({ whitelist: ['noban+in+out@10.0.0.0/8'] }).whitelist ?? [];
    assert.ok(grant !== undefined);
    assert.deepEqual([formatSubnet(grant.subnet), grant.permissions, grant.inbound, grant.outbound], ['10.0.0.0/8', ['noban'], true, true]);
    assert.deepEqual(planPeers({ whitebind: ['mempool+addr@[::1]:7'] }).alsoListen, [
      { host: '::1', port: 7, permissions: ['mempool', 'addr'] },
    ]);
    for (const said of [
      { whitelist: ['noban'] },
      { whitelist: ['x@1.2.3.4'] },
      { whitebind: ['noban@a:1'] },
      { whitebind: ['out+addr@::1:1'] },
    ]) {
      assert.throws(() => planPeers(said), UsageError, JSON.stringify(said));
    }
  });

  it('call by a proxy, which alone looks names up, and Tor by one of its own where that is said', () => {
    const all = { ...PROXY, randomizeCredentials: true };
    assert.deepEqual(planPeers({ proxy: PROXY }).proxies, { ipv4: all, ipv6: all, names: all, onion: all });
    const tor = { ...PROXY, port: 1, randomizeCredentials: false };
    assert.deepEqual(planPeers({ onion: tor, noProxyRandomize: true, onlyNet: ['onion'] }), {
      ...{ alsoListen: [], whitelist: [], uploadTargetBytes: 0 },
      ...{ proxies: { onion: tor }, onlyNetworks: ['onion'] },
    });
    assert.throws(() => planPeers({ onlyNet: ['onion'] }), UsageError);
    assert.deepEqual([isForProxy('a.example', { proxy: PROXY }), isForProxy('a.example', {}), isForProxy(ONION, {})], [true, false, true]);
  });
});
