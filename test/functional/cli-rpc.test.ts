import assert from 'node:assert/strict';
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { RunningCommand, runQuoin, startQuoinNode } from '../support/quoin-command.ts';
import { tempFolder } from '../support/temp-folder.ts';

const GENESIS = '0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206';
const ADDRESS = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';

/** A node, and its commands. */
async function startNode(t: TestContext) {
  const folder = join(await tempFolder(t), 'data');
  const { command } = await startQuoinNode(t, ['--data-dir', folder]);
  const quoin = (name: string, ...args: string[]) => runQuoin([...name.split(' '), '--data-dir', folder, ...args]);
  return { command, folder, quoin };
}

/** What a command printed, which must have gone well. */
function outOf({ code, out, err }: ReturnType<typeof runQuoin>): string {
  assert.deepEqual([code, err], [0, '']);
  return out;
}

describe('quoin rpc', () => {
  it('converts arguments and shows results as bitcoin-cli does', async (t) => {
    const { command, quoin } = await startNode(t);
    assert.equal(outOf(quoin('rpc', 'getblockcount')), '0\n');
    assert.equal(outOf(quoin('rpc', 'getblockhash', '0')), `${GENESIS}\n`);
    assert.equal(outOf(quoin('rpc', '--named', 'getblockhash', 'height=0')), `${GENESIS}\n`);
    assert.equal(outOf(quoin('rpc', 'getblockhash', '0', '--named')), `${GENESIS}\n`);
    const hashes = JSON.parse(outOf(quoin('rpc', 'generatetoaddress', '2', ADDRESS))) as string[];
    assert.equal(hashes.length, 2);
    const block = outOf(quoin('rpc', 'getblock', hashes[0] ?? '', '2'));
    assert.match(block, /^\{\n {2}"hash": "/);
    assert.match(block, /"value": 50\.00000000\b/);
    assert.match(outOf(quoin('rpc', 'getblock', GENESIS, '0')), /^[0-9a-f]{570}\n$/);
    assert.equal(outOf(quoin('rpc', 'invalidateblock', hashes[1] ?? '')), '');
    await command.stop();
  });

  it('reads further arguments from standard input', async (t) => {
    const { command, folder } = await startNode(t);
    const run = runQuoin(['rpc', '--data-dir', folder, '--stdin', 'getblockhash'], { input: '0\n' });
    assert.equal(outOf(run), `${GENESIS}\n`);
    await command.stop();
  });

  it("ends with the error's words and its code without the sign", async (t) => {
    const { command, quoin } = await startNode(t);
    const high = quoin('rpc', 'getblockhash', '7');
    assert.deepEqual(high, { code: 8, out: '', err: 'error code: -8\nerror message:\nBlock height out of range\n' });
    assert.equal(quoin('rpc', 'getblockhash', '-1').code, 8);
    const unknown = quoin('rpc', 'nosuchmethod');
    // -32601 without its sign; the system keeps eight bits of it.
    assert.deepEqual([unknown.code, unknown.err], [32_601 % 256, 'error code: -32601\nerror message:\nMethod not found\n']);
    const text = quoin('rpc', 'getblockhash', 'zero');
    assert.equal(text.code, 2);
    assert.match(text.err, /^quoin: height must be JSON[^\n]*\n$/);
    await command.stop();
  });

  it('logs in with a name and a password where the node has such', async (t) => {
    const folder = join(await tempFolder(t), 'data');
    const env = { QUOIN_RPC_PASSWORD: 'secret' };
    const { command, http } = await startQuoinNode(t, ['--data-dir', folder, '--rpc-user', 'me'], { env });
    const place = ['rpc', '--rpc-connect', http.replace('http://', ''), '--rpc-user', 'me'];
    assert.equal(outOf(runQuoin([...place, 'getblockcount'], { env })), '0\n');
    const wrong = runQuoin([...place, '--rpc-password', 'wrong', 'getblockcount']);
    assert.deepEqual([wrong.code, /does not accept this login/.test(wrong.err)], [1, true]);
    const none = runQuoin(['rpc', '--data-dir', folder, 'getblockcount']);
    assert.deepEqual([none.code, /--rpc-user and --rpc-password/.test(none.err)], [1, true]);
    await command.stop();
  });
});

describe('quoin status', () => {
  it('shows the node to people and to programs', async (t) => {
    const { command, folder, quoin } = await startNode(t);
    quoin('rpc', 'generatetoaddress', '3', ADDRESS);
    const page = outOf(quoin('status'));
    assert.match(
      page,
      /^regtest {2}http:\/\/127\.0\.0\.1:\d+\ntip {6}3 {2}[0-9a-f]{64}\nsync {5}in sync\npeers {4}none\nmempool {2}0 transactions/,
    );
    const facts = JSON.parse(outOf(quoin('status', '--json'))) as { height: number; inSync: boolean; mining: { running: boolean } };
    assert.deepEqual([facts.height, facts.inSync, facts.mining.running], [3, true, false]);
    const watch = new RunningCommand(t, ['status', '--watch', '--json', '--data-dir', folder]);
    await watch.line(/"height":3,/);
    quoin('rpc', 'generatetoaddress', '1', ADDRESS);
    await watch.line(/"height":4,/);
    assert.equal((await watch.stop('SIGINT')).code, 0);
    const orphan = new RunningCommand(t, ['status', '--watch', '--data-dir', folder]);
    await orphan.line(/^tip {6}4 /);
    await command.stop();
    const end = await orphan.end;
    assert.equal(end.code, 1);
    assert.match(end.err, /^quoin: the node at [^\n]* cannot be reached[^\n]*\n$/);
  });
});

describe('quoin wallet', () => {
  it('pays and is paid', async (t) => {
    const { command, quoin } = await startNode(t);
    const address = outOf(quoin('wallet address')).trim();
    assert.match(address, /^bcrt1q/);
    assert.match(outOf(quoin('wallet address', '--kind', 'tr')), /^bcrt1p/);
    // Only the first block's coins are 101 deep.
    outOf(quoin('rpc', 'generatetoaddress', '101', address));
    assert.match(outOf(quoin('wallet balance')), /^confirmed +50\.00000000\nunconfirmed +0\.00000000\nimmature +5000\.00000000\n$/);
    const [txid = '', fee = ''] = outOf(quoin('wallet send', ADDRESS, '1.5', '--fee-rate', '2')).split('\n');
    assert.match(txid, /^[0-9a-f]{64}$/);
    assert.match(fee, /^fee 0\.0000\d{4}$/);
    const [latest] = JSON.parse(outOf(quoin('wallet history', '--limit', '1', '--json'))) as {
      txid: string;
      amount: number;
      fee: number;
    }[];
    assert.equal(latest?.txid, txid);
    assert.equal(latest.amount, -150_000_000 - latest.fee);
    assert.match(outOf(quoin('wallet history')), new RegExp(`^\\S+ \\S+ +-1\\.500\\d+ {2}${txid} {2}waiting`));
    const raw = outOf(quoin('rpc', 'getrawtransaction', txid)).trim();
    const signed = JSON.parse(outOf(quoin('wallet sign', raw, '--json'))) as { hex: string; complete: boolean };
    assert.equal(signed.complete, true);
    outOf(quoin('rpc', 'generatetoaddress', '1', ADDRESS));
    assert.match(outOf(quoin('wallet history', '--limit', '1')), /1 deep/);
    const tooMuch = quoin('wallet send', ADDRESS, '1000000');
    assert.deepEqual([tooMuch.code, /^quoin: the node refuses: [^\n]*insufficient-funds[^\n]*\n$/.test(tooMuch.err)], [1, true]);
    assert.equal(quoin('wallet send', ADDRESS, '0.000000001').code, 2);
    assert.equal(quoin('wallet send', 'nonsense', '1').code, 1);
    await command.stop();
  });

  it('finds the coins of words that were restored into another folder', async (t) => {
    const { command, folder, quoin } = await startNode(t);
    const address = outOf(quoin('wallet address')).trim();
    outOf(quoin('rpc', 'generatetoaddress', '101', address));
    await command.stop();
    const { mnemonic } = JSON.parse(await readFile(join(folder, 'wallet', 'seed.json'), 'utf8')) as { mnemonic: string };
    const other = join(await tempFolder(t), 'data');
    for (const part of ['blocks', 'headers', 'coins']) await cp(join(folder, part), join(other, part), { recursive: true });
    assert.equal(runQuoin(['wallet', 'restore', '--data-dir', other], { input: mnemonic }).code, 0);
    const again = await startQuoinNode(t, ['--data-dir', other]);
    assert.match(outOf(runQuoin(['wallet', 'balance', '--data-dir', other])), /^confirmed +50\.00000000\n/);
    await again.command.stop();
  });
});
