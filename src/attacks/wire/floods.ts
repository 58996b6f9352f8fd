/**
 * Floods: more of something than a node should keep or do.
 *
 * @module
 */

import type { BlockHash, Txid } from '../../core/primitives/ids.ts';
import { zeroHash } from '../../core/primitives/ids.ts';
import { makeTransaction } from '../../core/primitives/transaction.ts';
import { encodeFrame } from '../../core/wire/frame.ts';
import type { InventoryItem } from '../../core/wire/inventory.ts';
import { INVENTORY, INVENTORY_MAX } from '../../core/wire/inventory.ts';
import { ADDRESSES_PER_MESSAGE_MAX } from '../../core/wire/messages/addr.ts';
import type { Message } from '../../core/wire/messages/table.ts';
import { encodeMessage } from '../../core/wire/messages/table.ts';
import type { Attack, Sight } from '../attack.ts';
import { sight } from '../attack.ts';
import { OP_TRUE } from '../build-block.ts';
import type { Link } from '../link.ts';
import type { Scene } from '../scene.ts';

/** One row. */
interface Flood extends Pick<Attack, 'name' | 'rows' | 'cves' | 'what' | 'bound'> {
  /** Messages at full effort. */
  readonly count: number;
  /** So many are made, and sent again and again: for what costs the target as much each time. Default: each is another one. */
  readonly variants?: number;
  /** The attacker takes nothing that comes until it has sent all, or ever. */
  readonly readsNothing?: 'until-sent' | 'ever';
  /** Default: `B`. */
  readonly expected?: string;
  /** Default: `tip`. */
  readonly needs?: Attack['needs'];
  make(scene: Scene, variant: number): Message;
  /** What is to be seen of it, after the target has looked at everything. Default: that it goes on, or hangs up. */
  judge?(link: Link, scene: Scene): Promise<Sight> | Sight;
}

/** Names of things that nobody has. */
function strangers({ random }: Scene, kind: number, count: number): InventoryItem[] {
  const bytes = random.bytes(32 + count);
  return Array.from({ length: count }, (_, i) => ({ kind, hash: bytes.slice(i, i + 32) }));
}

/** How long a target may take to look at a whole flood. */
const DIGEST_MS_MAX = 120_000;

const LARGE_BYTES = 10_000;
const SMALL_IN_A_ROW = 20;

/** How long a target is left with what it cannot send. */
const UNREAD_MS = 3_000;

/** Sends frames, no faster than they are taken. @returns how many were sent */
async function pour(scene: Scene, link: Link, { count, variants, make }: Flood): Promise<number> {
  const again: Uint8Array[] = [];
  const limit = scene.times(count);
  let sent = 0;
  for (; sent < limit && scene.goesOn && link.over === undefined; sent++) {
    const frame = (variants === undefined ? undefined : again[sent % variants]) ?? frameOf(scene, make(scene, sent));
    if (variants !== undefined) again[sent % variants] = frame;
    link.write(frame);
    // A target that reads no more bounds what is sent.
    if (!(await link.taken(1_000))) break;
    // Others have their turn: after each large message, and after some small ones.
    if (frame.length > LARGE_BYTES || sent % SMALL_IN_A_ROW === 0) await scene.pause(0);
  }
  return sent;
}

function frameOf({ params }: Scene, message: Message): Uint8Array {
  return encodeFrame(params.messageStart, message.type, encodeMessage(message));
}

function flood(row: Flood): Attack {
  const { judge, readsNothing, count, variants, make, expected = 'B', needs = 'tip', ...about } = row;
  return {
    ...{ ...about, expected, needs },
    play: async (scene) => {
      const link = await scene.meetQuiet();
      scene.begin();
      if (readsNothing !== undefined) link.pause();
      const sent = await pour(scene, link, row);
      if (readsNothing !== undefined) await scene.pause(UNREAD_MS);
      if (readsNothing === 'ever') return sight(`${sent} messages, of whose answers nothing is read`, 'B');
      if (readsNothing === 'until-sent') link.resume();
      const settled = await link.settled(DIGEST_MS_MAX);
      if (settled === 'silent') return sight(`it does not come to an end with ${sent} messages within ${DIGEST_MS_MAX / 1_000} s`);
      if (judge !== undefined) return judge(link, scene);
      return sight(`${sent} messages; it ${settled === 'over' ? 'hangs up' : 'goes on'}`, 'B', settled === 'over' ? 'D' : 'I');
    },
  };
}

/** Core asks for as many of one peer at most. */
const ASKED_MAX = 5_000;

/** Long enough for a target to ask for what it was told of. */
const ASKING_MS = 10_000;

async function judgeAsked(link: Link, scene: Scene): Promise<Sight> {
  await scene.pause(ASKING_MS);
  await link.settled();
  const asked = link.requested(INVENTORY.wtx).length + link.requested(INVENTORY.witnessTx).length;
  const seen = `it asks for ${asked} of them`;
  return asked <= ASKED_MAX ? sight(seen, 'B') : sight(seen);
}

function judgeHeaderQuestions(link: Link): Sight {
  const questions = link.of('getheaders').length;
  const seen = `it asks for headers ${questions} times`;
  // One that was due anyway may come besides.
  return questions <= 2 ? sight(seen, 'B') : sight(seen);
}

