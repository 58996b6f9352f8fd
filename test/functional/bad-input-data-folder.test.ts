/**
 * Data folders that were damaged, taken apart or made by another program: each is refused in one line that says what to do, nothing in it
 * is spoiled, and what can be made again is.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { cp, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it, type TestContext } from 'node:test';
import { ClassicLevel } from 'classic-level';
import { runQuoin, startQuoinNode } from '../support/quoin-command.ts';
import { temporaryFolder } from '../support/quoin-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** Any address: these coins are not spent. */
const MINED_TO = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';

const BLOCKS = 30;

/** What to do about each database that is damaged. */
const ADVICE: Readonly<Record<string, RegExp>> = {
  headers: /headers is damaged \(.+\): start with --reindex, which makes headers and coins anew/,
  coins: /coins is damaged \(.+\): start with --reindex-chainstate, which makes the coins anew/,
  'wallet/database': /wallet.database is damaged \(.+\): move this folder away, and the next start makes it again/,
};

/** A chain that two runs of a node wrote, so that each database has a table and a log. */
let chain: string;
/** Hash over its coins. */
let coins: string;

const rpc = (folder: string, ...words: string[]): string => {
  const { code, out, err } = runQuoin(['rpc', '--data-dir', folder, ...words]);
  assert.equal(code, 0, err);
  return out.trim();
};
const coinsOf = (folder: string): string => /"hash_serialized_3": "(\w+)"/.exec(rpc(folder, 'gettxoutsetinfo'))?.[1] ?? assert.fail();

before(async (t) => {
  chain = temporaryFolder('chain');
  for (let run = 0; run < 2; run++) {
    const { command } = await startQuoinNode(t as TestContext, ['--data-dir', chain]);
    rpc(chain, 'generatetoaddress', String(BLOCKS / 2), MINED_TO);
    coins = coinsOf(chain);
    assert.equal((await command.stop()).code, 0);
  }
});

async function fileOf(folder: string, pattern: RegExp): Promise<string> {
  const name = (await readdir(folder)).find((each) => pattern.test(each));
  assert.ok(name !== undefined, `${folder} has a file like ${pattern}`);
  return join(folder, name);
}

async function flip(path: string, place: (length: number) => number): Promise<void> {
  const bytes = await readFile(path);
  bytes[place(bytes.length)]! ^= 0xff;
  await writeFile(path, bytes);
}

/** Opens a database past the node. */
async function rewrite(location: string, change: (level: ClassicLevel<Uint8Array, Uint8Array>) => Promise<void>): Promise<void> {
  const level = new ClassicLevel<Uint8Array, Uint8Array>(location, { keyEncoding: 'view', valueEncoding: 'view' });
  await change(level);
  await level.close();
}

type Spoil = (folder: string) => Promise<unknown>;

const IDENTITY_KEY = Uint8Array.of(0);

const DATABASES = ['headers', 'coins', 'wallet/database'];

const REFUSED: readonly (readonly [string, Spoil, RegExp])[] = [
  ...DATABASES.map((name) => ({ name, advice: ADVICE[name]! })).flatMap(({ name, advice }): [string, Spoil, RegExp][] => [
    [`${name}: CURRENT is rubbish`, (folder) => writeFile(join(folder, name, 'CURRENT'), 'rubbish\n'), advice],
    [`${name}: CURRENT is empty`, (folder) => writeFile(join(folder, name, 'CURRENT'), ''), advice],
    [`${name}: CURRENT is gone`, (folder) => rm(join(folder, name, 'CURRENT')), advice],
    [`${name}: a bit of the manifest`, async (folder) => flip(await fileOf(join(folder, name), /^MANIFEST/), () => 20), advice],
    [`${name}: the manifest is gone`, async (folder) => rm(await fileOf(join(folder, name), /^MANIFEST/)), advice],
    [`${name}: a table is cut`, async (folder) => truncate(await fileOf(join(folder, name), /\.ldb$/), 60), advice],
    [
      `${name}: a bit of a table`,
      async (folder) => flip(await fileOf(join(folder, name), /\.ldb$/), () => 60),
      new RegExp(`${advice.source.split(' \\(')[0]} \\(the table \\d+\\.ldb: its block at 0 fails its checksum\\)`),
    ],
    [`${name}: a table is gone`, async (folder) => rm(await fileOf(join(folder, name), /\.ldb$/)), advice],
    [
      `${name}: of a newer version`,
      (folder) =>
        rewrite(join(folder, name), async (level) => {
          const identity = Uint8Array.from((await level.get(IDENTITY_KEY))!);
          identity[0] = 3;
          await level.put(IDENTITY_KEY, identity);
        }),
      /has format 3, this program knows format 2: use the newer program that wrote it, or another data folder/,
    ],
  ]),
  [
    'headers: a bit of the log',
    async (folder) => flip(await fileOf(join(folder, 'headers'), /\.log$/), () => 20),
    /: start with --reindex/,
  ],
  [
    'headers: gone, beside blocks',
    (folder) => rm(join(folder, 'headers'), { recursive: true }),
    /holds block files, but .+headers is missing: start with --reindex if they are this node's own; else move them/,
  ],
  [
    'headers: nothing but a log of words and a lock, beside blocks',
    async (folder) => {
      for (const name of await readdir(join(folder, 'headers'))) if (!name.startsWith('LO')) await rm(join(folder, 'headers', name));
    },
    /holds block files, but .+headers is empty: start with --reindex if they are this node's own/,
  ],
];

