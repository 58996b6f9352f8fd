/**
 * `quoin bitcoind` and `quoin bitcoin-cli` as processes: what programs that start and drive a bitcoind rely on.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { type BitcoindProcess, freePorts, ready, startBitcoind } from '../support/bitcoind-process.ts';
import { eventually } from '../support/eventually.ts';
import { runQuoin } from '../support/quoin-command.ts';
import { tempFolder } from '../support/temp-folder.ts';

const ADDRESS = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';

const CLEAN_END = { code: 0, err: '' };

async function stopped(node: BitcoindProcess): Promise<void> {
  assert.equal(await node.rpc('stop'), 'quoin stopping');
  const { code, err } = await node.command.end;
  assert.deepEqual({ code, err }, CLEAN_END);
}

function cli(node: BitcoindProcess, args: readonly string[], input?: string) {
  const where = ['-regtest', `-datadir=${node.dataDir}`, `-rpcport=${node.rpcPort}`];
  return runQuoin(['bitcoin-cli', ...where, ...args], input === undefined ? {} : { input });
}

describe('quoin bitcoind', { timeout: 300_000 }, () => {
  it('keeps its files as bitcoind does, leaves none that is only for its life, and says nothing on standard error', async (t) => {
    const dataDir = await tempFolder(t);
    writeFileSync(
      join(dataDir, 'bitcoin.conf'),
      'regtest=1\nunheard=1\n[regtest]\nconnect=0\nserver=1\nfallbackfee=0.0002\nprinttoconsole=0\n',
    );
    const node = await startBitcoind(t, { dataDir, args: ['-uacomment=one', '-debug', '-disablewallet', '-bind=127.0.0.1'] });
    await ready(node);
    const folder = join(dataDir, 'regtest');
    assert.match(readFileSync(join(folder, '.cookie'), 'utf8'), /^__cookie__:[0-9a-f]{64}$/);
    assert.equal(statSync(join(folder, '.cookie')).mode & 0o777, 0o600);
    assert.equal(readFileSync(join(folder, 'bitcoind.pid'), 'utf8'), `${node.command.child.pid}\n`);
    assert.match(readFileSync(join(folder, 'debug.log'), 'utf8'), /unknown-option name=unheard/);
    assert.match((await node.rpc('getnetworkinfo')).subversion, /^\/quoin:[^(]+\(one\)\/$/);
    await node.rpc('generatetoaddress', 2, ADDRESS);
    const { logpath } = await node.rpc('getrpcinfo');
    assert.equal(logpath, join(folder, 'debug.log'));
    const lines = (): number => readFileSync(logpath, 'utf8').split('debug rpc-asked method=generatetoaddress').length;
    assert.equal(lines(), 2);
    assert.equal((await node.rpc('logging', [], ['rpc'])).rpc, false);
    await node.rpc('generatetoaddress', 0, ADDRESS);
    assert.equal(lines(), 2);
    assert.equal((await fetch(`http://127.0.0.1:${node.rpcPort}/rest/chaininfo.json`)).status, 404);
    await stopped(node);
    assert.equal(node.command.lines.length, 0);
    assert.deepEqual(
      ['.cookie', 'bitcoind.pid', 'node.json'].filter((name) => existsSync(join(folder, name))),
      [],
    );
    const copy = join(await tempFolder(t), 'copy');
    cpSync(dataDir, copy, { recursive: true });
    const [one, two] = [
      await startBitcoind(t, { dataDir }),
      await startBitcoind(t, { dataDir: copy, args: ['-rest', '-networkactive=0'] }),
    ];
    for (const each of [one, two]) {
      await ready(each);
      assert.equal(await each.rpc('getblockcount'), 2);
      assert.equal((await each.rpc('getnetworkinfo')).networkactive, each === one);
      assert.equal((await fetch(`http://127.0.0.1:${each.rpcPort}/rest/chaininfo.json`)).status, each === two ? 200 : 404);
      assert.deepEqual({ ...(await each.command.stop('SIGTERM')), out: undefined }, { ...CLEAN_END, out: undefined });
    }
  });

  it('serves REST where -rest says so, and has nothing there else', async (t) => {
    for (const [args, status, type] of [
      [[], 404, 'text/html; charset=ISO-8859-1'],
      [['-rest=0'], 404, 'text/html; charset=ISO-8859-1'],
      [['-rest'], 200, 'application/json'],
    ] as const) {
      const node = await startBitcoind(t, { dataDir: await tempFolder(t), args });
      await ready(node);
      const answer = await fetch(`http://127.0.0.1:${node.rpcPort}/rest/chaininfo.json`);
      assert.deepEqual([answer.status, answer.headers.get('content-type')], [status, type]);
      const body = await answer.text();
      if (status === 404) assert.equal(body, '');
      else assert.equal(JSON.parse(body).chain, 'regtest');
      await stopped(node);
    }
  });

  it('ends with one line and 1 where it cannot start', async (t) => {
    const dataDir = await tempFolder(t);
    const node = await startBitcoind(t, { dataDir });
    await ready(node);
    const [port, rpcPort] = await freePorts(2);
    const other = await tempFolder(t);
    const cases: readonly (readonly [readonly string[], string])[] = [
      [['-foo'], 'Error parsing command line arguments: Invalid parameter -foo'],
      [['word'], "Command line contains unexpected token 'word', see bitcoind -h for a list of options."],
      [[`-datadir=${other}`, `-rpcport=${node.rpcPort}`, `-port=${port}`], 'Unable to start HTTP server. See debug log for details.'],
      [
        [`-datadir=${other}`, `-port=${node.p2p.split(':')[1]}`, `-rpcport=${rpcPort}`],
        `Unable to bind to ${node.p2p} on this computer. quoin is probably already running.`,
      ],
      [[`-datadir=${dataDir}`], `Cannot obtain a lock on directory ${join(dataDir, 'regtest')}. quoin is probably already running.`],
    ];
    for (const [args, words] of cases) {
      const { code, err } = runQuoin(['bitcoind', '-regtest', '-printtoconsole=0', ...args]);
      assert.deepEqual({ code, err }, { code: 1, err: `Error: ${words}\n` });
    }
    // The one that runs has lost nothing by it.
    assert.equal(await node.rpc('getblockcount'), 0);
    assert.deepEqual(
      readdirSync(join(other, 'regtest')).filter((name) => ['.cookie', 'bitcoind.pid', 'node.json'].includes(name)),
      [],
    );
    await stopped(node);
  });

  it('runs commands, stops at a height, and goes on in a new log when the old one was moved', async (t) => {
    const dataDir = await tempFolder(t);
    const file = (name: string): string => join(dataDir, name);
    const notify = [
      `-startupnotify=echo up > ${file('up')}`,
      `-blocknotify=echo %s > ${file('tip')}`,
      `-shutdownnotify=echo down > ${file('down')}`,
    ];
    const node = await startBitcoind(t, { dataDir, args: [...notify, '-stopatheight=3', '-mocktime=1700000000'] });
    await ready(node);
    await eventually('the first command ran', () => existsSync(file('up')));
    const log = join(dataDir, 'regtest', 'debug.log');
    renameSync(log, `${log}.moved`);
    node.command.child.kill('SIGHUP');
    await eventually('there is a new log', () => existsSync(log));
    const [hash] = await node.rpc('generatetoaddress', 1, ADDRESS);
    assert.equal((await node.rpc('getblockheader', hash)).time, 1_700_000_000);
    await eventually('the tip was told', () => existsSync(file('tip')) && readFileSync(file('tip'), 'utf8') === `${hash}\n`);
    await node.rpc('generatetoaddress', 2, ADDRESS).catch(() => undefined);
    const { code, err } = await node.command.end;
    assert.deepEqual({ code, err }, CLEAN_END);
    assert.equal(readFileSync(file('down'), 'utf8'), 'down\n');
  });

  it('lets users call what is theirs', async (t) => {
    const dataDir = await tempFolder(t);
    const login = ['-rpcuser=a', '-rpcpassword=b', '-rpcwhitelist=a:getblockcount,uptime', '-rpcwhitelist=a:getblockcount,help'];
    const node = await startBitcoind(t, { dataDir, args: login });
    const ask = (body: unknown) =>
      fetch(`http://127.0.0.1:${node.rpcPort}`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from('a:b').toString('base64')}` },
        body: JSON.stringify(body),
      });
    await eventually('it answers', async () => (await ask({ method: 'getblockcount' })).status === 200);
    assert.equal(existsSync(join(dataDir, 'regtest', '.cookie')), false);
    const statuses = [{ method: 'uptime' }, [{ method: 'getblockcount' }], [{ method: 'getblockcount' }, { method: 'help' }]].map(
      async (body) => (await ask(body)).status,
    );
    assert.deepEqual(await Promise.all(statuses), [403, 200, 403]);
    assert.deepEqual((await node.command.stop('SIGTERM')).code, 0);
  });

  it('is driven by bitcoin-cli', async (t) => {
    const node = await startBitcoind(t, { dataDir: await tempFolder(t) });
    assert.deepEqual(cli(node, ['-rpcwait', 'getblockcount']), { code: 0, out: '0\n', err: '' });
    assert.equal(cli(node, ['generatetoaddress', '2', ADDRESS]).code, 0);
    assert.equal(cli(node, ['-named', 'getblockhash', 'height=2']).out, `${await node.rpc('getblockhash', 2)}\n`);
    assert.equal(cli(node, ['-stdin', 'getblockhash'], '1\n').out, `${await node.rpc('getblockhash', 1)}\n`);
    assert.deepEqual(cli(node, ['getblockhash', '77']), {
      code: 8,
      out: '',
      err: 'error code: -8\nerror message:\nBlock height out of range\n',
    });
    assert.match(cli(node, ['-getinfo']).out, /^Chain: regtest\nBlocks: 2\nHeaders: 2\nVerification progress: 100\.0000%\n/);
    assert.match(cli(node, ['-rpcpassword=x', 'uptime']).err, /^error: Authorization failed: Incorrect rpcuser or rpcpassword\n$/);
    assert.match(cli(node, []).err, /^error: too few parameters \(need at least command\)\n$/);
    assert.match(cli(node, ['-foo']).err, /^Error parsing command line arguments: Invalid parameter -foo\n$/);
    await stopped(node);
    const gone = cli(node, ['-rpcuser=a', '-rpcpassword=b', 'uptime']);
    assert.equal(gone.code, 1);
    assert.match(gone.err, /^error: timeout on transient error: Could not connect to the server 127\.0\.0\.1:\d+\n\nMake sure/);
  });
});
