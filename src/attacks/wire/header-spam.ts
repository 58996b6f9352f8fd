/**
 * Headers of too little work, which cost their maker next to nothing.
 *
 * @module
 */

import type { BlockHeader } from '../../core/primitives/block.ts';
import { INVENTORY } from '../../core/wire/inventory.ts';
import { HEADERS_PER_MESSAGE_MAX } from '../../core/wire/messages/headers.ts';
import type { Attack, Sight } from '../attack.ts';
import { sight, Unclear } from '../attack.ts';
import { mineHeader } from '../build-block.ts';
import type { Link } from '../link.ts';
import type { Scene } from '../scene.ts';

/** A chain that is so much longer is far above a branch from its first block. Core's near-tip distance is 144. */
const BRANCH_LENGTH = 100;
const CHAIN_LENGTH_MIN: number = BRANCH_LENGTH + 144 + 56;

/** Headers from a parent on, with their work and nothing else about them right. */
function cheapHeaders({ params, random }: Scene, parent: BlockHeader, count: number): BlockHeader[] {
  const headers: BlockHeader[] = [];
  const merkleRoot = random.bytes(32) as BlockHeader['merkleRoot'];
  for (let prev = parent; headers.length < count; ) {
    prev = mineHeader(
      { ...prev, merkleRoot, version: 0x20000000, prevBlockHash: prev.hash, timeSeconds: prev.timeSeconds + 1 },
      params.consensus,
    );
    headers.push(prev);
  }
  return headers;
}

/** Whether the target knows a header: it asks for headers where a block is announced whose header it does not know. */
async function knows(scene: Scene, { hash }: BlockHeader): Promise<boolean> {
  const link = await scene.meetQuiet('honest');
  link.send({ type: 'inv', items: [{ kind: INVENTORY.block, hash }] });
  await link.settled();
  return link.of('getheaders').length === 0;
}

/** Makes the chain so long that a short branch from its beginning has too little work. */
async function lengthen(scene: Scene): Promise<void> {
  const missing = CHAIN_LENGTH_MIN - scene.chain.tip.height;
  if (missing > 0) await scene.mine(missing);
  // Whether unknown headers are asked for is how the target is judged, so that has to be so.
  const stranger = cheapHeaders(scene, scene.params.genesis.header, 1)[0] as BlockHeader;
  if (await knows(scene, stranger)) throw new Unclear('the target does not ask for headers of blocks that it does not know');
}

async function judge(scene: Scene, link: Link, sent: number, headers: readonly BlockHeader[]): Promise<Sight> {
  const known = await knows(scene, headers.at(-1) as BlockHeader);
  if (known) return sight(`${sent} headers sent, and the last is kept`);
  return sight(`${sent} headers sent, none kept; the sender ${link.over === undefined ? 'stays' : 'is let go'}`, 'I', 'B');
}

/** Branches at full effort, each of as many headers. */
const BRANCHES = 1_000;

/** One long branch, in messages as full as they may be. */
const MESSAGES = 50;

/** P5 and C22. */
export const HEADER_ATTACKS: readonly Attack[] = [
  {
    ...{ name: 'wide-headers', rows: ['P5'], cves: ['CVE-2019-25220', 'CVE-2024-52916'], expected: 'I B', needs: 'blocks' },
    what: `sends 1,000 branches of ${BRANCH_LENGTH} headers from the first block on`,
    bound: 'none is kept',
    play: async (scene) => {
      await lengthen(scene);
      const link = await scene.meet();
      const root = scene.params.genesis.header;
      const kinds = Array.from({ length: Math.min(10, scene.times(BRANCHES)) }, () => cheapHeaders(scene, root, BRANCH_LENGTH));
      scene.begin();
      let sent = 0;
      for (; sent < scene.times(BRANCHES) && scene.goesOn && link.over === undefined; sent++) {
        link.send({ type: 'headers', headers: kinds[sent % kinds.length] as BlockHeader[] });
        await link.taken();
        await scene.pause(0);
      }
      await link.settled();
      return judge(scene, link, sent * BRANCH_LENGTH, kinds.at(-1) as BlockHeader[]);
    },
  },
  {
    ...{ name: 'long-headers', rows: ['C22', 'P5'], cves: ['CVE-2019-25220'], expected: 'B', needs: 'blocks' },
    what: 'sends 100,000 headers of one branch from the first block on, whether they are asked for or not',
    bound: 'headers are kept only of a branch with about the work of the tip: memory of the target stays within its bound',
    play: async (scene) => {
      await lengthen(scene);
      const link = await scene.meet();
      scene.begin();
      let parent = scene.params.genesis.header;
      let sent = 0;
      for (let i = 0; i < scene.times(MESSAGES) && scene.goesOn && link.over === undefined; i++) {
        const headers = cheapHeaders(scene, parent, HEADERS_PER_MESSAGE_MAX);
        link.send({ type: 'headers', headers });
        sent += headers.length;
        parent = headers.at(-1) as BlockHeader;
        await link.taken();
        await scene.pause(0);
      }
      const settled = await link.settled(120_000);
      if (settled === 'silent') return sight(`it does not come to an end with ${sent} headers`);
      return sight(`${sent} headers sent; the sender ${settled === 'over' ? 'is let go' : 'stays'}`, 'B');
    },
  },
];
