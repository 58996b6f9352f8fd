/**
 * Databases whose files lie: whatever byte is flipped and whichever file is gone, what is read is what was written at some time, or it is
 * named as damaged. And folders of the format before, whose rows had no checksums.
 */

import assert from 'node:assert/strict';
import { cp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { ClassicLevel } from 'classic-level';
import { collect, SAMPLE_NETWORK, sampleBytes, sampleCoinKey, sampleHash } from '../../../test/support/store-samples.ts';
import { tempFolder } from '../../../test/support/temp-folder.ts';
import type { CoinStore } from '../../engine/ports/coin-store.ts';
import { NodeError } from '../../engine/ports/node-error.ts';
import { encodeIdentity, IDENTITY_KEY } from './database-identity.ts';
import { openLevelCoinStore } from './level-coin-store.ts';
import { openLevelIndexStore } from './level-index-store.ts';
import { crc32c } from './leveldb-format.ts';

const COINS = 150;
const BATCHES = 4;

/** A value is of its batch; each batch writes all coins anew, but takes one of them away. */
const coinValue = (batch: number, coin: number): Uint8Array => sampleBytes(batch * 1_000 + coin, 40);

async function applyBatch(store: CoinStore, batch: number): Promise<void> {
  const coins = Array.from({ length: COINS }, (_, coin) => coin);
  const puts = coins.filter((coin) => coin !== batch).map((coin) => [sampleCoinKey(coin), coinValue(batch, coin)] as const);
  await store.apply({ puts, deletes: [sampleCoinKey(batch)], tip: sampleHash(batch) });
}

/** What a store gives, held against the batch that its tip is of. Where it gives anything else, that is told. */
async function lies(store: CoinStore): Promise<string | undefined> {
  const tip = await store.tip();
  const batch = [undefined, ...Array.from({ length: BATCHES }, (_, i) => sampleHash(i + 1))].findIndex(
    (hash) => Buffer.compare(hash ?? Buffer.alloc(0), tip ?? Buffer.alloc(0)) === 0,
  );
  if (batch < 0) return 'a tip that never was';
  for (let coin = 0; coin < COINS; coin++) {
    const key = sampleCoinKey(coin);
    const expected = batch === 0 || coin === batch ? undefined : coinValue(batch, coin);
    const [value] = await store.load([key]);
    if (value === undefined) await store.check?.([key]);
    if (Buffer.compare(value ?? Buffer.alloc(0), expected ?? Buffer.alloc(0)) !== 0) return `coin ${coin} of batch ${batch}`;
  }
  return undefined;
}

/** What becomes of a spoilt folder: the right answers, a named damage, or a lie. */
async function outcome(location: string): Promise<'right' | 'named' | string> {
  let store: CoinStore | undefined;
  try {
    store = await openLevelCoinStore(location, SAMPLE_NETWORK);
    return (await lies(store)) ?? 'right';
  } catch (error) {
    assert.ok(error instanceof NodeError, String(error));
    // A flipped bit can make the format's number that of a later one.
    if (error.code === 'data-dir-version') return 'named';
    assert.equal(error.code, 'database-damaged', error.message);
    assert.ok(error.message.includes(`${location} is damaged (`) && error.message.endsWith('all of which are stored'), error.message);
    return 'named';
  } finally {
    await store?.close();
  }
}

/** A folder whose batches are in the log, or in a table. */
async function written(t: TestContext, where: 'log' | 'table', batches = BATCHES): Promise<string> {
  const location = join(await tempFolder(t), 'coins');
  const store = await openLevelCoinStore(location, SAMPLE_NETWORK);
  for (let batch = 1; batch <= batches; batch++) await applyBatch(store, batch);
  await store.close();
  if (where === 'table') await (await openLevelCoinStore(location, SAMPLE_NETWORK)).close();
  return location;
}

/** Flips one bit at some places of a file, each in a copy of its own. @returns how often each outcome was */
async function flipEverywhere(t: TestContext, location: string, file: RegExp, step: number): Promise<Map<string, number>> {
  const name = (await readdir(location)).find((each) => file.test(each))!;
  const bytes = await readFile(join(location, name));
  const counts = new Map<string, number>();
  for (let at = 0; at < bytes.length; at += step) {
    const copy = join(await tempFolder(t), 'coins');
    await cp(location, copy, { recursive: true });
    const flipped = Buffer.from(bytes);
    flipped[at]! ^= 1 << (at % 8);
    await writeFile(join(copy, name), flipped);
    const what = await outcome(copy);
    assert.ok(what === 'right' || what === 'named', `byte ${at} of ${bytes.length} of ${name}: ${what}`);
    counts.set(what, (counts.get(what) ?? 0) + 1);
    await rm(copy, { recursive: true });
  }
  return counts;
}

describe('a database whose disk lies', () => {
  it('never gives another coin than was written, nor none in its place, whatever bit of a table is flipped', async (t) => {
    const counts = await flipEverywhere(t, await written(t, 'table', 1), /\.ldb$/, 149);
    assert.ok((counts.get('named') ?? 0) > (counts.get('right') ?? 0), 'most bytes of a table are rows');
  });

  it('is damaged whatever bit of its tables is flipped, also where an earlier row would come back', async (t) => {
    const counts = await flipEverywhere(t, await written(t, 'table'), /\.ldb$/, 997);
    assert.ok((counts.get('named') ?? 0) > 5 * (counts.get('right') ?? 0), 'but for the bytes between its parts');
  });

  it('is looked at anew while it is open, where a coin is missing or when someone asks', async (t) => {
    const location = await written(t, 'table', 1);
    const store = await openLevelCoinStore(location, SAMPLE_NETWORK);
    const name = (await readdir(location)).find((each) => each.endsWith('.ldb'))!;
    await store.check?.();
    await store.check?.([sampleCoinKey(1)]);
    const bytes = await readFile(join(location, name));
    bytes[100]! ^= 1;
    await writeFile(join(location, name), bytes);
    const refusal = { code: 'database-damaged', message: new RegExp(`is damaged \\(the table ${name}: its block at 0 fails its checksum`) };
    await assert.rejects(async () => store.check?.(), refusal);
    await assert.rejects(async () => store.check?.([sampleCoinKey(1)]), refusal);
    await store.check?.([sampleCoinKey(COINS + 1)]);
    await store.close();
  });

  it('is as after some batch, or damaged, whatever bit of its log is flipped: no batch is lost between two', async (t) => {
    const location = await written(t, 'log');
    const counts = await flipEverywhere(t, location, /\.log$/, 1_597);
    assert.ok((counts.get('named') ?? 0) > 0 && (counts.get('right') ?? 0) > 0);
  });

  it('is as after some batch, or damaged, whichever file is gone or cut', async (t) => {
    for (const where of ['log', 'table'] as const) {
      const location = await written(t, where);
      for (const name of await readdir(location)) {
        for (const spoil of ['gone', 'empty', 'half'] as const) {
          const copy = join(await tempFolder(t), 'coins');
          await cp(location, copy, { recursive: true });
          const path = join(copy, name);
          if (spoil === 'gone') await rm(path);
          else await truncate(path, spoil === 'empty' ? 0 : (await readFile(path)).length >> 1);
          const what = await outcome(copy);
          assert.ok(what === 'right' || what === 'named', `${where}: ${name} is ${spoil}: ${what}`);
          if (/^(CURRENT|MANIFEST)/.test(name) && spoil !== 'half') assert.equal(what, 'named', `${name} is ${spoil}`);
        }
      }
    }
  });

  it('is not damaged by tables that LevelDB did not finish', async (t) => {
    const location = await written(t, 'table');
    const name = (await readdir(location)).find((each) => each.endsWith('.ldb'))!;
    await writeFile(join(location, '000099.ldb'), (await readFile(join(location, name))).subarray(0, 1_000));
    assert.equal(await outcome(location), 'right');
  });

  it('names the coin', async (t) => {
    const location = await tempFolder(t);
    const store = await openLevelCoinStore(location, SAMPLE_NETWORK);
    const key = sampleCoinKey(7);
    key[35] = 3;
    await store.apply({ puts: [[key, sampleBytes(1, 20)]], deletes: [], tip: sampleHash(1) });
    await store.close();
    const level = new ClassicLevel<Uint8Array, Uint8Array>(location, { keyEncoding: 'view', valueEncoding: 'view' });
    await level.put(Uint8Array.of(0x43, ...key), sampleBytes(1, 24));
    await level.close();
    const again = await openLevelCoinStore(location, SAMPLE_NETWORK);
    const message = `${location} is damaged (the coin ${'0'.repeat(56)}07000000:3 fails its checksum): start with --reindex-chainstate, which makes the coins anew from the blocks, all of which are stored`;
    await assert.rejects(again.load([key]), { name: 'NodeError', code: 'database-damaged', message });
    await assert.rejects(collect(again.entries()), { message });
    await again.close();
  });

  it('drops an index, begins it anew and says so', async (t) => {
    const location = join(await tempFolder(t), 'tx');
    const store = await openLevelIndexStore(location, SAMPLE_NETWORK);
    await store.apply({ puts: [[Uint8Array.of(1), sampleBytes(1, 20)]], deletes: [], tip: { hash: sampleHash(1), height: 1 } });
    await store.close();
    await writeFile(join(location, 'CURRENT'), 'rubbish\n');
    const told: string[] = [];
    const again = await openLevelIndexStore(location, SAMPLE_NETWORK, { onDamage: (error) => void told.push(error.message) });
    assert.equal(await again.tip(), undefined);
    assert.deepEqual(await again.load([Uint8Array.of(1)]), [undefined]);
    assert.equal(told.length, 1);
    assert.match(told[0]!, /tx is damaged \(.*\): it is made anew by itself;/);
    await again.close();
  });
});

describe('the checksum of a table', () => {
  it('is CRC-32C, of any length', () => {
    // RFC 3720, B.4.
    assert.equal(crc32c(new Uint8Array(32)), 0x8a9136aa);
    assert.equal(crc32c(new Uint8Array(32).fill(0xff)), 0x62a8ab43);
    assert.equal(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e);
    assert.equal(crc32c(Buffer.from('123456789')), 0xe3069283);
    assert.equal(crc32c(new Uint8Array(0)), 0);
  });
});

describe('a database of format 1, whose rows had no checksums', () => {
  const rows = Array.from(
    { length: 2_500 },
    (_, coin) => [Uint8Array.of(0x43, ...sampleCoinKey(coin)), sampleBytes(coin, coin % 50)] as const,
  );

  async function oldFolder(t: TestContext): Promise<string> {
    const location = join(await tempFolder(t), 'coins');
    const level = new ClassicLevel<Uint8Array, Uint8Array>(location, { keyEncoding: 'view', valueEncoding: 'view' });
    const own: (readonly [Uint8Array, Uint8Array])[] = [
      [IDENTITY_KEY, encodeIdentity(1, SAMPLE_NETWORK)],
      [Uint8Array.of(0x54), sampleHash(1)],
    ];
    await level.batch([...own, ...rows].map(([key, value]) => ({ type: 'put', key, value })));
    await level.close();
    return location;
  }

  async function assertWhole(store: CoinStore): Promise<void> {
    assert.deepEqual(await store.tip(), sampleHash(1));
    const expected = rows.map(([key, value]) => [key.subarray(1), value]);
    assert.deepEqual(await collect(store.entries()), expected);
  }

  it('has the same rows, sealed, and says how far it is', async (t) => {
    const location = await oldFolder(t);
    const told: number[] = [];
    const store = await openLevelCoinStore(location, SAMPLE_NETWORK, { onUpgrade: (count) => told.push(count) });
    assert.deepEqual(told, [1_000, 2_000, 2_501]);
    await assertWhole(store);
    await store.close();
    const again = await openLevelCoinStore(location, SAMPLE_NETWORK, { onUpgrade: () => assert.fail('done once') });
    await assertWhole(again);
    await again.close();
  });

  it('goes on where it was cut short, after each of its batches', async (t) => {
    for (let cut = 1; cut <= 3; cut++) {
      const location = await oldFolder(t);
      let calls = 0;
      const onUpgrade = (): void => {
        if (++calls === cut) throw new NodeError('worker-failed', 'the process ends here');
      };
      await assert.rejects(openLevelCoinStore(location, SAMPLE_NETWORK, { onUpgrade }), { code: 'worker-failed' });
      const store = await openLevelCoinStore(location, SAMPLE_NETWORK);
      await assertWhole(store);
      await store.close();
    }
  });
});
