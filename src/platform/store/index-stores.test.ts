import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { indexStoreSuite } from '../../../test/support/index-store-suite.ts';
import { SAMPLE_NETWORK, sampleHash } from '../../../test/support/store-samples.ts';
import { openLevelIndexStore } from './level-index-store.ts';
import { createMemoryIndexStore } from './memory-index-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'quoin-indexes-'));
after(() => rmSync(folder, { recursive: true }));
let made = 0;

describe('an index in memory', () => {
  indexStoreSuite(async () => {
    const store = createMemoryIndexStore();
    return { open: async () => store };
  });
});

describe('an index in LevelDB', () => {
  indexStoreSuite(async () => {
    const location = join(folder, String(made++), 'deep', 'index');
    return { open: () => openLevelIndexStore(location, SAMPLE_NETWORK) };
  });

  it('is refused where it belongs to another network', async () => {
    const location = join(folder, 'other');
    await (await openLevelIndexStore(location, SAMPLE_NETWORK)).close();
    await assert.rejects(openLevelIndexStore(location, { ...SAMPLE_NETWORK, genesisHash: sampleHash(1) }), { code: 'data-dir-network' });
  });
});
