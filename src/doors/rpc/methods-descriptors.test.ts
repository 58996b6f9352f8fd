import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createRpcCaller } from '../../../test/support/rpc-caller.ts';
import { toHex } from '../../core/base/bytes.ts';
import { withChecksum } from '../../core/descriptors/index.ts';
import { toDisplayHex } from '../../core/primitives/ids.ts';

const KEY = '0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798';

describe('methods about descriptors', () => {
  it('mine to a descriptor of one script, of combo the segwit one', async () => {
    const { call, fails, node } = createRpcCaller();
    assert.equal((await call('generatetodescriptor', 2, `combo(${KEY})`)).length, 2);
    assert.equal(toHex(node.mining.generated[0]?.script ?? new Uint8Array()), '0014751e76e8199196d454941c45d1b3a323f1433bd6');
    await call('generatetodescriptor', 1, 'raw(6a)', 5);
    assert.deepEqual([node.mining.generated[1]?.maxTries, toHex(node.mining.generated[1]?.script as Uint8Array)], [5n, '6a']);
    await fails(-5, "'x' is not a valid descriptor function", 'generatetodescriptor', 1, 'x');
  });

  it('tell of a descriptor, make a multisignature address, and derive addresses', async () => {
    const { call } = createRpcCaller();
    const info = await call('getdescriptorinfo', `wpkh(${KEY})`);
    assert.deepEqual([info.isrange, info.issolvable, info.hasprivatekeys], [false, true, false]);
    assert.equal(info.descriptor, withChecksum(`wpkh(${KEY})`));
    assert.deepEqual(await call('deriveaddresses', info.descriptor), ['bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080']);
    const { descriptor, redeemScript, warnings } = await call('createmultisig', 1, [KEY], 'bech32');
    assert.deepEqual([descriptor, redeemScript, warnings], [withChecksum(`wsh(multi(1,${KEY}))`), `5121${KEY}51ae`, undefined]);
  });
});

describe('scantxoutset', () => {
  it('finds coins by a look through all of them, and by the index the same', async () => {
    const { call, node } = createRpcCaller();
    const script = node.chain.at(3).transactions[0]?.outputs[0]?.scriptPubKey as Uint8Array;
    const wanted = [`raw(${toHex(script)})`];
    const slow = await call('scantxoutset', 'start', wanted);
    assert.ok(slow.unspents.length > 0 && slow.txouts >= slow.unspents.length);
    assert.deepEqual([slow.success, slow.height, slow.bestblock], [true, 3, toDisplayHex(node.chain.tip().header.hash)]);
    const { found } = await node.chain.findCoins((each) => toHex(each) === toHex(script), {
      signal: { aborted: false },
      onProgress: () => undefined,
    });
    node.indexes.present.add('script');
    node.indexes.coins.push(...found.map(({ coin: { scriptPubKey: _, ...coin }, outPoint }) => ({ ...coin, outPoint })));
    node.chain.findCoins = () => Promise.reject(new Error('the index answers'));
    assert.deepEqual(await call('scantxoutset', 'start', wanted), { ...slow, txouts: slow.unspents.length });
  });

  it('runs once at a time, tells how far it is, and ends when it is told to', async () => {
    const { call, fails, node } = createRpcCaller();
    assert.equal(await call('scantxoutset', 'status'), null);
    assert.equal(await call('scantxoutset', 'abort'), false);
    let go: () => void = () => undefined;
    node.chain.searching = new Promise((resolve) => {
      go = resolve;
    });
    const scan = call('scantxoutset', 'start', ['raw(51)']);
    let status = await call('scantxoutset', 'status');
    for (let turn = 0; turn < 1_000 && status?.progress !== 25; turn++) status = await call('scantxoutset', 'status');
    assert.deepEqual(status, { progress: 25 });
    await fails(-8, 'Scan already in progress, use action "abort" or "status"', 'scantxoutset', 'start', ['raw(51)']);
    assert.equal(await call('scantxoutset', 'abort'), true);
    go();
    assert.equal((await scan).success, false);
    assert.equal(await call('scantxoutset', 'status'), null);
  });
});

describe('getdescriptoractivity', () => {
  it('tells what pays and spends a script in blocks by height, and among what waits only where it is wanted', async () => {
    const { call, fails, node } = createRpcCaller();
    const [coinbase, payment] = node.chain.at(3).transactions;
    const spent = (await node.chain.spentCoins(node.chain.at(3).header.hash))?.[0]?.[0];
    const hashOf = (height: number): string => toDisplayHex(node.chain.at(height).header.hash);
    const wanted = [`raw(${toHex(spent?.scriptPubKey as Uint8Array)})`];
    const { activity } = await call('getdescriptoractivity', [hashOf(3), hashOf(1), hashOf(3)], wanted, false);
    const told = activity.map((each: Record<string, unknown>) => [each.type, each.height, each.txid ?? each.spend_txid]);
    assert.deepEqual(told.slice(0, 2), [
      ['receive', 1, toDisplayHex(node.chain.at(1).transactions[0]?.txid as Uint8Array)],
      ['receive', 3, toDisplayHex(coinbase?.txid as Uint8Array)],
    ]);
    assert.deepEqual(told[2], ['spend', 3, toDisplayHex(payment?.txid as Uint8Array)]);
    node.mempool.add(payment as Parameters<typeof node.mempool.add>[0]);
    const waiting = [...node.mempool.items()].flatMap(({ tx }) => tx.outputs)[0];
    assert.ok(waiting !== undefined);
    const ofWaiting = [`raw(${toHex(waiting.scriptPubKey)})`];
    assert.deepEqual((await call('getdescriptoractivity', [], ofWaiting, false)).activity, []);
    const [first] = (await call('getdescriptoractivity', [], ofWaiting)).activity;
    assert.deepEqual([first.type, 'height' in first], ['receive', false]);
    await fails(-8, 'Block is not in main chain', 'getdescriptoractivity', [toDisplayHex(node.staleBlock.header.hash)], wanted);
    await fails(-5, 'Block not found', 'getdescriptoractivity', ['ee'.repeat(32)], wanted);
  });
});
