/**
 * A node that prunes, as a process: what it answers, what is left after it was killed, and that it goes on.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { addressOf, agree, joinNodes, mine, startApart } from '../support/cluster.ts';
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
    const last = (await node.rpc('pruneblockchain', BLOCKS)) as number;
    assert.ok(last > 0 && last <= BLOCKS - KEEP, `the last that went is ${last}`);
    assert.equal((await infoOf(node)).pruneheight, last + 1);
    assert.ok(blockFiles().length < before);
    const hash = await node.rpc('getblockhash', last);
    await assert.rejects(node.rpc('getblock', hash), /Block not available \(pruned data\)/);
    assert.equal(((await node.rpc('getblock', await node.rpc('getblockhash', last + 1))) as { height: number }).height, last + 1);
    const network = (await node.rpc('getnetworkinfo')) as { localservicesnames: string[] };
    assert.deepEqual(network.localservicesnames, ['WITNESS', 'NETWORK_LIMITED']);
    assert.equal(await node.rpc('verifychain', 4, 50), true);
    assert.equal(await node.rpc('verifychain', 0, 0), false);
    await agree([node, whole]);
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
