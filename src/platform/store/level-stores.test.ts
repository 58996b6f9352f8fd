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
  packRows,
  pagesOf,
  SAMPLE_NETWORK,
  type StoredHeader,
  sampleBytes,
  sampleCoinKey,
  sampleHash,
  trunk,
} from '../../../test/support/store-samples.ts';
import { tempFolder } from '../../../test/support/temp-folder.ts';
import { encodeHeader } from '../../core/primitives/block.ts';
import { NodeError } from '../../engine/ports/node-error.ts';
import { encodeIdentity, IDENTITY_KEY } from './database-identity.ts';
import { encodePageKey } from './header-row.ts';
import { openLevelCoinStore } from './level-coin-store.ts';
import { toDatabaseError } from './level-database.ts';
import { openLevelHeaderStore } from './level-header-store.ts';
import { SEAL_SIZE_BYTES, sealRow } from './row-seal.ts';

/** Writes rows past the store, as a damaged or foreign database would have them. */
async function writeRows(location: string, rows: readonly (readonly [Uint8Array, Uint8Array])[]): Promise<void> {
  const level = new ClassicLevel<Uint8Array, Uint8Array>(location, { keyEncoding: 'view', valueEncoding: 'view' });
  await level.batch(rows.map(([key, value]) => ({ type: 'put', key, value })));
  await level.close();
}

/** A row as the store writes it. */
const sealed = ([key, value]: readonly [Uint8Array, Uint8Array]): readonly [Uint8Array, Uint8Array] => [key, sealRow(key, value)];

/** Every row as it is stored. */
async function readRows(location: string): Promise<(readonly [Uint8Array, Uint8Array])[]> {
  const level = new ClassicLevel<Uint8Array, Uint8Array>(location, { keyEncoding: 'view', valueEncoding: 'view' });
  const rows = await level.iterator().all();
  await level.close();
  return rows;
}

