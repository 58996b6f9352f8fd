/**
 * Partitions that heal: many nodes on a virtual network and clock, in as many parts and as far apart as one likes.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildBlock, buildChain, genesisParent } from '../../../test/support/chain-builder.ts';
import { from, output, pay, TRUE_OUTPUT } from '../../../test/support/mempool-world.ts';
import type { SyncTestNode } from '../../../test/support/sync-world.ts';
import { SyncWorld, WORLD_PORT } from '../../../test/support/sync-world.ts';
import { regtest } from '../../core/params/regtest.ts';
import type { NetworkParams } from '../../core/params/types.ts';
import type { Block } from '../../core/primitives/block.ts';
import { toDisplayHex } from '../../core/primitives/ids.ts';
import type { OutPoint, Transaction } from '../../core/primitives/transaction.ts';
import { mempoolChain } from '../../node/views.ts';
import { watchReorganisations } from '../mempool/reorg-watch.ts';
import type { Reorganisation } from '../ports/reorganisation.ts';

const SIDES = [2, 3, 5];
const DEPTHS = [1, 10, 100, 300];

const params: NetworkParams = { ...regtest, consensus: { ...regtest.consensus, coinbaseMaturity: 10 } };

/** Blocks that all sides have. Their first coinbases are mature. */
const TRUNK: readonly Block[] = buildChain({ parent: genesisParent(params), params, count: 30, coinbaseScript: TRUE_OUTPUT });

/** The coin that a block of the trunk made. */
const coinOf = (index: number): OutPoint => from((TRUNK[index] as Block).transactions[0] as Transaction);

/** Spends a coin; what it pays tells it from others that spend the same. */
const spendOf = (outPoint: OutPoint, value: bigint): Transaction => pay({ inputs: [outPoint], outputs: [output(value)] });

/** One part of a network: two nodes, and what only they have confirmed. */
interface Side {
  readonly nodes: readonly [SyncTestNode, SyncTestNode];
  /** Spends what every other side spends too. */
  readonly double: Transaction;
  /** Spends an output of `double`. */
  readonly child: Transaction;
  /** Spends what nobody else spends. */
  readonly own: Transaction;
  /** Spends what another transaction of every other side's spends, and waits. */
  readonly waiting: Transaction;
  readonly stories: Reorganisation[];
  readonly length: number;
  readonly branch: Block[];
}

const hostOf = (side: number, node: number): string => `10.0.${side}.${node}`;

const names = (ids: Iterable<Uint8Array>): string[] => Array.from(ids, toDisplayHex).sort();

/** Opens a network whose nodes all have the trunk, each side's in a row, the first of each called by the others of all. */
async function openSides(world: SyncWorld, count: number, depth: number): Promise<Side[]> {
  const firsts = Array.from({ length: count }, (_, side) => ({ host: hostOf(side, 1), port: WORLD_PORT }));
  const sides: Side[] = [];
  for (let i = 0; i < count; i++) {
    const others = { manualPeers: firsts.slice(0, i), outboundTarget: 0 };
    const first = await world.node(hostOf(i, 1), others);
    const second = await world.node(hostOf(i, 2), { manualPeers: firsts.slice(i, i + 1), outboundTarget: 0 });
    const stories: Reorganisation[] = [];
    watchReorganisations(mempoolChain(first.chain), first.mempool, (story) => stories.push(story));
    const double = spendOf(coinOf(0), 4_000_000_000n + BigInt(i));
    const child = spendOf(from(double), 3_000_000_000n);
    const own = spendOf(coinOf(1 + i), 4_999_990_000n);
    // The last side has most blocks; the others have fewer, each another number where there is room.
    const length = i === count - 1 ? depth + 1 : Math.max(1, depth - i);
    sides.push({
      nodes: [first, second],
      double,
      child,
      own,
      waiting: spendOf(coinOf(10), 4_999_000_000n + BigInt(i)),
      stories,
      length,
      branch: [],
    });
  }
  await sides[0]?.nodes[0].give(TRUNK);
  await world.until(() => sides.every(({ nodes }) => nodes.every((node) => node.height === TRUNK.length)), 300_000);
  return sides;
}

/** Mines a side's branch: its transactions stand in the first block. */
async function mineSide(side: Side, index: number, winner: boolean): Promise<void> {
  const [node] = side.nodes;
  const parent = node.chain.tip;
  const extra = Uint8Array.of(index + 1);
  // What waits on the losing sides is confirmed on the winning one, otherwise.
  const transactions = [side.double, side.child, side.own, ...(winner ? [side.waiting] : [])];
  const first = buildBlock({ parent, params, transactions, extra });
  await node.give([first]);
  const others = buildChain({ parent: node.chain.tip, params, count: side.length - 1, extra });
  await node.give(others);
  side.branch.push(first, ...others);
  if (!winner) assert.equal((await node.mempool.accept(side.waiting)).rejection, undefined);
}