const address = ({ random, clock }: Scene) => ({
  ...{ timeSeconds: clock.nowSeconds(), services: 9n },
  address: { network: 'ipv4' as const, bytes: random.bytes(4), port: 8_333 },
});

/** Addresses that one answer tells at most. */
const ADDRESSES_TOLD_MAX = 1_000;

async function judgeAddresses(link: Link, scene: Scene): Promise<Sight> {
  if (link.over !== undefined) return sight('it hangs up', 'B', 'D');
  const other = await scene.meetQuiet('honest');
  other.send({ type: 'getaddr' });
  await other.settled();
  const told = [...other.of('addrv2'), ...other.of('addr')].reduce((sum, { addresses }) => sum + addresses.length, 0);
  const seen = `somebody else who asks is told ${told} addresses`;
  return told <= ADDRESSES_TOLD_MAX ? sight(seen, 'B') : sight(seen);
}

const questions: readonly ((scene: Scene) => Message)[] = [
  ({ chain }) => ({ type: 'getheaders', version: 70_016, locator: [chain.at(0).header.hash], stop: zeroHash<BlockHash>() }),
  ({ chain }) => ({ type: 'getblocks', version: 70_016, locator: [chain.at(0).header.hash], stop: zeroHash<BlockHash>() }),
  () => ({ type: 'getaddr' }),
  ({ chain }) => ({ type: 'getdata', items: [{ kind: INVENTORY.compactBlock, hash: chain.tip.header.hash }] }),
];

const FLOODS: readonly Flood[] = [
  {
    ...{ name: 'inv-flood', rows: ['P1'], cves: ['CVE-2018-17145'], count: 40 },
    what: 'announces two million transactions that nobody has',
    bound: 'at most 5,000 of them are asked for',
    make: (scene) => ({ type: 'inv', items: strangers(scene, INVENTORY.wtx, INVENTORY_MAX) }),
    judge: judgeAsked,
  },
  {
    ...{ name: 'unknown-block-flood', rows: ['P2'], cves: ['CVE-2024-52915'], count: 20, readsNothing: 'until-sent' },
    what: 'announces a million blocks that nobody has, and reads nothing',
    bound: 'headers are asked for twice at most',
    make: (scene) => ({ type: 'inv', items: strangers(scene, INVENTORY.block, INVENTORY_MAX) }),
    judge: judgeHeaderQuestions,
  },
  {
    ...{ name: 'unknown-getdata-flood', rows: ['P3'], cves: ['CVE-2024-52920'], count: 10 },
    what: 'asks for half a million things that nobody has',
    bound: 'honest peers are answered meanwhile',
    make: (scene) => ({ type: 'getdata', items: strangers(scene, INVENTORY.witnessTx, INVENTORY_MAX) }),
  },
  {
    ...{
      name: 'unread-blocks',
      rows: ['P2', 'P3'],
      cves: ['CVE-2024-52915'],
      count: 10,
      variants: 1,
      readsNothing: 'ever',
      needs: 'blocks',
    },
    what: 'asks 500,000 times for the last block, and reads nothing',
    bound: 'memory of the target stays within its bound',
    make: ({ chain }) => ({
      type: 'getdata',
      items: new Array<InventoryItem>(INVENTORY_MAX).fill({ kind: INVENTORY.witnessBlock, hash: chain.tip.header.hash }),
    }),
  },
  {
    ...{ name: 'address-flood', rows: ['P10', 'S11'], cves: ['CVE-2024-52919'], count: 300 },
    what: 'tells 300,000 addresses',
    bound: 'at most 1,000 are told to others',
    make: (scene) => ({ type: 'addrv2', addresses: Array.from({ length: ADDRESSES_PER_MESSAGE_MAX }, () => address(scene)) }),
    judge: judgeAddresses,
  },
  {
    ...{ name: 'ping-flood', rows: ['P3'], count: 50_000, variants: 8 },
    what: 'sends 50,000 pings',
    bound: 'honest peers are answered meanwhile',
    make: (_, variant) => ({ type: 'ping', nonce: BigInt(variant) }),
  },
  {
    ...{ name: 'question-flood', rows: ['P3', 'P9'], count: 20_000, variants: questions.length },
    what: 'asks 20,000 times for headers, blocks, addresses and compact blocks',
    bound: 'honest peers are answered meanwhile',
    make: (scene, variant) => (questions[variant % questions.length] as (typeof questions)[number])(scene),
  },
  {
    ...{ name: 'orphan-flood', rows: ['T1'], count: 20_000 },
    what: 'sends 20,000 transactions whose parents nobody has',
    bound: 'honest peers are answered meanwhile',
    make: ({ random }) => ({
      type: 'tx',
      tx: makeTransaction({
        ...{ version: 2, lockTime: random.below(1_000) },
        inputs: [{ prevout: { txid: random.bytes(32) as Txid, vout: 0 }, scriptSig: new Uint8Array(0), sequence: 0xffffffff, witness: [] }],
        outputs: new Array(40).fill({ value: 1_000n, scriptPubKey: OP_TRUE }),
      }),
    }),
  },
];

/** Floods of messages. */
export const FLOOD_ATTACKS: readonly Attack[] = FLOODS.map(flood);