describe('level coin store', () => {
  coinStoreSuite(async (t) => {
    const location = join(await tempFolder(t), 'coins');
    return { open: () => openLevelCoinStore(location, SAMPLE_NETWORK) };
  });

  it('refuses a tip that is no hash', async (t) => {
    const location = await tempFolder(t);
    await (await openLevelCoinStore(location, SAMPLE_NETWORK)).close();
    const tip = Uint8Array.of(0x54);
    await writeRows(location, [[tip, sealRow(tip, new Uint8Array(31))]]);
    const store = await openLevelCoinStore(location, SAMPLE_NETWORK);
    await assert.rejects(store.tip(), { code: 'database-damaged', message: /its tip is no hash.*: start with --reindex-chainstate/ });
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

  it('keeps rows of 156 bytes, 16 on a page', async (t) => {
    const location = await tempFolder(t);
    const store = await openLevelHeaderStore(location, SAMPLE_NETWORK);
    const rows = trunk(17);
    rows[16] = { ...rows[16]!, status: 5, txCount: 6, sequence: 7, block: { file: 8, offset: 9, sizeBytes: 10 } };
    await store.put(pagesOf(rows));
    await store.close();
    const stored = (await readRows(location)).filter(([key]) => key[0]! > 2);
    assert.deepEqual(
      stored.map(([key, value]) => [[...key], value.length]),
      [
        [[0x50, 0, 0, 0, 0], 16 * 156 + SEAL_SIZE_BYTES],
        [[0x50, 0, 0, 0, 1], 156 + SEAL_SIZE_BYTES],
      ],
    );
    const value = stored[1]![1];
    const view = new DataView(value.buffer, value.byteOffset);
    assert.equal(view.getUint32(0, true), 16, 'the height');
    assert.deepEqual(new Uint8Array(value.subarray(4, 36)), new Uint8Array(rows[16].header.hash));
    assert.deepEqual(new Uint8Array(value.subarray(36, 116)), encodeHeader(rows[16].header));
    const fields = Array.from({ length: 10 }, (_, index) => view.getUint32(116 + index * 4, true));
    assert.deepEqual(fields, [5, 6, 7, 0, 8, 9, 10, 0xffffffff, 0, 0]);
  });

  it('refuses pages that are cut, missing, too long, or have a header that is not of its hash', async (t) => {
    const pages = pagesOf(trunk(33)).map(({ number, rows }) => [encodePageKey(number), rows.bytes] as const);
    const flipped = pages[0]![1].slice();
    flipped[36 + 40]! ^= 1;
    const [first, second, third] = pages as [(typeof pages)[0], (typeof pages)[0], (typeof pages)[0]];
    const cases = [
      [[first[0], first[1].subarray(0, 155)]],
      [[first[0], new Uint8Array(0)]],
      [[first[0], Uint8Array.of(...first[1], ...third[1])]],
      [[first[0], flipped]],
      [[first[0].subarray(0, 4), first[1]]],
      [first, third],
      [second, third],
      [[first[0], first[1].subarray(0, 15 * 156)], second],
    ] as const;
    for (const broken of cases) {
      const location = await tempFolder(t);
      await (await openLevelHeaderStore(location, SAMPLE_NETWORK)).close();
      await writeRows(location, broken.map(sealed));
      const load = async (): Promise<void> => {
        const store = await openLevelHeaderStore(location, SAMPLE_NETWORK);
        await collectRows(store).finally(() => store.close());
      };
      await assert.rejects(load, { name: 'NodeError', code: 'database-damaged', message: /a broken row/ });
    }
  });

  it('gathers the single rows of older programs on pages, and goes on where that was cut short', async (t) => {
    const rows = trunk(100);
    const old = (row: StoredHeader): readonly [Uint8Array, Uint8Array] => {
      const key = new Uint8Array(37);
      key[0] = 0x48;
      new DataView(key.buffer).setUint32(1, row.height, false);
      key.set(row.header.hash, 5);
      return [key, packRows([row]).bytes.subarray(36)];
    };
    const pages = pagesOf(rows).map(({ number, rows: { bytes } }) => [encodePageKey(number), bytes] as const);
    for (const done of [0, 1, 3, 6]) {
      const location = await tempFolder(t);
      await (await openLevelHeaderStore(location, SAMPLE_NETWORK)).close();
      const single = rows
        .slice(done * 16)
        .reverse()
        .map(old);
      await writeRows(location, [...pages.slice(0, done), ...single].map(sealed));
      for (let opening = 0; opening < 2; opening++) {
        const store = await openLevelHeaderStore(location, SAMPLE_NETWORK);
        assert.deepEqual(await collectRows(store), rows);
        await store.close();
      }
      assert.equal((await readRows(location)).length, 2 + pages.length, 'nothing is left of them');
    }
    const [key, value] = old(rows[0]!);
    for (const broken of [[key.subarray(0, 36), value] as const, [key, value.subarray(1)] as const]) {
      const location = await tempFolder(t);
      await (await openLevelHeaderStore(location, SAMPLE_NETWORK)).close();
      await writeRows(location, [sealed(broken)]);
      await assert.rejects(openLevelHeaderStore(location, SAMPLE_NETWORK), { code: 'database-damaged', message: /a broken row/ });
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
    const error = await refusal(await tempFolder(t), Uint8Array.of(3, 0, 0, 0, 99));
    assert.equal(error.code, 'data-dir-version');
    assert.match(error.message, /has format 3, this program knows format 2/);
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
    assert.match(cut.message, /its identity is broken/);
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
    const codeOf = (code: string, message: string): string =>
      toDatabaseError(Object.assign(new Error(message), { code }), '/x', 'act').code;
    assert.equal(codeOf('LEVEL_IO_ERROR', 'IO error: /x/000003.log: No space left on device'), 'disk-full');
    assert.equal(codeOf('LEVEL_IO_ERROR', 'IO error: /x/000003.log: Disk quota exceeded'), 'disk-full');
    assert.equal(codeOf('ENOSPC', 'ENOSPC: no space left on device, mkdir'), 'disk-full');
    assert.equal(codeOf('LEVEL_IO_ERROR', 'IO error: /x/LOCK: Permission denied'), 'data-dir-unusable');
    assert.equal(codeOf('LEVEL_IO_ERROR', 'IO error: /x/000005.ldb: Invalid argument'), 'database-damaged');
    assert.equal(codeOf('LEVEL_CORRUPTION', 'Corruption: block checksum mismatch'), 'database-damaged');
    assert.equal(codeOf('LEVEL_LOCKED', 'IO error: lock /x/LOCK: already held by process'), 'data-dir-locked');
  });
});
