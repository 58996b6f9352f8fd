import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { SeededRandom } from '../../../test/support/seeded-random.ts';
import { tempFolder } from '../../../test/support/temp-folder.ts';
import { concatBytes } from '../../core/base/bytes.ts';
import { openSystemFile, WRITE_AT_ONCE_BYTES_MAX } from './open-files.ts';

const random = new SeededRandom(7);

for (const sizeBytes of [WRITE_AT_ONCE_BYTES_MAX, WRITE_AT_ONCE_BYTES_MAX + 1]) {
  test(`writes ${sizeBytes} bytes in parts, one after another, at the place that is asked for`, async (t) => {
    const path = join(await tempFolder(t), 'file');
    const file = await openSystemFile(path, { create: true });
    t.after(() => file.close());
    const before = random.bytes(100);
    const parts = [random.bytes(8), random.bytes(sizeBytes - 40), random.bytes(0), random.bytes(32)];
    await file.write([before], 0);
    await file.write(parts, 90);
    assert.deepEqual(new Uint8Array(await readFile(path)), concatBytes(before.subarray(0, 90), ...parts));
    await file.write([Uint8Array.of(1)], 3);
    assert.equal((await readFile(path))[3], 1);
    assert.equal((await readFile(path)).length, 90 + sizeBytes);
  });
}
