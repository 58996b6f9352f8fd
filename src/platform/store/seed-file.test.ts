import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { tempFolder } from '../../../test/support/temp-folder.ts';
import { createSeedFile, readSeedFile, seedFilePath } from './seed-file.ts';

const WORDS = 'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about';

describe('the seed file', () => {
  it('is not there in a folder without a wallet', async (t) => {
    assert.equal(await readSeedFile(await tempFolder(t)), undefined);
    assert.equal(await readSeedFile(join(await tempFolder(t), 'missing')), undefined);
  });

  it('gives back what was written, its owner alone may read it, and no draft is left', async (t) => {
    const folder = join(await tempFolder(t), 'new', 'folder');
    const path = await createSeedFile(folder, { mnemonic: WORDS, restored: false });
    assert.equal(path, seedFilePath(folder));
    assert.deepEqual(await readSeedFile(folder), { mnemonic: WORDS, created: true });
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    assert.equal((await stat(join(folder, 'wallet'))).mode & 0o777, 0o700);
    assert.deepEqual(await readdir(join(folder, 'wallet')), ['seed.json']);
  });

  it('closes a wallet folder that was open to others', async (t) => {
    const folder = await tempFolder(t);
    await mkdir(join(folder, 'wallet'), { mode: 0o755 });
    await createSeedFile(folder, { mnemonic: WORDS, restored: false });
    assert.equal((await stat(join(folder, 'wallet'))).mode & 0o777, 0o700);
  });

  it('knows that a restored wallet may own coins in any block', async (t) => {
    const folder = await tempFolder(t);
    await createSeedFile(folder, { mnemonic: WORDS, restored: true });
    assert.deepEqual(await readSeedFile(folder), { mnemonic: WORDS, created: false });
  });

  it('is never replaced, whatever is in it', async (t) => {
    const folder = await tempFolder(t);
    await createSeedFile(folder, { mnemonic: WORDS, restored: true });
    const before = await readFile(seedFilePath(folder));
    await assert.rejects(createSeedFile(folder, { mnemonic: 'other', restored: false }), { name: 'NodeError', code: 'wallet-file' });
    assert.deepEqual(await readFile(seedFilePath(folder)), before);
    assert.deepEqual(await readdir(join(folder, 'wallet')), ['seed.json']);
  });

  it('is written by one of two that try at once', async (t) => {
    const folder = await tempFolder(t);
    const results = await Promise.allSettled([
      createSeedFile(folder, { mnemonic: 'first', restored: false }),
      createSeedFile(folder, { mnemonic: 'second', restored: false }),
    ]);
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
    assert.ok(await readSeedFile(folder));
  });

  const BROKEN: readonly [string, string, RegExp][] = [
    ['that is not JSON', `{"mnemonic":"${WORDS}`, /is not JSON/],
    ['that holds no object', '[]', /holds no object/],
    ['without a version', `{"mnemonic":"${WORDS}","birthday":"now"}`, /names no version/],
    ['of a newer version', `{"version":2,"secret":"${WORDS}"}`, /newer version.*format 2/],
    ['without words', '{"version":1,"birthday":"now"}', /holds no words/],
    ['of an unknown birthday', `{"version":1,"mnemonic":"${WORDS}","birthday":"later"}`, /when the wallet began/],
  ];
  for (const [what, text, message] of BROKEN) {
    it(`${what} is refused without repeating its secret`, async (t) => {
      const folder = await tempFolder(t);
      await mkdir(join(folder, 'wallet'));
      await writeFile(seedFilePath(folder), text);
      await assert.rejects(readSeedFile(folder), (error: Error & { code?: string }) => {
        assert.equal(error.code, 'wallet-file');
        assert.match(error.message, message);
        assert.ok(!error.message.includes('abandon') && error.cause === undefined);
        return true;
      });
    });
  }
});
