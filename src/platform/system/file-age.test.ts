import assert from 'node:assert/strict';
import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { tempFolder } from '../../../test/support/temp-folder.ts';
import { fileAgeSeconds } from './file-age.ts';

test('the age of a file is what its last write says, and none where that is still to come', async (t) => {
  const path = join(await tempFolder(t), 'file');
  writeFileSync(path, '');
  const nowSeconds = Date.now() / 1000;
  utimesSync(path, nowSeconds, nowSeconds - 100_000);
  const age = await fileAgeSeconds(path);
  assert.ok(age >= 100_000 - 1 && Number.isInteger(age), `${age}`);
  utimesSync(path, nowSeconds, nowSeconds + 100_000);
  assert.equal(await fileAgeSeconds(path), 0);
  await assert.rejects(fileAgeSeconds(`${path}-not-there`), { code: 'ENOENT' });
});
