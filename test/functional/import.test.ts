/**
 * `quoin import` as a process: in any order of blocks, killed, and stopped.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { concatBytes } from '../../src/core/base/bytes.ts';
import { chooseSecp256k1 } from '../../src/core/crypto/node/choose-secp256k1.ts';
import { regtest } from '../../src/core/params/regtest.ts';
import { encodeBlock } from '../../src/core/primitives/block.ts';
import { toDisplayHex } from '../../src/core/primitives/ids.ts';
import { recordHeader } from '../../src/platform/store/block-file-format.ts';
import { eventually } from '../support/eventually.ts';
import { folderState } from '../support/folder-chain.ts';
import { RunningCommand, runQuoin } from '../support/quoin-command.ts';
import { temporaryFolder } from '../support/quoin-process.ts';
import { spendingChain } from '../support/spending-chain.ts';

const BLOCKS = 600;

describe('quoin import', () => {
  const folder = temporaryFolder('import');
  const file = join(folder, 'blocks.dat');
  let tip: string;
  let reference: Awaited<ReturnType<typeof folderState>>;
  const args = (dataDir: string, from = file): string[] => [
    'import',
    from,
    '--network',
    'regtest',
    '--data-dir',
    dataDir,
    '--db-cache',
    '4',
  ];
  const storedBytes = (dataDir: string): number => {
    const path = join(dataDir, 'blocks', 'blk00000.dat');
    return existsSync(path) ? statSync(path).size : 0;
  };

  before(async () => {
    const blocks = spendingChain({ params: regtest, secp256k1: chooseSecp256k1('auto'), count: BLOCKS });
    tip = toDisplayHex(blocks.at(-1)!.header.hash);
    const records = blocks.map((block) => {
      const raw = encodeBlock(block);
      return concatBytes(recordHeader(regtest.messageStart, raw.length), raw);
    });
    // Each ten backwards, with garbage between them.
    const mixed: Uint8Array[] = [];
    for (let i = 0; i < records.length; i += 10) mixed.push(...records.slice(i, i + 10).reverse(), Uint8Array.of(0xfa, 0xbf, 0, 7));
    writeFileSync(file, concatBytes(...mixed));
    const dataDir = temporaryFolder('import-whole');
    const end = runQuoin(args(dataDir));
    assert.equal(end.code, 0, end.err);
    assert.match(end.out, new RegExp(`done: ${BLOCKS} blocks found, ${BLOCKS} new, 0 known; height ${BLOCKS}$`, 'm'));
    reference = await folderState(dataDir, regtest);
  });

  it('takes blocks that stand in another order', () => {
    assert.deepEqual([reference.height, reference.tip], [BLOCKS, tip]);
  });

  it('killed at any instant goes on to the same coins', async (t) => {
    const dataDir = temporaryFolder('import-killed');
    for (const part of [0.02, 0.3, 0.7]) {
      const run = new RunningCommand(t, args(dataDir));
      await eventually('some blocks are stored', async () => storedBytes(dataDir) > part * statSync(file).size, 60_000);
      run.child.kill('SIGKILL');
      await run.end;
    }
    assert.equal(runQuoin(args(dataDir)).code, 0);
    assert.deepEqual(await folderState(dataDir, regtest), reference);
  });

  it('stops in order on Ctrl-C, keeps what came, and goes on', async (t) => {
    const dataDir = temporaryFolder('import-stopped');
    const run = new RunningCommand(t, args(dataDir));
    await eventually('the first blocks are stored', async () => storedBytes(dataDir) > 1_000, 60_000);
    const { code, out, err } = await run.stop('SIGINT');
    assert.deepEqual([code, err], [0, '']);
    assert.match(out, /^stopped: /m);
    const { height } = await folderState(dataDir, regtest);
    assert.ok(height > 0 && height < BLOCKS, `it came to ${height}`);
    assert.equal(runQuoin(args(dataDir)).code, 0);
    assert.deepEqual(await folderState(dataDir, regtest), reference);
  });

  it('refuses blocks that lead nowhere, and to run without a file', async () => {
    const orphan = join(folder, 'orphan.dat');
    writeFileSync(orphan, encodeBlock(spendingChain({ params: regtest, secp256k1: chooseSecp256k1('auto'), count: 3 }).at(-1)!));
    const end = runQuoin(args(temporaryFolder('import-orphan'), orphan));
    assert.equal(end.code, 1);
    assert.match(end.err, /^quoin: no block could be taken/);
    assert.match(end.out, /1 without the block before them; height 0$/m);
    assert.equal(runQuoin(['import', '--network', 'regtest']).code, 2);
  });
});
