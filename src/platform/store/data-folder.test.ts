import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CHILD_COINS, childCoinValue } from '../../../test/support/store-child.ts';
import {
  collect,
  collectRows,
  pagesOf,
  SAMPLE_PARAMS,
  sampleBytes,
  sampleCoinKey,
  sampleHash,
  sampleRow,
} from '../../../test/support/store-samples.ts';
import { tempFolder } from '../../../test/support/temp-folder.ts';
import type { FilePosition } from '../../engine/ports/block-store.ts';
import { openStores } from './data-folder.ts';

const here = fileURLToPath(import.meta.url);
const CHILD = fileURLToPath(new URL(`../../../test/support/store-child${extname(here)}`, import.meta.url));

/** A process that uses the folder; it is killed when the test ends, if it still runs. */
function startChild(t: TestContext, ...args: string[]): { child: ChildProcess; lines: AsyncIterableIterator<string> } {
  const child = spawn(process.execPath, [CHILD, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  return { child, lines: createInterface({ input: child.stdout! })[Symbol.asyncIterator]() };
}

/** Reads lines until there are `count`, kills the process in what it does next, and gives all that it said. */
async function killAfter(t: TestContext, count: number, ...args: string[]): Promise<string[]> {
  const { child, lines } = startChild(t, ...args);
  const closed = once(child, 'close');
  const said: string[] = [];
  for await (const line of lines) {
    said.push(line);
    if (said.length === count) child.kill('SIGKILL');
  }
  assert.deepEqual(await closed, [null, 'SIGKILL']);
  return said;
}

describe('a data folder', () => {
  it('is made for its owner alone and has everything when it is opened again', async (t) => {
    const folder = join(await tempFolder(t), 'deep', 'sample');
    const before = await openStores({ folder, params: SAMPLE_PARAMS });
    assert.equal((await stat(folder)).mode & 0o777, 0o700);
    const block = await before.blocks.append(sampleBytes(1, 100));
    await before.blocks.sync();
    const row = sampleRow(undefined, 1, { block });
    await before.headers.put(pagesOf([row]));
    await before.coins.apply({ puts: [[sampleCoinKey(1), sampleBytes(1, 10)]], deletes: [], tip: row.header.hash });
    await before.close();
    await before.close();
    assert.deepEqual((await readdir(folder)).sort(), ['blocks', 'coins', 'headers', 'lock', 'reserve']);

    const after = await openStores({ folder, params: SAMPLE_PARAMS });
    const [loaded] = await collectRows(after.headers);
    assert.deepEqual(loaded, row);
    assert.deepEqual(await after.blocks.read(loaded!.block!), sampleBytes(1, 100));
    assert.deepEqual(await after.coins.tip(), row.header.hash);
    await after.close();
  });

  it('of another network is refused, and is free for its own afterwards', async (t) => {
    const folder = await tempFolder(t);
    await (await openStores({ folder, params: SAMPLE_PARAMS })).close();
    const other = { ...SAMPLE_PARAMS, name: 'elsewhere', consensus: { genesisHash: sampleHash(9) } };
    const message = /belongs to the network sample, not to elsewhere/;
    await assert.rejects(openStores({ folder, params: other }), { name: 'NodeError', code: 'data-dir-network', message });
    await (await openStores({ folder, params: SAMPLE_PARAMS })).close();
  });

  it('is refused to a second opener in the same process', async (t) => {
    const folder = await tempFolder(t);
    const first = await openStores({ folder, params: SAMPLE_PARAMS });
    await assert.rejects(openStores({ folder, params: SAMPLE_PARAMS }), { code: 'data-dir-locked', message: /in use by another process/ });
    await first.close();
    await (await openStores({ folder, params: SAMPLE_PARAMS })).close();
  });

  it('is refused while another process has it, by number, and free the moment that is killed', async (t) => {
    const folder = await tempFolder(t);
    const { child, lines } = startChild(t, 'hold', folder);
    assert.deepEqual(await lines.next(), { value: 'open', done: false });
    const locked = { name: 'NodeError', code: 'data-dir-locked', message: new RegExp(`in use by process ${child.pid}: stop it`) };
    await assert.rejects(openStores({ folder, params: SAMPLE_PARAMS }), locked);
    for (const note of ['', '[]', '{"pid":"1"}', 'null', '{"pid":1e99}', ' '.repeat(65_537)]) {
      await writeFile(join(folder, 'node.json'), note);
      await assert.rejects(openStores({ folder, params: SAMPLE_PARAMS }), { code: 'data-dir-locked', message: /by another process/ });
    }
    const closed = once(child, 'close');
    child.kill('SIGKILL');
    await closed;
    await (await openStores({ folder, params: SAMPLE_PARAMS })).close();
  });

  it('has the coins of one batch, all of them, however often its process is killed in the middle of one', async (t) => {
    const folder = await tempFolder(t);
    let last = 0;
    for (const count of [3, 1, 8]) {
      const said = await killAfter(t, count, 'apply', folder, String(last));
      const { coins, close } = await openStores({ folder, params: SAMPLE_PARAMS });
      const durable = Number(said.at(-1));
      const tip = await coins.tip();
      last = [durable, durable + 1].find((n) => Buffer.compare(sampleHash(n), tip!) === 0) ?? -1;
      assert.ok(last > 0, `the tip is that of batch ${durable}, which was on disk, or of the one that was under way`);
      const entries = await collect(coins.entries());
      assert.equal(entries.length, CHILD_COINS);
      for (const [, value] of entries) assert.deepEqual(value, childCoinValue(last));
      await close();
    }
  });

  it('has each block and undo record that was synced when its process was killed', async (t) => {
    const folder = await tempFolder(t);
    for (let round = 0; round < 2; round++) {
      const said = await killAfter(t, 4, 'append', folder);
      const { blocks, close } = await openStores({ folder, params: SAMPLE_PARAMS });
      for (const line of said) {
        const { n, block, undo } = JSON.parse(line) as { n: number; block: FilePosition; undo: FilePosition };
        assert.deepEqual(await blocks.read(block), sampleBytes(n, 50_000));
        assert.deepEqual(await blocks.readUndo(undo, sampleHash(n)), sampleBytes(n + 1, 10_000));
      }
      await close();
    }
  });

  it('that cannot be one says why', async (t) => {
    const root = await tempFolder(t);
    const file = join(root, 'file');
    await writeFile(file, 'in the way');
    const unusable = { name: 'NodeError', code: 'data-dir-unusable', message: new RegExp(`${file}`) };
    await assert.rejects(openStores({ folder: file, params: SAMPLE_PARAMS }), unusable);
    await assert.rejects(openStores({ folder: join(file, 'below'), params: SAMPLE_PARAMS }), unusable);
    for (const part of ['lock', 'headers', 'coins', 'blocks']) {
      const folder = join(root, `with-${part}`);
      await mkdir(folder);
      await writeFile(join(folder, part), 'in the way');
      await assert.rejects(openStores({ folder, params: SAMPLE_PARAMS }), { name: 'NodeError', code: 'data-dir-unusable' });
    }
  });

  it('without the right to write is refused', { skip: process.getuid?.() === 0 ? 'root may write everywhere' : false }, async (t) => {
    const folder = await tempFolder(t);
    await mkdir(join(folder, 'closed'), { mode: 0o500 });
    await assert.rejects(openStores({ folder: join(folder, 'closed'), params: SAMPLE_PARAMS }), { code: 'data-dir-unusable' });
  });

  it("never appends to another program's block files", async (t) => {
    const folder = await tempFolder(t);
    await mkdir(join(folder, 'blocks'));
    await writeFile(join(folder, 'blocks', 'blk00000.dat'), 'foreign');
    await assert.rejects(openStores({ folder, params: SAMPLE_PARAMS }), { code: 'data-dir-unusable', message: /import them/ });
    assert.deepEqual(await readdir(folder), ['blocks']);
  });
});
