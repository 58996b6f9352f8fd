import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe } from 'node:test';
import { rowStoreSuite } from '../../../test/support/row-store-suite.ts';
import { regtest } from '../../core/params/regtest.ts';
import { openLevelRowStore } from './level-row-store.ts';
import { createMemoryRowStore } from './memory-row-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'quoin-rows-'));
after(() => rmSync(folder, { recursive: true }));
const network = { name: regtest.name, messageStart: regtest.messageStart, genesisHash: regtest.consensus.genesisHash };

let made = 0;

describe('rows in memory', () =>
  rowStoreSuite(async () => {
    const store = createMemoryRowStore();
    return { open: async () => store };
  }));

describe('rows in LevelDB', () =>
  rowStoreSuite(async () => {
    const location = join(folder, String(made++));
    return { open: () => openLevelRowStore(location, network) };
  }));
