import assert from 'node:assert/strict';
import { readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ClassicLevel } from 'classic-level';
import { coinStoreSuite } from '../../../test/support/coin-store-suite.ts';
import { headerStoreSuite } from '../../../test/support/header-store-suite.ts';
import {
  collect,
  collectRows,
  SAMPLE_NETWORK,
  sampleBytes,
  sampleCoinKey,
  sampleHash,
  sampleRow,
} from '../../../test/support/store-samples.ts';
import { tempFolder } from '../../../test/support/temp-folder.ts';
import { NodeError } from '../../engine/ports/node-error.ts';
import { encodeIdentity, IDENTITY_KEY } from './database-identity.ts';
import { encodeHeaderKey, encodeHeaderRow } from './header-row.ts';
import { openLevelCoinStore } from './level-coin-store.ts';
import { toDatabaseError } from './level-database.ts';
import { openLevelHeaderStore } from './level-header-store.ts';

/** Writes rows past the store, as a damaged or foreign database would have them. */
async function writeRows(location: string, rows: readonly (readonly [Uint8Array, Uint8Array])[]): Promise<void> {
  const level = new ClassicLevel<Uint8Array, Uint8Array>(location, { keyEncoding: 'view', valueEncoding: 'view' });
  await level.batch(rows.map(([key, value]) => ({ type: 'put', key, value })));
  await level.close();
}

describe('level coin store', () => {
  coinStoreSuite(async (t) => {
    const location = join(await tempFolder(t), 'coins');
    return { open: () => openLevelCoinStore(location, SAMPLE_NETWORK) };
  });

  it('refuses a tip that is no hash', async (t) => {
    const location = await tempFolder(t);
    await (await openLevelCoinStore(location, SAMPLE_NETWORK)).close();
    await writeRows(location, [[Uint8Array.of(0x54), new Uint8Array(31)]]);
    const store = await openLevelCoinStore(location, SAMPLE_NETWORK);
    await assert.rejects(store.tip(), { code: 'database-damaged', message: /broken tip/ });
    await store.close();
  });

  it('says that the disk is full, writes nothing more, and has the last whole state when opened again', async (t) => {
    if (process.platform !== 'linux') return t.skip('needs /dev/full');
    const location = await tempFolder(t);
    const store = await openLevelCoinStore(location, SAMPLE_NETWORK);
    const applied: number[] = [];
    const apply = async (n: number): Promise<void> => {
      const puts = Array.from({ length: 200 }, (_, i) => [sampleCoinKey(i), sampleBytes(n, 10_000)] as const);
      await store.apply({ puts, deletes: [], tip: sampleHash(n) });
      applied.push(n);
    };
    await apply(1);
    // The log that LevelDB begins after some 16 MiB has one of the next numbers, and lands on a device that is always full.
    for (let i = 3; i < 40; i++) {
      const name = `${String(i).padStart(6, '0')}.log`;
      if (!(await readdir(location)).includes(name)) await symlink('/dev/full', join(location, name));
    }
    let first: unknown;
    const applyUntilFull = async (): Promise<void> => {
      for (let n = 2; n < 40; n++) await apply(n);
    };
    await applyUntilFull().catch((error: unknown) => {
      first = error;
    });
    assert.ok(first instanceof NodeError);
    assert.equal(first.code, 'disk-full');
    assert.match(first.message, /free some room/);
    const isFirst = (error: unknown): boolean => error === first; // LevelDB was not asked again.
    await assert.rejects(store.apply({ puts: [], deletes: [], tip: sampleHash(99) }), isFirst);
    await store.close();
    for (const name of await readdir(location, { withFileTypes: true })) if (name.isSymbolicLink()) await rm(join(location, name.name));

    const again = await openLevelCoinStore(location, SAMPLE_NETWORK);
    const last = applied.at(-1)!;
    assert.deepEqual(await again.tip(), sampleHash(last));
    for (const [, value] of await collect(again.entries())) assert.deepEqual(value, sampleBytes(last, 10_000));
    await again.apply({ puts: [], deletes: [], tip: sampleHash(100) });
    await again.close();
  });
});

describe('level header store', () => {
  headerStoreSuite(async (t) => {
    const location = join(await tempFolder(t), 'headers');
    return { open: () => openLevelHeaderStore(location, SAMPLE_NETWORK) };
  });

  it('packs a row into 120 bytes under a key of 37', () => {
    const row = sampleRow(undefined, 1, {
      height: 0x01020304,
      status: 5,
      txCount: 6,
      sequence: 7,
      block: { file: 8, offset: 9, sizeBytes: 10 },
    });
    const key = encodeHeaderKey(row);
    assert.deepEqual([...key.subarray(0, 5)], [0x48, 1, 2, 3, 4]);
    assert.deepEqual(key.subarray(5), new Uint8Array(row.header.hash));
    const value = encodeHeaderRow(row);
    assert.equal(value.length, 120);
    const view = new DataView(value.buffer, 80);
    const fields = [0, 4, 8, 12, 16, 20, 24, 28, 32, 36].map((offset) => view.getUint32(offset, true));
    assert.deepEqual(fields, [5, 6, 7, 0, 8, 9, 10, 0xffffffff, 0, 0]);
  });

  it('refuses rows that are cut, too long, or not of the hash in their key', async (t) => {
    const row = sampleRow(undefined, 1);
    const [key, value] = [encodeHeaderKey(row), encodeHeaderRow(row)];
    const flipped = value.slice();
    flipped[40]! ^= 1;
    const cases = [
      [key, value.subarray(0, 119)],
      [key, Uint8Array.of(...value, 0)],
      [key, flipped],
      [key.subarray(0, 36), value],
      [key.subarray(0, 3), value],
    ] as const;
    for (const broken of cases) {
      const location = await tempFolder(t);
      await (await openLevelHeaderStore(location, SAMPLE_NETWORK)).close();
      await writeRows(location, [broken]);
      const store = await openLevelHeaderStore(location, SAMPLE_NETWORK);
      await assert.rejects(collectRows(store), { name: 'NodeError', code: 'database-damaged', message: /broken row/ });
      await store.close();
    }
  });
});

