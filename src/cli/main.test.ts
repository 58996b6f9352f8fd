import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { type CommandOptions, runQuoin } from '../../test/support/quoin-command.ts';
import { tempFolder } from '../../test/support/temp-folder.ts';
import { loadNetworkFile } from '../core/params/networks.ts';

const WORDS = 'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about';

/** Exit code and the one line of standard error. */
function refused(args: readonly string[], options: CommandOptions = {}) {
  const { code, err } = runQuoin(args, options);
  assert.match(err, /^[^\n]+\n$/, 'one line');
  return { code, err };
}

describe('the command', () => {
  it('says its version and what it can do', () => {
    assert.match(runQuoin(['--version']).out, /^\d+\.\d+\.\d+\n$/);
    const help = runQuoin(['--help']);
    assert.deepEqual([help.code, help.err], [0, '']);
    for (const name of ['node', 'rpc', 'status', 'wallet', 'light', 'explain', 'network', 'devnet', 'attack'])
      assert.match(help.out, new RegExp(`^  ${name} `, 'm'));
    assert.deepEqual(runQuoin([]), help);
    assert.match(runQuoin(['node', '--help']).out, /--db-cache <MIB>/);
  });

  it('ends with 2 and one line that names what is unknown', () => {
    const UNKNOWN: readonly [string[], RegExp][] = [
      [['nodes'], /unknown command 'nodes'.*; "quoin --help" lists them$/m],
      [['node', '--index', 'tx,txs'], /--index "tx,txs": takes names of indexes with commas between them/],
      [['node', '--workers', '65'], /--workers "65": takes the number of threads, 0 to 64/],
      [['node', '--txindex', '1'], /unknown option '--txindex'.*; "quoin node --help" lists them$/m],
      [['status', '--frequently'], /unknown option '--frequently'.*; "quoin status --help" lists them$/m],
      [['wallet', '--all'], /unknown option '--all'.*; "quoin wallet --help" lists them$/m],
      [['wallet', 'balance', '--all'], /unknown option '--all'.*; "quoin wallet balance --help" lists them$/m],
      [['node', 'extra'], /too many arguments/],
      [['node', '--listen'], /--listen <HOST:PORT>' argument missing/],
      [['node', '--network', 'nowhere'], /--network "nowhere": takes quoin, regtest, signet, testnet4, main or the path of a network file/],
      [['node', '--secp256k1', 'fast'], /--secp256k1 "fast": takes one of auto, native, prebuilt, wasm/],
      [['rpc', 'getblockcount', '--datadir', 'x'], /unknown option '--datadir'/],
      [['rpc'], /missing required argument 'METHOD'; "quoin rpc --help" tells more$/m],
      [['network'], /a command is missing: "quoin network --help" lists them/],
      [['wallet'], /a command is missing: "quoin wallet --help" lists them/],
      [['node', '--config', '/'], /--config \/: is no file/],
      [['network', 'create'], /--output <FILE>' not specified/],
      [['devnet', '--nodes', '0'], /--nodes "0": takes a whole number, 1 to 50/],
      [['attack'], /a command is missing: "quoin attack --help" lists them/],
      [['attack', 'run', 'all'], /which node\? name it with --target HOST:PORT/],
      [['attack', 'run', '--target', '127.0.0.1:1'], /missing required argument 'NAME'/],
      [['attack', 'run', 'all', '--target', 'nowhere'], /--target "nowhere": takes HOST:PORT/],
      [['attack', 'run', 'all', '--target', '127.0.0.1:1', '--seed', 'x'], /--seed "x": takes a whole number, 0 to 4294967295/],
      [['attack', 'run', 'no-such-thing', '--target', '127.0.0.1:1'], /there is no attack "no-such-thing": "quoin attack list" names all/],
      [['wallet', 'send', 'only-an-address'], /missing required argument 'COINS'/],
    ];
    for (const [args, message] of UNKNOWN) {
      const { code, err } = refused(args);
      assert.equal(code, 2, `${args.join(' ')}: ${err}`);
      assert.match(err, message);
    }
  });

  it('takes options from the environment and from a file, and names where a wrong one stands', async (t) => {
    const config = join(await tempFolder(t), 'my.toml');
    assert.match(refused(['node'], { env: { QUOIN_DB_CACHE: '1' } }).err, /QUOIN_DB_CACHE "1": takes a size in MiB/);
    await writeFile(config, 'listen = "nowhere"\n');
    assert.match(refused(['node', '--config', config]).err, /"listen" in .*my\.toml "nowhere": takes HOST:PORT/);
    await writeFile(config, 'colour = "blue"\n');
    const { code, err } = refused(['node'], { env: { QUOIN_CONFIG: config } });
    assert.equal(code, 2);
    assert.match(err, /unknown option "colour"/);
  });
});

describe('commands for a running node', () => {
  it('end with 1 where none runs, and say what to do', async (t) => {
    const folder = await tempFolder(t);
    for (const args of [['rpc', 'getblockcount'], ['status'], ['wallet', 'balance']]) {
      const { code, err } = refused([...args, '--data-dir', folder]);
      assert.equal(code, 1);
      assert.match(err, /no node runs on .*: start one with "quoin node", or name its folder with --data-dir/);
    }
  });

  it('are not misled by the note that a killed node left', async (t) => {
    const folder = await tempFolder(t);
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    const note = { pid, version: '0.1.0', network: 'quoin', p2p: null, http: 'http://127.0.0.1:9' };
    await writeFile(join(folder, 'node.json'), JSON.stringify(note));
    assert.match(refused(['status', '--data-dir', folder]).err, new RegExp(`no node runs on .* \\(process ${pid} ended without a word\\)`));
  });
});

describe('quoin network', () => {
  it('makes a network whose first block is mined, and refuses to replace its file', async (t) => {
    const file = join(await tempFolder(t), 'My Net.json');
    const made = runQuoin([
      'network',
      'create',
      '--difficulty-bits',
      '8',
      '--reward',
      '12.5',
      '--halving',
      '100',
      '--prefix',
      'my',
      '-o',
      file,
    ]);
    assert.deepEqual([made.code, made.err], [0, '']);
    const params = loadNetworkFile(await readFile(file, 'utf8'));
    assert.deepEqual([params.name, params.bech32Prefix], ['my-net', 'my']);
    assert.deepEqual(params.consensus.subsidy, { initial: 1_250_000_000n, halvingInterval: 100 });
    assert.equal(params.consensus.pow.bits, 0x20010000);
    const before = await readFile(file);
    const again = refused(['network', 'create', '--difficulty-bits', '8', '-o', file]);
    assert.equal(again.code, 1);
    assert.match(again.err, /is there already: name another file, or replace it with --force/);
    assert.deepEqual(await readFile(file), before);
    const forced = runQuoin(['network', 'create', '--difficulty-bits', '8', '--name', 'other', '--force', '--json', '-o', file]);
    const facts = JSON.parse(forced.out) as Record<string, unknown>;
    assert.deepEqual(Object.keys(facts), ['file', 'name', 'messageStart', 'genesisHash']);
    assert.equal(loadNetworkFile(await readFile(file, 'utf8')).name, 'other');
  });

  it('mines the first block of a definition that a user wrote', async (t) => {
    const folder = await tempFolder(t);
    const shown = JSON.parse(runQuoin(['network', 'show', 'regtest']).out) as Record<string, unknown>;
    const definition = join(folder, 'definition.json');
    const { magic: _, ...rest } = shown;
    await writeFile(definition, JSON.stringify({ ...rest, name: 'mine', coinbaseMaturity: 7, genesis: 'mine one' }));
    const file = join(folder, 'mine.json');
    assert.equal(runQuoin(['network', 'create', '--from', definition, '-o', file]).code, 0);
    assert.equal(loadNetworkFile(await readFile(file, 'utf8')).consensus.coinbaseMaturity, 7);
    const both = refused(['network', 'create', '--from', definition, '--reward', '1', '-o', join(folder, 'x.json')]);
    assert.equal(both.code, 2);
    assert.ok(!existsSync(join(folder, 'x.json')));
  });

  it('names the option of a choice that is out of range, and writes nothing', async (t) => {
    const file = join(await tempFolder(t), 'net.json');
    const WRONG: readonly [string[], RegExp][] = [
      [['--difficulty-bits', '65'], /--difficulty-bits "65": takes a whole number, 1 to 64/],
      [['--reward', '1.123456789'], /--reward "1\.123456789": takes coins/],
      [['--name', 'main'], /--name: "main" belongs to another network/],
      [['--prefix', 'QN'], /--prefix: must be/],
      [['--weight', '1'], /--weight: must be/],
      [['--text', 'ü'], /--text: must be/],
    ];
    for (const [args, message] of WRONG) {
      const { code, err } = refused(['network', 'create', ...args, '-o', file]);
      assert.equal(code, 2);
      assert.match(err, message);
    }
    assert.ok(!existsSync(file));
  });

  it('tells every fault of a file, field by field', async (t) => {
    const file = join(await tempFolder(t), 'net.json');
    const network = JSON.parse(runQuoin(['network', 'show', 'quoin']).out) as Record<string, unknown>;
    await writeFile(file, JSON.stringify({ ...network, name: 'My Net', coinbaseMaturity: -1, colour: 'blue' }));
    const { code, out, err } = runQuoin(['network', 'check', file]);
    assert.equal(code, 1);
    assert.match(out, /^name must be .*\n(.*\n)*coinbaseMaturity .*\n(.*\n)*colour is not a field of a network file\n$/);
    assert.match(err, /^quoin: .*net\.json is no usable network file: 3 problems, told above\n$/);
    const { problems, valid } = JSON.parse(runQuoin(['network', 'check', file, '--json']).out) as { problems: unknown[]; valid: boolean };
    assert.deepEqual([problems.length, valid], [3, false]);
    assert.match(refused(['network', 'check', join(file, '..', 'missing.json')]).err, /missing\.json is not there/);
    assert.match(refused(['node', '--network', file]).err, /net\.json is not a usable network file: .*"quoin network check" tells all/);
  });

  it('explains a sound file and shows a built-in network as one', async (t) => {
    const file = join(await tempFolder(t), 'net.json');
    const { out } = runQuoin(['network', 'show', 'quoin']);
    await writeFile(file, out);
    const checked = runQuoin(['network', 'check', file]);
    assert.equal(checked.code, 0);
    assert.match(checked.out, /^network {8}quoin\nmessage start {2}f171756e\ngenesis {8}[0-9a-f]{64}\n/);
    assert.match(checked.out, /^subsidy\.initial +25\.00000000/m);
    assert.match(runQuoin(['network', 'show', file, '--explain']).out, /^pow\.bits +0x1d400000/m);
  });
});

describe('quoin wallet', () => {
  it('makes words once, in a file of their own, and does not print them', async (t) => {
    const folder = join(await tempFolder(t), 'data');
    const made = runQuoin(['wallet', 'create', '--data-dir', folder]);
    assert.deepEqual([made.code, made.err], [0, '']);
    const path = join(folder, 'wallet', 'seed.json');
    const { mnemonic } = JSON.parse(await readFile(path, 'utf8')) as { mnemonic: string };
    assert.ok(made.out.includes(path) && !made.out.includes(mnemonic));
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    const again = refused(['wallet', 'create', '--data-dir', folder]);
    assert.equal(again.code, 1);
    assert.match(again.err, /there is a wallet already/);
  });

  it('takes words from standard input, however they are spaced, and no others', async (t) => {
    const folder = await tempFolder(t);
    const wrong = refused(['wallet', 'restore', '--data-dir', folder], { input: WORDS.replace('about', 'above') });
    assert.equal(wrong.code, 1);
    assert.ok(!wrong.err.includes('abandon'));
    assert.deepEqual(await readdir(folder), []);
    const restored = runQuoin(['wallet', 'restore', '--data-dir', folder, '--json'], {
      input: `  ${WORDS.toUpperCase().replaceAll(' ', '\n')}\n`,
    });
    const file = join(folder, 'wallet', 'seed.json');
    assert.deepEqual(JSON.parse(restored.out), { file, restored: true });
    assert.equal((JSON.parse(await readFile(file, 'utf8')) as { mnemonic: string }).mnemonic, WORDS);
  });

  it('does not put new words beside the records of others', async (t) => {
    const folder = await tempFolder(t);
    assert.equal(runQuoin(['wallet', 'create', '--data-dir', folder]).code, 0);
    await writeFile(join(folder, 'wallet', 'database'), '');
    await rm(join(folder, 'wallet', 'seed.json'));
    assert.match(refused(['wallet', 'create', '--data-dir', folder]).err, /holds the records of another wallet/);
  });
});
