import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fakePeer } from '../../../test/support/fake-node.ts';
import { createRpcCaller } from '../../../test/support/rpc-caller.ts';
import { fromHex } from '../../core/base/bytes.ts';
import { toDisplayHex } from '../../core/primitives/ids.ts';
import { SERVICES } from '../../core/wire/services.ts';

describe('methods that steer the network', () => {
  it('switch it off and on, ping and count bytes', async () => {
    const { call, node } = createRpcCaller();
    assert.equal(await call('setnetworkactive', false), false);
    assert.equal((await call('getnetworkinfo')).networkactive, false);
    assert.equal(await call('setnetworkactive', true), true);
    assert.equal(await call('ping'), null);
    assert.equal(node.network.pings, 1);
    const { totalbytesrecv, totalbytessent, timemillis } = await call('getnettotals');
    assert.deepEqual([totalbytesrecv, totalbytessent, timemillis], [2_500, 1_500, 1_700_000_100_000]);
  });

  it('tell which added nodes are connected', async () => {
    const { call, fails, node } = createRpcCaller();
    node.network.connected.push(fakePeer());
    await call('addnode', '127.0.0.1:18444', 'add');
    await call('addnode', '10.0.0.1', 'add');
    const connected = { addednode: '127.0.0.1:18444', connected: true, addresses: [{ address: '127.0.0.1:18444', connected: 'outbound' }] };
    const absent = { addednode: '10.0.0.1:18444', connected: false, addresses: [] };
    assert.deepEqual(await call('getaddednodeinfo'), [connected, absent]);
    assert.deepEqual(await call('getaddednodeinfo', '10.0.0.1'), [absent]);
    await fails(-24, 'Error: Node has not been added.', 'getaddednodeinfo', '10.0.0.2');
  });

  it('show known addresses of each network in its own text', async () => {
    const { call, node } = createRpcCaller();
    // The onion address and key of BIP-155's neighbour, rend-spec-v3: Core's own test address.
    const onion = fromHex('79bcc625184b05194975c28b66b66b0469f7f6556fb1ac3189a79b40dda32f1f')!;
    const told = { services: 9n, timeSeconds: 1_700_000_000 };
    node.network.known.push(
      { ...told, address: { network: 'ipv4', bytes: Uint8Array.of(1, 2, 3, 4), port: 8333 } },
      { ...told, address: { network: 'torv3', bytes: onion, port: 8333 } },
    );
    assert.deepEqual(await call('getnodeaddresses'), [
      { time: 1_700_000_000, services: 9, address: '1.2.3.4', port: 8333, network: 'ipv4' },
    ]);
    assert.equal((await call('getnodeaddresses', 0)).length, 2);
    const [{ address }] = await call('getnodeaddresses', 1, 'onion');
    assert.equal(address, 'pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion');
    assert.deepEqual(await call('getnodeaddresses', 0, 'i2p'), []);
  });

  it('send bytes to a peer', async () => {
    const { call, fails, node } = createRpcCaller();
    node.network.connected.push(fakePeer());
    assert.deepEqual(await call('sendmsgtopeer', 1, 'addr', 'ff'), {});
    assert.deepEqual(node.network.sent, [{ id: 1, command: 'addr', payload: 'ff' }]);
    await fails(-8, 'Error: msg_type must be ASCII', 'sendmsgtopeer', 1, 'é', '');
    await fails(-1, 'Error: Could not send message to peer', 'sendmsgtopeer', 2, 'addr', '');
  });
});

