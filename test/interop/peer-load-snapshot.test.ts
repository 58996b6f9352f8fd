/**
 * Files of coins that cross over between the C++ node and ours: each loads what the other wrote, goes on above it with the other as its peer,
 * fetches and checks the blocks below, and says in the end that the coins are right.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { encodeBlock, encodeHeader } from '../../src/core/primitives/block.ts';
import { toDisplayHex } from '../../src/core/primitives/ids.ts';
import { eventually } from '../support/eventually.ts';
import type { PeerNode } from '../support/peer-node.ts';
import { peerNodeMissing, startPeerNode } from '../support/peer-node.ts';
import type { QuoinProcess } from '../support/quoin-process.ts';
import { startQuoin } from '../support/quoin-process.ts';
import { UNIT_TEST_HEIGHT, unitTestChain } from '../support/snapshot-chain.ts';

const COUNT = 130;
const blocks = unitTestChain(COUNT);
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const base = blocks[UNIT_TEST_HEIGHT - 1]!;
const tipHash = toDisplayHex(blocks.at(-1)!.header.hash);

type AnyNode = Pick<PeerNode, 'rpc'>;

async function giveHeaders(node: AnyNode): Promise<void> {
  for (const { header } of blocks) await node.rpc('submitheader', hexOf(encodeHeader(header)));
}

async function giveBlocks(node: AnyNode): Promise<void> {
  for (const block of blocks) assert.equal(await node.rpc('submitblock', hexOf(encodeBlock(block))), null);
}

/** What is the same on both sides about the chains of a node. */
async function statesOf(node: AnyNode): Promise<unknown> {
  const { headers, chainstates } = await node.rpc('getchainstates');
  const shown = (chainstates as Record<string, unknown>[]).map((state) => {
    const { blocks: height, bestblockhash, snapshot_blockhash, validated } = state;
    return { height, bestblockhash, snapshot_blockhash, validated };
  });
  return { headers, shown };
}

/** The message of a refusal, without the folder. */
async function refusalOf(node: AnyNode, folder: string, ...params: unknown[]): Promise<string> {
  try {
    await node.rpc('loadtxoutset', ...params);
  } catch (error) {
    return String(error instanceof Error ? error.message : error).replaceAll(folder, '');
  }
  return 'no refusal';
}

