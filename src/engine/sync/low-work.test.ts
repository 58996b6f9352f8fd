import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { mineHeader } from '../../../test/support/chain-builder.ts';
import type { ScriptedPeer } from '../../../test/support/sync-world.ts';
import { blocksOn, SyncWorld } from '../../../test/support/sync-world.ts';
import { bytesEqual } from '../../core/base/bytes.ts';
import { blockWork } from '../../core/consensus/proof-of-work.ts';
import { regtest } from '../../core/params/regtest.ts';
import type { NetworkParams, RetargetRule } from '../../core/params/types.ts';
import type { BlockHeader } from '../../core/primitives/block.ts';
import { makeHeader } from '../../core/primitives/block.ts';
import type { ChainWork } from '../../core/primitives/compact-target.ts';
import { HeaderTree } from '../chain/header-tree.ts';
import { COMMITMENT_PERIOD, COMMITMENTS_MAX } from './header-presync.ts';
import { PRESYNC_PATIENCE_MS } from './header-sync.ts';
import { headersToShow, NEAR_TIP_BLOCKS, workThreshold } from './low-work.ts';

const GENESIS = regtest.genesis.header;
const EACH = blockWork(GENESIS.bits);
const LONG = blocksOn(regtest, 5_000);
const OTHER = blocksOn(regtest, 5_000, 1);

/** Regtest, known to have the work of so many blocks after the first. */
function knownFor(blocks: number): NetworkParams {
  return { ...regtest, minimumChainWork: (EACH * BigInt(blocks + 1)) as ChainWork };
}

/** Headers with their work, and nothing else about them right. */
function cheapHeaders(count: number, branch = 0): BlockHeader[] {
  const headers: BlockHeader[] = [];
  for (let prev = GENESIS; headers.length < count; ) {
    const fields = { ...GENESIS, prevBlockHash: prev.hash, timeSeconds: prev.timeSeconds + 1 + branch };
    prev = mineHeader(fields, regtest.consensus);
    headers.push(prev);
  }
  return headers;
}

const headersOf = (from: number, to: number, blocks = LONG) => blocks.slice(from, to).map(({ header }) => header);
const unserved = { withholds: () => true };

describe('the work that a chain must have', () => {
  const tree = new HeaderTree(GENESIS);
  let tip = tree.genesis;
  for (const { header } of LONG.slice(0, 300)) tip = tree.add(header, tip);

  it('is that of our tip less 144 blocks, or what the network is known to have', () => {
    assert.equal(workThreshold(tip, regtest), EACH * BigInt(301 - NEAR_TIP_BLOCKS));
    assert.equal(workThreshold(tip, knownFor(200)), EACH * 201n);
    assert.equal(workThreshold(tip, knownFor(100)), EACH * BigInt(301 - NEAR_TIP_BLOCKS));
    assert.equal(workThreshold(tree.genesis, regtest), 0n, 'nothing at the start');
  });

  it('bounds the headers by the work that is missing where nothing retargets, whatever the time', () => {
    for (const nowSeconds of [0, 2_000_000_000, 4_000_000_000]) {
      assert.equal(headersToShow(tip, tip.chainWork + EACH * 1_000n, nowSeconds, regtest), 1_000);
      assert.equal(headersToShow(tip, tip.chainWork + EACH * 1_000n + 1n, nowSeconds, regtest), 1_001);
    }
    assert.equal(headersToShow(tip, tip.chainWork + (1n << 200n), 0, regtest), COMMITMENT_PERIOD * COMMITMENTS_MAX);
  });

  it('bounds them by six for a second since the start where it does', () => {
    const { consensus } = regtest;
    const retarget: RetargetRule = 'bitcoin';
    const params = { ...regtest, consensus: { ...consensus, pow: { ...consensus.pow, retarget } } };
    const now = tip.medianTimeSeconds + 100_000;
    assert.equal(headersToShow(tip, tip.chainWork + EACH, now, params), 6 * 107_200);
    assert.equal(headersToShow(tip, tip.chainWork + EACH, 0, params), 0, 'none where the start is in the future');
  });
});