describe('methods about connections and addresses', () => {
  it('open connections of four types, as long as there is room', async () => {
    const { call, fails, node } = createRpcCaller();
    assert.deepEqual(await call('addconnection', '10.0.0.1:7', ' feeler ', false), { address: '10.0.0.1:7', connection_type: 'feeler' });
    await call('addconnection', '[::1]', 'block-relay-only', false);
    assert.deepEqual(node.network.opened, ['10.0.0.1:7 feeler', '::1:18444 block-relay-only']);
    const full = 'Error: Already at capacity for specified connection type.';
    await fails(-34, full, 'addconnection', '10.0.0.1', 'addr-fetch', false);
    const unspoken = 'Error: Adding v2transport connections requires -v2transport init flag to be set.';
    await fails(-8, unspoken, 'addconnection', '10.0.0.1', 'feeler', true);
  });

  it('try the encrypted transport where that is said, or, added by hand, where it is spoken', async () => {
    const { call, node } = createRpcCaller();
    const tried = async (...args: Parameters<typeof call>): Promise<boolean | undefined> => {
      await call(...args);
      return node.network.encrypted;
    };
    assert.equal(await tried('addnode', '10.0.0.1', 'onetry'), false);
    node.network.services |= SERVICES.p2pV2;
    assert.equal(await tried('addnode', '10.0.0.1', 'onetry'), true);
    assert.equal(await tried('addnode', '10.0.0.1', 'onetry', false), false);
    assert.equal(await tried('addnode', '10.0.0.1', 'onetry', true), true);
    assert.equal(await tried('addconnection', '10.0.0.1', 'feeler', false), false);
    assert.equal(await tried('addconnection', '10.0.0.1', 'feeler', true), true);
  });

  it('tell which transport a peer speaks', async () => {
    const { call, node } = createRpcCaller();
    const sessionId = new Uint8Array(32).fill(0xa5);
    node.network.connected.push(fakePeer(), fakePeer({ transport: 'detecting' }), fakePeer({ transport: 'v2', sessionId }));
    const told = (await call('getpeerinfo')) as { transport_protocol_type: string; session_id: string }[];
    assert.deepEqual(
      told.map((peer) => [peer.transport_protocol_type, peer.session_id]),
      [
        ['v1', ''],
        ['detecting', ''],
        ['v2', 'a5'.repeat(32)],
      ],
    );
  });

  it('learn addresses that can be reached, and count them', async () => {
    const { call, fails } = createRpcCaller();
    const refused = { error: 'failed-adding-to-new', success: false };
    assert.deepEqual(await call('addpeeraddress', '10.0.0.1', 7), refused);
    assert.deepEqual(await call('addpeeraddress', '1.2.3.4', 7), { success: true });
    assert.deepEqual(await call('addpeeraddress', '2600::1', 7, true), { success: true });
    assert.deepEqual(await call('addpeeraddress', '1.2.3.5', 7, true), { error: 'failed-adding-to-tried', success: false });
    assert.deepEqual(await call('addpeeraddress', '1.2.3.6', 7), refused);
    await fails(-30, 'Invalid IP address', 'addpeeraddress', 'x', 7);
    const { all_networks, ipv4, ipv6 } = await call('getaddrmaninfo');
    assert.deepEqual(
      [ipv4, ipv6, all_networks],
      [
        { new: 1, tried: 1, total: 2 },
        { new: 0, tried: 1, total: 1 },
        { new: 1, tried: 2, total: 3 },
      ],
    );
  });

  it('show every place of the tables that is taken, and who told', async () => {
    const { call, node } = createRpcCaller();
    await call('addpeeraddress', '1.2.3.4', 7);
    await call('addpeeraddress', '2600::1', 8, true);
    const [first] = node.network.book;
    node.network.book.push({ ...first!, place: 1, source: { network: 'ipv4', bytes: Uint8Array.of(0, 7, 7, 7), port: 0 } });
    const fact = { services: 9, time: 1_700_000_000 };
    const one = { address: '1.2.3.4', port: 7, network: 'ipv4', ...fact, source: '1.2.3.4', source_network: 'ipv4' };
    assert.deepEqual(await call('getrawaddrman'), {
      new: { '0/63': one, '0/1': { ...one, source: '0.7.7.7', source_network: 'internal' } },
      tried: { '7/63': { ...one, address: '2600::1', port: 8, network: 'ipv6', source: '2600::1', source_network: 'ipv6' } },
    });
  });
});

