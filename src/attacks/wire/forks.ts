/**
 * Forks: deep ones, even ones, and such as were kept secret.
 *
 * @module
 */

import type { Block } from '../../core/primitives/block.ts';
import type { Attack } from '../attack.ts';
import { sight } from '../attack.ts';
import { type BuildParent, buildChain } from '../build-block.ts';
import type { Scene } from '../scene.ts';

function rivals({ params, purse, random }: Scene, parent: BuildParent, count: number): Block[] {
  return buildChain({ parent, params, count, coinbaseScript: purse.script, extra: random.bytes(8) });
}

const lastHash = (blocks: readonly Block[]) => (blocks.at(-1) as Block).header.hash;

const DEPTH = 200;

const deepFork: Attack = {
  ...{ name: 'deep-fork', rows: ['S9', 'S10', 'N1'], expected: 'C', needs: 'blocks' },
  what: `sends a branch of ${DEPTH + 1} blocks that leaves the chain ${DEPTH} blocks behind the tip, last blocks first, before an honest peer has it`,
  bound: 'the branch of more work is followed, and the chain goes on from it',
  play: async (scene) => {
    const depth = scene.times(DEPTH);
    const missing = depth + 1 - scene.chain.tip.height;
    if (missing > 0) await scene.mine(missing);
    const { height } = scene.chain.tip;
    const rival = rivals(scene, scene.chain.at(height - depth), depth + 1);
    const attacker = await scene.meetQuiet();
    scene.begin();
    for (const block of [...rival].reverse()) {
      attacker.sendBlock(block);
      await attacker.taken();
    }
    await attacker.settled();
    await scene.honest.offer(rival);
    if (!(await scene.followsTo(lastHash(rival)))) return sight('the branch of more work is not followed');
    const next = scene.build();
    return (await scene.isTaken(next)) ? sight(`followed through ${depth} blocks`, 'C') : sight('the chain does not go on from the branch');
  },
};

const evenTips: Attack = {
  ...{ name: 'even-tips', rows: ['N5'], expected: 'C I', needs: 'blocks' },
  what: 'brings two blocks of one height and the same work in turn, again and again',
  bound: 'the first one stays the tip until one of them has a child',
  play: async (scene) => {
    const parent = scene.chain.tip;
    const [first, second] = [scene.build({ parent }), scene.build({ parent })];
    scene.begin();
    if (!(await scene.isTaken(first))) return sight('an honest block is not the tip');
    const attacker = await scene.meetQuiet();
    for (let i = 0; i < scene.times(50) && attacker.over === undefined; i++) {
      attacker.sendBlock(first);
      attacker.sendBlock(second);
      await attacker.settled();
      await scene.honest.sync();
      if (scene.chain.heightOf(second.header.hash) !== undefined) return sight('it leaves the block that it had first');
    }
    const [child] = rivals(scene, { ...scene.chain.at(parent.height), header: second.header, height: parent.height + 1 }, 1) as [Block];
    await scene.honest.bring([second, child]);
    const followed = await scene.followsTo(child.header.hash);
    return followed
      ? sight('the first stays, until the other has a child', 'C', 'I')
      : sight('it does not follow the child of the other', 'I');
  },
};

const secretBranch: Attack = {
  ...{ name: 'secret-branch', rows: ['N3', 'N4'], expected: 'C', needs: 'blocks' },
  what: 'keeps three blocks without payments secret until two honest ones are there, then shows them',
  bound: 'most work is followed',
  play: async (scene) => {
    const secret = rivals(scene, scene.chain.tip, 3);
    scene.begin();
    for (let i = 0; i < 2; i++) if (!(await scene.isTaken(scene.build()))) return sight('an honest block is not the tip');
    await scene.honest.offer(secret);
    return (await scene.followsTo(lastHash(secret))) ? sight('it follows the three', 'C') : sight('it stays with less work');
  },
};

/** S9, S10 and the rows of N that one target can show. */
export const FORK_ATTACKS: readonly Attack[] = [deepFork, evenTips, secretBranch];
