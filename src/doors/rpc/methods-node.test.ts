import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { buildBlock } from '../../../test/support/chain-builder.ts';
import { FakeNode, fakePeer } from '../../../test/support/fake-node.ts';
import { createRpcCaller } from '../../../test/support/rpc-caller.ts';
import { repositoryRoot } from '../../../test/support/vectors.ts';
import { fromHex, toHex } from '../../core/base/bytes.ts';
import { reject } from '../../core/consensus/rejection.ts';
import { quoin } from '../../core/params/quoin.ts';
import { regtest } from '../../core/params/regtest.ts';
import type { Block } from '../../core/primitives/block.ts';
import { decodeBlock, encodeBlock } from '../../core/primitives/block.ts';
import { toDisplayHex } from '../../core/primitives/ids.ts';
import { encodeTransaction, makeTransaction } from '../../core/primitives/transaction.ts';
import { LOG_CATEGORIES } from '../../engine/ports/log-categories.ts';
import { RPC_ERROR } from './errors.ts';
import { usageLine } from './help.ts';
import { METHODS } from './methods/table.ts';
import { floatJson } from './network-hash-rate.ts';

const ADDRESS = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';

describe('methods about mining', () => {
  it('mine to an address, with a limit of tries only where blocks are easy', async () => {
    const { call, fails, node, signal } = createRpcCaller();
    const hashes = await call('generatetoaddress', 2, ADDRESS);
    assert.deepEqual(
      hashes,
      [4, 5].map((height) => toDisplayHex(node.chain.at(height).header.hash)),
    );
    const [asked] = node.mining.generated;
    assert.ok(asked !== undefined);
    assert.deepEqual(
      [asked.maxTries, toHex(asked.script), asked.signal],
      [1_000_000n, '0014751e76e8199196d454941c45d1b3a323f1433bd6', signal],
    );
    await call('generatetoaddress', 1, ADDRESS, 7);
    assert.equal(node.mining.generated[1]?.maxTries, 7n);
    assert.deepEqual(await call('generatetoaddress', 0, ADDRESS), []);
    assert.deepEqual(await call('generatetoaddress', -1, ADDRESS), []);
    await fails(-5, 'Error: Invalid address', 'generatetoaddress', 1, 'x');
    await call('generatetoaddress', 1, ADDRESS, -1);
    assert.equal(node.mining.generated.at(-1)?.maxTries, 2n ** 64n - 1n, 'as Core: read without its sign');
    await fails(-1, 'JSON integer out of range', 'generatetoaddress', 1, ADDRESS, 1e15);
    await fails(-1, 'JSON integer out of range', 'generatetoaddress', 2147483648, ADDRESS);
  });

  it('have no limit of tries where blocks are hard', async () => {
    const harder = { ...new FakeNode().params, consensus: { ...new FakeNode().params.consensus } };
    const node = new FakeNode(harder);
    Object.assign(harder.consensus, { pow: { ...harder.consensus.pow, bits: quoin.consensus.pow.bits } });
    node.mining.generate = async (options) => {
      node.mining.generated.push(options);
      return [];
    };
    const { call } = createRpcCaller(node);
    await call('generatetoaddress', 1, ADDRESS);
    assert.equal(node.mining.generated[0]?.maxTries, undefined);
  });

  it('stop mining when the server stops', async () => {
    const { call, signal } = createRpcCaller();
    signal.aborted = true;
    assert.deepEqual(await call('generatetoaddress', 5, ADDRESS), []);
  });

  it('submit blocks and answer in the words of BIP-22', async () => {
    const { call, fails, node } = createRpcCaller();
    const hex = toHex(encodeBlock(node.staleBlock));
    const answers = [
      [{ isNew: true, active: true, rejection: undefined }, null],
      [{ isNew: true, active: false, rejection: undefined }, 'inconclusive'],
      [{ isNew: false, active: true, rejection: undefined }, 'duplicate'],
      [{ isNew: true, active: false, rejection: reject('header', 'high-hash') }, 'high-hash'],
      [{ isNew: false, active: false, rejection: reject('consensus', 'bad-blk-length') }, 'bad-blk-length'],
      [{ isNew: false, active: false, rejection: reject('header', 'high-hash') }, 'high-hash'],
      [{ isNew: false, active: false, rejection: reject('consensus', 'duplicate-invalid') }, 'duplicate-invalid'],
      // Its branch ends in a block below it that is invalid: known before it came, or found out when it came.
      [{ isNew: false, active: false, rejection: reject('invalid-prev', 'bad-prevblk') }, 'bad-prevblk'],
      [{ isNew: true, active: false, rejection: reject('invalid-prev', 'bad-prevblk') }, 'inconclusive'],
      [{ isNew: false, active: false, rejection: reject('mutated', 'bad-txnmrklroot') }, 'bad-txnmrklroot'],
    ] as const;
    for (const [outcome, word] of answers) {
      node.chain.outcome = outcome;
      assert.equal(await call('submitblock', hex), word);
    }
    assert.equal(await call('submitblock', hex, 'ignored'), 'bad-txnmrklroot');
    assert.equal(await call('submitblock', `${hex}00`), 'bad-txnmrklroot', 'what follows the block is not looked at');
    for (const text of ['', 'zz', '00'.repeat(80), hex.slice(0, -2)]) await fails(-22, 'Block decode failed', 'submitblock', text);
  });

  it('put the reserved value into a coinbase that commits to witnesses and was sent without it', async () => {
    const { call, node } = createRpcCaller();
    const [coinbase] = node.staleBlock.transactions;
    assert.ok(coinbase !== undefined);
    const commitment = { value: 0n, scriptPubKey: Uint8Array.of(0x6a, 0x24, 0xaa, 0x21, 0xa9, 0xed, ...new Uint8Array(32)) };
    const committed = makeTransaction({ ...coinbase, outputs: [...coinbase.outputs, commitment] });
    await call(
      'submitblock',
      toHex(encodeBlock({ ...node.staleBlock, transactions: [committed], sizeBytes: 1_000 })).slice(0, (81 + committed.sizeBytes) * 2),
    );
    await call('submitblock', toHex(encodeBlock(node.staleBlock)));
    const [first, second] = node.chain.submitted.map((block) => block.transactions[0]?.inputs[0]?.witness);
    assert.deepEqual(first, [new Uint8Array(32)]);
    assert.deepEqual(second, []);
  });

  it('count a transaction as if it paid more, and tell of it', async () => {
    const { call, fails, node } = createRpcCaller();
    const tx = node.spendingSecond();
    const txid = toDisplayHex(tx.txid);
    const [low, high] = ['00'.repeat(31).concat('01'), 'ff'.repeat(32)];
    assert.equal(await call('prioritisetransaction', txid, 0, 500), true);
    assert.equal(await call('prioritisetransaction', high, null, -7), true);
    assert.equal(await call('prioritisetransaction', low, 0, 2 ** 40), true);
    assert.deepEqual((await call('getprioritisedtransactions'))[txid], { fee_delta: 500, in_mempool: false });
    node.mempool.add(tx);
    const rows = await call('getprioritisedtransactions');
    assert.deepEqual(rows[txid], { fee_delta: 500, in_mempool: true, modified_fee: 1_500 });
    assert.deepEqual(Object.keys(rows).sort(), [low, high, txid].sort());
    const { fees } = await call('getmempoolentry', txid);
    assert.deepEqual([fees.base, fees.modified], [0.00001, 0.000015]);
    const words = 'Priority is no longer supported, dummy argument to prioritisetransaction must be 0.';
    await fails(-8, words, 'prioritisetransaction', txid, 1, 1);
    await fails(-8, /^txid must be of length 64/, 'prioritisetransaction', '00', 0, 1);
    await fails(-1, 'JSON integer out of range', 'prioritisetransaction', txid, 0, 1.5);
    await fails(-3, /^Wrong type passed/, 'prioritisetransaction', txid, 0, 'x');
  });

  it('offer a template, after waiting where that is asked for', async () => {
    const { call, fails, node } = createRpcCaller();
    const tx = node.spendingSecond();
    const child = makeTransaction({ ...tx, inputs: [{ ...tx.inputs[0]!, prevout: { txid: tx.txid, vout: 0 } }] });
    node.mining.offered = { transactions: [tx, child].map((each) => ({ tx: each, fee: 1_000n, sigopsCost: 4 })) };
    const template = await call('getblocktemplate', { rules: ['segwit'] });
    const tip = toDisplayHex(node.chain.tip().header.hash);
    assert.deepEqual([template.previousblockhash, template.longpollid, template.height], [tip, `${tip}7`, 4]);
    assert.deepEqual(template.rules, ['csv', '!segwit', 'taproot']);
    const shown = template.transactions.map((each: Record<string, unknown>) => [each.txid, each.depends, each.fee, each.sigops]);
    assert.deepEqual(shown, [
      [toDisplayHex(tx.txid), [], 1_000, 4],
      [toDisplayHex(child.txid), [1], 1_000, 4],
    ]);
    assert.deepEqual([template.sigoplimit, template.sizelimit, template.weightlimit], [80_000, 4_000_000, 4_000_000]);
    await call('getblocktemplate', { rules: ['segwit'], longpollid: `${tip}12` });
    await call('getblocktemplate', { rules: ['segwit'], longpollid: 1 });
    assert.deepEqual(
      node.mining.polled.map(({ revision }) => revision),
      [12, 7],
    );
    node.mining.offered = { ...node.mining.offered, witnessCommitment: undefined };
    const early = await call('getblocktemplate', { rules: ['segwit'] });
    assert.deepEqual([early.rules, early.transactions[0].sigops, early.sigoplimit], [['csv', 'taproot'], 1, 20_000]);
    assert.deepEqual(
      ['weightlimit', 'default_witness_commitment'].filter((name) => name in early),
      [],
    );
    await fails(-8, 'getblocktemplate must be called with the segwit rule set (call with {"rules": ["segwit"]})', 'getblocktemplate', {});
  });

  it('end a wait for a template with an error when the node stops', async () => {
    const { fails, signal } = createRpcCaller();
    signal.aborted = true;
    await fails(-9, 'Shutting down', 'getblocktemplate', { rules: ['segwit'], longpollid: 1 });
  });

  it('ask for the signet rule on a signet, and for peers and a synced chain on a public network', async () => {
    const signet = createRpcCaller(new FakeNode({ ...regtest, consensus: { ...regtest.consensus, signetChallenge: Uint8Array.of(0x51) } }));
    await signet.fails(-8, /with the signet rule set/, 'getblocktemplate', { rules: ['segwit'] });
    const template = await signet.call('getblocktemplate', { rules: ['segwit', 'signet'] });
    assert.deepEqual([template.rules, template.signet_challenge], [['csv', '!segwit', '!signet', 'taproot'], '51']);
    const { call, fails, node } = createRpcCaller(new FakeNode({ ...regtest, name: 'main' }));
    await fails(-9, 'quoin is not connected!', 'getblocktemplate', { rules: ['segwit'] });
    node.network.connected.push(fakePeer());
    node.network.inSync = false;
    await fails(-10, /initial sync/, 'getblocktemplate', { rules: ['segwit'] });
    node.network.inSync = true;
    await call('getblocktemplate', { rules: ['segwit'] });
  });

  it('judge a proposed block in the words of BIP-23', async () => {
    const { call, node } = createRpcCaller();
    const propose = (block: Block) => call('getblocktemplate', { mode: 'proposal', data: toHex(encodeBlock(block)) });
    const unknown = buildBlock({ parent: node.chain.tip(), params: node.params });
    assert.equal(await propose(unknown), null);
    assert.equal(await propose(node.chain.at(3)), 'duplicate');
    assert.equal(await propose(node.headerOnly), 'duplicate-inconclusive');
    node.chain.refusal = reject('consensus', 'bad-cb-amount');
    assert.equal(await propose(unknown), 'bad-cb-amount');
    assert.equal(await propose(node.staleBlock), 'duplicate-invalid');
  });

  it('mine one block of named transactions', async () => {
    const { call, fails, node } = createRpcCaller();
    const tx = node.spendingSecond();
    const hex = toHex(encodeTransaction(tx));
    node.mempool.add(tx);
    const { hash, hex: bytes } = await call('generateblock', 'raw(5152)', [toDisplayHex(tx.txid), hex], false);
    assert.equal(toDisplayHex(decodeBlock(fromHex(bytes)!).header.hash), hash);
    assert.deepEqual(Object.keys(await call('generateblock', `addr(${ADDRESS})`, [])), ['hash']);
    const [first, second] = node.mining.demanded;
    assert.deepEqual([first?.script, first?.transactions.length, first?.submit], [Uint8Array.of(0x51, 0x52), 2, false]);
    assert.deepEqual([second?.script.length, second?.transactions, second?.submit], [22, [], true]);
    node.mining.outcome = { rejection: reject('consensus', 'bad-txns-inputs-missingorspent') };
    await fails(-25, 'TestBlockValidity failed: bad-txns-inputs-missingorspent', 'generateblock', ADDRESS, []);
    node.mining.outcome = {};
    await fails(-1, 'Failed to make block.', 'generateblock', ADDRESS, []);
  });

  it('take headers, and say why not', async () => {
    const { call, fails, node } = createRpcCaller();
    const hex = toHex(encodeBlock(buildBlock({ parent: node.chain.tip(), params: node.params }))).slice(0, 160);
    assert.equal(await call('submitheader', `${hex}00`), null);
    node.chain.refusal = reject('header', 'high-hash');
    await fails(-25, 'high-hash', 'submitheader', hex);
    await fails(-25, `Must submit previous header (${'0'.repeat(64)}) first`, 'submitheader', '00'.repeat(80));
    await fails(-22, 'Block header decode failed', 'submitheader', hex.slice(2));
  });

  it("write the network's hash rate as C++ writes it", async () => {
    const { call, fails } = createRpcCaller();
    assert.ok((await call('getnetworkhashps', 1, 2)) > 0);
    assert.equal(await call('getnetworkhashps', 5, 0), 0);
    await fails(-8, 'Block does not exist at specified height', 'getnetworkhashps', 1, 4);
    const written = [1, 0.5, 0.0001, 0.00001, 12.25, 1e15, 1e16, 123456789012345680, 4.010483467952965e-8, 1e-10];
    assert.deepEqual(
      written.map((value) => floatJson(value).text),
      ['1', '0.5', '0.0001', '1e-05', '12.25', '1000000000000000', '1e+16', '1.234567890123457e+17', '4.010483467952965e-08', '1e-10'],
    );
  });

  it('tell what a miner wants to know', async () => {
    const { call } = createRpcCaller();
    const info = await call('getmininginfo');
    assert.deepEqual([info.blocks, info.bits, info.next.height, info.next.bits, info.chain], [3, '207fffff', 4, '207fffff', 'regtest']);
    assert.ok(info.networkhashps > 0);
  });
});

