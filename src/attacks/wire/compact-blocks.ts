/**
 * Abuse of compact blocks (BIP-152).
 *
 * @module
 */

import type { Block } from '../../core/primitives/block.ts';
import { encodeHeader } from '../../core/primitives/block.ts';
import { ByteWriter } from '../../core/primitives/byte-writer.ts';
import type { Transaction } from '../../core/primitives/transaction.ts';
import { encodeTransaction } from '../../core/primitives/transaction.ts';
import { INVENTORY } from '../../core/wire/inventory.ts';
import type { Attack } from '../attack.ts';
import { sight, Unclear } from '../attack.ts';
import type { Link } from '../link.ts';
import type { Scene } from '../scene.ts';
import { judgeByHonest } from './bad-block.ts';

const coinbaseOf = ({ transactions }: Block): Transaction => transactions[0] as Transaction;

/** A compact block with its coinbase, and short ids that nobody has. */
const compactOf = (block: Block, shortIds: readonly number[]) =>
  ({ type: 'cmpctblock', header: block.header, nonce: 1n, shortIds, prefilled: [{ index: 0, tx: coinbaseOf(block) }] }) as const;

/** The same by hand: with so many short ids, and the place of its one transaction written as it is not allowed. */
function misplaced(block: Block, place: number): Uint8Array {
  const writer = new ByteWriter().raw(encodeHeader(block.header)).u64(1n).compactSize(1).u32(7).u16(0);
  return writer
    .compactSize(1)
    .compactSize(place)
    .raw(encodeTransaction(coinbaseOf(block)))
    .finish();
}

async function meetCompact(scene: Scene): Promise<Link> {
  const link = await scene.meetQuiet();
  link.send({ type: 'sendcmpct', highBandwidth: false, version: 2n });
  return link;
}

/** One compact block that makes no sense. */
function nonsense(name: string, what: string, make: (block: Block) => Uint8Array): Attack {
  return {
    ...{ name, what, rows: ['P9'], expected: 'R D', needs: 'blocks', bound: 'one message; the next honest block is the tip' },
    play: async (scene) => {
      const link = await meetCompact(scene);
      const block = scene.build();
      scene.begin();
      link.sendRaw('cmpctblock', make(block));
      await link.settled();
      return judgeByHonest(scene, link, block, scene.build());
    },
  };
}

/** Brings the target to ask for the missing transactions of a compact block. @throws Unclear where it does not ask */
async function isAskedForMissing(link: Link): Promise<void> {
  const asked = await link.waitFor(() => link.of('getblocktxn')[0], 10_000);
  if (asked === undefined) throw new Unclear('the target does not ask for what is missing in a compact block');
}

const secondBlocktxn: Attack = {
  ...{ name: 'second-blocktxn', rows: ['P8'], cves: ['CVE-2024-35202'], expected: 'R C', needs: 'blocks' },
  what: 'answers the question for missing transactions with wrong ones, and then again',
  bound: 'the target lives, and the block itself is taken from an honest peer',
  play: async (scene) => {
    const coins = await scene.fund(2);
    const [own, other] = coins.map((coin) => scene.purse.spend([coin], [scene.purse.output(coin.value)])) as [Transaction, Transaction];
    const block = scene.build({ transactions: [own] });
    const link = await meetCompact(scene);
    scene.begin();
    link.send(compactOf(block, [12_345]));
    await isAskedForMissing(link);
    const answer = { type: 'blocktxn', blockHash: block.header.hash, transactions: [other] } as const;
    link.send(answer, answer);
    await link.settled();
    return judgeByHonest(scene, link, block, block);
  },
};

const shortBlocktxn: Attack = {
  ...{ name: 'short-blocktxn', rows: ['P9'], expected: 'R C', needs: 'blocks' },
  what: 'answers the question for two missing transactions with none',
  bound: 'the next honest block is the tip',
  play: async (scene) => {
    const block = scene.build();
    const link = await meetCompact(scene);
    scene.begin();
    link.send(compactOf(block, [1, 2]));
    await isAskedForMissing(link);
    link.send({ type: 'blocktxn', blockHash: block.header.hash, transactions: [] });
    await link.settled();
    return judgeByHonest(scene, link, block, scene.build());
  },
};