describe('headers of too little work', () => {
  let world: SyncWorld;

  afterEach(() => world.close());

  it('are left alone from a fork 300 blocks behind: at one block below the work, taken at it', async () => {
    world = new SyncWorld();
    const node = await world.node('10.0.0.1');
    await node.give(LONG.slice(0, 300));
    const peer = await world.peer(node);
    // The chain of n blocks has the work of n + 1 with the first: the threshold is that of 301 less 144.
    peer.send({ type: 'headers', headers: headersOf(0, 155, OTHER) });
    await peer.sync();
    assert.equal(node.chain.tree.size, 301);
    assert.deepEqual([peer.closed, node.peer().syncedHeaders], [undefined, -1]);
    peer.sendBlock(OTHER[0]!);
    await peer.sync();
    assert.equal(node.chain.tree.size, 301, 'nor does a block bring its header in');
    peer.send({ type: 'headers', headers: headersOf(0, 156, OTHER) });
    await peer.sync();
    assert.equal(node.chain.tree.size, 301 + 156);
    assert.equal(node.peer().syncedHeaders, 156);
  });

  it('are kept at once on a network whose work is not known: a new node takes an honest chain from its first block', async () => {
    world = new SyncWorld();
    const node = await world.node('10.0.0.1');
    const peer = await world.peer(node);
    peer.send({ type: 'headers', headers: headersOf(0, 10) });
    await peer.sync();
    assert.equal(node.chain.bestHeader.height, 10);
  });

  it('are asked for twice where the work is known, and kept when they have shown it', async () => {
    world = new SyncWorld(knownFor(4_500));
    const node = await world.node('10.0.0.1');
    const peer = await world.peer(node);
    const sizes: number[] = [];
    peer.serve(LONG, unserved);
    const answer = peer.onMessage;
    peer.onMessage = (message) => {
      if (message.type === 'getheaders') sizes.push(node.chain.tree.size);
      answer(message);
    };
    peer.onMessage(peer.of('getheaders')[0]!);
    await world.until(() => node.chain.bestHeader.height === 5_000);
    assert.deepEqual(sizes, [1, 1, 1, 1, 1, 1], 'three messages for each pass, and nothing is kept before the last');
    assert.equal(peer.closed, undefined);
  });

  it('bring whole blocks in the end', async () => {
    world = new SyncWorld(knownFor(2_100));
    const node = await world.node('10.0.0.1');
    const peer = await world.peer(node);
    peer.serve(LONG.slice(0, 2_200));
    peer.onMessage(peer.of('getheaders')[0]!);
    await world.until(() => node.height === 2_200, 600_000);
  });

  it('are not kept where the chain ends one block below the work; others are asked then', async () => {
    world = new SyncWorld(knownFor(5_001));
    const node = await world.node('10.0.0.1');
    const low = await world.peer(node, '10.0.9.1');
    const other = await world.peer(node, '10.0.9.2');
    low.serve(LONG, unserved);
    low.onMessage(low.of('getheaders')[0]!);
    await world.until(() => other.of('getheaders').length === 1);
    assert.equal(node.chain.tree.size, 1);
    assert.equal(low.closed, undefined, 'a short chain is no lie');
  });

  it('let a peer go that sends others the second time, keep nothing of them, and are had from the next', async () => {
    world = new SyncWorld(knownFor(4_500));
    const node = await world.node('10.0.0.1');
    const liar = await world.peer(node, '10.0.9.1');
    const honest = await world.peer(node, '10.0.9.2');
    honest.serve(LONG, unserved);
    for (let at = 0; at < 5_000; at += 2_000) liar.send({ type: 'headers', headers: headersOf(at, Math.min(at + 2_000, 5_000)) });
    await liar.sync();
    assert.ok(bytesEqual(liar.of('getheaders').at(-1)!.locator[0]!, GENESIS.hash), 'they are asked for again from the start');
    for (let at = 0; at < 5_000; at += 2_000) {
      liar.send({ type: 'headers', headers: headersOf(at, Math.min(at + 2_000, 5_000), OTHER) });
    }
    await world.until(() => liar.closed !== undefined);
    assert.deepEqual(world.closings, ['headers-not-proven']);
    assert.equal(node.chain.tree.get(OTHER[0]!.header.hash), undefined);
    await world.until(() => node.chain.bestHeader.height === 5_000);
  });

  it('do not pass for more by bits whose work they do not show', async () => {
    world = new SyncWorld(knownFor(4_500));
    const node = await world.node('10.0.0.1');
    const peer = await world.peer(node);
    const first = LONG[0]!.header;
    const boast = makeHeader({ ...LONG[1]!.header, bits: 0x1b00ffff });
    peer.send({ type: 'headers', headers: [first, boast] });
    await world.until(() => peer.closed !== undefined);
    assert.deepEqual(world.closings, ['header-invalid']);
    assert.equal(node.chain.tree.size, 1);
  });
});

