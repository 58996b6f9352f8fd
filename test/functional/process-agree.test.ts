/**
 * Whole nodes as processes over loopback: they sync, pay each other, part and come together again.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { addressOf, agree, balanceOf, joinNodes, makeNetworkFile, mine, partNodes, pay, startApart } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import type { QuoinProcess } from '../support/quoin-process.ts';

const COIN = 100_000_000;

/** Blocks on the losing side of each split. */
const DEPTHS = [1, 2, 10, 150];

describe('three nodes of a network of their own', () => {
  let network: string;
  let a: QuoinProcess;
  let b: QuoinProcess;
  let c: QuoinProcess;

  before(async () => {
    network = makeNetworkFile(8);
    [a, b, c] = (await Promise.all([1, 2, 3].map(() => startApart({ network })))) as [QuoinProcess, QuoinProcess, QuoinProcess];
  });

  after(async () => {
    const codes = await Promise.all([a, b, c].map((node) => node?.stop()));
    assert.deepEqual(codes, [0, 0, 0], 'each stops in order');
  });

  const heightOf = (node: QuoinProcess): Promise<number> => node.rpc('getblockcount') as Promise<number>;

  /** Whether a transaction waits at a node. */
  const waitsAt = (node: QuoinProcess, txid: string) =>
    eventually(`${txid} waits`, async () => ((await node.rpc('getrawmempool')) as string[]).includes(txid));

  it('sync what one of them mined before they met', async () => {
    await mine(a, 60);
    // In a row: what reaches the last has gone through the one between.
    await joinNodes(b, a);
    await joinNodes(c, b);
    await agree([a, b, c]);
    assert.equal(await heightOf(c), 60);
  });

  it('relay new blocks of each to all', async () => {
    for (const node of [a, b, c]) {
      await mine(node, 15);
      await agree([a, b, c]);
    }
    assert.equal(await heightOf(a), 105);
  });

  it('confirm a payment of one wallet in the balance of another', async () => {
    const before = await balanceOf(c);
    const amount = 12 * COIN + 345;
    const txid = await pay(a, await addressOf(c), amount);
    await waitsAt(c, txid);
    assert.equal((await balanceOf(c)).unconfirmed, before.unconfirmed + BigInt(amount));
    // Mined by somebody else, so that nothing but the payment comes to either of the two.
    await mine(b, 1);
    const { tip } = await agree([a, b, c]);
    const { confirmed, unconfirmed, immature } = await balanceOf(c);
    assert.equal(unconfirmed, before.unconfirmed);
    // With the block one of the node's own rewards may have become mature.
    assert.equal(confirmed + immature, before.confirmed + before.immature + BigInt(amount));
    const block = (await a.rpc('getblock', tip)) as { tx: string[] };
    assert.deepEqual(block.tx.slice(1), [txid]);
  });

  for (const [index, depth] of DEPTHS.entries()) {
    it(`heal a split of depth ${depth} to one tip and the same coins, with other payments on both sides`, async () => {
      await partNodes(b, a);
      const start = await heightOf(a);
      // In turn the lone node and the two others find more.
      const [loser, winner] = index % 2 === 0 ? [a, b] : [b, a];
      const lost = await pay(loser, await addressOf(c), 3 * COIN + index);
      const won = await pay(winner, await addressOf(c), 5 * COIN + index);
      await mine(loser, depth);
      const [best] = (await mine(winner, depth + 1)).slice(-1);
      await agree([b, c]);
      assert.notEqual(await a.rpc('getbestblockhash'), await b.rpc('getbestblockhash'));
      await joinNodes(b, a);
      const { tip } = await agree([a, b, c]);
      assert.equal(tip, best);
      assert.equal(await heightOf(c), start + depth + 1);
      // What only the losing side had confirmed waits again there, and comes into a block after all.
      await waitsAt(loser, lost);
      await mine(loser, 1);
      await agree([a, b, c]);
      for (const txid of [lost, won]) assert.ok((await confirmationsAt(loser, txid, start)) > 0, `${txid} is in a block`);
    });
  }

  it('own every coin there is between them, after all that', async () => {
    await mine(a, 1);
    await agree([a, b, c]);
    for (const node of [a, b, c]) assert.deepEqual(await node.rpc('getrawmempool'), []);
    const balances = await Promise.all([a, b, c].map(balanceOf));
    const owned = balances.reduce((sum, { confirmed, immature }) => sum + confirmed + immature, 0n);
    // Every block made 25 coins, and fees went from one wallet to another.
    const height = await heightOf(a);
    assert.equal(owned, BigInt(height) * 25n * BigInt(COIN));
    assert.equal(((await a.rpc('gettxoutsetinfo')) as { total_amount: number }).total_amount, height * 25);
  });

  it('bring a fourth node, which was never there, to the same tip and coins', async () => {
    const d = await startApart({ network });
    await joinNodes(d, c);
    await agree([a, b, c, d]);
    assert.equal(await d.stop(), 0);
  });

  /** How deep a transaction lies, looked for in the blocks above a height. */
  async function confirmationsAt(node: QuoinProcess, txid: string, above: number): Promise<number> {
    const tip = await heightOf(node);
    for (let height = above + 1; height <= tip; height++) {
      const block = (await node.rpc('getblock', await node.rpc('getblockhash', height))) as { tx: string[] };
      if (block.tx.includes(txid)) return tip - height + 1;
    }
    return 0;
  }
});