const COLLIDING = 200;

const falseCompact: Attack = {
  ...{ name: 'false-compact-blocks', rows: ['P9', 'P8'], expected: 'B', needs: 'blocks' },
  what: `sends ${COLLIDING} compact blocks of 3,000 short ids each that name nothing`,
  bound: 'honest peers are answered meanwhile, and the next honest block is the tip',
  play: async (scene) => {
    let link = await meetCompact(scene);
    scene.begin();
    let sent = 0;
    let last = scene.build();
    for (; sent < scene.times(COLLIDING) && scene.goesOn; sent++) {
      if (link.over !== undefined) link = await meetCompact(scene);
      const shortIds = Array.from({ length: 3_000 }, () => scene.random.below(2 ** 32));
      last = scene.build();
      link.send(compactOf(last, shortIds));
      await link.taken();
      await scene.pause(0);
    }
    await link.settled();
    const honest = await judgeByHonest(scene, link, last, scene.build());
    return honest.outcomes.includes('R') ? sight(`${sent} sent, none taken`, 'B') : sight('the honest block is not the tip afterwards');
  },
};

const oldCompact: Attack = {
  ...{ name: 'old-compact-block', rows: ['P9'], expected: 'I', needs: 'blocks' },
  what: 'sends a compact block on the first block, far behind the tip',
  bound: 'nothing of it is asked for',
  play: async (scene) => {
    if (scene.chain.tip.height < 20) await scene.mine(20);
    const old = scene.build({ parent: scene.chain.at(0) });
    const link = await meetCompact(scene);
    scene.begin();
    link.send(compactOf(old, [1, 2, 3]));
    const settled = await link.settled();
    if (settled !== 'answered') return sight('it hangs up', 'D');
    const asked = link.of('getblocktxn').length + link.requested(INVENTORY.witnessBlock).length;
    return asked === 0 ? sight('it asks for nothing of it', 'I') : sight(`it asks ${asked} times for parts of it`);
  },
};

const questionOutOfRange: Attack = {
  ...{ name: 'blocktxn-out-of-range', rows: ['P9'], expected: 'D', needs: 'blocks' },
  what: 'asks for the hundredth transaction of a block that has one',
  bound: 'at once',
  play: async (scene) => {
    const [block] = (await scene.mine(1)) as [Block];
    const link = await scene.meetQuiet();
    scene.begin();
    link.send({ type: 'getblocktxn', blockHash: block.header.hash, indexes: [99] });
    const settled = await link.settled();
    return settled === 'over' ? sight('it hangs up', 'D') : sight('the connection stays');
  },
};

const QUESTIONS = 10_000;

const questionFlood: Attack = {
  ...{ name: 'blocktxn-flood', rows: ['P9'], expected: 'B', needs: 'blocks' },
  what: `asks ${QUESTIONS} times for the transactions of a large block, and reads nothing`,
  bound: 'honest peers are answered meanwhile; memory of the target stays within its bound',
  play: async (scene) => {
    const large = scene.build({ coinbaseScript: new Uint8Array(500_000).fill(0x6a) });
    if (!(await scene.isTaken(large))) throw new Unclear('the target does not take an honest block of 500,000 bytes');
    const link = await scene.meetQuiet();
    scene.begin();
    link.pause();
    let sent = 0;
    for (; sent < scene.times(QUESTIONS) && scene.goesOn && link.over === undefined; sent++) {
      link.send({ type: 'getblocktxn', blockHash: large.header.hash, indexes: [0] });
      if (!(await link.taken(1_000))) break;
      await scene.pause(0);
    }
    await scene.pause(2_000);
    return sight(`${sent} questions, of whose answers nothing is read`, 'B');
  },
};

/** P8 and P9. */
export const COMPACT_ATTACKS: readonly Attack[] = [
  nonsense('compact-place-overflow', 'sends a compact block with a transaction at place 65,536', (block) => misplaced(block, 0x10000)),
  nonsense('compact-place-out-of-range', 'sends a compact block of two transactions with one at the tenth place', (block) =>
    misplaced(block, 9),
  ),
  secondBlocktxn,
  shortBlocktxn,
  falseCompact,
  oldCompact,
  questionOutOfRange,
  questionFlood,
];
