import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Log } from '../../engine/ports/log.ts';
import { NodeError } from '../../engine/ports/node-error.ts';
import type { PeerStore, StoredPeer } from '../../engine/ports/peer-store.ts';
import { ADDRESSES_MAX } from '../../engine/sync/address-manager.ts';
import { createPeerFile, STORED_PEERS_MAX } from './peer-file.ts';

/** Where the version stands, behind seven letters. */
const VERSION_AT = 7;

const SOURCE = { network: 'ipv4', bytes: Uint8Array.of(9, 9, 9, 9), port: 0 } as const;

const PEERS: readonly StoredPeer[] = [
  {
    address: { network: 'ipv4', bytes: Uint8Array.of(1, 2, 3, 4), port: 7333 },
    source: SOURCE,
    services: 0x409n,
    lastSeenSeconds: 1_700_000_000,
    lastSuccessSeconds: 0,
    failures: 2,
    tried: false,
    newBuckets: [0, 1_023, 7],
  },
  {
    address: { network: 'torv3', bytes: new Uint8Array(32).fill(9), port: 1 },
    source: { network: 'i2p', bytes: new Uint8Array(32).fill(7), port: 0 },
    services: 2n ** 64n - 1n,
    lastSeenSeconds: 0,
    lastSuccessSeconds: 5,
    failures: 65_535,
    tried: true,
    newBuckets: [],
  },
];

const BOOK = { key: Uint8Array.from({ length: 16 }, (_, i) => i), peers: PEERS };

describe('peer file', () => {
  let folder: string;
  let path: string;
  let warnings: string[];
  let store: PeerStore;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'quoin-peers-'));
    path = join(folder, 'peers');
    warnings = [];
    const log: Log = { debug: () => {}, info: () => {}, warn: (event) => warnings.push(event), error: () => {} };
    store = createPeerFile({ path, log });
  });

  afterEach(() => rm(folder, { recursive: true }));

  it('gives back what it was given, with its key, and nothing before', async () => {
    assert.equal(await store.load(), undefined);
    await store.save(BOOK);
    assert.deepEqual(await store.load(), BOOK);
    await store.save({ ...BOOK, peers: [] });
    assert.deepEqual(await store.load(), { ...BOOK, peers: [] });
    assert.deepEqual(warnings, []);
  });

  it('gives back the shortest row there is, alone', async () => {
    const shortest = { ...PEERS[0]!, tried: true, newBuckets: [] };
    await store.save({ ...BOOK, peers: [shortest] });
    assert.deepEqual(await store.load(), { ...BOOK, peers: [shortest] });
    assert.deepEqual(warnings, []);
  });

  it('keeps as many addresses as the tables have places, and no more', async () => {
    assert.equal(STORED_PEERS_MAX, ADDRESSES_MAX);
    await store.save({ ...BOOK, peers: new Array<StoredPeer>(STORED_PEERS_MAX + 1).fill(PEERS[1]!) });
    assert.equal((await store.load())?.peers.length, STORED_PEERS_MAX);
  });

  it('sets a file aside that is damaged anywhere, and says so', async () => {
    await store.save(BOOK);
    const whole = await readFile(path);
    for (let length = 0; length < whole.length; length++) {
      warnings = [];
      await writeFile(path, whole.subarray(0, length));
      assert.equal(await store.load(), undefined, `cut at ${length}`);
      assert.deepEqual(warnings, ['peers-file-ignored'], `cut at ${length}`);
      assert.deepEqual(await readFile(`${path}.damaged`), whole.subarray(0, length));
      await assert.rejects(readFile(path), 'it is no longer there');
    }
    for (let at = 0; at < whole.length; at++) {
      if (at === VERSION_AT) continue;
      const broken = Uint8Array.from(whole, (byte, i) => (i === at ? byte ^ 1 : byte));
      await writeFile(path, broken);
      assert.equal(await store.load(), undefined, `byte ${at}`);
    }
  });

  it('ignores a checksum that fits rows which do not', async () => {
    await store.save(BOOK);
    const whole = await readFile(path);
    const content = whole.subarray(0, whole.length - 32);
    for (const change of [
      (bytes: Uint8Array) => bytes.fill(0xff, 24, 28), // Four billion rows.
      (bytes: Uint8Array) => bytes.fill(0xff, 28, 60),
      (bytes: Uint8Array) => bytes.fill(3, 24, 25), // A row more than there is.
    ]) {
      const bytes = change(Uint8Array.from(content));
      await writeFile(path, Buffer.concat([bytes, createHash('sha256').update(bytes).digest()]));
      assert.equal(await store.load(), undefined);
    }
    assert.equal(warnings.length, 3);
  });

  it('reads the first version, which was text, and drops its rows that are no addresses', async () => {
    const good = ['ipv4', '01020304', 7333, '409', 1_700_000_000, 5, 2, 'ipv4:0102'];
    const broken: unknown[] = [null, 5, [], good.slice(1)];
    const wrong: unknown[] = ['ipx', '010203', 65_536, 'xyz', -1, 1.5, '7'];
    for (const [i, value] of wrong.entries()) broken.push(good.map((each, j) => (j === i ? value : each)));
    await writeFile(path, JSON.stringify({ version: 1, peers: [...broken, good] }));
    const address = PEERS[0]!.address;
    const peer = { ...PEERS[0]!, address, source: address, lastSuccessSeconds: 5, tried: true, newBuckets: [] };
    assert.deepEqual(await store.load(), { key: undefined, peers: [peer] });
    for (const text of ['{', '[]', 'null', '{"version":1}', '{"version":0,"peers":[]}', '\u0000']) {
      await writeFile(path, text);
      assert.equal(await store.load(), undefined, text);
    }
  });

  it('does not read a file that is far too long', async () => {
    await writeFile(path, '');
    await truncate(path, 20_000_000);
    assert.equal(await store.load(), undefined);
    assert.deepEqual(warnings, ['peers-file-ignored']);
  });

  it('leaves the old file where the new one cannot be written', async () => {
    await store.save(BOOK);
    await mkdir(`${path}.new`);
    await assert.rejects(
      store.save({ ...BOOK, peers: [] }),
      (error: unknown) => error instanceof NodeError && error.code === 'data-dir-unusable',
    );
    assert.deepEqual(await store.load(), BOOK);
  });

  it('refuses a file of a newer version', async () => {
    await store.save(BOOK);
    const bytes = await readFile(path);
    bytes[VERSION_AT] = 3;
    await writeFile(path, bytes);
    await assert.rejects(store.load(), (error: unknown) => error instanceof NodeError && error.code === 'data-dir-version');
    assert.deepEqual(await readFile(path), bytes, 'and leaves it');
  });
});
