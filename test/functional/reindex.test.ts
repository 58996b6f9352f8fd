/**
 * `--reindex` and `--reindex-chainstate` as processes, killed on the way, beside what the folder held before.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { concatBytes } from '../../src/core/base/bytes.ts';
import { chooseSecp256k1 } from '../../src/core/crypto/node/choose-secp256k1.ts';
import { regtest } from '../../src/core/params/regtest.ts';
import { encodeBlock } from '../../src/core/primitives/block.ts';
import { toDisplayHex } from '../../src/core/primitives/ids.ts';
import { RECORD_HEADER_SIZE_BYTES, recordHeader } from '../../src/platform/store/block-file-format.ts';
import { buildBlock, genesisParent } from '../support/chain-builder.ts';
import { startApart } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { folderState } from '../support/folder-chain.ts';
import { RunningCommand, runQuoin } from '../support/quoin-command.ts';
import { temporaryFolder } from '../support/quoin-process.ts';
import { spendingChain } from '../support/spending-chain.ts';

const BLOCKS = 600;

describe('a data folder that is made anew', () => {
  const original = temporaryFolder('reindex');
  let reference: Awaited<ReturnType<typeof folderState>>;

  before(async () => {
    const file = join(temporaryFolder('reindex-from'), 'blocks.dat');
    const blocks = spendingChain({ params: regtest, secp256k1: chooseSecp256k1('auto'), count: BLOCKS });
    const records = blocks
      .map((block) => encodeBlock(block))
      .map((raw) => concatBytes(recordHeader(regtest.messageStart, raw.length), raw));
    writeFileSync(file, concatBytes(...records.reverse()));
    const end = runQuoin(['import', file, '--network', 'regtest', '--data-dir', original]);
    assert.equal(end.code, 0, end.err);
    reference = await folderState(original, regtest);
  });

  async function copy(): Promise<string> {
    const folder = temporaryFolder('reindex-copy');
    await cp(original, folder, { recursive: true });
    return folder;
  }

  /** Starts a node, lets it be ready and stops it. */
  async function startAndStop(dataDir: string, ...args: readonly string[]): Promise<void> {
    const node = await startApart({ network: 'regtest', dataDir, args });
    assert.equal(await node.rpc('getblockcount'), BLOCKS);
    const info = (await node.rpc('gettxoutsetinfo')) as { hash_serialized_3: string };
    assert.match(info.hash_serialized_3, /^[0-9a-f]{64}$/);
    assert.equal(await node.stop(), 0);
  }

  const nodeArgs = (dataDir: string): string[] => ['node', '--network', 'regtest', '--data-dir', dataDir, '--no-http', '--no-listen'];

  it('has the same tip and coins, and not one byte more of blocks', async () => {
    const folder = await copy();
    await startAndStop(folder, '--reindex');
    assert.deepEqual(await folderState(folder, regtest), reference);
    assert.equal(existsSync(join(folder, 'reindex')), false);
    assert.deepEqual(readdirSync(join(folder, 'blocks')).sort(), readdirSync(join(original, 'blocks')).sort());
  });

  it('can have lost its headers, its coins and its undo files, or have them damaged', async () => {
    const folder = await copy();
    for (const name of readdirSync(join(folder, 'headers')))
      if (name.startsWith('MANIFEST')) writeFileSync(join(folder, 'headers', name), 'x');
    rmSync(join(folder, 'coins'), { recursive: true });
    rmSync(join(folder, 'blocks', 'rev00000.dat'));
    const refused = runQuoin(nodeArgs(folder));
    assert.equal(refused.code, 1);
    await startAndStop(folder, '--reindex');
    assert.deepEqual(await folderState(folder, regtest), reference);
    rmSync(join(folder, 'headers'), { recursive: true });
    await startAndStop(folder, '--reindex');
    assert.deepEqual(await folderState(folder, regtest), reference);
  });

  it('passes over blocks that break a rule, and says where they stand and why', async (t) => {
    const folder = await copy();
    const path = join(folder, 'blocks', 'blk00000.dat');
    const block = buildBlock({ parent: genesisParent(regtest), params: regtest, reward: regtest.consensus.maxMoney + 1n });
    const offset = statSync(path).size + RECORD_HEADER_SIZE_BYTES;
    const raw = encodeBlock(block);
    appendFileSync(path, concatBytes(recordHeader(regtest.messageStart, raw.length), raw));
    const run = new RunningCommand(t, [...nodeArgs(folder), '--reindex']);
    const [line] = await run.line(/.*reindex-block-refused.*/);
    for (const part of [path, `${offset}`, toDisplayHex(block.header.hash), 'bad-txns-vout-toolarge']) assert.ok(line.includes(part), line);
    await run.line(/reindexed/);
    run.child.kill('SIGTERM');
    await run.end;
    assert.deepEqual(await folderState(folder, regtest), reference);
  });

  it('makes the coins alone anew', async () => {
    const folder = await copy();
    for (const name of readdirSync(join(folder, 'coins'))) if (name.startsWith('MANIFEST')) writeFileSync(join(folder, 'coins', name), 'x');
    await startAndStop(folder, '--reindex-chainstate');
    assert.deepEqual(await folderState(folder, regtest), reference);
    assert.equal(existsSync(join(folder, 'coins.old')), false);
  });

  it('killed at any instant goes on at the next start, whatever that one is told', async (t) => {
    const folder = await copy();
    const undo = join(folder, 'blocks', 'rev00000.dat');
    const whole = statSync(undo).size;
    const undone = (part: number) => () =>
      eventually('some blocks are connected', async () => existsSync(undo) && statSync(undo).size > part * whole, 60_000);
    const kills: readonly (readonly [readonly string[], (run: RunningCommand) => Promise<unknown>])[] = [
      [['--reindex'], (run) => run.line(/starting/)],
      [['--reindex'], (run) => run.line(/reindexing/)],
      [[], undone(0.1)],
      [[], undone(0.5)],
      [['--reindex'], undone(0.2)],
      [['--reindex-chainstate'], (run) => run.line(/reindexing|starting/)],
    ];
    for (const [flags, instant] of kills) {
      const run = new RunningCommand(t, [...nodeArgs(folder), ...flags]);
      await instant(run);
      run.child.kill('SIGKILL');
      await run.end;
    }
    await startAndStop(folder);
    assert.deepEqual(await folderState(folder, regtest), reference);
  });

  it('is refused where there is no folder, and in place where another program masked the blocks', async () => {
    const { code, err } = runQuoin(['node', '--memory', '--reindex', '--network', 'regtest']);
    assert.equal(code, 2);
    assert.match(err, /need a data folder/);
    const folder = await copy();
    writeFileSync(join(folder, 'blocks', 'xor.dat'), new Uint8Array(8).fill(3));
    const masked = runQuoin([...nodeArgs(folder), '--reindex']);
    assert.equal(masked.code, 1);
    assert.match(masked.err, /quoin import/);
  });
});
