/**
 * Methods that need a node of their own beside the C++ node: bans, scans of the block filters.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { agree } from '../support/cluster.ts';
import { answerOf, differences, type RpcPlace } from '../support/compare-answers.ts';
import { eventually } from '../support/eventually.ts';
import { type PeerNode, peerNodeMissing, startPeerNode } from '../support/peer-node.ts';
import { PeerWallet } from '../support/peer-wallet.ts';
import { type QuoinProcess, startQuoin } from '../support/quoin-process.ts';

describe('the state of a node beside the C++ node', { skip: peerNodeMissing() }, () => {
  let node: QuoinProcess;
  let peer: PeerNode;
  let wallet: PeerWallet;
  let places: readonly [ours: RpcPlace, theirs: RpcPlace];

  before(async () => {
    [node, peer] = await Promise.all([
      startQuoin({ args: ['--index', 'filter'] }),
      startPeerNode('-checkblockindex=0', '-blockfilterindex=1'),
    ]);
    const cookieOf = (folder: string): string => readFileSync(join(folder, '.cookie'), 'utf8').trim();
    places = [
      { http: node.http, login: cookieOf(node.dataDir) },
      { http: peer.http, login: cookieOf(join(peer.dataDir, 'regtest')) },
    ];
    await peer.rpc('addnode', node.p2p, 'add');
    wallet = await PeerWallet.create(peer);
    await wallet.mineToEachKind(26);
    for (let round = 0; round < 3; round++) {
      await wallet.payToEachKind(1 + round);
      await peer.rpc('generatetoaddress', 1, wallet.address('bech32'));
    }
    await agree([node, peer]);
  });

  after(() => Promise.all([node?.stop(), peer?.stop()]));

  /** Both answer the same, but for what is named; what they answer. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads fields of answers whose shape is what it tests.
  async function sameBut(but: RegExp, method: string, ...params: unknown[]): Promise<any> {
    const [ours, theirs] = await Promise.all(places.map((place) => answerOf(place, method, params)));
    const found = differences(ours, theirs).filter((difference) => !but.test(difference));
    assert.deepEqual(found, [], `${method} ${JSON.stringify(params).slice(0, 400)}`);
    return (ours as { result?: unknown }).result;
  }

  // biome-ignore lint/suspicious/noExplicitAny: as above.
  const same = (method: string, ...params: unknown[]): Promise<any> => sameBut(/^$/, method, ...params);

  it('finds the same blocks by their filters', async () => {
    const height = (await node.rpc('getblockcount')) as number;
    const synced = async (place: { rpc: PeerNode['rpc'] }) =>
      (await place.rpc('getindexinfo'))['basic block filter index']?.best_block_height === height;
    await eventually('both indexes are at the tip', async () => (await synced(node as never)) && (await synced(peer)));
    const descriptors = (['legacy', 'p2sh-segwit', 'bech32', 'bech32m'] as const).map((kind) => `addr(${wallet.address(kind)})`);
    for (const verified of [{}, { filter_false_positives: true }, { filter_false_positives: false }]) {
      for (const descriptor of descriptors) {
        const { relevant_blocks } = await same('scanblocks', 'start', [descriptor], 0, height, 'basic', verified);
        assert.ok(relevant_blocks.length >= 26, descriptor);
      }
      await same('scanblocks', 'start', descriptors, 0, null, 'basic', verified);
      await same('scanblocks', 'start', descriptors, 20, 60, null, verified);
    }
    const { descriptors: own } = (await peer.rpc('listdescriptors')) as { descriptors: { desc: string }[] };
    const ranged = own.map(({ desc }) => ({ desc, range: 20 }));
    assert.ok((await same('scanblocks', 'start', ranged)).relevant_blocks.length > 100);
    for (const at of [0, 1, height]) await same('scanblocks', 'start', descriptors, at, at);
    await same('scanblocks', 'start', []);
    await same('scanblocks', 'start', ['raw(51)']);
    const tip = (await node.rpc('getbestblockhash')) as string;
    const { tx } = (await node.rpc('getblock', tip, 3)) as { tx: { vin: { prevout?: { scriptPubKey: { hex: string } } }[] }[] };
    const [spent] = tx.flatMap(({ vin }) => vin.flatMap(({ prevout }) => (prevout === undefined ? [] : [prevout.scriptPubKey.hex])));
    const found = await same('scanblocks', 'start', [`raw(${spent})`], 0, null, 'basic', { filter_false_positives: true });
    assert.ok(found.relevant_blocks.includes(tip));
  });

  it('refuses what no scan is', async () => {
    const cases: unknown[][] = [
      ...[
        [],
        [1],
        ['x'],
        ['status'],
        ['abort'],
        ['start'],
        ['start', 'x'],
        ['start', [1]],
        ['start', ['x']],
        ['start', [{}]],
        ['start', null],
      ],
      ...[-1, 10_000, 1.5, 'x', 2147483648].flatMap((at) => [
        ['start', ['raw(51)'], at],
        ['start', ['raw(51)'], 0, at],
      ]),
      ...[
        ['start', ['raw(51)'], 5, 4],
        ['start', ['raw(51)'], 0, 1, 'x'],
        ['start', ['raw(51)'], 0, 1, 1],
        ['start', ['raw(51)'], 0, 1, 'basic', 1],
      ],
      ...[{}, { x: 1 }, { filter_false_positives: 1 }, { filter_false_positives: null }].map((options) => [
        'start',
        ['raw(51)'],
        0,
        1,
        'basic',
        options,
      ]),
      ['start', ['raw(51)'], 0, 1, 'basic', {}, 1],
    ];
    for (const params of cases) await same('scanblocks', ...params);
  });

  it('tells of memory in the same members', async () => {
    await sameBut(/^\.result\.locked\.\w+: "#0" \| "#/, 'getmemoryinfo');
    await sameBut(/^\.result\.locked\.\w+: "#0" \| "#/, 'getmemoryinfo', 'stats');
  });

  it('learns the same addresses', async () => {
    // No two of one part of the network: they might meet at one place of the table, by keys that nobody knows.
    const addresses = ['1.2.3.4', '8.8.8.8', '2600::1', '[2a00::2]', '::ffff:9.9.9.9', '5.6.7.8', '127.0.0.1'];
    for (const [index, address] of addresses.entries()) {
      for (const params of [[], [true]]) await same('addpeeraddress', address, 8_333 + index, ...params);
    }
    await same('addpeeraddress', '7.7.7.7', 7, true);
    await same('getaddrmaninfo');
    const { all_networks, ipv6 } = await node.rpc('getaddrmaninfo');
    assert.deepEqual([all_networks.total, all_networks.tried, ipv6.new], [7, 1, 2]);
  });

  it('opens connections for one purpose that the C++ node takes as such', async () => {
    const opened = await node.rpc('addconnection', peer.p2p, 'block-relay-only', false);
    assert.deepEqual(opened, { address: peer.p2p, connection_type: 'block-relay-only' });
    const isBlocksOnly = async ({ rpc }: { rpc: PeerNode['rpc'] }, inbound: boolean): Promise<boolean> => {
      const infos = (await rpc('getpeerinfo')) as { inbound: boolean; relaytxes: boolean; version: number; connection_type: string }[];
      return infos.some((info) => info.inbound === inbound && !info.relaytxes && info.version > 0);
    };
    await eventually('it stands on both sides', async () => (await isBlocksOnly(node as never, false)) && (await isBlocksOnly(peer, true)));
    const [ours] = ((await node.rpc('getpeerinfo')) as { connection_type: string; addr_relay_enabled: boolean; id: number }[]).filter(
      ({ connection_type }) => connection_type === 'block-relay-only',
    );
    assert.equal(ours?.addr_relay_enabled, false);
    await node.rpc('disconnectnode', '', ours?.id);
    const before = (await peer.rpc('getnettotals')).totalbytesrecv as number;
    await node.rpc('addconnection', peer.p2p, 'feeler', false);
    await eventually('the feeler was there and is gone', async () => {
      const infos = (await node.rpc('getpeerinfo')) as { connection_type: string }[];
      const heard = ((await peer.rpc('getnettotals')).totalbytesrecv as number) > before + 100;
      return heard && infos.every(({ connection_type }) => connection_type !== 'feeler');
    });
  });

  it('bans the same parts of the network', async () => {
    const TIMES = /\.(ban_created|banned_until|time_remaining): /;
    const texts = [
      '1.2.3.4',
      '1.2.3.4/24',
      '1.2.3.4/255.255.254.0',
      '9.9.9.9/32',
      '0.0.0.0/0',
      '::1',
      '[::2]',
      '2001:db8::1/32',
      'fe80::1/9',
      '::ffff:4.3.2.1',
      '::/0',
    ];
    for (const text of [...texts, ...texts]) await same('setban', text, 'add', 1_000);
    const listed = await sameBut(TIMES, 'listbanned');
    assert.ok(listed.length >= 9);
    for (const text of ['1.2.3.4', '1.2.3.9', '1.2.3.9/32', '7.7.7.7', '::5', 'fe80::2']) await same('setban', text, 'add');
    await sameBut(TIMES, 'listbanned');
    for (const text of [...texts, '1.2.3.9', '7.7.7.7/32', '::5/128']) await same('setban', text, 'remove');
    await sameBut(TIMES, 'listbanned');
    await same('clearbanned');
    assert.deepEqual(await same('listbanned'), []);
    const end = Math.floor(Date.now() / 1000) + 5_000;
    await same('setban', '1.2.3.4', 'add', end, true);
    await same('setban', '1.2.3.5/32', 'add', end + 7, true);
    for (const time of [0, -5]) await same('setban', `1.2.3.${7 - time}`, 'add', time);
    const bans = await sameBut(/\.(ban_created|banned_until|ban_duration|time_remaining): /, 'listbanned');
    assert.deepEqual(
      bans.slice(0, 2).map(({ banned_until }: { banned_until: string }) => banned_until),
      [`#${end}`, `#${end + 7}`],
    );
    await same('clearbanned');
  });

  it('ends the connection with who is banned, and lets it come back when the ban is lifted', async () => {
    const connections = () => node.rpc('getconnectioncount');
    const isBack = async (): Promise<boolean> => {
      await peer.rpc('addnode', node.p2p, 'onetry');
      return (await connections()) === 1;
    };
    await eventually('the peer is there', isBack);
    await node.rpc('setban', '127.0.0.0/8', 'add', 1_000);
    await eventually('the peer is gone', async () => (await connections()) === 0);
    await peer.rpc('addnode', node.p2p, 'onetry');
    assert.equal(await connections(), 0);
    await node.rpc('clearbanned');
    await eventually('the peer is back', isBack);
  });
});
