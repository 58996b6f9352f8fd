import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { type CommandEnd, inTime, RunningCommand, runQuoin, startQuoinNode } from '../support/quoin-command.ts';
import { tempFolder } from '../support/temp-folder.ts';

const ANY_PORT = '127.0.0.1:0';

/** A folder in which no node has run. */
async function freshFolder(t: TestContext): Promise<string> {
  return join(await tempFolder(t), 'data');
}

/** A port that somebody else has. */
async function takenPort(t: TestContext): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return address.port;
}

function assertRefused({ code, err }: CommandEnd, message: RegExp): void {
  assert.match(err, /^quoin: [^\n]+\n$/);
  assert.match(err, message);
  assert.equal(code, 1);
}

describe('quoin node', () => {
  it('says what it is, prints one ready line with its real ports, and stops in order on Ctrl-C', async (t) => {
    const folder = await freshFolder(t);
    const { command, p2p, http } = await startQuoinNode(t, ['--data-dir', folder]);
    assert.match(p2p, /^127\.0\.0\.1:[1-9]\d*$/);
    assert.match(http, /^http:\/\/127\.0\.0\.1:[1-9]\d*$/);
    const [start = ''] = command.lines;
    assert.match(start, /starting version=\d+\.\d+\.\d+ network=regtest folder=\S+ secp256k1=(native|prebuilt|wasm)\+lanes$/);
    assert.ok(start.includes(folder));
    const seed = join(folder, 'wallet', 'seed.json');
    assert.ok(command.lines.some((line) => line.includes(seed)));
    assert.ok(command.lines.some((line) => /keep a copy/.test(line)));
    const note = JSON.parse(await readFile(join(folder, 'node.json'), 'utf8')) as Record<string, unknown>;
    assert.deepEqual({ ...note, version: '' }, { pid: command.child.pid, version: '', network: 'regtest', p2p, http });
    const startedMs = performance.now();
    const { code, err } = await command.stop('SIGINT');
    assert.deepEqual([code, err], [0, '']);
    assert.ok(performance.now() - startedMs < 5_000);
    const left = await readdir(folder);
    assert.ok(!left.includes('node.json') && !left.includes('.cookie'), left.join());
    assert.match(await readFile(join(folder, 'debug.log'), 'utf8'), / ready network=regtest /);
  });

  it('tells of the seed at the first start only, and stops on SIGTERM', async (t) => {
    const folder = await freshFolder(t);
    await (await startQuoinNode(t, ['--data-dir', folder])).command.stop('SIGTERM');
    const { command } = await startQuoinNode(t, ['--data-dir', folder]);
    assert.ok(!command.lines.some((line) => line.includes('seed.json')));
    assert.equal((await command.stop('SIGTERM')).code, 0);
  });

  it('speaks JSON alone with --log-json, and names what is off', async (t) => {
    const args = ['node', '--network', 'regtest', '--memory', '--no-listen', '--no-http', '--log-json'];
    const command = new RunningCommand(t, args);
    await command.line(/"event":"ready"/);
    const { code } = await command.stop();
    assert.equal(code, 0);
    const events = command.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    const ready = events.filter(({ event }) => event === 'ready');
    assert.equal(ready.length, 1);
    assert.deepEqual({ ...ready[0], time: '' }, { time: '', level: 'info', event: 'ready', network: 'regtest', p2p: 'off', http: 'off' });
    assert.equal(events.at(-1)?.event, 'stopped');
  });

  it('prints its ready line whatever the level of the log is', async (t) => {
    const { command } = await startQuoinNode(t, ['--memory', '--log-level', 'error']);
    assert.ok(!command.lines.some((line) => line.includes('starting')));
    assert.equal((await command.stop()).code, 0);
  });

  it('takes its options from the environment and a file', async (t) => {
    const folder = await tempFolder(t);
    const config = join(folder, 'quoin.toml');
    await writeFile(config, `network = "regtest"\nlisten = "${ANY_PORT}"\nhttp = "127.0.0.1:1"\nlog-json = true\n`);
    const env = { QUOIN_CONFIG: config, QUOIN_DATA_DIR: join(folder, 'data'), QUOIN_HTTP: ANY_PORT };
    const command = new RunningCommand(t, ['node', '--no-listen'], { env });
    const [line] = await command.line(/.*"event":"ready".*/);
    const { network, p2p, http } = JSON.parse(line) as Record<string, string>;
    assert.deepEqual([network, p2p], ['regtest', 'off']);
    assert.match(http ?? '', /^http:\/\/127\.0\.0\.1:\d{2,}$/);
    assert.ok(existsSync(join(folder, 'data', 'node.json')));
    assert.equal((await command.stop()).code, 0);
  });

  it('keeps nothing with --memory', async (t) => {
    const home = await tempFolder(t);
    const { command } = await startQuoinNode(t, ['--memory'], { env: { HOME: home, USERPROFILE: home } });
    await command.stop();
    assert.deepEqual(await readdir(home), []);
  });

  it('ends at once when it is told to stop twice', async (t) => {
    const { command } = await startQuoinNode(t, ['--data-dir', await freshFolder(t)]);
    command.child.kill('SIGINT');
    assert.equal((await command.stop('SIGINT')).code, 0);
  });

  it('goes on when nobody reads its output any more', async (t) => {
    const folder = await freshFolder(t);
    const { command } = await startQuoinNode(t, ['--data-dir', folder]);
    command.child.stdout?.destroy();
    for (let i = 0; i < 3; i++) runQuoin(['rpc', '--data-dir', folder, 'generatetoaddress', '1', regtestAddress(folder)]);
    assert.equal(runQuoin(['rpc', '--data-dir', folder, 'getblockcount']).out, '3\n');
    command.child.kill('SIGINT');
    const [code] = (await inTime('the end', once(command.child, 'exit'))) as [number];
    assert.equal(code, 0);
  });

  it('stops when its owner closes the channel to it', async (t) => {
    const { command } = await startQuoinNode(t, ['--memory'], { owned: true });
    command.child.disconnect();
    assert.equal((await inTime('the end', command.end)).code, 0);
  });

  it('stops by the RPC stop', async (t) => {
    const folder = await freshFolder(t);
    const { command } = await startQuoinNode(t, ['--data-dir', folder]);
    const { code, out } = runQuoin(['rpc', '--data-dir', folder, 'stop']);
    assert.deepEqual([code, /stopping/.test(out)], [0, true]);
    assert.equal((await inTime('the end', command.end)).code, 0);
    assert.ok(!existsSync(join(folder, 'node.json')));
  });
});