describe('methods about peers', () => {
  it('show each peer and their number', async () => {
    const { call, node, raw } = createRpcCaller();
    node.network.connected.push(fakePeer(), fakePeer({ id: 2, inbound: true, localAddress: '1.2.3.4:5', connectionType: 'inbound' }));
    const [first, second] = await call('getpeerinfo');
    assert.deepEqual([first.id, first.addr, first.pingtime, first.minping], [1, '127.0.0.1:18444', 0.0015, 0.00125]);
    assert.equal('pingwait' in first || 'addrlocal' in first, false);
    assert.deepEqual([second.inbound, second.addrlocal, second.connection_type], [true, '1.2.3.4:5', 'inbound']);
    assert.deepEqual(
      [first.servicesnames, first.inflight, first.bytesrecv_per_msg],
      [['NETWORK', 'WITNESS', 'NETWORK_LIMITED'], [4, 5], { pong: 32 }],
    );
    assert.match(await raw('getpeerinfo'), /"minfeefilter":0\.00000100,/);
    assert.equal(await call('getconnectioncount'), 2);
    const info = await call('getnetworkinfo');
    assert.deepEqual([info.connections, info.connections_in, info.connections_out, info.timeoffset], [2, 1, 1, -2]);
    assert.deepEqual([info.subversion, info.relayfee, info.localservices], ['/quoin:0.1.0/', 0.000001, '0000000000000409']);
  });

  it('add, remove and try nodes', async () => {
    const { call, fails, node } = createRpcCaller();
    await call('addnode', '127.0.0.1:1', 'add');
    await call('addnode', '::1', 'add');
    await call('addnode', '[::1]:7', 'add');
    await call('addnode', 'node.example', 'add', false);
    assert.deepEqual(node.network.added, ['127.0.0.1:1', '::1:18444', '::1:7', 'node.example:18444']);
    await fails(-23, 'Error: Node already added', 'addnode', '127.0.0.1:1', 'add');
    await call('addnode', '127.0.0.1:1', 'remove');
    await fails(-24, /^Error: Node could not be removed/, 'addnode', '127.0.0.1:1', 'remove');
    await call('addnode', '127.0.0.1:65535', 'onetry');
    await fails(-8, /not host:port/, 'addnode', '127.0.0.1:65536', 'onetry');
    await fails(-24, /^Error: Node could not be removed/, 'addnode', 'a b', 'remove');
    for (const text of ['', 'a b', '[1.2.3.4]:5', 'a:', 'a:0', 'a:b', '[::1']) await fails(-8, /not host:port/, 'addnode', text, 'onetry');
    await fails(-1, /^addnode "node" "command"/, 'addnode', '127.0.0.1:1', 'x');
    await fails(-8, /v2transport/, 'addnode', '127.0.0.1:1', 'onetry', true);
  });

  it('disconnect by address or by id, not by both', async () => {
    const { call, fails, node } = createRpcCaller();
    node.network.connected.push(fakePeer(), fakePeer({ id: 2 }), fakePeer({ id: 3 }));
    await call('disconnectnode', '127.0.0.1:18444');
    await call('disconnectnode', '', 2);
    await call('disconnectnode', null, 3);
    assert.equal(node.network.connected.length, 0);
    await fails(-29, 'Node not found in connected nodes', 'disconnectnode', 'x');
    await fails(-29, 'Node not found in connected nodes', 'disconnectnode', '', 2);
    for (const params of [[], [null], ['x', 1], [null, null]]) {
      await fails(-32602, 'Only one of address and nodeid should be provided.', 'disconnectnode', ...params);
    }
  });
});

