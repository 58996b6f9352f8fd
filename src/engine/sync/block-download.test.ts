import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { buildChain, childOf, genesisParent, rebuild } from '../../../test/support/chain-builder.ts';
import type { ScriptedPeer, SyncTestNode } from '../../../test/support/sync-world.ts';
import { blocksOn, greedyBlock, SyncWorld } from '../../../test/support/sync-world.ts';
import { regtest } from '../../core/params/regtest.ts';
import type { Block } from '../../core/primitives/block.ts';
import { makeBlock } from '../../core/primitives/block.ts';
import { INVENTORY } from '../../core/wire/inventory.ts';
import { SERVICES } from '../../core/wire/services.ts';
import { BLOCK_TIMEOUT_MS_MIN, BLOCK_WINDOW, BLOCKS_IN_FLIGHT_PER_PEER, LATE_MS, STALL_TIMEOUT_MS_MIN } from './block-download.ts';

const CHAIN = blocksOn(regtest, 1_200);

describe('block download', () => {
  let world: SyncWorld;
  let node: SyncTestNode;

  beforeEach(async () => {
    world = new SyncWorld();
    node = await world.node('10.0.0.1');
  });

  afterEach(() => world.close());

  /** A peer that shows blocks of the chain and serves those that it does not withhold. */
  async function server(host: string, blocks: readonly Block[], withholds: (block: Block) => boolean = () => false): Promise<ScriptedPeer> {
    const peer = await world.call(node, host);
    peer.serve(blocks, { withholds });
    await peer.greet();
    return peer;
  }

  /** Makes a peer show its chain without being asked. */
  async function show(peer: ScriptedPeer, blocks: readonly Block[]): Promise<void> {
    peer.send({ type: 'headers', headers: blocks.map((block) => block.header) });
    await peer.sync();
  }

  const blocksAsked = (peer: ScriptedPeer) => peer.requested(INVENTORY.witnessBlock).length;

  it('asks several peers at once, each for 16 blocks at most, and no block twice', async () => {
    const peers: ScriptedPeer[] = [];
    for (const host of ['10.0.9.1', '10.0.9.2', '10.0.9.3']) {
      const peer = await server(host, CHAIN.slice(0, 100), () => true);
      await show(peer, CHAIN.slice(0, 100));
      peers.push(peer);
    }
    assert.deepEqual(peers.map(blocksAsked), [BLOCKS_IN_FLIGHT_PER_PEER, BLOCKS_IN_FLIGHT_PER_PEER, BLOCKS_IN_FLIGHT_PER_PEER]);
    const hashes = new Set(
      peers.flatMap((peer) => peer.requested(INVENTORY.witnessBlock).map(({ hash }) => Buffer.from(hash).toString('hex'))),
    );
    assert.equal(hashes.size, 48);
    assert.deepEqual(
      node.network.peers().map((peer) => peer.inFlight.length),
      [16, 16, 16],
    );
  });

  it('asks the peer that a user names for one block, once, and keeps what comes', async () => {
    const wanted = CHAIN[40]!;
    const { hash } = wanted.header;
    const peer = await server('10.0.9.1', CHAIN.slice(0, 60), (block) => block !== wanted);
    await show(peer, CHAIN.slice(0, 60));
    const [info] = node.network.peers();
    const before = blocksAsked(peer);
    assert.equal(node.network.fetchBlock(info!.id + 1, hash), 'Peer does not exist');
    assert.equal(node.network.fetchBlock(info!.id, new Uint8Array(32).fill(7) as typeof hash), 'Block header missing');
    assert.equal(node.network.fetchBlock(info!.id, CHAIN[50]!.header.hash), undefined);
    assert.equal(node.network.fetchBlock(info!.id, CHAIN[50]!.header.hash), 'Already requested from this peer');
    assert.equal(node.network.fetchBlock(info!.id, hash), undefined);
    await world.until(() => node.chain.tree.get(hash)?.block !== undefined);
    assert.equal(blocksAsked(peer), before + 2);
  });

  it('brings a chain of 1,200 blocks here from three peers, each of whom sends some', async () => {
    const peers = await Promise.all(['10.0.9.1', '10.0.9.2', '10.0.9.3'].map((host) => world.call(node, host)));
    for (const peer of peers) peer.serve(CHAIN);
    for (const peer of peers) await peer.greet();
    await world.until(() => node.height === CHAIN.length);
    assert.ok(node.network.inSync());
    for (const peer of peers) assert.ok(blocksAsked(peer) > 100, `${blocksAsked(peer)} of one peer`);
    assert.equal(
      peers.reduce((sum, peer) => sum + blocksAsked(peer), 0),
      CHAIN.length,
    );
    assert.deepEqual(world.closings, []);
    const progress = node.network.sync();
    assert.deepEqual([progress.height, progress.headers, progress.fraction, progress.secondsLeft], [1_200, 1_200, 1, 0]);
  });

  it('asks no further than 1,024 blocks beyond what is here, and everything of another when one holds it up', async () => {
    const staller = await server('10.0.9.1', CHAIN, () => true);
    await world.until(() => blocksAsked(staller) === BLOCKS_IN_FLIGHT_PER_PEER);
    const other = await server('10.0.9.2', CHAIN);
    const start = world.clock.monotonicMs();
    await world.until(() => blocksAsked(other) >= BLOCK_WINDOW - BLOCKS_IN_FLIGHT_PER_PEER);
    await world.until(() => node.height === CHAIN.length);
    assert.ok(world.clock.monotonicMs() - start < 3 * STALL_TIMEOUT_MS_MIN, 'within seconds');
    const asked = other.requested(INVENTORY.witnessBlock).length;
    assert.equal(asked, CHAIN.length, 'everything came from the other one');
  });

  it('P7: disconnects the only one that the whole window waits for', async () => {
    const staller = await server('10.0.9.1', CHAIN, () => true);
    await world.until(() => blocksAsked(staller) === BLOCKS_IN_FLIGHT_PER_PEER);
    // Serves everything but the block that comes first; so nobody can take over from the staller.
    const other = await server('10.0.9.2', CHAIN, (block) => block === CHAIN[0]);
    await world.until(() => staller.closed !== undefined, 30_000);
    assert.deepEqual(world.closings, ['block-stalling']);
    assert.equal(other.closed, undefined);
    assert.equal(node.height, 0);
  });

  it('P7: asks another peer within seconds for a new block that the first does not send', async () => {
    const silent = await server('10.0.9.1', CHAIN.slice(0, 1), () => true);
    await show(silent, CHAIN.slice(0, 1));
    assert.equal(blocksAsked(silent), 1);
    const other = await server('10.0.9.2', CHAIN.slice(0, 1));
    await show(other, CHAIN.slice(0, 1));
    assert.equal(blocksAsked(other), 0, 'not at once');
    await world.advance(STALL_TIMEOUT_MS_MIN);
    assert.equal(node.height, 1);
    assert.equal(silent.closed, undefined);
    assert.equal(node.network.peers().flatMap((peer) => peer.inFlight).length, 0, 'nobody is waited for any more');
  });

  it('P7: asks three peers for one block and no more, if none of them sends it', async () => {
    const peers: ScriptedPeer[] = [];
    for (const host of ['10.0.9.1', '10.0.9.2', '10.0.9.3', '10.0.9.4', '10.0.9.5']) {
      const peer = await server(host, CHAIN.slice(0, 1), () => true);
      await show(peer, CHAIN.slice(0, 1));
      peers.push(peer);
    }
    for (let i = 0; i < 10; i++) await world.advance(STALL_TIMEOUT_MS_MIN);
    assert.deepEqual(peers.map(blocksAsked).sort(), [0, 0, 1, 1, 1]);
  });

  it('asks no peer that is late for more, and asks it again after a minute', async () => {
    const late = await server('10.0.9.1', CHAIN.slice(0, 1), () => true);
    await show(late, CHAIN.slice(0, 1));
    const other = await server('10.0.9.2', CHAIN.slice(0, 1));
    await show(other, CHAIN.slice(0, 1));
    await world.until(() => node.height === 1);
    await show(late, CHAIN.slice(0, 2));
    assert.equal(blocksAsked(late), 1);
    await world.advance(LATE_MS);
    assert.equal(blocksAsked(late), 2);
  });

  it('ends with a peer whose block does not come within the time for it', async () => {
    const silent = await server('10.0.9.1', CHAIN.slice(0, 1), () => true);
    await show(silent, CHAIN.slice(0, 1));
    const limit = Math.max(BLOCK_TIMEOUT_MS_MIN, regtest.consensus.pow.spacingSeconds * 1000);
    await world.advance(limit - 1_000);
    assert.equal(silent.closed, undefined);
    await world.advance(2_000);
    assert.deepEqual(world.closings, ['block-timeout']);
  });

  it('asks others for what a peer leaves behind', async () => {
    const first = await server('10.0.9.1', CHAIN.slice(0, 10), () => true);
    await show(first, CHAIN.slice(0, 10));
    const second = await server('10.0.9.2', CHAIN.slice(0, 10));
    await show(second, CHAIN.slice(0, 10));
    assert.equal(blocksAsked(second), 0);
    first.connection.close('gone');
    await world.until(() => node.height === 10, 1_000);
  });

  it('asks others when a peer says that it does not have the block', async () => {
    const first = await server('10.0.9.1', CHAIN.slice(0, 1), () => true);
    await show(first, CHAIN.slice(0, 1));
    const second = await server('10.0.9.2', CHAIN.slice(0, 1));
    await show(second, CHAIN.slice(0, 1));
    first.send({ type: 'notfound', items: first.requested(INVENTORY.witnessBlock) });
    await world.until(() => node.height === 1, 1_000);
  });

  it('asks nobody without witnesses, and a limited node only for the last blocks', async () => {
    const old = await world.peer(node, '10.0.9.1', { services: SERVICES.network });
    await show(old, CHAIN.slice(0, 300));
    const limited = await world.peer(node, '10.0.9.2', { services: SERVICES.networkLimited | SERVICES.witness });
    await show(limited, CHAIN.slice(0, 300));
    assert.equal(blocksAsked(old), 0);
    const [first] = limited.requested(INVENTORY.witnessBlock);
    assert.deepEqual(first?.hash, CHAIN[300 - 286]?.header.hash);
  });

  it('disconnects who sends a block that breaks a rule, and stays with the best valid one', async () => {
    const bad = greedyBlock(regtest, childOf(childOf(genesisParent(regtest), CHAIN[0]!), CHAIN[1]!));
    const peer = await server('10.0.9.1', [CHAIN[0]!, CHAIN[1]!, bad]);
    await world.until(() => peer.closed !== undefined);
    assert.deepEqual(world.closings, ['block-invalid']);
    assert.equal(node.height, 2);
    const again = await world.peer(node, '10.0.9.1');
    await show(again, [CHAIN[0]!, CHAIN[1]!]);
    again.send({ type: 'headers', headers: [bad.header] });
    await world.until(() => again.closed !== undefined);
    assert.deepEqual(world.closings, ['block-invalid', 'header-invalid'], 'and who shows it again');
  });

  it('disconnects who sent a block that turns out to break a rule when those before it have come', async () => {
    const bad = greedyBlock(regtest, childOf(childOf(genesisParent(regtest), CHAIN[0]!), CHAIN[1]!));
    const all = [CHAIN[0]!, CHAIN[1]!, bad];
    const guilty = await server('10.0.9.1', all, (block) => block !== bad);
    await show(guilty, all);
    await world.advance(500);
    const honest = await server('10.0.9.2', all, (block) => block === bad);
    await show(honest, CHAIN.slice(0, 2));
    await world.until(() => guilty.closed !== undefined);
    assert.deepEqual(world.closings, ['block-invalid']);
    assert.equal(honest.closed, undefined);
    assert.equal(node.height, 2);
  });

  it('P6: holds a mutated block against its sender alone and takes the honest one from another', async () => {
    const [one] = CHAIN;
    const coinbase = one!.transactions[0]!;
    // The same header with its last transaction doubled has the same Merkle root (CVE-2012-2459).
    const mutated = makeBlock(one!.header, [coinbase, coinbase]);
    const liar = await server('10.0.9.1', [one!], () => true);
    await show(liar, [one!]);
    const honest = await server('10.0.9.2', [one!]);
    await show(honest, [one!]);
    liar.sendBlock(mutated);
    await world.until(() => liar.closed !== undefined);
    await world.until(() => node.height === 1, 3_000);
    assert.deepEqual(world.closings, ['block-mutated']);
  });

  it('P6: keeps what others were asked for when a mutated copy comes from somebody else', async () => {
    const [one] = CHAIN;
    const coinbase = one!.transactions[0]!;
    const honest = await server('10.0.9.2', [one!], () => true);
    await show(honest, [one!]);
    const liar = await world.peer(node, '10.0.9.1');
    liar.sendBlock(makeBlock(one!.header, [coinbase, coinbase]));
    await world.until(() => liar.closed !== undefined);
    assert.deepEqual(node.peer().inFlight, [1]);
    honest.sendBlock(one!);
    await world.until(() => node.height === 1);
  });

  it('asks for the headers before a block that came out of nowhere', async () => {
    const peer = await world.peer(node);
    peer.send({ type: 'headers', headers: [] });
    await peer.sync();
    const before = peer.of('getheaders').length;
    peer.sendBlock(CHAIN[5]!);
    await peer.sync();
    assert.equal(peer.of('getheaders').length, before + 1);
    assert.equal(peer.closed, undefined);
  });

  it('asks for no block of a branch of less work than ours, and for all of one with as much', async () => {
    await node.give(CHAIN.slice(0, 3));
    const branch = buildChain({ parent: genesisParent(regtest), params: regtest, count: 3, extra: Uint8Array.of(9) });
    const less = await server('10.0.9.1', branch.slice(0, 2), () => true);
    await show(less, branch.slice(0, 2));
    assert.equal(blocksAsked(less), 0);
    const asMuch = await server('10.0.9.2', branch, () => true);
    await show(asMuch, branch);
    assert.equal(blocksAsked(asMuch), 3);
  });

  it('follows a branch of more work, and comes back to the first when that grows', async () => {
    await node.give(CHAIN.slice(0, 20));
    const other = buildChain({ parent: genesisParent(regtest), params: regtest, count: 25, extra: Uint8Array.of(9) });
    const peer = await server('10.0.9.1', other);
    await world.until(() => node.height === 25, 5_000);
    const back = await server('10.0.9.2', CHAIN.slice(0, 30));
    await world.until(() => node.height === 30, 5_000);
    assert.equal(peer.closed, undefined);
    assert.equal(back.closed, undefined);
  });

  it('refuses a block with a wrong Merkle root without holding its header against anybody', async () => {
    const peer = await server('10.0.9.1', [CHAIN[0]!], () => true);
    await show(peer, [CHAIN[0]!]);
    peer.sendBlock(makeBlock(CHAIN[0]!.header, rebuild(CHAIN[1]!, {}, regtest).transactions));
    await world.until(() => peer.closed !== undefined);
    await node.give([CHAIN[0]!]);
    assert.equal(node.height, 1);
  });
});
