/**
 * Nodes that go on from a file of coins, as processes: killed at any moment, pruned, with a wallet that has still to see the blocks below, and
 * on a network of a user's own whose file says which coins may be loaded.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { encodeBlock, encodeHeader } from '../../src/core/primitives/block.ts';
import { toDisplayHex } from '../../src/core/primitives/ids.ts';
import { addressOf, agree, balanceOf, joinNodes, makeNetworkFile, mine, startApart } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import type { QuoinProcess } from '../support/quoin-process.ts';
import { temporaryFolder } from '../support/quoin-process.ts';
import { UNIT_TEST_HEIGHT, unitTestChain } from '../support/snapshot-chain.ts';

const COUNT = 130;
const blocks = unitTestChain(COUNT);
const above = blocks.slice(UNIT_TEST_HEIGHT);
const below = blocks.slice(0, UNIT_TEST_HEIGHT);
const base = toDisplayHex(below.at(-1)!.header.hash);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

type ChainStates = readonly { readonly blocks: number; readonly validated: boolean; readonly snapshot_blockhash?: string }[];

async function statesOf(node: QuoinProcess): Promise<ChainStates> {
  return ((await node.rpc('getchainstates')) as { chainstates: ChainStates }).chainstates;
}

async function giveHeaders(node: QuoinProcess): Promise<void> {
  for (const { header } of blocks) await node.rpc('submitheader', hex(encodeHeader(header)));
}

async function giveBlocks(node: QuoinProcess, given: typeof blocks): Promise<void> {
  for (const block of given) await node.rpc('submitblock', hex(encodeBlock(block)));
}

async function validated(node: QuoinProcess): Promise<void> {
  await eventually('the blocks below are checked', async () => (await statesOf(node)).every((state) => state.validated));
}

describe('a node that goes on from a file of coins', () => {
  const coins = join(temporaryFolder('coins'), 'coins.dat');
  let whole: QuoinProcess;

  before(async () => {
    whole = await startApart({ args: ['--index', 'none'] });
    await giveBlocks(whole, blocks);
    await whole.rpc('dumptxoutset', coins, 'rollback', { rollback: UNIT_TEST_HEIGHT });
  });

  it('killed while it loads has loaded or has not, and can again', async () => {
    const dataDir = temporaryFolder('killed-loading');
    let node = await startApart({ dataDir });
    await giveHeaders(node);
    // Headers are kept a while after they came; nothing is lost that was ever flushed.
    await node.stop();
    let isLoaded = false;
    for (let delayMs = 0; !isLoaded; delayMs += 12) {
      node = await startApart({ dataDir });
      const loading = node.rpc('loadtxoutset', coins).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      await node.kill();
      await loading;
      node = await startApart({ dataDir });
      const states = await statesOf(node);
      isLoaded = states.length === 2;
      assert.deepEqual(
        states.map(({ blocks: height, validated: isValidated, snapshot_blockhash: from }) => [height, isValidated, from]),
        isLoaded
          ? [
              [0, true, undefined],
              [UNIT_TEST_HEIGHT, false, base],
            ]
          : [[0, true, undefined]],
      );
      assert.equal(existsSync(join(dataDir, 'coins-snapshot')), isLoaded);
      await node.stop();
    }
    node = await startApart({ dataDir });
    await joinNodes(node, whole);
    await validated(node);
    await agree([node, whole]);
    assert.equal(await node.stop(), 0);
  });

  it('killed while the blocks below are checked goes on, and is like any other in the end', async () => {
    const dataDir = temporaryFolder('killed-checking');
    let node = await startApart({ dataDir });
    await giveHeaders(node);
    await node.rpc('loadtxoutset', coins);
    let [upper, lower] = [0, 0];
    while (lower < below.length) {
      await giveBlocks(node, above.slice(upper, upper + 4));
      await giveBlocks(node, below.slice(lower, lower + 25));
      [upper, lower] = [upper + 4, lower + 25];
      await node.kill();
      node = await startApart({ dataDir });
      const states = await statesOf(node);
      if (states.length === 2)
        assert.deepEqual([states[0]!.validated, states[1]!.validated, states[1]!.snapshot_blockhash], [true, false, base]);
      assert.ok(states.at(-1)!.blocks >= UNIT_TEST_HEIGHT);
    }
    await joinNodes(node, whole);
    await validated(node);
    await agree([node, whole]);
    const expected = await whole.rpc('gettxoutsetinfo', 'muhash');
    for (let starts = 0; starts < 2; starts++) {
      assert.equal(await node.stop(), 0);
      node = await startApart({ dataDir });
      assert.deepEqual(
        (await statesOf(node)).map(({ blocks: height, validated: isValidated, snapshot_blockhash: from }) => [height, isValidated, from]),
        [[COUNT, true, undefined]],
      );
      assert.equal((await node.rpc('gettxoutsetinfo', 'muhash')).muhash, expected.muhash);
      assert.equal(await node.rpc('verifychain', 4, 0), true);
    }
    assert.deepEqual([existsSync(join(dataDir, 'coins-snapshot')), existsSync(join(dataDir, 'snapshot'))], [false, false]);
    await node.stop();
  });

  it('has the chain made anew from its blocks by --reindex-chainstate, without what was loaded', async () => {
    const dataDir = temporaryFolder('rebuilt');
    let node = await startApart({ dataDir });
    await giveHeaders(node);
    await node.rpc('loadtxoutset', coins);
    await giveBlocks(node, [...above, ...below.slice(0, 50)]);
    await node.stop();
    node = await startApart({ dataDir, args: ['--reindex-chainstate'] });
    assert.deepEqual(
      (await statesOf(node)).map((state) => [state.blocks, state.validated]),
      [[50, true]],
    );
    await giveBlocks(node, below.slice(50));
    await agree([node, whole]);
    assert.equal(await node.rpc('verifychain', 4, 0), true);
    await node.stop();
  });

  it('shows its wallet the blocks when all of them are here', async () => {
    const node = await startApart({});
    const address = await addressOf(node);
    await giveHeaders(node);
    await node.rpc('loadtxoutset', coins);
    await giveBlocks(node, above);
    await mine(node, 2, address);
    assert.deepEqual(await balanceOf(node), { confirmed: 0n, unconfirmed: 0n, immature: 0n });
    await giveBlocks(node, below);
    await validated(node);
    await eventually('the wallet has seen its blocks', async () => (await balanceOf(node)).immature === 10_000_000_000n);
    await node.stop();
  });

  it('prunes what it has checked', async () => {
    const dataDir = temporaryFolder('pruned-loaded');
    let node = await startApart({ dataDir, args: ['--prune', '1', '--fast-prune', '--index', 'none'] });
    await giveHeaders(node);
    await node.rpc('loadtxoutset', coins);
    await giveBlocks(node, above);
    await giveBlocks(node, below.slice(0, 40));
    await node.rpc('pruneblockchain', COUNT - 1);
    await node.kill();
    node = await startApart({ dataDir, args: ['--prune', '1', '--fast-prune', '--index', 'none'] });
    await giveBlocks(node, blocks);
    await validated(node);
    assert.equal(await node.rpc('getblockcount'), COUNT);
    const { localservicesnames } = await node.rpc('getnetworkinfo');
    assert.ok(!localservicesnames.includes('NETWORK') && localservicesnames.includes('NETWORK_LIMITED'));
    await node.stop();
  });

  it('may be one of a network of its own, whose file says which coins', async () => {
    const network = makeNetworkFile(1);
    const first = await startApart({ network });
    const hashes = await mine(first, 30);
    const { txoutset_hash, nchaintx, path } = await first.rpc('dumptxoutset', 'own.dat', 'rollback', { rollback: 20 });
    const known = { height: 20, block: hashes[19], coinsHash: txoutset_hash, chainTxCount: nchaintx };
    const withCoins = join(temporaryFolder('network-file'), 'network.json');
    writeFileSync(withCoins, JSON.stringify({ ...JSON.parse(readFileSync(network, 'utf8')), assumeutxo: [known] }));
    const second = await startApart({ network: withCoins });
    copyFileSync(path, join(second.dataDir, 'own.dat'));
    await assert.rejects(second.rpc('loadtxoutset', 'own.dat'), /must appear in the headers chain/);
    for (const hash of hashes) await second.rpc('submitheader', await first.rpc('getblockheader', hash, false));
    assert.equal((await second.rpc('loadtxoutset', 'own.dat')).base_height, 20);
    await joinNodes(second, first);
    await validated(second);
    await agree([first, second]);
    await Promise.all([first.stop(), second.stop()]);
  });
});