describe('methods that control the node', () => {
  it('let timers run earlier, by an hour at most', async () => {
    const { call, fails, node } = createRpcCaller();
    for (const delta of [1, 3_600]) assert.equal(await call('mockscheduler', delta), null);
    assert.deepEqual(node.scheduled, [1, 3_600]);
    for (const delta of [0, -1, 3_601]) await fails(-1, /^delta_time must be between 1 and 3600/, 'mockscheduler', delta);
    await createRpcCaller(new FakeNode({ ...regtest, name: 'signet' })).fails(-1, /regression testing/, 'mockscheduler', 1);
  });

  it('fix and free the clock', async () => {
    const { call, fails, node } = createRpcCaller();
    assert.equal(await call('setmocktime', 1_700_000_500), null);
    assert.equal(node.mockTime, 1_700_000_500);
    await call('setmocktime', 0);
    assert.equal(node.mockTime, undefined);
    await call('setmocktime', 9223372036);
    await fails(-8, 'Mocktime must be in the range [0, 9223372036], not 9223372037.', 'setmocktime', 9223372037);
    await fails(-8, 'Mocktime must be in the range [0, 9223372036], not -1.', 'setmocktime', -1);
  });

  it('leave the clock of a public network alone', async () => {
    const { fails } = createRpcCaller(new FakeNode({ ...new FakeNode().params, name: 'signet' }));
    await fails(-1, 'setmocktime is for regression testing (-regtest mode) only', 'setmocktime', 1);
  });

  it('stop the node', async () => {
    const { call, node } = createRpcCaller();
    assert.equal(await call('stop'), 'quoin stopping');
    assert.equal(node.stops, 1);
  });

  it('hold back the answer to stop for as long as was asked', async () => {
    const { call, fails, node } = createRpcCaller();
    let answered = false;
    const answer = call('stop', 500).then(() => {
      answered = true;
    });
    await node.clock.advance(499);
    assert.deepEqual([node.stops, answered], [1, false]);
    await node.clock.advance(1);
    await answer;
    await fails(-1, 'JSON integer out of range', 'stop', 60_001);
  });

  it('switch categories of the log on, then others off', async () => {
    const { call, fails, node } = createRpcCaller();
    const before = await call('logging');
    assert.deepEqual(Object.keys(before), [...LOG_CATEGORIES]);
    assert.ok(Object.values(before).every((on) => on === false));
    const after = await call('logging', ['net', 'rpc'], ['net']);
    assert.deepEqual([after.net, after.rpc], [false, true]);
    assert.deepEqual([...node.logCategories], ['rpc']);
    await fails(-8, 'unknown logging category foo', 'logging', ['http', 'foo', 'zmq']);
    assert.deepEqual([...node.logCategories], ['rpc', 'http']);
    assert.ok(Object.values(await call('logging', ['all'])).every((on) => on === true));
    assert.ok(Object.values(await call('logging', null, ['1'])).every((on) => on === false));
    await fails(-3, 'JSON value of type number is not of expected type string', 'logging', [], [1]);
  });

  it('tell the time since the start, the log and the calls that run', async () => {
    const { call } = createRpcCaller();
    assert.equal(await call('uptime'), 100);
    const info = await call('getrpcinfo');
    assert.match(info.logpath, /debug\.log$/);
    assert.deepEqual(info.active_commands, [{ method: 'getrpcinfo', duration: 0 }]);
    assert.equal(await call('syncwithvalidationinterfacequeue'), null);
  });

  it('help with everything that is not hidden, and with each method', async () => {
    const { call } = createRpcCaller();
    const index: string = await call('help');
    assert.match(index, /^== Blockchain ==\n/);
    for (const method of METHODS.values()) {
      assert.equal(index.includes(`\n${method.name}`), method.hidden !== true, method.name);
      const page: string = await call('help', method.name);
      assert.ok(page.startsWith(method.name) && page.includes('\nResult:\n'), method.name);
      for (const { name, hidden } of method.params) assert.equal(page.includes(name.split('|')[0] as string), hidden !== true, name);
    }
    assert.equal(await call('help', ''), index);
    assert.equal(await call('help', 'nosuch'), 'help: unknown command: nosuch');
  });
});

