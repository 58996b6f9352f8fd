/**
 * A disk that becomes full under a running node: a small file system of its own, in memory.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { rmdirSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { inTime, runQuoin, startQuoinNode } from '../support/quoin-command.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** Any address: these coins are not spent. */
const MINED_TO = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';

/** A file system of so many MiB; undefined where this user may not make one. */
async function smallDisk(t: TestContext, sizeMib: number): Promise<{ readonly folder: string; grow(): void } | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'quoin-test-disk-'));
  const mount = (...args: string[]): boolean => spawnSync('mount', [...args, folder]).status === 0;
  if (process.platform !== 'linux' || !mount('-t', 'tmpfs', '-o', `size=${sizeMib}m`, 'tmpfs')) {
    await rmdir(folder);
    return undefined;
  }
  t.after(() => {
    assert.equal(spawnSync('umount', ['--lazy', folder]).status, 0);
    rmdirSync(folder);
  });
  return { folder, grow: () => assert.ok(mount('-o', 'remount,size=64m')) };
}

/** Who may be the first to find the disk full: the call that mines alone, or an index in the background, after which no call is answered. */
const FIRST_FINDERS: readonly (readonly [who: string, options: readonly string[], told: RegExp])[] = [
  ['the chain', ['--index', 'none', '--min-free-disk', '0'], /the disk of .+ is full: free some room and start again/],
  ['the chain or an index', ['--min-free-disk', '0'], /the disk of .+ is full: free some room and start again|no node runs on/],
];

describe('a disk that becomes full', () => {
  for (const [who, options, told] of FIRST_FINDERS) {
    it(`ends the node in order with one line, and with room again it has every block that was mined; found by ${who}`, (t) =>
      fillAndGoOn(t, options, told));
  }
});

describe('a disk that others fill', () => {
  it('ends the node in order while there is room to do so, refuses a start, and costs no block', async (t) => {
    const disk = await smallDisk(t, 96);
    if (disk === undefined) return t.skip('SKIPPED: a small file system can only be made by root on Linux');
    const folder = join(disk.folder, 'data');
    const args = ['--data-dir', folder];
    const rpc = (...words: string[]) => runQuoin(['rpc', ...args, ...words]);
    const { command } = await startQuoinNode(t, args);
    assert.equal(rpc('generatetoaddress', '20', MINED_TO).code, 0);
    const other = join(disk.folder, 'other');
    await writeFile(other, new Uint8Array(60 << 20));
    rpc('generatetoaddress', '1', MINED_TO);
    const { code, err } = await inTime('the end', command.end);
    const low = /^quoin: the disk of [^\n]+ has \d+ MiB left and the node needs 5\d MiB [^\n]+: free some room and start again\n$/;
    assert.match(err, low);
    assert.equal(code, 1);
    assert.match(await readFile(join(folder, 'debug.log'), 'utf8'), /disk-low .*free=\d+ needed=\d+/);
    const left = await readdir(folder);
    assert.ok(!left.includes('node.json') && !left.includes('.cookie'), left.join());

    const refused = runQuoin(['node', '--network', 'regtest', '--no-listen', '--no-http', ...args]);
    assert.match(refused.err, low);
    assert.equal(refused.code, 1);
    const notImported = runQuoin(['import', join(folder, 'blocks'), '--network', 'regtest', '--data-dir', join(disk.folder, 'new')]);
    assert.match(notImported.err, low);

    await rm(other);
    const again = await startQuoinNode(t, args);
    const height = Number(rpc('getblockcount').out);
    assert.ok(height >= 20, `${height} blocks`);
    assert.equal((await again.command.stop()).code, 0);
  });
});

async function fillAndGoOn(t: TestContext, options: readonly string[], told: RegExp): Promise<void> {
  const disk = await smallDisk(t, 3);
  if (disk === undefined) return t.skip('SKIPPED: a small file system can only be made by root on Linux');
  const folder = join(disk.folder, 'data');
  const args = ['--data-dir', folder];
  const rpc = (...words: string[]) => runQuoin(['rpc', ...args, ...words]);
  const { command } = await startQuoinNode(t, [...args, ...options]);
  let mined = 0;
  let last = rpc('generatetoaddress', '100', MINED_TO);
  for (; last.code === 0; last = rpc('generatetoaddress', '1500', MINED_TO)) mined = Number(rpc('getblockcount').out);
  // A write of its own may find the disk full between two calls: then the node is gone before the next one.
  if (!/no node runs on/.test(last.err)) assert.match(last.err, told);
  const { code, err } = await inTime('the end', command.end);
  assert.match(err, /^quoin: the disk of [^\n]+ is full: free some room and start again\n$/);
  assert.equal(code, 1);
  const left = await readdir(folder);
  assert.ok(!left.includes('node.json') && !left.includes('.cookie'), left.join());

  // Still without room it does not start, and spoils nothing.
  const start = ['node', '--network', 'regtest', '--listen', '127.0.0.1:0', '--http', '127.0.0.1:0'];
  const refused = runQuoin([...start, ...args, ...options]);
  assert.match(refused.err, /^quoin: the disk of [^\n]+ is full: free some room and start again\n$/);
  assert.equal(refused.code, 1);

  disk.grow();
  const again = await startQuoinNode(t, [...args, ...options]);
  const height = Number(rpc('getblockcount').out);
  assert.ok(height >= mined, `${height} blocks of at least ${mined}`);
  const hash = /"hash_serialized_3": "(\w+)"/;
  const [, found] = hash.exec(rpc('gettxoutsetinfo').out) ?? assert.fail('no hash');
  // The coins are those of the blocks: another node is handed each of them.
  const twinFolder = join(await tempFolder(t), 'twin');
  const twin = await startQuoinNode(t, ['--data-dir', twinFolder, '--connect', again.p2p]);
  const twinRpc = (...words: string[]) => runQuoin(['rpc', '--data-dir', twinFolder, ...words]);
  await eventually('the other node has the blocks', () => Number(twinRpc('getblockcount').out) === height);
  assert.equal(hash.exec(twinRpc('gettxoutsetinfo').out)?.[1], found);
  assert.equal(rpc('generatetoaddress', '1', MINED_TO).code, 0);
  assert.deepEqual([(await again.command.stop()).code, (await twin.command.stop()).code], [0, 0]);
}
