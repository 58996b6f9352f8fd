import assert from 'node:assert/strict';
import { cp, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { SAMPLE_PARAMS, sampleBytes, sampleCoinKey, sampleHash } from '../../../test/support/store-samples.ts';
import { tempFolder } from '../../../test/support/temp-folder.ts';
import type { BlockHash } from '../../core/primitives/ids.ts';
import { NodeError } from '../../engine/ports/node-error.ts';
import { openStores, type Stores } from './data-folder.ts';

const OWN = sampleHash(1);
const BASE = sampleHash(2);

const open = (folder: string, rebuild?: 'index' | 'coins'): Promise<Stores> => openStores({ folder, params: SAMPLE_PARAMS, rebuild });
const put = { puts: [[sampleCoinKey(1), sampleBytes(1, 20)]], deletes: [] } as const;
const names = async (folder: string): Promise<string[]> => (await readdir(folder)).filter((name) => /coins|^snapshot/.test(name)).sort();

/** A folder with own coins and with loaded ones, noted so. */
async function folderWith(folder: string, state?: 'active' | 'validated' | 'invalid'): Promise<void> {
  const stores = await open(folder);
  await stores.coins.apply({ puts: [], deletes: [], tip: OWN });
  const coins = await stores.snapshots.create();
  await coins.apply({ ...put, tip: BASE });
  if (state !== undefined) await stores.snapshots.note(BASE, 'active');
  if (state !== undefined && state !== 'active') await stores.snapshots.note(BASE, state);
  await stores.close();
}

async function tipsOf(folder: string, rebuild?: 'coins'): Promise<readonly (BlockHash | undefined)[]> {
  const { coins, snapshots, close } = await open(folder, rebuild);
  const tips = [await coins.tip(), await snapshots.stored?.coins?.tip()];
  await close();
  return tips;
}

describe('loaded coins in a data folder', () => {
  it('are there beside the own ones once they are noted, and are taken away else', async (t) => {
    const folder = await tempFolder(t);
    await folderWith(folder);
    assert.deepEqual(await tipsOf(folder), [OWN, undefined]);
    assert.deepEqual(await names(folder), ['coins']);
    await folderWith(folder, 'active');
    for (let starts = 0; starts < 2; starts++) assert.deepEqual(await tipsOf(folder), [OWN, BASE]);
    const { snapshots, close } = await open(folder);
    assert.deepEqual([snapshots.stored?.state, snapshots.stored?.base], ['active', BASE]);
    await close();
  });

  it('are begun anew where an earlier loading failed', async (t) => {
    const folder = await tempFolder(t);
    const { snapshots, close } = await open(folder);
    await (await snapshots.create()).apply({ ...put, tip: BASE });
    await snapshots.discard();
    assert.deepEqual(await names(folder), ['coins']);
    const again = await snapshots.create();
    assert.deepEqual(await again.load([sampleCoinKey(1)]), [undefined]);
    await close();
  });

  it('take the place of the own ones when they are found right, wherever that is cut short', async (t) => {
    const whole = await tempFolder(t);
    await folderWith(whole, 'validated');
    const cuts: ((folder: string) => Promise<unknown>)[] = [
      async () => undefined,
      (folder) => rename(join(folder, 'coins'), join(folder, 'coins.old')),
      (folder) => rm(join(folder, 'coins'), { recursive: true }),
      async (folder) => {
        await rm(join(folder, 'coins'), { recursive: true });
        await rename(join(folder, 'coins-snapshot'), join(folder, 'coins'));
      },
    ];
    for (const cut of cuts) {
      const folder = await tempFolder(t);
      await cp(whole, folder, { recursive: true });
      await cut(folder);
      assert.deepEqual(await tipsOf(folder), [BASE, undefined]);
      assert.deepEqual(await names(folder), ['coins']);
      assert.deepEqual(await tipsOf(folder), [BASE, undefined]);
    }
  });

  it('are given up when they are found false, or the own ones are made anew; who opens them hears of it until it has done its part', async (t) => {
    const folder = await tempFolder(t);
    await folderWith(folder, 'invalid');
    for (let starts = 0; starts < 2; starts++) {
      const { snapshots, coins, close } = await open(folder);
      assert.deepEqual([snapshots.stored, await coins.tip()], [{ base: BASE, state: 'invalid', coins: undefined }, OWN]);
      if (starts === 1) await snapshots.forget();
      await close();
    }
    assert.deepEqual(await names(folder), ['coins']);
    assert.deepEqual(await tipsOf(folder), [OWN, undefined]);
    await folderWith(folder, 'active');
    const rebuilt = await open(folder, 'coins');
    assert.deepEqual([rebuilt.snapshots.stored?.state, await rebuilt.coins.tip()], ['invalid', undefined]);
    await rebuilt.close();
    await folderWith(folder, 'active');
    const anew = await open(folder, 'index');
    assert.deepEqual([anew.snapshots.stored, await names(folder)], [undefined, ['coins']]);
    await anew.close();
  });

  it('have a note that is named when it is damaged', async (t) => {
    const folder = await tempFolder(t);
    for (const text of ['', 'active', 'active 00', `other ${'00'.repeat(32)}`]) {
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'snapshot'), text);
      await assert.rejects(
        open(folder),
        (error) => error instanceof NodeError && error.code === 'database-damaged' && /--reindex/.test(error.message),
      );
    }
    await (await open(folder, 'index')).close();
    assert.deepEqual(await tipsOf(folder), [undefined, undefined]);
  });
});
