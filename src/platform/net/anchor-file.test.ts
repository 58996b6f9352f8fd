import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { tempFolder } from '../../../test/support/temp-folder.ts';
import type { Log } from '../../engine/ports/log.ts';
import { createAnchorFile } from './anchor-file.ts';

const ANCHORS = [
  { network: 'ipv4', bytes: Uint8Array.of(1, 2, 3, 4), port: 7333 },
  { network: 'torv3', bytes: new Uint8Array(32).fill(5), port: 1 },
] as const;

describe('anchor file', () => {
  const warnings: string[] = [];
  const log: Log = { debug: () => {}, info: () => {}, warn: (event) => warnings.push(event), error: () => {} };

  it('gives back what it was given once: the file is gone when it is read', async (t) => {
    const folder = await tempFolder(t);
    const store = createAnchorFile({ path: join(folder, 'anchors'), log });
    assert.deepEqual(await store.take(), []);
    await store.save(ANCHORS);
    assert.deepEqual(await store.take(), ANCHORS);
    await assert.rejects(readFile(join(folder, 'anchors')));
    assert.deepEqual(await store.take(), []);
    assert.deepEqual(warnings, []);
  });

  it('is as good as none where it is damaged, and is told of', async (t) => {
    const folder = await tempFolder(t);
    const path = join(folder, 'anchors');
    const store = createAnchorFile({ path, log });
    const texts = ['{', 'null', '[]', '{"version":2,"anchors":[]}', '{"version":1,"anchors":["0104"]}', '{"version":1,"anchors":[7]}'];
    for (const [index, text] of [...texts, 'x'.repeat(10_001)].entries()) {
      await writeFile(path, text);
      assert.deepEqual(await store.take(), [], text.slice(0, 50));
      assert.equal(warnings.length, index + 1);
      await assert.rejects(readFile(path));
    }
  });
});