/** The side whose branch a block is of. */
function sideOf(sides: readonly Side[], hash: Uint8Array): Side {
  const found = sides.find(({ branch }) => branch.some((block) => block.header.hash.join() === hash.join()));
  assert.ok(found !== undefined, 'a side mined it');
  return found;
}

/**
 * What a losing side's node tells: from its own branch to the winner's, perhaps by way of others that were better than its own, each switch
 * with what became of every transaction.
 */
function checkStories(side: Side, sides: readonly Side[]): void {
  const winner = sides.at(-1) as Side;
  let from: Side | undefined;
  for (const story of side.stories) {
    const [left, entered] = [sideOf(sides, story.oldBranch.tip.hash), sideOf(sides, story.newBranch.tip.hash)];
    assert.equal(left, from ?? side);
    from = entered;
    assert.deepEqual(story.fork, { hash: TRUNK.at(-1)?.header.hash, height: TRUNK.length });
    assert.equal(story.depth, story.oldBranch.length);
    for (const [{ blocks, length, tip }, { branch }] of [
      [story.oldBranch, left],
      [story.newBranch, entered],
    ] as const) {
      assert.deepEqual(
        blocks,
        branch.slice(0, length).map((block) => block.header.hash),
      );
      assert.deepEqual(tip, { hash: blocks.at(-1), height: TRUNK.length + length });
    }
    const { confirmed, conflicted, dropped, returned, unknownCount } = story.transactions;
    assert.deepEqual([confirmed.count, dropped.count, unknownCount], [0, 0, 0]);
    assert.deepEqual(names(returned.list), names([left.own.txid]));
    const pairs = [
      [left.double, entered.double],
      [left.child, entered.double],
    ];
    // Its parent is gone: the parent's conflict is the child's own. What waited is pushed out where the new branch has its rival.
    if (entered === winner) pairs.push([side.waiting, winner.waiting]);
    const pairOf = (txid: Uint8Array, other: Uint8Array): string => [txid, other].map(toDisplayHex).join(' with ');
    const expected = pairs.map(([lost, won]) => pairOf(lost!.txid, won!.txid));
    assert.deepEqual(conflicted.list.map((each) => pairOf(each.txid, each.with)).sort(), expected.sort());
    assert.equal(conflicted.count, expected.length);
  }
  assert.equal(side.stories[0]?.depth, side.length);
  assert.equal(from, winner);
}

describe('a partition', () => {
  for (const count of SIDES) {
    for (const depth of DEPTHS) {
      it(`of ${count} sides, ${depth} deep, heals to the branch of most work; what the losers had confirmed waits again or is told as conflicted`, async () => {
        const world = new SyncWorld(params);
        const sides = await openSides(world, count, depth);
        const winner = sides.at(-1) as Side;
        const partOf = (host: string): string => host.split('.').slice(0, 3).join('.');
        world.network.setReachable((a, b) => partOf(a) === partOf(b));
        for (const [i, side] of sides.entries()) await mineSide(side, i, side === winner);
        await world.until(
          () => sides.every(({ nodes: [a, b], length }) => a.height === b.height && a.height === TRUNK.length + length),
          600_000,
        );
        assert.equal(new Set(sides.map(({ nodes }) => nodes[0].chain.tip.hash.join())).size, count);
        world.network.setReachable(() => true);
        const all = sides.flatMap(({ nodes }) => nodes);
        const best = winner.nodes[0].chain.tip.hash.join();
        await world.until(() => all.every((node) => node.chain.tip.hash.join() === best), 600_000);
        for (const node of all) await node.mempool.settled();
        await world.until(() => sides.every(({ stories, ...side }) => stories.length > 0 || side.branch === winner.branch));
        for (const side of sides) if (side !== winner) checkStories(side, sides);
        assert.deepEqual(winner.stories, []);
        // What returned on one side is told to all of them.
        const expected = names(sides.filter((side) => side !== winner).map(({ own }) => own.txid));
        const waiting = (node: SyncTestNode): string[] => names(Array.from(node.mempool.entries(), ({ tx }) => tx.txid));
        await world.until(() => all.every((node) => waiting(node).join() === expected.join()), 600_000);
        for (const node of all) assert.ok(node.network.inSync());
        await world.close();
      });
    }
  }
});