describe('coins that are loaded from the file of the C++ node, and those that it loads from ours', { skip: peerNodeMissing() }, () => {
  let ours: QuoinProcess;
  let theirs: PeerNode;
  let full: { readonly ours: QuoinProcess; readonly theirs: PeerNode };
  let folders: readonly [string, string];

  before(async () => {
    const options = ['-checkblockindex=0', '-checkmempool=0'];
    const [a, b, c, d] = await Promise.all([
      startQuoin({ args: ['--index', 'none'] }),
      startQuoin({ args: ['--index', 'tx,filter'] }),
      startPeerNode(...options),
      startPeerNode(...options),
    ]);
    full = { ours: a, theirs: c };
    ours = b;
    theirs = d;
    folders = [ours.dataDir, join(theirs.dataDir, 'regtest')];
    await Promise.all([giveBlocks(full.ours), giveBlocks(full.theirs)]);
    await full.ours.rpc('dumptxoutset', 'coins.dat', 'rollback', { rollback: UNIT_TEST_HEIGHT });
    await full.theirs.rpc('dumptxoutset', 'coins.dat', 'rollback', { rollback: UNIT_TEST_HEIGHT });
    copyFileSync(join(full.theirs.dataDir, 'regtest', 'coins.dat'), join(folders[0], 'coins.dat'));
    copyFileSync(join(full.ours.dataDir, 'coins.dat'), join(folders[1], 'coins.dat'));
  });

  after(() => Promise.all([ours?.stop(), theirs?.stop(), full?.ours.stop(), full?.theirs.stop()]));

  /** What both answer to the same file. */
  async function refusals(name: string, change: (bytes: Buffer) => Buffer): Promise<readonly string[]> {
    const answers: string[] = [];
    for (const [at, node] of [ours, theirs].entries()) {
      const folder = folders[at] as string;
      writeFileSync(join(folder, name), change(readFileSync(join(folder, 'coins.dat'))));
      answers.push(await refusalOf(node, folder, name));
    }
    return answers;
  }

  it('are refused in the same words where the file is wrong', async () => {
    const set =
      (at: number, ...values: number[]) =>
      (bytes: Buffer) => {
        bytes.set(values, at);
        return bytes;
      };
    const heads: [string, (bytes: Buffer) => Buffer, RegExp][] = [
      ['empty', (bytes) => bytes.subarray(0, 0), /end of file/],
      ['short', (bytes) => bytes.subarray(0, 50), /end of file/],
      ['magic', set(0, 0), /Invalid UTXO set snapshot magic/],
      ['version', set(5, 3), /Version of snapshot 3 /],
      ['main', set(7, 0xf9, 0xbe, 0xb4, 0xd9), /\(main\).*\(regtest\)/],
      ['unknown', set(7, 0, 0, 0, 0), /unrecognized network/],
      ['base', set(11, 1), /not recognized .*110, 200, 299/],
      ['no-header', (bytes) => bytes, /must appear in the headers chain/],
    ];
    for (const [name, change, words] of heads) {
      const [mine, peers] = await refusals(name, change);
      assert.match(peers as string, words, name);
      assert.equal(mine, peers, name);
    }
    await Promise.all([giveHeaders(ours), giveHeaders(theirs)]);
    const coins: [string, (bytes: Buffer) => Buffer, RegExp][] = [
      ['cut', (bytes) => bytes.subarray(0, -1), /truncated snapshot after deserializing 109 coins/],
      ['longer', (bytes) => Buffer.concat([bytes, Buffer.of(0)]), /coins left over after deserializing 110 coins/],
      ['fewer', set(43, 109), /coins left over/],
      ['more', set(43, 111), /truncated|Mismatch/],
      ['two-of-one', set(51 + 32, 200), /Mismatch in coins count/],
      ['high', set(51 + 34, 0x80, 0x80), /Bad snapshot/],
      ['other', (bytes) => set(bytes.length - 1, bytes[bytes.length - 1]! ^ 1)(bytes), /Bad snapshot content hash: expected 6657b736/],
    ];
    for (const [name, change, words] of coins) {
      const [mine, peers] = await refusals(name, change);
      assert.match(peers as string, words, name);
      assert.equal(mine, peers, name);
    }
    assert.deepEqual(await statesOf(ours), await statesOf(theirs));
  });

  it('are gone on from at once, and no second file is taken', async () => {
    const answers = await Promise.all([ours, theirs].map((node) => node.rpc('loadtxoutset', 'coins.dat')));
    assert.deepEqual(
      answers.map(({ path: _, ...rest }) => rest),
      [0, 1].map(() => ({ coins_loaded: 110, tip_hash: toDisplayHex(base.header.hash), base_height: 110 })),
    );
    assert.deepEqual(await statesOf(ours), await statesOf(theirs));
    for (const params of [[], [5], [5, tipHash]]) {
      const counted = await Promise.all(
        [ours, theirs].map((node) => node.rpc('getchaintxstats', ...params).catch((error: Error) => error.message)),
      );
      assert.deepEqual(counted[0], counted[1], params.join());
    }
    const again = await Promise.all([ours, theirs].map((node, at) => refusalOf(node, folders[at] as string, 'coins.dat')));
    assert.match(again[1] as string, /more than once/);
    assert.equal(again[0], again[1]);
    const offered = await Promise.all([ours, theirs].map(async (node) => (await node.rpc('getnetworkinfo')).localservicesnames));
    for (const names of offered) assert.ok(!names.includes('NETWORK') && names.includes('NETWORK_LIMITED'), names.join());
    const missing = await Promise.all(
      [ours, theirs].map((node) => node.rpc('getblock', toDisplayHex(blocks[4]!.header.hash)).catch((error: Error) => error.message)),
    );
    assert.equal(missing[0], missing[1]);
  });

  it('are found right when the other side has given the blocks below, and the node offers all blocks again', async () => {
    await ours.rpc('addnode', full.theirs.p2p, 'onetry');
    await theirs.rpc('addnode', full.ours.p2p, 'onetry');
    await eventually('both say that the coins are right', async () => {
      for (const node of [ours, theirs]) {
        const { chainstates } = await node.rpc('getchainstates');
        assert.equal(chainstates.length, 1);
        const { blocks: height, validated, snapshot_blockhash: from } = chainstates[0];
        assert.deepEqual([height, validated, from], [COUNT, true, toDisplayHex(base.header.hash)]);
      }
      return true;
    });
    assert.deepEqual(await statesOf(ours), await statesOf(theirs));
    const sets = await Promise.all([ours, theirs, full.ours].map((node) => node.rpc('gettxoutsetinfo', 'muhash')));
    for (const set of sets) assert.deepEqual([set.bestblock, set.muhash], [tipHash, sets[2].muhash]);
    const offered = await Promise.all([ours, theirs].map(async (node) => (await node.rpc('getnetworkinfo')).localservicesnames));
    for (const names of offered) assert.ok(names.includes('NETWORK'), names.join());
    const first = await ours.rpc('getblock', toDisplayHex(blocks[0]!.header.hash));
    assert.equal(first.confirmations, COUNT);
    await eventually('every index has come from the first block to the tip', async () => {
      for (const { synced, best_block_height } of Object.values(await ours.rpc('getindexinfo')) as Record<string, unknown>[]) {
        assert.deepEqual([synced, best_block_height], [true, COUNT]);
      }
      return true;
    });
    const { txid } = blocks[2]!.transactions[0]!;
    assert.equal((await ours.rpc('getrawtransaction', toDisplayHex(txid), true)).confirmations, COUNT - 2);
  });
});
