import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { parseSubnet } from '../../core/wire/subnet.ts';
import type { Ban, BanStore } from '../../engine/ports/ban-store.ts';
import type { Log } from '../../engine/ports/log.ts';
import { createBanFile } from './ban-file.ts';

const BANS: readonly Ban[] = ['1.2.3.0/24', '::1/128'].map((text) => {
  return { subnet: parseSubnet(text)!, createdSeconds: 5, untilSeconds: 86_405 };
});

describe('ban file', () => {
  let folder: string;
  let path: string;
  let warnings: string[];
  let store: BanStore;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'quoin-bans-'));
    path = join(folder, 'banlist.json');
    warnings = [];
    const log: Log = { debug: () => {}, info: () => {}, warn: (event) => warnings.push(event), error: () => {} };
    store = createBanFile({ path, log });
  });

  afterEach(() => rm(folder, { recursive: true }));

  it("gives back what it was given, in Core's form, and nothing before", async () => {
    assert.deepEqual(await store.load(), []);
    await store.save(BANS);
    assert.deepEqual(await store.load(), BANS);
    const { banned_nets } = JSON.parse(await readFile(path, 'utf8')) as { banned_nets: unknown[] };
    assert.deepEqual(banned_nets[0], { version: 1, ban_created: 5, banned_until: 86_405, address: '1.2.3.0/24' });
    assert.deepEqual(warnings, []);
  });

  it('passes over rows that are no bans, and over a file that is none', async () => {
    const good = { version: 1, ban_created: 1, banned_until: 2, address: '9.9.9.9/32' };
    const rows = [null, 1, {}, { ...good, version: 2 }, { ...good, address: 'x' }, { ...good, banned_until: 1.5 }, good];
    await writeFile(path, JSON.stringify({ banned_nets: rows }));
    assert.equal((await store.load()).length, 1);
    for (const text of ['', '{', '[]', 'null', '{"banned_nets":{}}']) {
      await writeFile(path, text);
      assert.deepEqual(await store.load(), [], text);
    }
    await truncate(path, 4_000_001);
    assert.deepEqual(await store.load(), []);
    assert.equal(warnings.length, 6);
  });
});