/** The next address of the wallet of a running node. */
function regtestAddress(folder: string): string {
  const { code, out, err } = runQuoin(['wallet', 'address', '--data-dir', folder]);
  assert.equal(code, 0, err);
  return out.trim();
}

describe('a node that cannot start', () => {
  const args = (folder: string, ...more: string[]): string[] => {
    const given = (flag: string) => more.includes(flag);
    const ports = [...(given('--listen') ? [] : ['--listen', ANY_PORT]), ...(given('--http') ? [] : ['--http', ANY_PORT])];
    return ['node', '--network', 'regtest', '--data-dir', folder, ...ports, ...more];
  };

  it('is the second on one folder: it names the first, which goes on', async (t) => {
    const folder = await freshFolder(t);
    const { command } = await startQuoinNode(t, ['--data-dir', folder]);
    assertRefused(runQuoin(args(folder)), new RegExp(`in use by process ${command.child.pid}: stop it, or use another data folder`));
    assert.equal(runQuoin(['rpc', '--data-dir', folder, 'getblockcount']).out, '0\n');
    assert.ok(existsSync(join(folder, 'node.json')));
    await command.stop();
  });

  it('wants a port that is taken: it names the port and leaves nothing open', async (t) => {
    const folder = await freshFolder(t);
    const port = await takenPort(t);
    assertRefused(runQuoin(args(folder, '--listen', `127.0.0.1:${port}`)), new RegExp(`${port}`));
    assertRefused(runQuoin(args(folder, '--http', `127.0.0.1:${port}`)), new RegExp(`${port}.*--http`));
    assert.ok(!existsSync(join(folder, 'node.json')) && !existsSync(join(folder, '.cookie')));
    const { command } = await startQuoinNode(t, ['--data-dir', folder]);
    await command.stop();
  });

  it("has another network's folder", async (t) => {
    const folder = await freshFolder(t);
    await (await startQuoinNode(t, ['--data-dir', folder])).command.stop();
    const other = ['node', '--network', 'quoin', '--data-dir', folder, '--no-listen', '--no-http'];
    assertRefused(runQuoin(other), /network/);
  });

  it('has a folder that is a file, or a broken wallet', async (t) => {
    const folder = await tempFolder(t);
    const file = join(folder, 'file');
    await writeFile(file, '');
    assertRefused(runQuoin(args(file)), /file cannot be used/);
    const data = join(folder, 'data');
    await mkdir(join(data, 'wallet'), { recursive: true });
    await writeFile(join(data, 'wallet', 'seed.json'), '{}');
    assertRefused(runQuoin(args(data)), /wallet.seed\.json names no version/);
  });
});

describe('a node that was killed', () => {
  it('leaves a note that confuses nobody, and starts again on its folder', async (t) => {
    const folder = await freshFolder(t);
    const { command } = await startQuoinNode(t, ['--data-dir', folder]);
    await command.stop('SIGKILL');
    assert.ok(existsSync(join(folder, 'node.json')));
    assertRefused(runQuoin(['status', '--data-dir', folder]), new RegExp(`process ${command.child.pid} ended without a word`));
    const again = await startQuoinNode(t, ['--data-dir', folder]);
    assert.equal(runQuoin(['rpc', '--data-dir', folder, 'getblockcount']).out, '0\n');
    await again.command.stop();
    assert.ok(!existsSync(join(folder, 'node.json')));
  });
});
