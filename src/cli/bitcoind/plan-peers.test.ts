import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatSubnet } from '../../core/wire/subnet.ts';
import { Arguments } from './arguments.ts';
import { BITCOIND_OPTIONS } from './catalog.ts';
import { planPeers, whiteBinds } from './plan-peers.ts';

const said = (...words: readonly string[]): Arguments => new Arguments(BITCOIND_OPTIONS, ['-regtest', ...words]);
const plan = (...words: readonly string[]) => planPeers(said(...words));

/** The one grant as a text: its subnet, directions and permissions. */
function grantOf(...words: readonly string[]): string {
  const { whitelist = [] } = plan(...words);
  assert.equal(whitelist.length, 1);
  const { inbound, outbound, permissions, subnet } = whitelist[0]!;
  return `${formatSubnet(subnet)} ${inbound ? 'in' : ''}${outbound ? 'out' : ''} ${permissions.join(',')}`;
}

describe("bitcoind's options about peers", () => {
  it('say what peers of a part of the network may do', () => {
    assert.equal(grantOf('-whitelist=127.0.0.1'), '127.0.0.1/32 in noban,mempool,relay');
    assert.equal(grantOf('-whitelist=127.0.0.1', '-whitelistrelay=0'), '127.0.0.1/32 in noban,mempool');
    assert.equal(grantOf('-whitelist=::/0', '-whitelistforcerelay'), '::/0 in noban,mempool,relay,forcerelay');
    assert.equal(grantOf('-whitelist=noban,in,out@10.0.0.0/8'), '10.0.0.0/8 inout noban');
    assert.equal(grantOf('-whitelist=out,addr@10.0.0.1'), '10.0.0.1/32 out addr');
    assert.equal(grantOf('-whitelist=@10.0.0.1'), '10.0.0.1/32 in ');
    assert.equal(grantOf('-whitelist=all@1.2.3.4').split(',').length, 7);
    assert.deepEqual(plan().whitelist, []);
  });

  it('say where everybody who comes in has permissions', () => {
    assert.deepEqual(whiteBinds(said('-whitebind=noban@127.0.0.1:19', '-whitebind=[::1]:20')), [
      { host: '127.0.0.1', port: 19, permissions: ['noban'] },
      { host: '::1', port: 20, permissions: ['noban', 'mempool', 'relay'] },
    ]);
  });

  it('say by which proxy each network is called', () => {
    const proxy = { host: '127.0.0.1', port: 9050, randomizeCredentials: true };
    assert.deepEqual(plan('-proxy=127.0.0.1').proxies, { ipv4: proxy, ipv6: proxy, onion: proxy, names: proxy });
    assert.deepEqual(plan('-onion=127.0.0.1:1', '-proxyrandomize=0').proxies, {
      onion: { ...proxy, port: 1, randomizeCredentials: false },
    });
    assert.deepEqual(plan('-proxy=127.0.0.1:9', '-proxy=127.0.0.1=tor', '-onlynet=onion').proxies?.onion, proxy);
    assert.equal(plan('-proxy=127.0.0.1', '-noonion').proxies?.onion, undefined);
    assert.deepEqual([plan('-noproxy').proxies, plan('-proxy=0').proxies, plan().onlyNetworks], [{}, {}, undefined]);
    assert.deepEqual(plan('-onlynet=ipv4', '-onlynet=i2p', '-onlynet=IPV6').onlyNetworks, ['ipv4', 'ipv6']);
  });

  it('say how much may be sent in a day', () => {
    const bytesOf = (text: string): number | undefined => plan(`-maxuploadtarget=${text}`).uploadTargetBytes;
    assert.deepEqual(['0', '1', '800M', '2k', '1g'].map(bytesOf), [0, 1_048_576, 800 * 1_048_576, 2_000, 1e9]);
    assert.deepEqual([plan().uploadTargetBytes, plan('-nomaxuploadtarget').uploadTargetBytes], [0, 0]);
  });

  for (const [word, message] of [
    ['-whitelist=nobann@1.2.3.4', "Invalid P2P permission: 'nobann'"],
    ['-whitelist=in@1.2.3.4', "Only direction was set, no permissions: 'in@1.2.3.4'"],
    ['-whitelist=noban@1.2.3.4/33', "Invalid netmask specified in -whitelist: '1.2.3.4/33'"],
    ['-whitebind=out,noban@127.0.0.1:1', 'whitebind may only be used for incoming connections ("out" was passed)'],
    ['-whitebind=noban@127.0.0.1', "Need to specify a port with -whitebind: '127.0.0.1'"],
    ['-whitebind=noban@example', "Cannot resolve -whitebind address: 'example'"],
    ['-proxy=some.name', "Invalid -proxy address or hostname: 'some.name'"],
    ['-onion=1.2.3.4:x', "Invalid -onion address or hostname: '1.2.3.4:x'"],
    ['-proxy=127.0.0.1=net', "Unrecognized network in -proxy='127.0.0.1=net': 'net'"],
    ['-onlynet=abc', "Unknown network specified in -onlynet: 'abc'"],
    [
      '-onlynet=onion',
      'Outbound connections restricted to Tor (-onlynet=onion) but the proxy for reaching the Tor network is not provided: none of -proxy, -onion or -listenonion is given',
    ],
    ['-maxuploadtarget=abc', "Unable to parse -maxuploadtarget: 'abc'"],
  ] as const) {
    it(`refuse ${word}`, () => {
      const args = said(word);
      assert.throws(() => [whiteBinds(args), planPeers(args)], { name: 'ArgumentError', message });
    });
  }
});
