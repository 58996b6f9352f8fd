/**
 * Attacks on the way of blocks: withheld, invalid deep down, unasked for, too often.
 *
 * @module
 */

import { bytesEqual } from '../../core/base/bytes.ts';
import type { Block } from '../../core/primitives/block.ts';
import { makeBlock } from '../../core/primitives/block.ts';
import type { Txid } from '../../core/primitives/ids.ts';
import { hashKey } from '../../core/primitives/ids.ts';
import { INVENTORY } from '../../core/wire/inventory.ts';
import type { Attack } from '../attack.ts';
import { sight, Unclear } from '../attack.ts';
import { type BuildParent, buildChain, childOf } from '../build-block.ts';
import type { Link } from '../link.ts';
import type { Scene } from '../scene.ts';
import { isBlockServed, judgeByHonest } from './bad-block.ts';

/** Answers questions for blocks and headers out of a list; blocks that are withheld are not sent. */
export function serve(link: Link, blocks: readonly Block[], withholds: (block: Block) => boolean = () => false): void {
  const byHash = new Map(blocks.map((block) => [hashKey(block.header.hash), block]));
  link.onMessage = (message) => {
    if (message.type === 'getheaders') link.send({ type: 'headers', headers: blocks.map(({ header }) => header) });
    if (message.type !== 'getdata') return;
    for (const { hash } of message.items) {
      const block = byHash.get(hashKey(hash as Block['header']['hash']));
      if (block !== undefined && !withholds(block)) link.sendBlock(block);
    }
  };
}

/** A branch on a parent, told apart by chance. */
function branch(scene: Scene, parent: BuildParent, count: number): Block[] {
  const { params, purse, random } = scene;
  return buildChain({ parent, params, count, coinbaseScript: purse.script, extra: random.bytes(8) });
}

const tellHeaders = (link: Link, blocks: readonly Block[]): void =>
  link.send({ type: 'headers', headers: blocks.map(({ header }) => header) });

/** How often a block was asked for on a connection, in whichever form. */
function askedFor(link: Link, { header }: Block): number {
  const forms = [INVENTORY.block, INVENTORY.witnessBlock, INVENTORY.compactBlock];
  return forms.flatMap((kind) => link.requested(kind)).filter(({ hash }) => bytesEqual(hash, header.hash)).length;
}

/** Coins that nobody has, so that a block that spends them is invalid however good it looks. */
function spendsNothing({ purse, random }: Scene) {
  const coin = { outPoint: { txid: random.bytes(32) as Txid, vout: 0 }, value: 1_000n };
  return purse.spend([coin], [purse.output(1n)]);
}

const mutatedForOther: Attack = {
  ...{ name: 'mutated-block-for-another', rows: ['P6'], cves: ['CVE-2024-52921'], expected: 'R C', needs: 'blocks' },
  what: 'sends a mutated copy of a block while an honest peer is asked for the good one',
  bound: 'the block that the honest peer sends is the tip',
  play: async (scene) => {
    const good = scene.build();
    const copy = makeBlock(good.header, [...good.transactions, ...good.transactions]);
    const [bringer, attacker] = [await scene.meetQuiet('honest'), await scene.meetQuiet()];
    scene.begin();
    tellHeaders(bringer, [good]);
    const asked = await bringer.waitFor(() => (askedFor(bringer, good) > 0 ? true : undefined));
    if (asked === undefined) throw new Unclear('the target does not ask for a new block that is announced to it');
    attacker.sendBlock(copy);
    await attacker.settled();
    if (await isBlockServed(scene, copy)) return sight('the copy is taken, and served to others');
    bringer.sendBlock(good);
    await bringer.settled();
    if (bringer.over !== undefined) return sight('the honest peer is let go');
    if (!(await scene.followsTo(good.header.hash))) return sight('the good block is not the tip');
    return sight('the copy is refused, the good block taken', 'R', 'C');
  },
};

/** A second peer is asked within so many seconds of saying that it has the block. */
const OTHER_MS_MAX = 10_000;

