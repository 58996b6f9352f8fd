import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Command } from 'commander';
import { tempFolder } from '../../../test/support/temp-folder.ts';
import { declareOptions } from './commander-options.ts';
import { parseConfig, readConfigFile } from './config-file.ts';
import { ALL_CORES, NODE_OPTIONS } from './node-options.ts';
import { mergeSettings, type Said } from './settings.ts';

function merge(said: Partial<Said>) {
  return mergeSettings(NODE_OPTIONS, { commandLine: {}, environment: {}, file: undefined, ...said });
}

/** What commander makes of arguments. */
function typed(...args: string[]): Record<string, unknown> {
  const command = declareOptions(new Command().exitOverride(), NODE_OPTIONS);
  return command.parse(args, { from: 'user' }).opts();
}

const file = (keys: Record<string, unknown>) => ({ path: 'my.toml', keys });

describe('options of the command line', () => {
  it('are all undefined where nothing is said', () => {
    assert.deepEqual(
      Object.values(merge({})).filter((value) => value !== undefined),
      [],
    );
    assert.deepEqual(typed(), {});
  });

  it('are read each in its own form', () => {
    const { listen, peer, dbCache, noDiscovery, secp256k1, logLevel } = merge({
      commandLine: typed(
        ...['--listen', '[::1]:0', '--peer', '10.0.0.1:1', '--peer', 'home:65535', '--db-cache', '4'],
        ...['--no-discovery', '--secp256k1=wasm', '--log-level=warn'],
      ),
    });
    assert.deepEqual(listen, { host: '::1', port: 0 });
    assert.deepEqual(peer, [
      { host: '10.0.0.1', port: 1 },
      { host: 'home', port: 65_535 },
    ]);
    assert.deepEqual([dbCache, noDiscovery, secp256k1, logLevel], [4, true, 'wasm', 'warn']);
  });

  it('take workers after --mine, or none', () => {
    assert.equal(merge({ commandLine: typed('--mine') }).mine, ALL_CORES);
    assert.equal(merge({ commandLine: typed('--mine=3') }).mine, 3);
    assert.equal(merge({ commandLine: typed('--mine', '--no-listen') }).mine, ALL_CORES);
    assert.equal(merge({ environment: { QUOIN_MINE: 'false' } }).mine, false);
    assert.equal(merge({ file: file({ mine: true }) }).mine, ALL_CORES);
    assert.equal(merge({ file: file({ mine: 2 }) }).mine, 2);
  });
});

describe('precedence', () => {
  it('is the command line, then the environment, then the file', () => {
    const environment = { QUOIN_DB_CACHE: '50', QUOIN_LOG_LEVEL: 'warn' };
    const keys = file({ 'db-cache': 60, 'log-level': 'error', 'mine-to': 'abc' });
    const { dbCache, logLevel, mineTo } = merge({ commandLine: typed('--db-cache', '40'), environment, file: keys });
    assert.deepEqual([dbCache, logLevel, mineTo], [40, 'warn', 'abc']);
  });

  it('replaces a list, never adds to it', () => {
    const { peer } = merge({ environment: { QUOIN_PEER: '10.0.0.1:1, 10.0.0.2:2' }, file: file({ peer: ['10.0.0.3:3'] }) });
    assert.deepEqual(peer, [
      { host: '10.0.0.1', port: 1 },
      { host: '10.0.0.2', port: 2 },
    ]);
    assert.deepEqual(merge({ file: file({ peer: ['10.0.0.3:3'] }) }).peer, [{ host: '10.0.0.3', port: 3 }]);
  });

  it('settles options that exclude each other together, at the first source that names any', () => {
    const environment = { QUOIN_NO_LISTEN: 'true', QUOIN_DATA_DIR: '/x' };
    const { listen, noListen, memory, dataDir } = merge({ commandLine: typed('--listen', '1.2.3.4:5', '--memory'), environment });
    assert.deepEqual([listen, noListen, memory, dataDir], [{ host: '1.2.3.4', port: 5 }, undefined, true, undefined]);
    const back = merge({ environment: { QUOIN_NO_LISTEN: 'false' }, file: file({ 'no-listen': true }) });
    assert.equal(back.noListen, false);
  });

  it('refuses two of them in one source', () => {
    const commandLine = typed('--listen', '1.2.3.4:5', '--no-listen');
    assert.throws(() => merge({ commandLine }), { name: 'UsageError', message: /--listen and --no-listen exclude each other/ });
    const environment = { QUOIN_MEMORY: 'true', QUOIN_DATA_DIR: '/x' };
    assert.throws(() => merge({ environment }), /QUOIN_DATA_DIR and QUOIN_MEMORY exclude each other/);
    assert.equal(merge({ environment: { ...environment, QUOIN_MEMORY: 'false' } }).dataDir, '/x');
  });

  it('takes an empty variable of the environment for none', () => {
    assert.equal(merge({ environment: { QUOIN_DB_CACHE: '' }, file: file({ 'db-cache': 60 }) }).dbCache, 60);
  });
});

