import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { tempFolder } from '../../../test/support/temp-folder.ts';
import { Arguments } from './arguments.ts';
import { BITCOIND_OPTIONS } from './catalog.ts';
import { parseConf } from './conf-text.ts';
import { readArguments } from './read-arguments.ts';

/** What is read of a command line and a bitcoin.conf. */
async function read(t: TestContext, line: readonly string[], conf = ''): Promise<Arguments> {
  const folder = await tempFolder(t);
  await writeFile(join(folder, 'bitcoin.conf'), conf);
  return readArguments(BITCOIND_OPTIONS, [`-datadir=${folder}`, ...line]);
}

function line(...words: string[]): Arguments {
  return new Arguments(BITCOIND_OPTIONS, words);
}

describe("a bitcoind's command line", () => {
  it('has options with one dash or two, and the last of one name counts', () => {
    const args = line('-regtest', '--txindex', '-port=1', '-port=2');
    assert.deepEqual([args.chain(), args.switch('txindex', false), args.text('port')], ['regtest', true, '2']);
  });

  it('negates with no, 0 and no…=0, which is a yes', () => {
    const switches = ['-notxindex', '-txindex=0', '-notxindex=0', '-notxindex=1', '-txindex', '-txindex=abc'];
    assert.deepEqual(
      switches.map((word) => line(word).switch('txindex', true)),
      [false, false, true, false, true, false],
    );
  });

  it('forgets with a negation what stood before it in a list', () => {
    assert.deepEqual(line('-addnode=a', '-noaddnode', '-addnode=b').list('addnode'), ['b']);
    assert.deepEqual(line('-addnode=a', '-noaddnode').list('addnode'), []);
  });

  it('ends at the first word without a dash', () => {
    assert.deepEqual(line('-regtest', 'getblock', '-1').words, ['getblock', '-1']);
  });

  for (const [words, message] of [
    [['-foo'], 'Invalid parameter -foo'],
    [['-nofoo=1'], 'Invalid parameter -nofoo=1'],
    [['-regtest.port=1'], 'Invalid parameter -regtest.port=1'],
    [['-nodatadir'], 'Negating of -datadir is meaningless and therefore forbidden'],
    [['-includeconf=x'], '-includeconf cannot be used from commandline; -includeconf="x"'],
  ] as const) {
    it(`is refused in bitcoind's words: ${words.join(' ')}`, () => assert.throws(() => line(...words), { name: 'ArgumentError', message }));
  }

  it('chooses one network', () => {
    assert.equal(line().chain(), 'main');
    assert.equal(line('-noregtest').chain(), 'main');
    assert.equal(line('-chain=testnet4').chain(), 'testnet4');
    assert.throws(() => line('-regtest', '-signet').chain(), /Can use at most one/);
    assert.throws(() => line('-regtest', '-chain=regtest').chain(), /Can use at most one/);
  });
});

describe('a bitcoin.conf', () => {
  it('counts after the command line; in it, a section before the top, and the first of one name', async (t) => {
    const conf = 'regtest=1\ndbcache=5\ndbcache=6\npar=1\n[regtest]\nport=3\nport=4\npar=2\nregtest.x=1\n[signet]\nport=9\n';
    const args = await read(t, [], conf);
    assert.deepEqual([args.chain(), args.text('port'), args.whole('dbcache', 0), args.whole('par', 0)], ['regtest', '3', 5, 2]);
    assert.equal((await read(t, ['-port=7', '-signet=0'], conf)).text('port'), '7');
    assert.deepEqual((await read(t, ['-connect=a'], 'regtest=1\nregtest.connect=b\n')).list('connect'), ['a', 'b']);
    assert.deepEqual((await read(t, ['-noconnect'], 'regtest=1\nregtest.connect=b\n')).list('connect'), []);
  });

  it('names options that count only in a section, and only where nothing better is said', async (t) => {
    const conf = 'regtest=1\nport=5\nconnect=0\nserver=1\n';
    assert.deepEqual((await read(t, [], conf)).misplaced(), ['connect', 'port']);
    assert.deepEqual((await read(t, ['-port=1'], `${conf}[regtest]\nconnect=0\n`)).misplaced(), []);
    assert.deepEqual((await read(t, [], 'port=5\n')).misplaced(), []);
  });

  it('keeps unknown names, which are no failure', async (t) => {
    assert.deepEqual((await read(t, ['-regtest'], 'foo=1\n')).unknown, ['foo']);
  });

  it('includes other files, also those of the section, but no further ones', async (t) => {
    const folder = await tempFolder(t);
    await mkdir(join(folder, 'sub'));
    await writeFile(join(folder, 'bitcoin.conf'), 'regtest=1\nincludeconf=sub/a.conf\n[regtest]\nincludeconf=b.conf\n');
    await writeFile(join(folder, 'sub', 'a.conf'), 'par=3\nincludeconf=missing.conf\n');
    await writeFile(join(folder, 'b.conf'), '[regtest]\nport=44\n');
    const args = await readArguments(BITCOIND_OPTIONS, [`-datadir=${folder}`]);
    assert.deepEqual([args.whole('par', 0), args.text('port')], [3, '44']);
    const without = await readArguments(BITCOIND_OPTIONS, [`-datadir=${folder}`, '-noincludeconf']);
    assert.deepEqual([without.whole('par', 0), without.text('port')], [0, undefined]);
  });

  for (const [conf, message] of [
    ['regtest\n', 'parse error on line 1: regtest'],
    ['\nnolisten\n', 'parse error on line 2: nolisten, if you intended to specify a negated option, use nolisten=1 instead'],
    ['-regtest=1\n', 'parse error on line 1: -regtest=1, options in configuration file must be specified without leading -'],
    ['rpcpassword=a#b\n', 'parse error on line 1, using # in rpcpassword can be ambiguous and should be avoided'],
    ['includeconf=nope\n', 'Failed to include configuration file nope'],
    ['conf=x\n', 'conf cannot be set in the configuration file; use includeconf= if you want to include additional config files'],
  ] as const) {
    it(`is refused in bitcoind's words: ${JSON.stringify(conf)}`, async (t) => {
      await assert.rejects(read(t, ['-regtest'], conf), { message: `Error reading configuration file: ${message}` });
    });
  }

  it('is refused where it was named and is not there, and may be missing otherwise', async (t) => {
    await assert.rejects(
      read(t, ['-conf=none.conf']),
      /^ArgumentError: Error reading configuration file: specified config file ".*none\.conf" could not/,
    );
    const folder = await tempFolder(t);
    await assert.rejects(readArguments(BITCOIND_OPTIONS, [`-datadir=${folder}/none`]), {
      message: `Specified data directory "${folder}/none" does not exist.`,
    });
    assert.equal((await readArguments(BITCOIND_OPTIONS, [`-datadir=${folder}`])).chain(), 'main');
  });

  it('gives comments, blanks and dots their meaning', () => {
    assert.deepEqual(parseConf(' a = b c # d\r\n#x=1\n[s]\nb=2\n[]\nt.c=3\n'), [
      { section: '', name: 'a', text: 'b c' },
      { section: 's', name: 'b', text: '2' },
      { section: 't', name: 'c', text: '3' },
    ]);
  });
});
