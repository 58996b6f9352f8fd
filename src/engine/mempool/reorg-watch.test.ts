import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildBlock } from '../../../test/support/chain-builder.ts';
import { from, output, pay } from '../../../test/support/mempool-world.ts';
import type { MiningWorld } from '../../../test/support/mining-world.ts';
import { createMiningWorld } from '../../../test/support/mining-world.ts';
import { regtest } from '../../core/params/regtest.ts';
import type { NetworkParams } from '../../core/params/types.ts';
import { type Block, decodeBlock } from '../../core/primitives/block.ts';
import type { Transaction } from '../../core/primitives/transaction.ts';
import { mempoolChain } from '../../node/views.ts';
import type { HeaderNode } from '../chain/header-node.ts';
import type { Reorganisation } from '../ports/reorganisation.ts';
import { REORG_LIST_MAX, watchReorganisations } from './reorg-watch.ts';

const params: NetworkParams = { ...regtest, consensus: { ...regtest.consensus, coinbaseMaturity: 3 } };

interface WatchedWorld extends MiningWorld {
  readonly told: Reorganisation[];
  readonly end: () => void;
}

async function watched(): Promise<WatchedWorld> {
  const world = await createMiningWorld(params);
  const told: Reorganisation[] = [];
  const end = watchReorganisations(mempoolChain(world.chain), world.pool, (story) => told.push(story));
  return { ...world, told, end };
}

/** Waits until what a switch leads to has been told. */
async function settle({ pool }: WatchedWorld): Promise<void> {
  await pool.settled();
  await new Promise((resolve) => setImmediate(resolve));
}

/** Blocks on a parent that differ from what is there. */
async function branch({ chain }: WatchedWorld, parent: HeaderNode, contents: readonly (readonly Transaction[])[]): Promise<Block[]> {
  const blocks: Block[] = [];
  let node = parent;
  for (const transactions of contents) {
    const block = buildBlock({ parent: node, params, transactions, extra: Uint8Array.of(9) });
    const accepted = await chain.acceptBlock(block);
    assert.equal(accepted.rejection, undefined);
    node = accepted.node as HeaderNode;
    blocks.push(block);
  }
  return blocks;
}

describe('a switch of branches', () => {
  it('is told with what both branches confirmed, what returned, and what can be no more', async () => {
    const world = await watched();
    const coins = await world.matureCoins(2);
    const fork = world.chain.tip;
    const both = pay({ inputs: [coins[0]!], outputs: [output(4_999_990_000n)] });
    const ours = pay({ inputs: [coins[1]!], outputs: [output(4_999_990_000n)] });
    // It spends a reward of the branch that will be left: with that it is gone.
    const lost: Transaction[] = [];
    await world.pool.accept(both);
    await world.pool.accept(ours);
    await world.generate(4);
    const reward = from((await blockOf(world, fork.height + 1)).transactions[0] as Transaction);
    lost.push(pay({ inputs: [reward], outputs: [output(4_000_000_000n)] }));
    assert.equal((await world.pool.accept(lost[0]!)).rejection, undefined);
    await world.generate(1);
    const left = world.chain.tip;
    const entered = await branch(world, fork, [[both], [], [], [], [], []]);
    await settle(world);
    assert.equal(world.told.length, 1);
    const [story] = world.told as [Reorganisation];
    assert.deepEqual([story.depth, story.oldBranch.length, story.newBranch.length], [5, 5, 6]);
    assert.deepEqual(story.fork, { hash: fork.hash, height: fork.height });
    assert.deepEqual(story.oldBranch.tip, { hash: left.hash, height: left.height });
    assert.deepEqual(
      story.newBranch.blocks,
      entered.map((block) => block.header.hash),
    );
    const fates = Object.entries(story.transactions).map(([name, fate]) => [name, typeof fate === 'number' ? fate : { ...fate }]);
    assert.deepEqual(Object.fromEntries(fates), {
      confirmed: { count: 1, list: [both.txid] },
      returned: { count: 1, list: [ours.txid] },
      conflicted: { count: 0, list: [] },
      dropped: { count: 1, list: [lost[0]!.txid] },
      unknownCount: 0,
    });
  });

  it('that only takes blocks back has an empty new branch, and names the first thousand of many transactions', async () => {
    const world = await watched();
    const [coin] = await world.matureCoins(1);
    const value = 4_999_000_000n;
    const fan = pay({ inputs: [coin!], outputs: Array.from({ length: 1_100 }, () => output(value / 1_200n)) });
    const many = fan.outputs.map((_, vout) => pay({ inputs: [from(fan, vout)], outputs: [output(value / 1_300n)] }));
    const fork = world.chain.tip;
    await branch(world, fork, [[fan], many]);
    const first = world.chain.active.at(fork.height + 2) as HeaderNode;
    await world.chain.invalidateBlock(first);
    await settle(world);
    const [story] = world.told as [Reorganisation];
    const parent = world.chain.tip;
    assert.deepEqual(story.newBranch, { tip: { hash: parent.hash, height: parent.height }, length: 0, blocks: [] });
    assert.deepEqual([story.depth, story.fork.height], [1, parent.height]);
    const { returned, dropped, conflicted, unknownCount } = story.transactions;
    assert.equal(returned.count + dropped.count, many.length);
    assert.deepEqual([returned.list.length, conflicted.count, unknownCount], [Math.min(returned.count, REORG_LIST_MAX), 0, 0]);
    assert.equal(returned.count, world.pool.size);
  });

  it('that leads back to where it began is none, and after the end none is told', async () => {
    const world = await watched();
    await world.generate(3);
    const fork = world.chain.active.at(2) as HeaderNode;
    const block = buildBlock({ parent: fork, params, extra: Uint8Array.of(9) });
    const { node } = await world.chain.acceptBlock(block);
    const greedy = buildBlock({ parent: node as HeaderNode, params, reward: 9_000_000_000n });
    assert.equal((await world.chain.acceptBlock(greedy)).rejection?.reason, 'bad-cb-amount');
    await settle(world);
    assert.deepEqual(world.told, []);
    world.end();
    await world.chain.invalidateBlock(world.chain.tip);
    await settle(world);
    assert.deepEqual(world.told, []);
  });
});

async function blockOf({ chain }: WatchedWorld, height: number): Promise<Block> {
  return decodeBlock(await chain.readBlock(chain.active.at(height) as HeaderNode));
}
