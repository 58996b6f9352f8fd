/**
 * Files of `dumptxoutset` beside those of the C++ node, byte for byte, on one regtest chain with spends of each usual kind.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { chooseSecp256k1 } from '../../src/core/crypto/node/choose-secp256k1.ts';
import { regtest } from '../../src/core/params/regtest.ts';
import { encodeBlock } from '../../src/core/primitives/block.ts';
import { toDisplayHex } from '../../src/core/primitives/ids.ts';
import { makeTransaction } from '../../src/core/primitives/transaction.ts';
import { buildBlock, childOf, OP_TRUE, rebuild } from '../support/chain-builder.ts';
import type { PeerNode } from '../support/peer-node.ts';
import { peerNodeMissing, startPeerNode } from '../support/peer-node.ts';
import type { QuoinProcess } from '../support/quoin-process.ts';
import { startQuoin } from '../support/quoin-process.ts';
import { spendingChain } from '../support/spending-chain.ts';

const COUNT = 130;
/** So many outputs of one transaction that their order in the file is not that of their indexes. */
const MANY_OUTPUTS = 17_000;

const blocks = spendingChain({ params: regtest, secp256k1: chooseSecp256k1('auto'), count: COUNT });
const last = blocks.at(-1)!;
const parent = childOf({ header: blocks.at(-2)!.header, height: COUNT - 1, medianTimeSeconds: 0 }, last);
const plain = buildBlock({ parent, params: regtest });
const coinbase = plain.transactions[0]!;
const outputs = Array.from({ length: MANY_OUTPUTS }, () => ({ value: 0n, scriptPubKey: OP_TRUE }));
const wide = rebuild(plain, { transactions: [makeTransaction({ ...coinbase, outputs })] }, regtest);

describe('a file of coins beside that of the C++ node', { skip: peerNodeMissing() }, () => {
  let node: QuoinProcess;
  let peer: PeerNode;
  let folders: readonly [ours: string, theirs: string];

  before(async () => {
    [node, peer] = await Promise.all([startQuoin({ args: ['--index', 'none'] }), startPeerNode('-checkblockindex=0')]);
    folders = [node.dataDir, join(peer.dataDir, 'regtest')];
    for (const block of [...blocks, wide]) {
      const hex = Buffer.from(encodeBlock(block)).toString('hex');
      for (const each of [node, peer]) assert.equal(await each.rpc('submitblock', hex), null);
    }
  });

  after(() => Promise.all([node?.stop(), peer?.stop()]));

  /** What both answer, without the place of the file. */
  async function asked(...params: unknown[]): Promise<readonly unknown[]> {
    return Promise.all(
      [node, peer].map(async (each, at) => {
        try {
          const { path, ...answer } = (await each.rpc('dumptxoutset', ...params)) as { path: string };
          assert.equal(path, join(folders[at] as string, params[0] as string));
          return answer;
        } catch (error) {
          return String(error instanceof Error ? error.message : error).replaceAll(folders[at] as string, '');
        }
      }),
    );
  }

  it('has the same bytes for the tip and for blocks of before, and the same is answered', async () => {
    const hash = toDisplayHex(blocks[114]!.header.hash);
    const wanted: [string, ...unknown[]][] = [
      ['tip', 'latest'],
      ...[0, 1, 100, 101, 110, COUNT - 1, COUNT, COUNT + 1].map((height): [string, ...unknown[]] => [
        `at-${height}`,
        'rollback',
        { rollback: height },
      ]),
      ['by-hash', '', { rollback: hash }],
    ];
    for (const params of wanted) {
      const [ours, theirs] = await asked(...params);
      assert.deepEqual(ours, theirs, params[0]);
      const [ourFile, theirFile] = folders.map((folder) => readFileSync(join(folder, params[0])));
      assert.ok(ourFile!.equals(theirFile!), params[0]);
    }
    assert.equal(readFileSync(join(folders[0], 'tip')).equals(readFileSync(join(folders[0], 'at-130'))), false);
    for (const each of [node, peer]) assert.equal(await each.rpc('getblockcount'), COUNT + 1);
  });

  it('never takes the place of another, and is refused in the same words', async () => {
    for (const folder of folders) writeFileSync(join(folder, 'taken'), 'x');
    for (const params of [
      ['taken', 'latest'],
      ['taken', 'rollback', { rollback: 5 }],
      [join('none', 'file'), 'latest'],
      ['file', 'rollback', { rollback: COUNT + 2 }],
    ]) {
      const [ours, theirs] = await asked(...params);
      assert.match(String(theirs), /already exists|Couldn't open|after current tip/);
      assert.equal(ours, theirs);
    }
    for (const folder of folders) assert.equal(readFileSync(join(folder, 'taken'), 'utf8'), 'x');
    assert.deepEqual(
      readdirSync(folders[0]).filter((name) => name.endsWith('.incomplete')),
      [],
    );
  });
});