describe('a database', () => {
  const refusal = async (location: string, identity: Uint8Array, key: Uint8Array = IDENTITY_KEY): Promise<NodeError> => {
    await writeRows(location, [[key, identity]]);
    const error = await openLevelCoinStore(location, SAMPLE_NETWORK).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof NodeError);
    return error;
  };

  it('of a newer version is refused, and its network is not even looked at', async (t) => {
    const error = await refusal(await tempFolder(t), Uint8Array.of(2, 0, 0, 0, 99));
    assert.equal(error.code, 'data-dir-version');
    assert.match(error.message, /has format 2, this program knows format 1/);
  });

  it('of another network is refused by name', async (t) => {
    const otherStart = { ...SAMPLE_NETWORK, name: 'elsewhere', messageStart: Uint8Array.of(1, 2, 3, 4) };
    const byStart = await refusal(await tempFolder(t), encodeIdentity(1, otherStart));
    assert.equal(byStart.code, 'data-dir-network');
    assert.match(byStart.message, /belongs to the network elsewhere, not to sample/);
    const byGenesis = await refusal(await tempFolder(t), encodeIdentity(1, { ...SAMPLE_NETWORK, genesisHash: sampleHash(1) }));
    assert.equal(byGenesis.code, 'data-dir-network');
    assert.match(byGenesis.message, /network sample of another definition/);
  });

  it('with a broken identity, or with rows and none, is damaged', async (t) => {
    const cut = await refusal(await tempFolder(t), encodeIdentity(1, SAMPLE_NETWORK).subarray(0, 39));
    assert.match(cut.message, /broken identity/);
    const none = await refusal(await tempFolder(t), sampleHash(1), Uint8Array.of(0x43));
    assert.match(none.message, /does not say whose/);
    const zero = await refusal(await tempFolder(t), new Uint8Array(44));
    assert.deepEqual([cut.code, none.code, zero.code], ['database-damaged', 'database-damaged', 'database-damaged']);
  });

  it('opens again where only the name of the network changed', async (t) => {
    const location = await tempFolder(t);
    await (await openLevelCoinStore(location, SAMPLE_NETWORK)).close();
    await (await openLevelCoinStore(location, { ...SAMPLE_NETWORK, name: 'renamed' })).close();
  });

  it('whose files are damaged says so', async (t) => {
    const location = await tempFolder(t);
    await (await openLevelCoinStore(location, SAMPLE_NETWORK)).close();
    for (const name of await readdir(location)) if (name.startsWith('MANIFEST')) await rm(join(location, name));
    await assert.rejects(openLevelCoinStore(location, SAMPLE_NETWORK), { name: 'NodeError', code: 'database-damaged' });
  });

  it('whose list of files is gone is damaged, and keeps the rows that it has', async (t) => {
    const location = await tempFolder(t);
    await (await openLevelCoinStore(location, SAMPLE_NETWORK)).close();
    const current = await readFile(join(location, 'CURRENT'));
    await rm(join(location, 'CURRENT'));
    const refusal = { name: 'NodeError', code: 'database-damaged', message: /CURRENT is missing/ };
    await assert.rejects(openLevelCoinStore(location, SAMPLE_NETWORK), refusal);
    await writeFile(join(location, 'CURRENT'), current);
    const store = await openLevelCoinStore(location, SAMPLE_NETWORK);
    await store.apply({ puts: [], deletes: [], tip: sampleHash(1) });
    await store.close();
  });

  it('names failures of the disk by what they mean', () => {
    const codeOf = (code: string, message: string): string => toDatabaseError(Object.assign(new Error(message), { code }), '/x').code;
    assert.equal(codeOf('LEVEL_IO_ERROR', 'IO error: /x/000003.log: No space left on device'), 'disk-full');
    assert.equal(codeOf('LEVEL_IO_ERROR', 'IO error: /x/000003.log: Disk quota exceeded'), 'disk-full');
    assert.equal(codeOf('ENOSPC', 'ENOSPC: no space left on device, mkdir'), 'disk-full');
    assert.equal(codeOf('LEVEL_IO_ERROR', 'IO error: /x/LOCK: Permission denied'), 'data-dir-unusable');
    assert.equal(codeOf('LEVEL_IO_ERROR', 'IO error: /x/000005.ldb: Invalid argument'), 'database-damaged');
    assert.equal(codeOf('LEVEL_CORRUPTION', 'Corruption: block checksum mismatch'), 'database-damaged');
    assert.equal(codeOf('LEVEL_LOCKED', 'IO error: lock /x/LOCK: already held by process'), 'data-dir-locked');
  });
});