describe('a flood of headers', () => {
  const FLOOD = cheapHeaders(190_000);
  const WIDE = Array.from({ length: 5 }, (_, branch) => cheapHeaders(2_000, branch + 1));
  let world: SyncWorld;

  afterEach(() => world.close());

  const message = (i: number) => ({ type: 'headers', headers: FLOOD.slice(i * 2_000, (i + 1) * 2_000) }) as const;

  it('P5: of a million, from five peers in turn and of five branches at once, does not grow the tree', async () => {
    world = new SyncWorld(knownFor(1_000_000));
    const node = await world.node('10.0.0.1');
    for (let i = 0; i < 5; i++) {
      const peer = await world.peer(node, `10.0.9.${i}`);
      for (let sent = 0; sent < 95; sent++) {
        peer.send(message(sent));
        if (sent % 10 === 9) await peer.sync();
      }
      // Width instead of length: short branches from one block, again and again.
      for (let branch = 0; branch < 5; branch++) peer.send({ type: 'headers', headers: WIDE[branch]! });
      await peer.sync();
      assert.equal(node.chain.tree.size, 1);
      peer.connection.close('enough');
      await world.advance(10);
    }
    assert.deepEqual(node.network.peers(), []);
  });

  it('of 100,000 does not grow the tree', async () => {
    world = new SyncWorld(knownFor(1_000_000));
    const node = await world.node('10.0.0.1');
    const peer = await world.peer(node);
    for (let i = 0; i < 50; i++) {
      peer.send(message(i));
      await peer.sync();
    }
    assert.equal(node.peer().presyncedHeaders, 100_000);
    assert.equal(node.peer().syncedHeaders, -1);
    assert.equal(node.chain.tree.size, 1);
    peer.send({ type: 'headers', headers: [] });
    await peer.sync();
    assert.equal(node.peer().presyncedHeaders, -1);
  });

  it('keeps others waiting for a quarter of an hour at most', async () => {
    world = new SyncWorld(knownFor(1_000_000));
    const node = await world.node('10.0.0.1');
    const flooding = await world.peer(node, '10.0.9.1');
    const honest = await world.peer(node, '10.0.9.2');
    const startedAtMs = world.clock.monotonicMs();
    const waits = (peer: ScriptedPeer) => peer.of('getheaders').length === 0;
    for (let i = 0; waits(honest) && (i + 1) * 2_000 <= FLOOD.length; i++) {
      flooding.send(message(i));
      await world.advance(9_900);
    }
    const waitedMs = world.clock.monotonicMs() - startedAtMs;
    assert.ok(!waits(honest) && waitedMs >= PRESYNC_PATIENCE_MS && waitedMs < PRESYNC_PATIENCE_MS + 30_000, `${waitedMs} ms`);
  });
});