describe('methods about bans', () => {
  it('reckon the end of a ban from now, from its time, or as a day', async () => {
    const { call, fails, node } = createRpcCaller();
    const now = node.clock.nowSeconds();
    await call('setban', '10.1.2.3', 'add', 50);
    await call('setban', '10.1.3.0/24', 'add', now + 7, true);
    await call('setban', '::1', 'add');
    assert.deepEqual(
      node.network.banned.map(({ untilSeconds }) => untilSeconds - now),
      [50, 7, 86_400],
    );
    await fails(-8, 'Error: Absolute timestamp is in the past', 'setban', '10.9.9.9', 'add', now - 1, true);
    await fails(-23, 'Error: IP/Subnet already banned', 'setban', '10.1.3.9', 'add');
    await call('setban', '10.1.3.9/32', 'add');
    await call('clearbanned');
    assert.deepEqual(await call('listbanned'), []);
    await fails(-30, 'Error: Invalid IP/Subnet', 'setban', '0.0.0.0', 'add');
  });

  it('say that only P2PKH addresses sign messages', async () => {
    const { fails } = createRpcCaller();
    const address = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';
    await fails(-3, 'Address does not refer to key', 'verifymessage', address, 'QQ==', '');
  });
});

describe('methods about waiting transactions and outputs', () => {
  it('show orphans in three depths', async () => {
    const { call, node } = createRpcCaller();
    node.network.missing.push({ tx: node.payment, peer: 4 });
    assert.deepEqual(await call('getorphantxs'), [toDisplayHex(node.payment.txid)]);
    const [known] = await call('getorphantxs', 1);
    assert.deepEqual([known.from, known.bytes, 'hex' in known], [[4], node.payment.sizeBytes, false]);
    const [{ hex }] = await call('getorphantxs', 2);
    assert.equal(hex.length, 2 * node.payment.sizeBytes);
  });

  it('name what spends an output: a waiting transaction, else a block where there is the index', async () => {
    const { call, fails, node } = createRpcCaller();
    const [spent] = node.payment.inputs;
    const output = { txid: toDisplayHex(spent!.prevout.txid), vout: spent!.prevout.vout };
    assert.deepEqual(await call('gettxspendingprevout', [output]), [output]);
    const refusal = `No spending tx for the outpoint ${output.txid}:${output.vout} in mempool, and txospenderindex is unavailable.`;
    await fails(-1, refusal, 'gettxspendingprevout', [output], { mempool_only: false });
    node.indexes.present.add('spent');
    node.indexes.spender = async () => ({ txid: node.payment.txid, inputIndex: 0, height: 3 });
    const spendingtxid = toDisplayHex(node.payment.txid);
    const blockhash = toDisplayHex(node.chain.at(3).header.hash);
    assert.deepEqual(await call('gettxspendingprevout', [output]), [{ ...output, spendingtxid, blockhash }]);
    const [{ spendingtx }] = await call('gettxspendingprevout', [output], { return_spending_tx: true });
    assert.equal(spendingtx.length, 2 * node.payment.sizeBytes);
    assert.deepEqual(await call('gettxspendingprevout', [output], { mempool_only: true }), [output]);
    node.mempool.add(node.payment);
    assert.deepEqual(await call('gettxspendingprevout', [output]), [{ ...output, spendingtxid }]);
    await fails(-3, 'Unexpected key x', 'gettxspendingprevout', [output], { x: true });
  });

  it('save the waiting transactions and take in those of a file', async () => {
    const { call, node } = createRpcCaller();
    assert.deepEqual(await call('savemempool'), { filename: '/data/regtest/mempool.dat' });
    assert.deepEqual(await call('importmempool', '/a'), {});
    assert.deepEqual(await call('importmempool', '/b', { use_current_time: false, apply_fee_delta_priority: true }), {});
    assert.deepEqual(node.mempool.imported, [
      { path: '/a', useCurrentTime: true, applyFeeDeltas: false },
      { path: '/b', useCurrentTime: false, applyFeeDeltas: true },
    ]);
  });

  it('make a transaction of a version from 1 to 3', async () => {
    const { call, fails } = createRpcCaller();
    assert.equal(await call('createrawtransaction', [], {}, 7, false, 3), '03000000000007000000');
    for (const version of [0, 4]) {
      await fails(-8, 'Invalid parameter, version out of range(1~3)', 'createrawtransaction', [], {}, 0, false, version);
    }
  });
});