describe('a data folder that is damaged is refused in one line that says what to do, and not spoiled further', () => {
  for (const [what, spoil, message] of REFUSED) {
    it(what, async (t) => {
      const folder = join(await tempFolder(t), 'data');
      await cp(chain, folder, { recursive: true });
      await spoil(folder);
      const rows = async (): Promise<string[]> =>
        (await readdir(folder, { recursive: true })).filter((name) => /\.(ldb|dat|json)$/.test(name));
      const before = await rows();
      const args = ['node', '--network', 'regtest', '--data-dir', folder, '--no-listen', '--no-http'];
      const { code, err } = runQuoin(args);
      assert.match(err, /^quoin: [^\n]+\n$/);
      assert.match(err, message);
      assert.equal(code, 1);
      const after = new Set(await rows());
      assert.deepEqual(
        before.filter((name) => !after.has(name)),
        [],
      );
      assert.ok(!after.has('node.json'));
    });
  }
});

const MENDED: readonly (readonly [string, Spoil])[] = [
  ['the coins are gone', (folder) => rm(join(folder, 'coins'), { recursive: true })],
  ["the wallet's rows are gone", (folder) => rm(join(folder, 'wallet', 'database'), { recursive: true })],
  ['the last coins are damaged', async (folder) => flip(await fileOf(join(folder, 'coins'), /\.log$/), () => 20)],
  ['the last coins are cut', async (folder) => truncate(await fileOf(join(folder, 'coins'), /\.log$/), 30)],
  [
    'the small files are rubbish',
    async (folder) => {
      for (const name of ['peers', 'mempool.dat', 'node.json', '.cookie', 'reserve']) await writeFile(join(folder, name), '\x01rubbish{');
    },
  ],
];

describe('a data folder in which something can be made again has the same chain and coins', () => {
  for (const [what, spoil] of MENDED) {
    it(`where ${what}`, async (t) => {
      const folder = join(await tempFolder(t), 'data');
      await cp(chain, folder, { recursive: true });
      await spoil(folder);
      const { command } = await startQuoinNode(t, ['--data-dir', folder]);
      assert.deepEqual([rpc(folder, 'getblockcount'), coinsOf(folder)], [String(BLOCKS), coins]);
      rpc(folder, 'generatetoaddress', '1', MINED_TO);
      assert.equal((await command.stop()).code, 0);
    });
  }

  it('where blocks, headers and coins were moved away: it begins anew, and its wallet stays', async (t) => {
    const folder = join(await tempFolder(t), 'data');
    await cp(chain, folder, { recursive: true });
    const seed = await readFile(join(folder, 'wallet', 'seed.json'), 'utf8');
    for (const name of ['blocks', 'headers', 'coins']) await rm(join(folder, name), { recursive: true });
    const { command } = await startQuoinNode(t, ['--data-dir', folder]);
    assert.equal(rpc(folder, 'getblockcount'), '0');
    rpc(folder, 'generatetoaddress', '1', MINED_TO);
    assert.equal((await command.stop()).code, 0);
    assert.equal(await readFile(join(folder, 'wallet', 'seed.json'), 'utf8'), seed);
  });
});

describe('a file system that does not do as the node wants', () => {
  const refusal = (folder: string): string => {
    const { code, err } = runQuoin(['node', '--network', 'regtest', '--data-dir', folder, '--no-listen', '--no-http']);
    assert.match(err, /^quoin: [^\n]+\n$/);
    assert.equal(code, 1);
    return err;
  };

  it('is named with the path: a folder below a file, one too long, and a file in place of a database', async (t) => {
    const folder = await tempFolder(t);
    await writeFile(join(folder, 'file'), '');
    assert.match(refusal(join(folder, 'file', 'data')), /file.data cannot be used/);
    assert.match(refusal(join(folder, 'a'.repeat(300))), /aaa cannot be used/);
    for (const name of ['headers', 'coins', 'blocks', 'wallet', 'debug.log', 'reserve']) {
      const data = join(folder, `with-${name}`);
      await mkdir(data);
      if (name === 'debug.log' || name === 'reserve') await mkdir(join(data, name));
      else await writeFile(join(data, name), '');
      assert.match(refusal(data), new RegExp(`with-${name}.* cannot be used`));
    }
  });
});
