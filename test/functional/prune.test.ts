/**
 * A node that prunes, as a process: what it answers, what is left after it was killed, and that it goes on.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { watch } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { regtest } from '../../src/core/params/regtest.ts';
import { encodeBlock } from '../../src/core/primitives/block.ts';
import { buildChain, genesisParent } from '../support/chain-builder.ts';
import { addressOf, agree, joinNodes, mine, startApart } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { runQuoin } from '../support/quoin-command.ts';
import type { QuoinProcess } from '../support/quoin-process.ts';
import { temporaryFolder } from '../support/quoin-process.ts';

const BLOCKS = 1_500;
/** What regtest keeps. */
const KEEP = 288;

describe('a node that prunes', () => {
  const dataDir = temporaryFolder('pruned');
  const args = ['--prune', '1', '--fast-prune'];
  let whole: QuoinProcess;

  before(async () => {
    whole = await startApart({ network: 'regtest' });
    await mine(whole, BLOCKS, await addressOf(whole));
  });

  const infoOf = (node: QuoinProcess) => node.rpc('getblockchaininfo') as Promise<Record<string, unknown>>;
  const blockFiles = (): string[] => readdirSync(join(dataDir, 'blocks')).filter((name) => name.startsWith('blk'));

  it('deletes old files when asked, and says so to everybody', async () => {
    const node = await startApart({ network: 'regtest', dataDir, args });
    await joinNodes(node, whole);
    await agree([node, whole]);
    const before = blockFiles().length;
    assert.ok(before > 4, `${before} files`);
    await assert.rejects(node.rpc('pruneblockchain', -1), /Negative block height/);
    await assert.rejects(node.rpc('pruneblockchain', BLOCKS + 1), /shorter than the attempted prune height/);
    const first = (await infoOf(node)) as { pruned: boolean; pruneheight: number; automatic_pruning: boolean; prune_target_size?: number };
    assert.deepEqual([first.pruned, first.pruneheight, first.automatic_pruning, first.prune_target_size], [true, 0, false, undefined]);
    // Nothing goes that an index has still to read.
    await eventually('the indexes are at the tip', async () => {
      const states = Object.values((await node.rpc('getindexinfo')) as Record<string, { best_block_height: number }>);
      return states.every(({ best_block_height }) => best_block_height === BLOCKS);
    });
    const last = (await node.rpc('pruneblockchain', BLOCKS)) as number;
    assert.ok(last > 0 && last <= BLOCKS - KEEP, `the last that went is ${last}`);
    assert.equal((await infoOf(node)).pruneheight, last + 1);
    assert.ok(blockFiles().length < before);
    const hash = await node.rpc('getblockhash', last);
    await assert.rejects(node.rpc('getblock', hash), /Block not available \(pruned data\)/);
    assert.equal(((await node.rpc('getblock', await node.rpc('getblockhash', last + 1))) as { height: number }).height, last + 1);
    const network = (await node.rpc('getnetworkinfo')) as { localservicesnames: string[] };
    assert.deepEqual(network.localservicesnames, ['WITNESS', 'NETWORK_LIMITED', 'P2P_V2']);
    assert.equal(await node.rpc('verifychain', 4, 50), true);
    assert.equal(await node.rpc('verifychain', 0, 0), false);
    await agree([node, whole]);
    assert.equal(await node.stop(), 0);
  });

  it('writes its coins as of any block whose followers it still has, and no earlier one', async () => {
    const node = await startApart({ network: 'regtest', dataDir, args });
    const { pruneheight } = (await infoOf(node)) as { pruneheight: number };
    const facts = async (of: QuoinProcess, path: string, rollback?: number) => {
      const target = rollback === undefined ? ['latest'] : ['rollback', { rollback }];
      const { base_height, base_hash, coins_written, txoutset_hash } = (await of.rpc('dumptxoutset', path, ...target)) as Record<
        string,
        unknown
      >;
      return { base_height, base_hash, coins_written, txoutset_hash };
    };
    assert.deepEqual(await facts(node, 'latest.dat'), await facts(whole, 'latest.dat'));
    const lowest = pruneheight - 1;
    const back = await facts(node, 'lowest.dat', lowest);
    assert.deepEqual(back, await facts(whole, 'lowest.dat', lowest));
    assert.equal(back.base_height, lowest);
    await assert.rejects(
      facts(node, 'lower.dat', lowest - 1),
      /Could not roll back to requested height since necessary block data is already pruned/,
    );
    assert.deepEqual(
      ['lowest.dat', 'lower.dat'].map((name) => existsSync(join(dataDir, name))),
      [true, false],
    );
    assert.equal(await node.stop(), 0);
  });

  it('is refused without --prune, and to make the coins alone anew', async () => {
    const start = ['node', '--network', 'regtest', '--data-dir', dataDir, '--no-http', '--no-listen', '--fast-prune'];
    const { code, err } = runQuoin(start);
    assert.equal(code, 1);
    assert.match(err, /pruned from this data folder: start it with --prune again, or with --reindex/);
    const chainstate = runQuoin([...start, '--prune', '1', '--reindex-chainstate']);
    assert.match(chainstate.err, /cannot be made anew from them: --reindex/);
  });

  it('killed while it prunes goes on with the same coins', async () => {
    for (let kill = 0; kill < 4; kill++) {
      const node = await startApart({ network: 'regtest', dataDir, args });
      await joinNodes(node, whole);
      await mine(whole, 300, await addressOf(whole));
      await agree([node, whole]);
      const pruning = node.rpc('pruneblockchain', BLOCKS + 300 * kill).catch(() => undefined);
      if (kill % 2 === 1) await new Promise(setImmediate);
      await node.kill();
      await pruning;
    }
    const node = await startApart({ network: 'regtest', dataDir, args });
    await joinNodes(node, whole);
    await agree([node, whole]);
    assert.equal(await node.stop(), 0);
  });

  it('gets every block anew with --reindex', async () => {
    const node = await startApart({ network: 'regtest', dataDir, args: ['--reindex', '--fast-prune'] });
    await joinNodes(node, whole);
    await agree([node, whole]);
    assert.equal((await infoOf(node)).pruned, false);
    assert.equal(await node.stop(), 0);
    assert.equal(await whole.stop(), 0);
  });
});

