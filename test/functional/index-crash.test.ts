/**
 * A node that is killed while its indexes are built, again and again: what they answer in the end is what a node says that never was.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addressOf, agree, joinNodes, makeNetworkFile, mine, pay, startApart } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import type { QuoinProcess } from '../support/quoin-process.ts';
import { temporaryFolder } from '../support/quoin-process.ts';

const COIN = 100_000_000;
const KILLS = 4;
const INDEX = ['--index', 'tx,script,filter,spent'];

interface State {
  readonly synced: boolean;
  readonly best_block_height: number;
}

async function statesOf(node: QuoinProcess): Promise<State[]> {
  return Object.values((await node.rpc('getindexinfo')) as Record<string, State>);
}

/** Everything about some blocks that the indexes answer. */
async function answersOf(node: QuoinProcess, hashes: readonly string[], addresses: readonly string[]): Promise<unknown> {
  await eventually('all indexes are built', async () => (await statesOf(node)).every(({ synced }) => synced));
  const answers: unknown[] = [];
  for (const hash of hashes) {
    answers.push(await node.rpc('getblockfilter', hash));
    const { tx } = (await node.rpc('getblock', hash)) as { tx: string[] };
    for (const txid of tx) answers.push(await node.rpc('getrawtransaction', txid, 2));
  }
  for (const address of addresses) {
    for (const path of ['', '/utxos?limit=1000', '/txs?limit=1000']) answers.push(await node.get(`/api/v1/address/${address}${path}`));
  }
  return answers;
}

describe('a node that is killed while its indexes are built', () => {
  it('goes on after each start, also over a reorganisation, and answers as one that never was killed', async () => {
    const network = makeNetworkFile(8);
    const steady = await startApart({ network, args: INDEX });
    const dataDir = temporaryFolder('killed');
    const address = await addressOf(steady);
    await mine(steady, 30);
    let node = await startApart({ network, dataDir, args: INDEX });
    await joinNodes(node, steady);
    for (let kill = 0; kill < KILLS; kill++) {
      for (let i = 0; i < 5; i++) await pay(steady, address, COIN + i);
      // Killed as soon as the blocks are there: their rows are written or not.
      await mine(steady, 40, address);
      const height = (await steady.rpc('getblockcount')) as number;
      await eventually('the blocks have come', async () => ((await node.rpc('getblockcount')) as number) >= height - kill * 5);
      await node.kill();
      if (kill === 1) {
        // The branch that its indexes stand on is left while it is down. Another address makes other blocks.
        const first = (await steady.rpc('getblockhash', height - 15)) as string;
        await steady.rpc('invalidateblock', first);
        await mine(steady, 25);
        await steady.rpc('reconsiderblock', first);
      }
      node = await startApart({ network, dataDir, args: INDEX });
      await joinNodes(node, steady);
    }
    await agree([node, steady]);
    const tip = (await node.rpc('getblockcount')) as number;
    const hashes: string[] = [];
    for (let height = 1; height <= tip; height += 3) hashes.push((await node.rpc('getblockhash', height)) as string);
    assert.deepEqual(await answersOf(node, hashes, [address]), await answersOf(steady, hashes, [address]));
    assert.ok((await statesOf(node)).every(({ best_block_height }) => best_block_height === tip));
    assert.equal((await statesOf(node)).length, 4);
    assert.equal(await node.stop(), 0);
    await steady.stop();
  });
});