const withheld: Attack = {
  ...{ name: 'withheld-block', rows: ['P7'], cves: ['CVE-2024-52922'], expected: 'C', needs: 'blocks' },
  what: 'announces a new block first and does not send it when it is asked to',
  bound: 'another peer that has the block is asked within 10 s',
  play: async (scene) => {
    const block = scene.build();
    const [attacker, other] = [await scene.meetQuiet(), await scene.meetQuiet('honest')];
    scene.begin();
    tellHeaders(attacker, [block]);
    await attacker.waitFor(() => (askedFor(attacker, block) > 0 ? true : undefined), 5_000);
    serve(other, [block]);
    const startMs = scene.clock.monotonicMs();
    tellHeaders(other, [block]);
    const asked = await other.waitFor(() => (askedFor(other, block) > 0 ? true : undefined), OTHER_MS_MAX);
    const ms = Math.round(scene.clock.monotonicMs() - startMs);
    // However long the target waits, it is left with the block.
    other.sendBlock(block);
    const taken = await scene.followsTo(block.header.hash);
    if (asked === undefined) return sight(`nobody else is asked for it within ${OTHER_MS_MAX} ms`, taken ? 'I' : undefined);
    return taken ? sight(`another peer is asked after ${ms} ms`, 'C') : sight('the block is not taken from the other peer');
  },
};

const headersAlone: Attack = {
  ...{ name: 'headers-without-blocks', rows: ['C19'], expected: 'C', needs: 'blocks' },
  what: 'tells three headers with more work than the tip and never sends their blocks',
  bound: 'an honest chain of one block is followed meanwhile',
  play: async (scene) => {
    const ahead = branch(scene, scene.chain.tip, 3);
    const honest = scene.build();
    const attacker = await scene.meetQuiet();
    scene.begin();
    tellHeaders(attacker, ahead);
    await attacker.settled();
    const taken = await scene.isTaken(honest);
    if (!taken) return sight('the honest block is not the tip');
    // What the target waits for would be better than what it has: it is left with it.
    await scene.honest.bring(ahead);
    const better = await scene.followsTo((ahead.at(-1) as Block).header.hash);
    return better
      ? sight('the tip goes on, and to the branch when its blocks come', 'C')
      : sight('blocks of the branch are not taken when they come');
  },
};

const invalidBranch: Attack = {
  ...{ name: 'invalid-branch', rows: ['C18', 'N6'], expected: 'R C', needs: 'blocks' },
  what: 'sends a branch of six blocks with more work than the tip, of which the first pays what nobody has',
  bound: 'the next honest block is the tip',
  play: async (scene) => {
    const bad = scene.build({ transactions: [spendsNothing(scene)] });
    const branchBlocks = [bad, ...branch(scene, childOf(scene.chain.tip, bad), 5)];
    const honest = scene.build();
    const attacker = await scene.meetQuiet();
    serve(attacker, branchBlocks);
    scene.begin();
    tellHeaders(attacker, branchBlocks);
    for (const block of [...branchBlocks].reverse()) attacker.sendBlock(block);
    await attacker.settled();
    return judgeByHonest(scene, attacker, bad, honest);
  },
};

const REPEATS = 100;
const FILLING_BYTES = 200_000;

const invalidAgain: Attack = {
  ...{ name: 'invalid-block-again', rows: ['P25', 'P16'], cves: ['CVE-2024-52921'], expected: 'R B', needs: 'blocks' },
  what: `sends one invalid block of 200,000 bytes ${REPEATS} times, each time on another connection where it is let go`,
  bound: 'honest peers are answered meanwhile',
  play: async (scene) => {
    const filling = new Uint8Array(FILLING_BYTES).fill(0x6a);
    const bad = scene.build({ transactions: [spendsNothing(scene)], coinbaseScript: filling });
    const honest = scene.build();
    let link = await scene.meetQuiet();
    let endings = 0;
    scene.begin();
    for (let i = 0; i < scene.times(REPEATS) && scene.goesOn; i++) {
      if (link.over !== undefined) {
        endings++;
        link = await scene.meet();
      }
      link.sendBlock(bad);
      await link.settled();
    }
    const { outcomes, seen } = await judgeByHonest(scene, link, bad, honest);
    return sight(`${endings} connections were ended; ${seen}`, ...outcomes, 'B');
  },
};

/** A block of little work from far behind, which its maker had for nothing. */
const lowWork: Attack = {
  ...{ name: 'unasked-low-work-block', rows: ['P23'], expected: 'I', needs: 'blocks' },
  what: 'sends a block on the first block that nobody asked for',
  bound: 'it is not kept: nobody else can have it from the target',
  play: async (scene) => {
    if (scene.chain.tip.height < 3) await scene.mine(3);
    const [low] = branch(scene, scene.chain.at(0), 1) as [Block];
    const attacker = await scene.meetQuiet();
    scene.begin();
    attacker.sendBlock(low);
    await attacker.settled();
    return (await isBlockServed(scene, low))
      ? sight('it serves the block afterwards')
      : sight('it does not have the block afterwards', 'I');
  },
};

