import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { scriptOfAddress } from '../../src/core/address/address.ts';
import { toHex } from '../../src/core/base/bytes.ts';
import { chooseSecp256k1 } from '../../src/core/crypto/node/choose-secp256k1.ts';
import { regtest } from '../../src/core/params/regtest.ts';
import { encodeBlock } from '../../src/core/primitives/block.ts';
import { toDisplayHex } from '../../src/core/primitives/ids.ts';
import { encodeTransaction } from '../../src/core/primitives/transaction.ts';
import { KEY_OUTPUT_KINDS, TestKey } from '../support/key-spends.ts';
import { runQuoin } from '../support/quoin-command.ts';
import { startQuoin } from '../support/quoin-process.ts';
import { spendingChain } from '../support/spending-chain.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** Nobody here has the key. */
const ADDRESS = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';

const SUBSIDY = 5_000_000_000n;

function eventsOf(out: string): Record<string, unknown>[] {
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

function scriptOf(address: string): Uint8Array {
  const found = scriptOfAddress(address, regtest);
  assert.ok('script' in found);
  return found.script;
}

describe('quoin light', () => {
  it('finds payments once, keeps what it knows, and goes on from there', async (t) => {
    const node = await startQuoin({ args: ['--index', 'filter'] });
    t.after(() => node.stop());
    const folder = join(await tempFolder(t), 'data');
    const light = (...args: string[]) =>
      runQuoin(['light', '--network', 'regtest', '--data-dir', folder, '--peer', node.p2p, '--once', ...args]);
    await node.rpc('generatetoaddress', 105, ADDRESS);
    const first = light('--watch', ADDRESS, '--json');
    assert.deepEqual([first.code, first.err], [0, '']);
    const events = eventsOf(first.out);
    const summary = events.at(-1) as { event: string; scanned: number; balance: Record<string, string>; payments: { txid: string }[] };
    assert.equal(summary.event, 'caught-up');
    assert.equal(summary.scanned, 105);
    assert.deepEqual(summary.balance, { confirmed: String(6n * SUBSIDY), unconfirmed: '0', immature: String(99n * SUBSIDY) });
    assert.equal(summary.payments.length, 105);
    for (const event of ['peer-ready', 'progress', 'block-fetched', 'payment'])
      assert.ok(
        events.some((each) => each.event === event),
        event,
      );
    await node.rpc('generatetoaddress', 1, ADDRESS);
    const second = light();
    assert.deepEqual([second.code, second.err], [0, '']);
    assert.match(second.out, /block 106 fetched and checked: 1 of its transactions/);
    assert.doesNotMatch(second.out, /block 105 fetched/);
    assert.match(second.out, /caught up at height 106: balance 350\.00000000, 4950\.00000000 too young to be spent, 106 payments/);
  });

  it('begins with the headers that quoin headers export wrote, and at a filter header that getblockfilter tells', async (t) => {
    const node = await startQuoin({ args: ['--index', 'filter'] });
    t.after(() => node.stop());
    const folder = await tempFolder(t);
    const file = join(folder, 'headers.bin');
    const exported = (...args: string[]) =>
      runQuoin(['headers', 'export', file, '--network', 'regtest', '--rpc-connect', node.http.replace('http://', ''), ...args]);
    await node.rpc('generatetoaddress', 2_005, ADDRESS);
    const written = exported('--json');
    assert.deepEqual([written.code, written.err], [0, '']);
    const best = (await node.rpc('getbestblockhash')) as string;
    assert.deepEqual(JSON.parse(written.out), { headers: 2_006, height: 2_005, hash: best });
    assert.equal((await stat(file)).size, 2_006 * 80);
    assert.match(exported().err, /is there already: give --force/);
    assert.equal(exported('--force').code, 0);
    const { header } = (await node.rpc('getblockfilter', best)) as { header: string };
    const light = (...args: string[]) =>
      runQuoin(['light', '--network', 'regtest', '--peer', node.p2p, '--once', '--json', '--memory', '--watch', ADDRESS, ...args]);
    const good = light('--headers', file, '--birthday', '2006', '--filter-checkpoint', `2005:${best}:${header}`);
    assert.deepEqual([good.code, good.err], [0, '']);
    const events = eventsOf(good.out);
    const before = events.slice(
      0,
      events.findIndex(({ event }) => event === 'peer-ready'),
    );
    const last = before.filter(({ event }) => event === 'headers-imported').at(-1);
    assert.deepEqual(last, { event: 'headers-imported', headers: 2_006, height: 2_005, doneBytes: 2_006 * 80, totalBytes: 2_006 * 80 });
    assert.equal(events.at(-1)?.scanned, 2_005);
    assert.ok(!events.some(({ event }) => event === 'payment'));
    await writeFile(file, (await readFile(file)).subarray(0, 2_006 * 80 - 1));
    const cut = light('--headers', file);
    assert.equal(cut.code, 1);
    assert.match(cut.err, /^quoin: header 2005 of the file, at byte 160400: the file ends after 79 of its 80 bytes\n$/);
  });

  it('sends a transaction that touches nothing watched, and sees it in a block', async (t) => {
    const node = await startQuoin({ args: ['--index', 'filter'] });
    t.after(() => node.stop());
    const own = join(await tempFolder(t), 'data');
    const base = ['light', '--network', 'regtest', '--peer', node.p2p, '--data-dir', own];
    const chain = spendingChain({ params: regtest, secp256k1: chooseSecp256k1('auto'), count: 100 });
    const coinbase = chain[0]!.transactions[0]!;
    for (const block of chain) await node.rpc('submitblock', toHex(encodeBlock(block)));
    // Its time is now: a node whose tip is old asks for no transactions.
    await node.rpc('generatetoaddress', 1, ADDRESS);
    const tx = new TestKey(chooseSecp256k1('auto'), 1).spend(
      [{ outPoint: { txid: coinbase.txid, vout: 0 }, value: coinbase.outputs[0]!.value, kind: KEY_OUTPUT_KINDS[1]! }],
      [{ value: 4_999_990_000n, scriptPubKey: scriptOf(ADDRESS) }],
    );
    const txid = toDisplayHex(tx.txid);
    const sent = runQuoin([...base, '--send', '-', '--once', '--json'], { input: toHex(encodeTransaction(tx)) });
    assert.deepEqual([sent.code, sent.err], [0, '']);
    assert.deepEqual(eventsOf(sent.out).at(-1), { event: 'sent', txid, asked: 1, named: 0 });
    assert.deepEqual(await node.rpc('getrawmempool'), [txid]);
    await node.rpc('generatetoaddress', 1, ADDRESS);
    const again = runQuoin([...base, '--once']);
    assert.match(again.out, new RegExp(`transaction ${txid}  in block 102`));
    const late = runQuoin([...base, '--once', '--send', toHex(encodeTransaction(tx))]);
    assert.match(late.out, new RegExp(`sent: transaction ${txid}  in block 102\n$`));
  });

  it('refuses what it cannot do in one line', () => {
    const peer = ['--peer', '127.0.0.1:1'];
    for (const [args, words] of [
      [[], /the network regtest has no names to find nodes by: name some with --peer/],
      [[...peer, '--memory', '--watch', 'nonsense'], /--watch: takes an address, a descriptor or an output script/],
      [[...peer, '--birthday', 'yesterday'], /--birthday "yesterday": takes a height, or a day/],
      [[...peer, '--filter-checkpoint', '5:ab:cd'], /--filter-checkpoint "5:ab:cd": takes HEIGHT:BLOCKHASH:FILTERHEADER/],
      [
        [...peer, ...['1', '2'].flatMap((each) => ['--filter-checkpoint', `5:${'ab'.repeat(32)}:${each.repeat(64)}`])],
        /two of them contradict/,
      ],
      [[...peer, '--send', 'nonsense'], /"nonsense" is neither hexadecimal nor a file/],
      [[...peer, '--gap', '0'], /--gap "0": takes a number, 1 to 100000/],
    ] as const) {
      const { code, err } = runQuoin(['light', '--network', 'regtest', ...args]);
      assert.equal(code, 2, err);
      assert.match(err, words);
      assert.equal(err.trim().split('\n').length, 1);
    }
    const coinbase = toHex(encodeTransaction(regtest.genesis.transactions[0]!));
    for (const [args, words] of [
      [['--send', 'abcd'], /the 2 bytes are no transaction/],
      [['--send', coinbase], /the transaction is not sent: it breaks a rule \(coinbase\)/],
      [['--memory', '--headers', '/nowhere/headers'], /the headers in .nowhere.headers cannot be read/],
    ] as const) {
      const { code, err } = runQuoin(['light', '--network', 'regtest', ...peer, ...args]);
      assert.equal(code, 1, err);
      assert.match(err, words);
      assert.equal(err.trim().split('\n').length, 1);
    }
  });
});