describe('a wrong value names the option as it was given and what it takes', () => {
  const WRONG: readonly [string, Partial<Said>, RegExp][] = [
    ['on the command line', { commandLine: typed('--db-cache', '3') }, /^--db-cache "3": takes a size in MiB, 4 to 16384$/],
    ['in the environment', { environment: { QUOIN_LISTEN: 'localhost' } }, /^QUOIN_LISTEN "localhost": takes HOST:PORT/],
    ['in the file', { file: file({ 'log-level': 'loud' }) }, /^"log-level" in my\.toml "loud": takes one of debug, info, warn, error$/],
    ['of another type', { file: file({ listen: ['a:1'] }) }, /^"listen" in my\.toml: takes HOST:PORT/],
    ['for a switch', { environment: { QUOIN_NO_DISCOVERY: 'perhaps' } }, /^QUOIN_NO_DISCOVERY "perhaps": takes true or false$/],
    ['in a list', { commandLine: typed('--peer', '1.2.3.4:0') }, /^--peer "1\.2\.3\.4:0": takes HOST:PORT/],
    ['for the miner', { commandLine: typed('--mine=257') }, /^--mine "257": takes the number of threads, 1 to 256/],
    ['for the engine', { commandLine: typed('--secp256k1', 'fast') }, /^--secp256k1 "fast": takes one of auto, native, prebuilt, wasm$/],
  ];
  for (const [where, said, message] of WRONG) {
    it(where, () => assert.throws(() => merge(said), { name: 'UsageError', message }));
  }
});

describe('a configuration file', () => {
  it('gives options by their names', async () => {
    const config = await parseConfig('db-cache = 300\npeer = ["10.0.0.1:1", "10.0.0.2:2"]\nno-discovery = true\n', 'my.toml');
    const { dbCache, peer, noDiscovery } = merge({ file: config });
    assert.deepEqual([dbCache, peer?.length, noDiscovery], [300, 2, true]);
  });

  it('is refused for a key that no option has, which is named', async () => {
    await assert.rejects(parseConfig('dbcache = 300', 'my.toml'), { name: 'UsageError', message: /my\.toml: unknown option "dbcache"/ });
    await assert.rejects(parseConfig('config = "other.toml"', 'my.toml'), /unknown option "config"/);
    await assert.rejects(parseConfig('[node]\ndb-cache = 300', 'my.toml'), /unknown option "node"/);
  });

  it('is refused with its line where it is not TOML', async () => {
    await assert.rejects(parseConfig('db-cache = 300\nmine =\n', 'my.toml'), {
      name: 'UsageError',
      message: /my\.toml is not TOML in line 2/,
    });
  });

  it('is refused where it cannot be read or is too long', async (t) => {
    const folder = await tempFolder(t);
    await assert.rejects(readConfigFile(join(folder, 'missing.toml')), { name: 'UsageError', message: /missing\.toml: cannot be read/ });
    const long = join(folder, 'long.toml');
    await writeFile(long, '#'.repeat(1_048_577));
    await assert.rejects(readConfigFile(long), /has 1048577 bytes; the limit is 1048576/);
    await writeFile(long, '#'.repeat(1_048_576));
    assert.deepEqual(Object.keys((await readConfigFile(long)).keys), []);
  });
});