/** Beyond what a node keeps of blocks ahead of its tip. Core's MIN_BLOCKS_TO_KEEP is 288. */
const FAR_AHEAD = 300;

const farAhead: Attack = {
  ...{ name: 'unasked-far-block', rows: ['P23'], expected: 'I C', needs: 'blocks' },
  what: `tells ${FAR_AHEAD} headers and sends the last of their blocks alone`,
  bound: 'it is not kept',
  play: async (scene) => {
    const ahead = branch(scene, scene.chain.tip, FAR_AHEAD);
    const last = ahead.at(-1) as Block;
    const honest = scene.build();
    const attacker = await scene.meetQuiet();
    scene.begin();
    tellHeaders(attacker, ahead);
    attacker.sendBlock(last);
    await attacker.settled();
    if (await isBlockServed(scene, last)) return sight('it serves the block afterwards');
    if (!(await scene.isTaken(honest))) return sight('an honest block is not the tip afterwards', 'I');
    await scene.honest.bring(ahead);
    const followed = await scene.followsTo(last.header.hash);
    return followed
      ? sight('it is not kept; the branch is taken when all of it comes', 'I', 'C')
      : sight('the branch is not taken when it comes', 'I');
  },
};

const KNOWN = 2_000;

const knownAgain: Attack = {
  ...{ name: 'known-block-flood', rows: ['P23'], expected: 'B', needs: 'blocks' },
  what: `sends the tip ${KNOWN} times`,
  bound: 'honest peers are answered meanwhile',
  play: async (scene) => {
    const [known] = (await scene.mine(1)) as [Block];
    const link = await scene.meetQuiet();
    scene.begin();
    let sent = 0;
    for (; sent < scene.times(KNOWN) && scene.goesOn && link.over === undefined; sent++) {
      link.sendBlock(known);
      await link.taken();
      await scene.pause(0);
    }
    const settled = await link.settled();
    return settled === 'silent'
      ? sight('it does not come to an end with them')
      : sight(`${sent} times`, 'B', settled === 'over' ? 'D' : 'I');
  },
};

/** All bits that could signal something, under the marker of BIP-9. */
const ALL_BITS = 0x3fffffff;

const unknownBits: Attack = {
  ...{ name: 'unknown-bits', rows: ['C21'], expected: 'C', needs: 'blocks' },
  what: 'mines 100 blocks that signal for every soft fork that there could be',
  bound: 'they are valid, and followed',
  play: async (scene) => {
    scene.begin();
    for (let i = 0; i < scene.times(100); i++) {
      if (!(await scene.isTaken(scene.build({ version: ALL_BITS })))) return sight(`block ${i + 1} is not the tip`);
    }
    return sight('they are followed', 'C');
  },
};

const SKEWED_PEERS = 40;

const skewedClocks: Attack = {
  ...{ name: 'skewed-clocks', rows: ['P14'], cves: ['CVE-2024-52912'], expected: 'R', needs: 'blocks' },
  what: `calls ${SKEWED_PEERS} times with a clock an hour ahead, then sends a block half an hour later than blocks may be`,
  bound: 'the target goes by its own clock: the block is refused',
  play: async (scene) => {
    const { futureTime } = scene.params.consensus;
    if (futureTime.kind !== 'wall-clock') throw new Unclear('no clock is asked on this network');
    scene.begin();
    const timeSeconds = scene.clock.nowSeconds() + 3_600;
    for (let i = 0; i < scene.times(SKEWED_PEERS); i++) await scene.tryMeet({ timeSeconds });
    const late = scene.build({ timeSeconds: scene.clock.nowSeconds() + futureTime.maxSeconds + 1_800 });
    const attacker = await scene.meet();
    attacker.sendBlock(late);
    await attacker.settled();
    return judgeByHonest(scene, attacker, late, scene.build());
  },
};

/** P6, P7, P14, P23, P25 and the rows of C that take more than one block. */
export const RELAY_ATTACKS: readonly Attack[] = [
  mutatedForOther,
  withheld,
  headersAlone,
  invalidBranch,
  invalidAgain,
  lowWork,
  farAhead,
  knownAgain,
  unknownBits,
  skewedClocks,
];
