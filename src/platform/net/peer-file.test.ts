import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Log } from '../../engine/ports/log.ts';
import { NodeError } from '../../engine/ports/node-error.ts';
import type { PeerStore, StoredPeer } from '../../engine/ports/peer-store.ts';
import { createPeerFile, STORED_PEERS_MAX } from './peer-file.ts';

const PEERS: readonly StoredPeer[] = [
  {
    address: { network: 'ipv4', bytes: Uint8Array.of(1, 2, 3, 4), port: 7333 },
    services: 0x409n,
    lastSeenSeconds: 1_700_000_000,
    lastSuccessSeconds: 0,
    failures: 2,
    sourceGroup: 'ipv4:0102',
  },
  {
    address: { network: 'torv3', bytes: new Uint8Array(32).fill(9), port: 1 },
    services: 2n ** 64n - 1n,
    lastSeenSeconds: 0,
    lastSuccessSeconds: 5,
    failures: 0,
    sourceGroup: 'none',
  },
];

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

  it('gives back what it was given, and nothing before', async () => {
    assert.deepEqual(await store.load(), []);
    await store.save(PEERS);
    assert.deepEqual(await store.load(), PEERS);
    await store.save([]);
    assert.deepEqual(await store.load(), []);
    assert.deepEqual(warnings, []);
  });

  it('keeps 16,384 addresses and no more', async () => {
    await store.save(new Array<StoredPeer>(STORED_PEERS_MAX + 1).fill(PEERS[0]!));
    assert.equal((await store.load()).length, STORED_PEERS_MAX);
  });

  it('ignores a file that is damaged, and says so', async () => {
    for (const text of ['{', '[]', 'null', '{"version":1}', '{"version":0,"peers":[]}', '\u0000']) {
      warnings = [];
      await writeFile(path, text);
      assert.deepEqual(await store.load(), [], text);
      assert.deepEqual(warnings, ['peers-file-ignored'], text);
    }
  });

  it('drops rows that are no addresses and keeps the others', async () => {
    await store.save(PEERS);
    const content = JSON.parse(await readFile(path, 'utf8')) as { peers: unknown[][] };
    const [good] = content.peers;
    assert.ok(good !== undefined);
    const broken: unknown[] = [null, 5, [], good.slice(1)];
    const wrong: unknown[] = ['ipx', '010203', 65_536, 'xyz', -1, 1.5, '7', 'x'.repeat(101)];
    for (const [i, value] of wrong.entries()) broken.push(good.map((each, j) => (j === i ? value : each)));
    await writeFile(path, JSON.stringify({ version: 1, peers: [...broken, good] }));
    assert.deepEqual(await store.load(), [PEERS[0]]);
  });

  it('does not read a file that is far too long', async () => {
    await writeFile(path, '');
    await truncate(path, 10_000_000);
    assert.deepEqual(await store.load(), []);
    assert.deepEqual(warnings, ['peers-file-ignored']);
  });

  it('leaves the old file where the new one cannot be written', async () => {
    await store.save(PEERS);
    await mkdir(`${path}.new`);
    await assert.rejects(store.save([]), (error: unknown) => error instanceof NodeError && error.code === 'data-dir-unusable');
    assert.deepEqual(await store.load(), PEERS);
  });

  it('refuses a file of a newer version', async () => {
    await writeFile(path, '{"version":2,"peers":[]}');
    await assert.rejects(store.load(), (error: unknown) => error instanceof NodeError && error.code === 'data-dir-version');
  });
});
