/**
 * Nodes whose disks lie: bytes of their block and undo files are changed, cut and taken away, under a running node and under one that is
 * down. With a peer everything comes back; without one the words say what is wrong, where, and what to do.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { addressOf, agree, joinNodes, makeNetworkFile, mine, pay, startApart } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import type { QuoinProcess } from '../support/quoin-process.ts';
import { temporaryFolder } from '../support/quoin-process.ts';

const COIN = 100_000_000;
const INDEX = ['--index', 'tx,script,filter,spent'];

/** What a node logged of an event. */
function logged(node: QuoinProcess, event: string): Record<string, string>[] {
  return node.output
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, string>)
    .filter((line) => line.event === event);
}

describe('a node whose disk lies about blocks', () => {
  let network: string;
  /** Has everything. */
  let whole: QuoinProcess;
  /** A folder with the same chain, of a node that stopped in order. */
  let original: string;
  let coins: string;
  const started: QuoinProcess[] = [];
  const raw = new Map<number, string>();
  const hashes: string[] = [];

  before(async () => {
    network = makeNetworkFile(8);
    whole = await startApart({ network });
    const address = await addressOf(whole);
    await mine(whole, 120);
    for (let i = 0; i < 20; i++) {
      await pay(whole, address, COIN + i);
      await mine(whole, 1);
    }
    original = temporaryFolder('lying');
    const node = await start(original);
    await joinNodes(node, whole);
    ({ coins } = await agree([node, whole]));
    for (let height = 0; height <= 140; height++) {
      hashes.push((await whole.rpc('getblockhash', height)) as string);
      raw.set(height, (await whole.rpc('getblock', hashes[height], 0)) as string);
    }
    assert.equal(await node.stop(), 0);
  });

  after(async () => {
    // Those that a test which failed left behind.
    for (const node of started) node.process.kill('SIGKILL');
    assert.equal(await whole?.stop(), 0);
  });

  async function start(dataDir: string, ...args: readonly string[]): Promise<QuoinProcess> {
    const node = await startApart({ network, dataDir, args: [...INDEX, ...args] });
    started.push(node);
    return node;
  }

  async function copy(): Promise<string> {
    const folder = temporaryFolder('lying-copy');
    await cp(original, folder, { recursive: true });
    return folder;
  }

  const fileOf = (folder: string, name = 'blk00000.dat'): string => join(folder, 'blocks', name);

  /** Flips a bit in the middle of a stored block. @returns where the block begins */
  function flip(folder: string, height: number): number {
    const bytes = readFileSync(fileOf(folder));
    const block = Buffer.from(raw.get(height)!, 'hex');
    const offset = bytes.indexOf(block);
    assert.ok(offset > 0, 'the block is there');
    bytes[offset + (block.length >> 1)]! ^= 4;
    writeFileSync(fileOf(folder), bytes);
    return offset;
  }

  const warnings = async (node: QuoinProcess): Promise<string[]> => (await node.rpc('getblockchaininfo')).warnings as string[];
  const untilMended = (node: QuoinProcess): Promise<unknown> =>
    eventually('nothing is damaged', async () => (await warnings(node)).length === 0);
  const allBlocks = async (node: QuoinProcess): Promise<void> => {
    for (const [height, hex] of raw) assert.equal(await node.rpc('getblock', hashes[height], 0), hex, `block ${height}`);
  };

  it('answers with a block that a peer sent again, while it runs', async () => {
    const dataDir = await copy();
    const node = await start(dataDir);
    await joinNodes(node, whole);
    for (const height of [1, 70, 125, 140]) {
      flip(dataDir, height);
      assert.equal(await node.rpc('getblock', hashes[height], 0), raw.get(height), `block ${height}`);
    }
    assert.equal(logged(node, 'block-mended').length, 4);
    assert.equal(await node.stop(), 0);
    const again = await start(dataDir);
    await allBlocks(again);
    assert.equal(await again.rpc('verifychain', 4, 0), true);
    assert.equal(await again.stop(), 0);
  });

  it('says without a peer which block it is, where it lies and what to do; and has it when a peer comes or someone hands it in', async () => {
    const dataDir = await copy();
    const offsets = new Map([10, 125].map((height) => [height, flip(dataDir, height)]));
    const node = await start(dataDir);
    for (const [height, offset] of offsets) {
      const size = raw.get(height)!.length / 2;
      const message =
        `block ${hashes[height]} at height ${height} is damaged (blocks/blk00000.dat: the ${size} bytes at ${offset} are not it): ` +
        'no peer that has it is connected: connect one that has all blocks, or hand the block in by "submitblock"';
      await assert.rejects(node.rpc('getblock', hashes[height]), (error: Error) => error.message.includes(message));
    }
    assert.deepEqual(await warnings(node), [
      'Stored blocks are damaged: 2. They are fetched again from peers that have them. Look at the disk.',
    ]);
    assert.equal(await node.rpc('getblockcount'), 140, 'it serves what it has');
    await node.rpc('submitblock', raw.get(10));
    assert.equal(await node.rpc('getblock', hashes[10], 0), raw.get(10));
    await joinNodes(node, whole);
    await untilMended(node);
    await allBlocks(node);
    assert.equal(await node.stop(), 0);
  });

  it('finds at the start that a block file is cut or gone, and has every block again from its peer', async () => {
    for (const spoil of ['cut', 'gone'] as const) {
      const dataDir = await copy();
      const path = fileOf(dataDir);
      if (spoil === 'cut') truncateSync(path, statSync(path).size >> 1);
      else rmSync(path);
      const node = await start(dataDir);
      const [told] = logged(node, 'block-file-damaged');
      assert.equal(told?.file, 'blocks/blk00000.dat');
      assert.match(told.why!, spoil === 'gone' ? /^is missing$/ : /^has \d+ bytes where at least \d+ were written$/);
      assert.match((await warnings(node))[0]!, /^Stored blocks are damaged: \d+\./);
      await joinNodes(node, whole);
      await untilMended(node);
      await allBlocks(node);
      assert.equal((await agree([node, whole])).coins, coins);
      assert.equal(await node.stop(), 0);
    }
  });

  it('connects its blocks again from its peer where the coins are gone, too, and builds its indexes', async () => {
    const dataDir = await copy();
    flip(dataDir, 30);
    flip(dataDir, 130);
    for (const name of ['coins', 'indexes']) rmSync(join(dataDir, name), { recursive: true });
    const node = await start(dataDir);
    assert.equal(await node.rpc('getblockcount'), 29);
    await joinNodes(node, whole);
    await eventually('it is at the tip', async () => (await node.rpc('getblockcount')) === 140);
    assert.equal((await agree([node, whole])).coins, coins);
    await eventually('the indexes are there', async () =>
      Object.values((await node.rpc('getindexinfo')) as Record<string, { synced: boolean }>).every(({ synced }) => synced),
    );
    assert.equal(await node.stop(), 0);
  });

  it('makes undo records anew: one by one for an index, and all of them with --reindex-chainstate', async () => {
    const dataDir = await copy();
    rmSync(fileOf(dataDir, 'rev00000.dat'));
    rmSync(join(dataDir, 'indexes'), { recursive: true });
    const node = await start(dataDir);
    assert.equal(logged(node, 'undo-file-damaged')[0]?.file, 'blocks/rev00000.dat');
    await eventually('the indexes are there', async () =>
      Object.values((await node.rpc('getindexinfo')) as Record<string, { synced: boolean }>).every(({ synced }) => synced),
    );
    assert.equal(await node.rpc('verifychain', 4, 0), true);
    assert.equal(await node.stop(), 0);
    rmSync(fileOf(dataDir, 'rev00000.dat'));
    const again = await start(dataDir, '--reindex-chainstate');
    assert.equal(await again.rpc('verifychain', 4, 0), true);
    assert.equal((await agree([again, whole])).coins, coins);
    assert.equal(await again.stop(), 0);
  });
});