/** Of each block beside its header and coinbase; a file of 64 KiB takes one block. */
const LOAD_SIZE_BYTES = 60_000;

describe('a node with a target', () => {
  const args = ['--prune', '18', '--fast-prune', '--index', 'none'];
  const TARGET_BYTES = 18 * 1_048_576;

  it('deletes by itself what is too much, also when it is killed at that again and again', async () => {
    const dataDir = temporaryFolder('target');
    const coinbaseScript = new Uint8Array(LOAD_SIZE_BYTES).fill(0x6a);
    const blocks = buildChain({ parent: genesisParent(regtest), params: regtest, count: KEEP + 60, coinbaseScript });
    const folder = join(dataDir, 'blocks');
    let node = await startApart({ network: 'regtest', dataDir, args });
    const give = async (count: number): Promise<void> => {
      const height = (await node.rpc('getblockcount')) as number;
      for (const block of blocks.slice(height, height + count)) {
        assert.equal(await node.rpc('submitblock', Buffer.from(encodeBlock(block)).toString('hex')), null);
      }
    };
    await give(KEEP);
    assert.equal((await node.rpc('getblockchaininfo')).pruneheight, 0);
    for (let kill = 0; kill < 5; kill++) {
      const deletion = new AbortController();
      const seen = watchFor(folder, (name) => name.startsWith('rev') && !existsSync(join(folder, name)), deletion.signal).catch(
        () => undefined,
      );
      const giving = give(blocks.length).catch(() => undefined);
      // Whichever ends first: without a deletion what follows fails.
      await Promise.race([seen, giving]);
      await node.kill();
      deletion.abort();
      await giving;
      node = await startApart({ network: 'regtest', dataDir, args });
      const { pruneheight, blocks: height } = (await node.rpc('getblockchaininfo')) as { pruneheight: number; blocks: number };
      assert.ok(pruneheight > 0 && height - pruneheight >= KEEP - 1, `${pruneheight} of ${height}`);
      assert.equal(await node.rpc('verifychain', 4, height - pruneheight + 1), true);
    }
    await give(blocks.length);
    const info = (await node.rpc('getblockchaininfo')) as Record<string, number | boolean>;
    assert.deepEqual([info.blocks, info.automatic_pruning, info.prune_target_size], [blocks.length, true, TARGET_BYTES]);
    // The last blocks are more than the target, and all else is gone.
    assert.equal(info.pruneheight, blocks.length - KEEP + 1);
    const kept = readdirSync(folder).filter((name) => name.startsWith('blk'));
    assert.equal(kept.length, KEEP);
    const whole = await startApart({ network: 'regtest', args: ['--index', 'none'] });
    for (const block of blocks) await whole.rpc('submitblock', Buffer.from(encodeBlock(block)).toString('hex'));
    await agree([node, whole]);
    assert.deepEqual([await node.stop(), await whole.stop()], [0, 0]);
  });
});

describe('a wallet in a folder whose old blocks were pruned', () => {
  it('is made anew and goes on; words that may be older are refused, with the blocks that they lack', async () => {
    const dataDir = temporaryFolder('pruned-wallet');
    // An index that has still to read blocks would keep them.
    const args = ['--prune', '1', '--fast-prune', '--index', 'none'];
    const node = await startApart({ network: 'regtest', dataDir, args });
    await mine(node, 700, 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080');
    const last = (await node.rpc('pruneblockchain', 400)) as number;
    assert.ok(last > 0);
    assert.equal(await node.stop(), 0);
    const words = JSON.parse(readFileSync(join(dataDir, 'wallet', 'seed.json'), 'utf8')) as { mnemonic: string };
    rmSync(join(dataDir, 'wallet'), { recursive: true });

    const fresh = await startApart({ network: 'regtest', dataDir, args });
    await mine(fresh, 1, await addressOf(fresh));
    assert.equal((await fresh.get('/api/v1/wallet')).balance.immature > 0, true);
    assert.equal(await fresh.stop(), 0);
    const again = await startApart({ network: 'regtest', dataDir, args });
    assert.equal((await again.get('/api/v1/wallet')).balance.immature > 0, true, 'it need not look at what is gone');
    assert.equal(await again.stop(), 0);

    rmSync(join(dataDir, 'wallet'), { recursive: true });
    const place = ['--network', 'regtest', '--data-dir', dataDir];
    assert.equal(runQuoin(['wallet', 'restore', ...place], { input: `${words.mnemonic}\n` }).code, 0);
    const refused = runQuoin(['node', ...place, '--no-http', '--no-listen', ...args]);
    assert.equal(refused.code, 1);
    const lacking = `the wallet must look through the blocks from 1 on, and those before ${last + 1} were pruned`;
    assert.equal(refused.err, `quoin: ${lacking}: start with --reindex to get them again\n`);
  });
});

/** Resolves at the first change of a file that fits. */
async function watchFor(folder: string, fits: (name: string) => boolean, signal: AbortSignal): Promise<void> {
  for await (const { filename } of watch(folder, { signal })) if (filename !== null && fits(filename)) return;
}
