/**
 * Nodes that are killed without warning, again and again, beside one that never is.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { addressOf, agree, joinNodes, makeNetworkFile, mine, pay, startApart } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import type { QuoinProcess } from '../support/quoin-process.ts';
import { temporaryFolder } from '../support/quoin-process.ts';

const COIN = 100_000_000;
const KILLS = 4;

describe('a node that is killed', () => {
  let network: string;
  /** The node that is never killed. */
  let steady: QuoinProcess;

  before(async () => {
    network = makeNetworkFile(8);
    steady = await startApart({ network });
  });

  after(() => steady?.stop());

  const heightOf = (node: QuoinProcess): Promise<number> => node.rpc('getblockcount') as Promise<number>;

  it('in the middle of mining goes on after each start, and has what the others have', async () => {
    const dataDir = temporaryFolder('killed');
    let node = await startApart({ network, dataDir });
    for (let kill = 0; kill < KILLS; kill++) {
      await joinNodes(node, steady);
      await node.post('/api/v1/mining/start', { workers: 1 });
      const target = (await heightOf(steady)) + 25;
      await eventually('the other node has seen new blocks', async () => (await heightOf(steady)) >= target);
      await node.kill();
      node = await startApart({ network, dataDir });
      // Whatever was lost, the tip that is left has its coins.
      await agree([node]);
    }
    await joinNodes(node, steady);
    await agree([node, steady]);
    await mine(node, 5);
    await agree([node, steady]);
    // The wallet is whole as well: it can spend what it mined.
    const txid = await pay(node, await addressOf(steady), 3 * COIN);
    await eventually('the payment has come', async () => ((await steady.rpc('getrawmempool')) as string[]).includes(txid));
    await mine(steady, 1);
    await agree([node, steady]);
    assert.equal(await node.stop(), 0);
  });

  it('in the middle of a sync goes on from where it was, to the same coins', async () => {
    // Long enough that a sync is not over before it can be killed, and with payments all along.
    const to = await addressOf(steady);
    for (let i = 0; i < 10; i++) {
      await mine(steady, 250, to);
      for (let k = 1; k <= 5; k++) await pay(steady, to, k * COIN + i);
    }
    await mine(steady, 250, to);
    const total = await heightOf(steady);
    const dataDir = temporaryFolder('killed');
    let cutShort = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      // With the least memory for coins that there is, so that it also writes while it syncs.
      const node = await startApart({ network, dataDir, args: ['--db-cache', '4'] });
      const from = await heightOf(node);
      await node.rpc('addnode', steady.p2p, 'onetry');
      const reached = await eventually('some blocks more have come', async () => {
        const height = await heightOf(node);
        return height > from || height === total ? height : undefined;
      });
      await node.kill();
      if (reached < total) cutShort++;
    }
    assert.ok(cutShort > 0, 'at least one sync was cut short');
    const node = await startApart({ network, dataDir });
    await joinNodes(node, steady);
    await agree([node, steady]);
    assert.equal(await heightOf(node), total);
    assert.equal(await node.stop(), 0);
  });

  it('in the middle of a switch of branches goes on to the better one, to the same coins', async () => {
    const depth = 1_500;
    const dataDir = temporaryFolder('killed');
    const common = await heightOf(steady);
    let node = await startApart({ network, dataDir });
    await joinNodes(node, steady);
    await agree([node, steady]);
    assert.equal(await node.stop(), 0);
    // Apart, each makes a branch of its own; the steady one's is better.
    node = await startApart({ network, dataDir });
    await mine(node, depth);
    await mine(steady, depth + 1);
    const own = await node.rpc('getbestblockhash');
    await node.rpc('addnode', steady.p2p, 'onetry');
    // From here on it reads the other branch, leaves its own and takes up the other.
    await eventually('the switch has begun', async () => (await node.rpc('getbestblockhash')) !== own, 30_000);
    await node.kill();
    node = await startApart({ network, dataDir });
    const height = await heightOf(node);
    assert.ok(height >= common && height <= common + depth + 1, `it begins at height ${height}`);
    await agree([node]);
    await joinNodes(node, steady);
    await agree([node, steady]);
    assert.equal(await node.stop(), 0);
  });
});
