import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OP_TRUE, outputOf, spend } from '../../../test/support/chain-builder.ts';
import { createRpcCaller } from '../../../test/support/rpc-caller.ts';
import { toHex } from '../../core/base/bytes.ts';
import { reject } from '../../core/consensus/rejection.ts';
import { encodeBlock, encodeHeader } from '../../core/primitives/block.ts';
import { hashKey, toDisplayHex } from '../../core/primitives/ids.ts';
import { encodeTransaction, makeTransaction, type Transaction } from '../../core/primitives/transaction.ts';

const ADDRESS = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';
const UNKNOWN = 'ee'.repeat(32);

function hexOfTx(tx: Transaction): string {
  return toHex(encodeTransaction(tx));
}

describe('methods about the chain', () => {
  const { call, fails, node, post, raw, signal } = createRpcCaller();
  const { chain } = node;
  const hashes = [0, 1, 2, 3].map((height) => toDisplayHex(chain.at(height).header.hash));

  it('count and name blocks', async () => {
    assert.equal(await call('getblockcount'), 3);
    assert.equal(await call('getbestblockhash'), hashes[3]);
    assert.equal(await call('getblockhash', 2), hashes[2]);
    assert.equal(await call('getdifficulty'), 4.656542373906925e-10);
  });

  it('write the coins of the tip or of an earlier block into a file', async () => {
    const { nchaintx, ...latest } = await call('dumptxoutset', 'coins', 'latest');
    const answer = { coins_written: 3, base_hash: hashes[3], base_height: 3, path: '/coins', txoutset_hash: '07'.repeat(32) };
    assert.deepEqual(latest, answer);
    assert.equal(nchaintx, (await call('getchaintxstats', 1, hashes[3] ?? '')).txcount);
    const named = async (params: object) => JSON.parse(await post(JSON.stringify({ id: 1, method: 'dumptxoutset', params })));
    for (const rollback of [1, hashes[1]]) {
      assert.equal((await named({ path: 'x', rollback })).result.base_hash, hashes[1]);
      assert.equal((await named({ args: ['x', 'rollback'], rollback, in_memory: true })).result.base_height, 1);
    }
    assert.deepEqual(
      chain.dumped.map(({ at }) => toDisplayHex(at)),
      [3, 1, 1, 1, 1].map((height) => hashes[height]),
    );
    const conflict = await named({ path: 'x', options: {}, rollback: 1, in_memory: false });
    assert.equal(conflict.error.message, 'Parameter options conflicts with parameter rollback');
    const twice = await named({ args: ['x', 'latest', {}], rollback: 1 });
    assert.equal(twice.error.message, 'Parameter options specified twice both as positional and named argument');
    await fails(-8, '/taken already exists', 'dumptxoutset', 'taken', 'latest');
    await fails(-8, 'Target block height 299 after current tip 3', 'dumptxoutset', 'x', 'rollback');
    await fails(-8, 'Target block height 4 after current tip 3', 'dumptxoutset', 'x', '', { rollback: 4 });
    await fails(-5, 'Block not found', 'dumptxoutset', 'x', '', { rollback: UNKNOWN });
    signal.aborted = true;
    await fails(-9, 'Shutting down', 'dumptxoutset', 'x', 'latest');
    signal.aborted = false;
  });

  it('tell which soft forks hold after a block', async () => {
    const tip = await call('getdeploymentinfo');
    assert.deepEqual([tip.hash, tip.height], [hashes[3], 3]);
    assert.deepEqual(Object.keys(tip.deployments), ['bip34', 'bip66', 'bip65', 'csv', 'segwit', 'testdummy', 'taproot']);
    assert.deepEqual(tip.deployments.bip34, { type: 'buried', active: true, height: 1 });
    assert.deepEqual(tip.deployments.testdummy.bip9, {
      start_time: 0,
      timeout: 9_223_372_036_854_776_000,
      min_activation_height: 0,
      status: 'defined',
      since: 0,
      status_next: 'defined',
    });
    assert.match(await raw('getdeploymentinfo'), /"timeout":9223372036854775807,/);
    assert.deepEqual([tip.deployments.taproot.active, tip.deployments.taproot.height], [true, 0]);
    const stale = await call('getdeploymentinfo', toDisplayHex(node.staleBlock.header.hash));
    assert.equal(stale.height, 2);
    await fails(-5, 'Block not found', 'getdeploymentinfo', UNKNOWN);
  });

  it('show a header, its place and its neighbours', async () => {
    const header = await call('getblockheader', hashes[2] ?? '');
    assert.deepEqual([header.height, header.confirmations, header.nTx], [2, 2, 1]);
    assert.deepEqual([header.previousblockhash, header.nextblockhash], [hashes[1], hashes[3]]);
    assert.equal(header.chainwork, '6'.padStart(64, '0'));
    assert.equal(await call('getblockheader', hashes[2] ?? '', false), toHex(encodeHeader(chain.at(2).header)));
    const genesis = await call('getblockheader', hashes[0] ?? '');
    assert.equal('previousblockhash' in genesis, false);
    assert.equal('nextblockhash' in (await call('getblockheader', hashes[3] ?? '')), false);
    const stale = await call('getblockheader', toDisplayHex(node.staleBlock.header.hash));
    assert.deepEqual([stale.confirmations, stale.nextblockhash], [-1, undefined]);
  });

  it('show a block at each level of detail', async () => {
    const hash = hashes[3] ?? '';
    assert.equal(await call('getblock', hash, 0), toHex(encodeBlock(chain.at(3))));
    // In a batch among others, and with an id that is not ASCII.
    const request = `{"jsonrpc":"2.0","id":"ü","method":"getblock","params":["${hash}",0]}`;
    const reply = `{"jsonrpc":"2.0","result":"${toHex(encodeBlock(chain.at(3)))}","id":"ü"}`;
    assert.equal(await post(request), `${reply}\n`);
    assert.equal(await post(`[${request},${request}]`), `[${reply},${reply}]\n`);
    assert.deepEqual(
      (await call('getblock', hash)).tx,
      chain.at(3).transactions.map((tx) => toDisplayHex(tx.txid)),
    );
    assert.deepEqual(await call('getblock', hash, true), await call('getblock', hash, 1));
    assert.deepEqual(await call('getblock', hash, false), await call('getblock', hash, 0));
    const [coinbase, payment] = (await call('getblock', hash, 2)).tx;
    assert.equal('coinbase' in coinbase.vin[0], true);
    assert.equal('fee' in coinbase, false);
    assert.deepEqual([payment.fee, payment.vin[0].prevout, payment.hex], [0.0001, undefined, hexOfTx(node.payment)]);
    const [, detailed] = (await call('getblock', hash, 3)).tx;
    assert.deepEqual([detailed.vin[0].prevout.generated, detailed.vin[0].prevout.height, detailed.vin[0].prevout.value], [true, 1, 50]);
    assert.deepEqual((await call('getblock', hash, 9)).tx[1], detailed);
  });

  it('write amounts with eight decimals', async () => {
    const text = await raw('getblock', hashes[3] ?? '', 2);
    assert.match(text, /"value":49\.99987655,/);
    assert.match(text, /"value":0\.00002345,/);
    assert.match(text, /"fee":0\.00010000,/);
  });

  it('show outputs with address, descriptor and operations', async () => {
    const [, payment] = (await call('getblock', hashes[3] ?? '', 2)).tx;
    assert.deepEqual(payment.vout[0].scriptPubKey, {
      asm: `0 ${'03'.repeat(20)}`,
      desc: 'addr(bcrt1qqvpsxqcrqvpsxqcrqvpsxqcrqvpsxqcruj60yu)#fqgcxf4j',
      hex: `0014${'03'.repeat(20)}`,
      address: 'bcrt1qqvpsxqcrqvpsxqcrqvpsxqcrqvpsxqcruj60yu',
      type: 'witness_v0_keyhash',
    });
    assert.deepEqual(payment.vout[1].scriptPubKey, { asm: 'OP_RETURN 42', desc: 'raw(6a012a)#9jr9efqy', hex: '6a012a', type: 'nulldata' });
  });

  it('refuse unknown and missing blocks', async () => {
    await fails(-5, 'Block not found', 'getblock', UNKNOWN);
    await fails(-5, 'Block not found', 'getblockheader', UNKNOWN);
    await fails(-8, "blockhash must be of length 64 (not 1, for 'a')", 'getblock', 'a');
    await fails(-8, /^blockhash must be hexadecimal string/, 'getblock', 'zz'.repeat(32));
    await fails(-8, "hash must be of length 64 (not 1, for 'a')", 'getblockheader', 'a');
    await fails(-1, 'Block not available (not fully downloaded)', 'getblock', toDisplayHex(node.headerOnly.header.hash));
    await fails(-3, 'JSON value of type string is not of expected type number', 'getblock', hashes[0] ?? '', '1');
    await fails(-1, 'JSON integer out of range', 'getblock', hashes[0] ?? '', 0.5);
  });

  it('list the tips, the highest first', async () => {
    const tips = await call('getchaintips');
    assert.deepEqual(tips[0], { height: 3, hash: hashes[3], branchlen: 0, status: 'active' });
    assert.deepEqual(tips.map((tip: { status: string }) => tip.status).sort(), ['active', 'headers-only', 'valid-fork']);
  });

  it('tell the state of the chain', async () => {
    const info = await call('getblockchaininfo');
    assert.deepEqual([info.chain, info.blocks, info.headers, info.bestblockhash], ['regtest', 3, 3, hashes[3]]);
    assert.deepEqual([info.verificationprogress, info.initialblockdownload, info.size_on_disk], [1, false, 12_345]);
    node.network.inSync = false;
    const behind = await call('getblockchaininfo');
    node.network.inSync = true;
    assert.deepEqual([behind.verificationprogress, behind.initialblockdownload], [0.5, true]);
  });

  it('count the coins, with or without their hash', async () => {
    const stats = await call('gettxoutsetinfo');
    assert.deepEqual([stats.height, stats.bestblock, stats.hash_serialized_3], [3, hashes[3], '07'.repeat(32)]);
    const none = await call('gettxoutsetinfo', 'none');
    assert.equal('hash_serialized_3' in none || 'muhash' in none, false);
    const muhash = await call('gettxoutsetinfo', 'muhash');
    assert.deepEqual([muhash.muhash, 'hash_serialized_3' in muhash], ['08'.repeat(32), false]);
    await fails(-8, "'sha1' is not a valid hash_type", 'gettxoutsetinfo', 'sha1');
    await fails(-8, 'Querying specific block heights requires coinstatsindex', 'gettxoutsetinfo', 'none', 2);
  });

  it('pass on invalidation and its end', async () => {
    assert.equal(await call('invalidateblock', hashes[3] ?? ''), null);
    assert.equal(await call('reconsiderblock', hashes[3] ?? ''), null);
    assert.deepEqual([chain.invalidated.length, chain.reconsidered.length], [1, 1]);
    await fails(-5, 'Block not found', 'invalidateblock', UNKNOWN);
    await fails(-5, 'Block not found', 'reconsiderblock', UNKNOWN);
    await fails(-8, /^blockhash must be of length 64/, 'reconsiderblock', 'x');
  });
});