describe('validateaddress', () => {
  it('tells addresses of each kind from what is none', async () => {
    const { call } = createRpcCaller();
    assert.deepEqual(await call('validateaddress', ADDRESS.toUpperCase()), {
      isvalid: true,
      address: ADDRESS,
      scriptPubKey: '0014751e76e8199196d454941c45d1b3a323f1433bd6',
      isscript: false,
      iswitness: true,
      witness_version: 0,
      witness_program: '751e76e8199196d454941c45d1b3a323f1433bd6',
    });
    const p2sh = await call('validateaddress', '2NEXsFCucUF2g3TR4daw85EuxQEW9v6h7Zn');
    assert.deepEqual([p2sh.isscript, p2sh.iswitness], [true, false]);
    const anchor = await call('validateaddress', 'bcrt1pfeesnyr2tx');
    assert.deepEqual([anchor.isscript, anchor.iswitness, anchor.witness_version], [true, true, undefined]);
    const mistyped = await call('validateaddress', `${ADDRESS.slice(0, -1)}q`);
    assert.deepEqual(mistyped, { isvalid: false, error_locations: [43], error: 'Invalid Bech32 checksum' });
    assert.equal((await call('validateaddress', '')).isvalid, false);
  });
});

describe('every method', () => {
  it('stands in the guide', () => {
    const guide = readFileSync(join(repositoryRoot(), 'docs/guides/rpc.md'), 'utf8');
    for (const method of METHODS.values()) assert.ok(guide.includes(`\`${usageLine(method)}\``), usageLine(method));
    for (const code of Object.values(RPC_ERROR)) assert.ok(guide.includes(String(code)), String(code));
  });

  it('is named after its file and describes itself', () => {
    for (const [name, method] of METHODS) {
      assert.equal(method.name, name);
      assert.match(method.description, /\.$/);
      for (const parameter of method.params) assert.match(parameter.description, /\.$/, `${name} ${parameter.name}`);
    }
  });

  it('refuses one argument more than it has', async () => {
    const { fails } = createRpcCaller();
    for (const method of METHODS.values()) {
      const params = Array.from({ length: method.params.length + 1 }, () => 1);
      await fails(-1, new RegExp(`^${method.name}`), method.name, ...params);
    }
  });
});
