import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { runQuoin } from '../support/quoin-command.ts';
import { startQuoin } from '../support/quoin-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** Nobody here has the key. */
const ADDRESS = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';

const SUBSIDY = 5_000_000_000n;

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
    const events = first.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
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

  it('refuses what it cannot do in one line', () => {
    const peer = ['--peer', '127.0.0.1:1'];
    for (const [args, words] of [
      [[], /the network regtest has no names to find nodes by: name some with --peer/],
      [[...peer, '--memory', '--watch', 'nonsense'], /--watch: takes an address, a descriptor or an output script/],
      [[...peer, '--birthday', 'yesterday'], /--birthday "yesterday": takes a height, or a day/],
      [[...peer, '--gap', '0'], /--gap "0": takes a number, 1 to 100000/],
    ] as const) {
      const { code, err } = runQuoin(['light', '--network', 'regtest', ...args]);
      assert.equal(code, 2, err);
      assert.match(err, words);
      assert.equal(err.trim().split('\n').length, 1);
    }
  });
});