describe('methods about coins and transactions', () => {
  it('find unspent outputs on the chain and among those that wait', async () => {
    const { call, fails, node } = createRpcCaller();
    const payment = toDisplayHex(node.payment.txid);
    const coin = await call('gettxout', payment, 0);
    assert.deepEqual([coin.confirmations, coin.coinbase, coin.value], [1, false, 49.99987655]);
    assert.equal(await call('gettxout', payment, 1), null);
    assert.equal(await call('gettxout', payment, 4294967295), null);
    const spent = toDisplayHex((node.chain.at(2).transactions[0] as Transaction).txid);
    assert.equal((await call('gettxout', spent, 0)).coinbase, true);
    const waiting = node.spendingSecond();
    node.mempool.add(waiting);
    assert.equal(await call('gettxout', spent, 0), null);
    assert.notEqual(await call('gettxout', spent, 0, false), null);
    assert.equal((await call('gettxout', toDisplayHex(waiting.txid), 0)).confirmations, 0);
    assert.equal(await call('gettxout', toDisplayHex(waiting.txid), 0, false), null);
    await fails(-1, 'JSON integer out of range', 'gettxout', payment, -1);
    await fails(-1, 'JSON integer out of range', 'gettxout', payment, 4294967296);
  });

  it('find a transaction that waits or is in a given block', async () => {
    const { call, fails, node } = createRpcCaller();
    const waiting = node.spendingSecond();
    node.mempool.add(waiting);
    const txid = toDisplayHex(waiting.txid);
    assert.equal(await call('getrawtransaction', txid), hexOfTx(waiting));
    assert.deepEqual(await call('getrawtransaction', txid, 2), await call('getrawtransaction', txid, true));
    assert.equal('blockhash' in (await call('getrawtransaction', txid, 1)), false);
    const blockHash = toDisplayHex(node.chain.at(3).header.hash);
    const payment = toDisplayHex(node.payment.txid);
    const found = await call('getrawtransaction', payment, 1, blockHash);
    assert.deepEqual([found.in_active_chain, found.confirmations, found.blockhash, found.fee], [true, 1, blockHash, undefined]);
    assert.equal(found.time, node.chain.at(3).header.timeSeconds);
    assert.equal((await call('getrawtransaction', payment, 2, blockHash)).fee, 0.0001);
    const stale = toDisplayHex((node.staleBlock.transactions[0] as Transaction).txid);
    const old = await call('getrawtransaction', stale, 1, toDisplayHex(node.staleBlock.header.hash));
    assert.deepEqual([old.in_active_chain, old.confirmations, old.time], [false, 0, undefined]);
    const hint = 'Use gettransaction for wallet transactions.';
    await fails(-5, /^No such mempool transaction\. Use -txindex or provide a block hash/, 'getrawtransaction', payment);
    await fails(-5, `No such transaction found in the provided block. ${hint}`, 'getrawtransaction', txid, 1, blockHash);
    await fails(-5, 'Block hash not found', 'getrawtransaction', payment, 1, UNKNOWN);
    await fails(-1, 'Block not available', 'getrawtransaction', payment, 1, toDisplayHex(node.headerOnly.header.hash));
    await fails(-5, /^The genesis block coinbase/, 'getrawtransaction', toDisplayHex(node.params.genesis.header.merkleRoot));
    await fails(-8, "parameter 1 must be of length 64 (not 2, for 'zz')", 'getrawtransaction', 'zz');
    await fails(-8, "parameter 3 must be of length 64 (not 1, for 'a')", 'getrawtransaction', payment, 1, 'a');
  });

  it('find a transaction anywhere in the chain by the index', async () => {
    const { call, fails, node } = createRpcCaller();
    const { chain, indexes, payment } = node;
    const txid = toDisplayHex(payment.txid);
    indexes.present.add('tx');
    const hint = 'Use gettransaction for wallet transactions.';
    await fails(-5, `No such mempool or blockchain transaction. ${hint}`, 'getrawtransaction', txid);
    indexes.building.add('tx');
    const unfinished = 'No such mempool transaction. Blockchain transactions are still in the process of being indexed';
    await fails(-5, `${unfinished}. ${hint}`, 'getrawtransaction', txid);
    const { hash, timeSeconds } = chain.at(3).header;
    indexes.transactions.push({ tx: payment, blockHash: hash, position: 1 });
    assert.equal(await call('getrawtransaction', txid), hexOfTx(payment));
    const { in_active_chain, ...inBlock } = await call('getrawtransaction', txid, 2, toDisplayHex(hash));
    assert.equal(in_active_chain, true);
    assert.deepEqual(await call('getrawtransaction', txid, 2), inBlock);
    const found = await call('getrawtransaction', txid, 1);
    assert.deepEqual([found.confirmations, found.time, found.blocktime, found.fee], [1, timeSeconds, timeSeconds, undefined]);
  });

  it('tell how far indexes have come', async () => {
    const { call, node } = createRpcCaller();
    assert.deepEqual(await call('getindexinfo'), {});
    for (const name of ['tx', 'script', 'filter', 'spent'] as const) node.indexes.present.add(name);
    node.indexes.building.add('filter');
    const done = { synced: true, best_block_height: 3 };
    const building = { synced: false, best_block_height: 3 };
    const all = { txindex: done, scriptindex: done, 'basic block filter index': building, txospenderindex: done };
    assert.deepEqual(await call('getindexinfo'), all);
    assert.deepEqual(await call('getindexinfo', ''), all);
    assert.deepEqual(await call('getindexinfo', 'basic block filter index'), { 'basic block filter index': building });
    assert.deepEqual(await call('getindexinfo', 'nosuch'), {});
  });

  it('give the filter of a block', async () => {
    const { call, fails, node } = createRpcCaller();
    const hash = toDisplayHex(node.chain.at(3).header.hash);
    await fails(-1, 'Index is not enabled for filtertype basic', 'getblockfilter', hash);
    await fails(-5, 'Unknown filtertype', 'getblockfilter', hash, 'extended');
    node.indexes.present.add('filter');
    await fails(-5, 'Block not found', 'getblockfilter', UNKNOWN);
    await fails(-32603, /index corruption/, 'getblockfilter', hash);
    node.indexes.building.add('filter');
    await fails(-1, 'Filter not found. Block filters are still in the process of being indexed.', 'getblockfilter', hash);
    const stale = toDisplayHex(node.staleBlock.header.hash);
    await fails(-5, 'Filter not found. Block was not connected to active chain.', 'getblockfilter', stale);
    const header = Uint8Array.from({ length: 32 }, (_, i) => i);
    node.indexes.filters.set(hashKey(node.chain.at(3).header.hash), { filter: Uint8Array.of(1, 2), header });
    const expected = { filter: '0102', header: toDisplayHex(header) };
    assert.deepEqual(await call('getblockfilter', hash), expected);
    assert.deepEqual(await call('getblockfilter', hash, 'basic'), expected);
  });

  it('take transactions apart', async () => {
    const { call, fails, node } = createRpcCaller();
    const shown = await call('decoderawtransaction', hexOfTx(node.payment));
    assert.deepEqual(
      [shown.txid, shown.size, shown.vsize],
      [toDisplayHex(node.payment.txid), node.payment.sizeBytes, node.payment.sizeBytes],
    );
    const [input] = node.payment.inputs;
    assert.ok(input !== undefined);
    const witness = makeTransaction({ ...node.payment, inputs: [{ ...input, witness: [Uint8Array.of(1, 2)] }] });
    const shownWitness = await call('decoderawtransaction', hexOfTx(witness), true);
    assert.deepEqual(shownWitness.vin[0].txinwitness, ['0102']);
    assert.notEqual(shownWitness.hash, shownWitness.txid);
    await fails(-22, 'TX decode failed', 'decoderawtransaction', hexOfTx(witness), false);
    const bare = '01000000' + '00' + '01' + '0100000000000000' + '026a00' + '00000000';
    for (const forms of [[], [false]]) {
      const without = await call('decoderawtransaction', bare, ...forms);
      assert.deepEqual([without.vin, without.vout.length, without.size, without.vsize], [[], 1, 21, 21]);
      assert.equal(without.hash, without.txid);
    }
    await fails(-22, 'TX decode failed', 'decoderawtransaction', bare, true);
    await fails(-22, 'TX decode failed', 'decoderawtransaction', `${bare}00`);
    assert.deepEqual((await call('decoderawtransaction', '02000000000000000000')).vin, []);
    for (const hex of ['', 'zz', '00', `${hexOfTx(node.payment)}00`]) await fails(-22, 'TX decode failed', 'decoderawtransaction', hex);
  });

  it('show scripts with the outputs that could stand for them', async () => {
    const { call, fails } = createRpcCaller();
    const key = '0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798';
    const shown = await call('decodescript', `21${key}ac`);
    assert.deepEqual(shown, {
      asm: `${key} OP_CHECKSIG`,
      desc: `pk(${key})#gn28ywm7`,
      type: 'pubkey',
      p2sh: '2MvVwHhgE2JyjkjQk72CghrhrJsanKfHfqe',
      segwit: {
        asm: '0 751e76e8199196d454941c45d1b3a323f1433bd6',
        desc: 'addr(bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080)#8pk5s7ya',
        hex: '0014751e76e8199196d454941c45d1b3a323f1433bd6',
        address: ADDRESS,
        type: 'witness_v0_keyhash',
        'p2sh-segwit': '2NAUYAHhujozruyzpsFRP63mbrdaU5wnEpN',
      },
    });
    const multisig = await call('decodescript', `5121${key}21${key}52ae`);
    assert.equal(multisig.desc, `multi(1,${key},${key})#x23hxyvx`);
    assert.match(multisig.segwit.desc, /^wsh\(multi\(1,/);
    assert.equal((await call('decodescript', `5120${key.slice(2)}`)).desc, `rawtr(${key.slice(2)})#xsjqcczm`);
    assert.match((await call('decodescript', `5120${'11'.repeat(32)}`)).desc, /^addr\(/);
    for (const unwrapped of ['6a', '05aa', 'ba', '50', 'c0', '51024e73', `a914${'00'.repeat(20)}87`]) {
      assert.equal('p2sh' in (await call('decodescript', unwrapped)), false, unwrapped);
    }
    await fails(-8, "argument must be hexadecimal string (not 'zz')", 'decodescript', 'zz');
  });
});

describe('methods about waiting transactions', () => {
  it('list and show them', async () => {
    const { call, fails, node } = createRpcCaller();
    assert.deepEqual(await call('getrawmempool'), []);
    const parent = node.spendingSecond();
    const child = makeTransaction({
      ...parent,
      inputs: [{ prevout: { txid: parent.txid, vout: 0 }, scriptSig: new Uint8Array(), sequence: 0xffffffff, witness: [] }],
    });
    node.mempool.add(parent, { spentBy: [child.txid] });
    node.mempool.add(child, { depends: [parent.txid] });
    const [first, second] = [toDisplayHex(parent.txid), toDisplayHex(child.txid)];
    assert.deepEqual(await call('getrawmempool'), [first, second]);
    assert.deepEqual(await call('getrawmempool', false, true), { txids: [first, second], mempool_sequence: 5 });
    const all = await call('getrawmempool', true);
    assert.deepEqual(all[second], await call('getmempoolentry', second));
    assert.deepEqual([all[first].spentby, all[second].depends, all[second].ancestorcount], [[second], [first], 2]);
    // The child signals nothing itself, but its parent does.
    assert.equal(all[second]['bip125-replaceable'], true);
    const info = await call('getmempoolinfo');
    assert.deepEqual([info.loaded, info.size, info.total_fee, info.mempoolminfee], [true, 2, 0.00002, 0.000001]);
    assert.deepEqual([info.permitbaremultisig, info.maxdatacarriersize, info.optimal], [true, 100_000, true]);
    assert.deepEqual([info.limitclustercount, info.limitclustersize], [64, 101_000]);
    await fails(-8, 'Verbose results cannot contain mempool sequence values.', 'getrawmempool', true, true);
    await fails(-5, 'Transaction not in mempool', 'getmempoolentry', UNKNOWN);
    await fails(-8, /^parameter 1 must be of length 64/, 'getmempoolentry', 'x');
  });

  it('do not call a transaction replaceable that signals nothing', async () => {
    const { call, node } = createRpcCaller();
    const [input] = node.spendingSecond().inputs;
    assert.ok(input !== undefined);
    const final = makeTransaction({ ...node.spendingSecond(), inputs: [{ ...input, sequence: 0xfffffffe }] });
    node.mempool.add(final);
    assert.equal((await call('getmempoolentry', toDisplayHex(final.txid)))['bip125-replaceable'], false);
  });

  it('send a transaction once and answer with its id again', async () => {
    const { call, node } = createRpcCaller();
    const tx = node.spendingSecond();
    assert.equal(await call('sendrawtransaction', hexOfTx(tx)), toDisplayHex(tx.txid));
    assert.equal(await call('sendrawtransaction', hexOfTx(tx)), toDisplayHex(tx.txid));
    assert.deepEqual(
      node.mempool.submitted.map((each) => each.feeRateMaxSatPerKvb),
      [10_000_000n],
    );
  });

  it('pass on the highest fee rate, and none for 0', async () => {
    for (const [given, limit] of [
      ['0.00001', 1_000n],
      [0, undefined],
      ['0.99999999', 99_999_999n],
    ] as const) {
      const { call, node } = createRpcCaller();
      await call('sendrawtransaction', hexOfTx(node.spendingSecond()), given);
      assert.equal(node.mempool.submitted[0]?.feeRateMaxSatPerKvb, limit);
    }
  });

  it('refuse amounts that are none', async () => {
    const { fails, node } = createRpcCaller();
    const hex = hexOfTx(node.spendingSecond());
    await fails(-3, 'Amount out of range', 'sendrawtransaction', hex, -1);
    await fails(-3, 'Invalid amount', 'sendrawtransaction', hex, 'x');
    await fails(-3, 'Invalid amount', 'sendrawtransaction', hex, 1e-9);
    await fails(-3, 'Invalid amount', 'sendrawtransaction', hex, 99999999999);
    await fails(-3, 'Amount is not a number or string', 'sendrawtransaction', hex, true);
    await fails(-8, 'Fee rates larger than or equal to 1BTC/kvB are not accepted', 'sendrawtransaction', hex, 1);
    await fails(-3, 'Amount out of range', 'sendrawtransaction', hex, 0, -0.5);
    for (const text of ['', 'zz', '00', `${hex}00`]) {
      await fails(-22, 'TX decode failed. Make sure the tx has at least one input.', 'sendrawtransaction', text);
    }
  });

  it('refuse to burn more than was allowed', async () => {
    const { call, fails, node } = createRpcCaller();
    const burning = hexOfTx(node.spendingSecond(150_000_000n, Uint8Array.of(0x6a)));
    const problem = 'Unspendable output exceeds maximum configured by user (maxburnamount)';
    await fails(-25, problem, 'sendrawtransaction', burning);
    await fails(-25, problem, 'sendrawtransaction', burning, 0, '1.49999999');
    await call('sendrawtransaction', burning, 0, '1.5');
  });

  it('say why a transaction was refused', async () => {
    const { fails, node } = createRpcCaller();
    const hex = hexOfTx(node.spendingSecond());
    node.mempool.rejection = reject('policy', 'min relay fee not met', { fee: 1n, required: 9n });
    await fails(-26, 'min relay fee not met, 1 < 9', 'sendrawtransaction', hex);
    node.mempool.rejection = reject('policy', 'max-fee-exceeded');
    await fails(-25, 'Fee exceeds maximum configured by user (e.g. -maxtxfee, maxfeerate)', 'sendrawtransaction', hex);
    node.mempool.rejection = reject('missing-inputs', 'bad-txns-inputs-missingorspent', { index: 0 });
    await fails(-25, 'bad-txns-inputs-missingorspent', 'sendrawtransaction', hex);
    await fails(-27, 'Transaction outputs already in utxo set', 'sendrawtransaction', hexOfTx(node.payment), 0, 1);
  });

  it('try transactions without keeping them', async () => {
    const { call, fails, node } = createRpcCaller();
    const tx = node.spendingSecond();
    const hex = hexOfTx(tx);
    const ids = { txid: toDisplayHex(tx.txid), wtxid: toDisplayHex(tx.wtxid) };
    const vsize = tx.sizeBytes;
    const fees = { base: 0.00001, 'effective-feerate': Math.floor(1_000_000 / vsize) / 1e8, 'effective-includes': [ids.wtxid] };
    assert.deepEqual(await call('testmempoolaccept', [hex]), [{ ...ids, allowed: true, vsize, fees }]);
    assert.equal(node.mempool.submitted.length, 0);
    const expensive = [{ ...ids, allowed: false, 'reject-reason': 'max-fee-exceeded' }];
    assert.deepEqual(await call('testmempoolaccept', [hex], '0.00000100'), expensive);
    const twice = { ...ids, 'package-error': 'package-contains-duplicates' };
    assert.deepEqual(await call('testmempoolaccept', [hex, hex]), [twice, twice]);
    const child = hexOfTx(spend({ inputs: [outputOf(tx)], outputs: [{ value: 1n, scriptPubKey: OP_TRUE }] }));
    const [unsorted] = await call('testmempoolaccept', [child, hex]);
    assert.equal(unsorted['package-error'], 'package-not-sorted');
    const both: Record<string, unknown>[] = await call('testmempoolaccept', [hex, child]);
    assert.deepEqual(
      both.map(({ allowed }) => allowed),
      [true, true],
    );
    const members = (rows: readonly object[]) => rows.map((row) => Object.keys(row).length);
    // What comes behind one that pays too much, and what was not looked at, has its ids alone.
    assert.deepEqual(members(await call('testmempoolaccept', [hex, child], '0.00000100')), [4, 2]);
    node.mempool.judgedMax = 1;
    assert.deepEqual(members(await call('testmempoolaccept', [hex, child])), [5, 2]);
    node.mempool.judgedMax = Number.POSITIVE_INFINITY;
    const other = node.spendingSecond(1n);
    const [conflict] = await call('testmempoolaccept', [hex, hexOfTx(other)]);
    assert.equal(conflict['package-error'], 'conflict-in-package');
    node.mempool.rejection = reject('missing-inputs', 'bad-txns-inputs-missingorspent', { index: 0 });
    assert.deepEqual(await call('testmempoolaccept', [hex]), [{ ...ids, allowed: false, 'reject-reason': 'missing-inputs' }]);
    node.mempool.rejection = reject('policy', 'min relay fee not met', { fee: 1n, required: 9n });
    const details = { 'reject-reason': 'min relay fee not met', 'reject-details': 'min relay fee not met, 1 < 9' };
    assert.deepEqual(await call('testmempoolaccept', [hex]), [{ ...ids, allowed: false, ...details }]);
    for (const list of [[], Array.from({ length: 26 }, () => hex)]) {
      await fails(-8, 'Array must contain between 1 and 25 transactions.', 'testmempoolaccept', list);
    }
    await fails(-22, 'TX decode failed: zz Make sure the tx has at least one input.', 'testmempoolaccept', ['zz']);
    await fails(-3, 'JSON value of type number is not of expected type string', 'testmempoolaccept', [5]);
  });
});
