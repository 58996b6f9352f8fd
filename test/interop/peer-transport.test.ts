/**
 * The encrypted transport (BIP-324) with the C++ node: spoken whoever calls, left for the first one where either side speaks that alone,
 * and told apart by who is called.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { agree, mine } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import type { PeerNode } from '../support/peer-node.ts';
import { peerNodeMissing, startPeerNode } from '../support/peer-node.ts';
import type { QuoinProcess } from '../support/quoin-process.ts';
import { startQuoin } from '../support/quoin-process.ts';

const PEER_OPTIONS = ['-checkblockindex=0', '-checkmempool=0', '-checkaddrman=0'];

interface Told {
  readonly inbound: boolean;
  readonly version: number;
  readonly transport_protocol_type: string;
  readonly session_id: string;
  readonly servicesnames: readonly string[];
  readonly bytessent_per_msg: Readonly<Record<string, number>>;
  readonly bytesrecv_per_msg: Readonly<Record<string, number>>;
}

type Caller = Pick<QuoinProcess, 'rpc' | 'p2p'>;

/** One node calls the other once; what each then says of the connection. */
async function meet(caller: Caller, called: Caller, ...v2transport: boolean[]): Promise<{ readonly ours: Told; readonly theirs: Told }> {
  await caller.rpc('addnode', called.p2p, 'onetry', ...v2transport);
  const connection = async (of: Caller, inbound: boolean): Promise<Told> => {
    let found: Told | undefined;
    await eventually('the handshake is done', async () => {
      const peers = (await of.rpc('getpeerinfo')) as Told[];
      found = peers.find((peer) => peer.inbound === inbound && peer.version > 0 && (peer.bytesrecv_per_msg.verack ?? 0) > 0);
      return found !== undefined;
    });
    return found!;
  };
  return { ours: await connection(caller, false), theirs: await connection(called, true) };
}

describe('the transport between us and the C++ node', { skip: peerNodeMissing() }, () => {
  let node: QuoinProcess;
  let plain: QuoinProcess;
  let peer: PeerNode;
  let plainPeer: PeerNode;

  before(async () => {
    [node, plain] = await Promise.all([startQuoin(), startQuoin({ args: ['--no-v2'] })]);
    [peer, plainPeer] = await Promise.all([startPeerNode(...PEER_OPTIONS), startPeerNode(...PEER_OPTIONS, '-v2transport=0')]);
  });

  afterEach(() => part());
  after(() => Promise.all([node?.stop(), plain?.stop(), peer?.stop(), plainPeer?.stop()]));

  /** Ends every connection, so that the next is the only one. */
  async function part(): Promise<void> {
    const all: readonly Caller[] = [node, plain, peer, plainPeer];
    for (const each of all) {
      for (const { id } of (await each.rpc('getpeerinfo')) as { id: number }[])
        await each.rpc('disconnectnode', '', id).catch(() => undefined);
    }
    for (const each of all) await eventually('they are apart', async () => (await each.rpc('getconnectioncount')) === 0);
  }

  for (const [title, ends] of [
    ['we call', () => [node, peer]],
    ['it calls', () => [peer, node]],
  ] as [string, () => [Caller, Caller]][]) {
    it(`is encrypted where both speak it and ${title}: one session, a chain and sizes to the byte`, async () => {
      const [caller, called] = ends();
      const { ours, theirs } = await meet(caller, called);
      assert.deepEqual([ours.transport_protocol_type, theirs.transport_protocol_type], ['v2', 'v2']);
      assert.match(ours.session_id, /^[0-9a-f]{64}$/);
      assert.equal(ours.session_id, theirs.session_id);
      assert.ok([ours, theirs].every(({ servicesnames }) => servicesnames.includes('P2P_V2')));
      for (const type of ['version', 'verack', 'wtxidrelay'])
        assert.equal(ours.bytessent_per_msg[type], theirs.bytesrecv_per_msg[type], type);
      // Beyond the 224 packets after which the keys change, in both directions.
      await mine(node, 150);
      await agree([node, peer]);
      for (let i = 0; i < 120; i++) await Promise.all([node.rpc('ping'), peer.rpc('ping')]);
      await peer.rpc('generatetodescriptor', 150, 'raw(51)');
      await agree([node, peer]);
      const [still] = (await node.rpc('getpeerinfo')) as Told[];
      assert.equal(still!.session_id, ours.session_id);
    });
  }

  it('is the first one where the peer speaks that alone, whoever calls', async () => {
    const called = await meet(node, plainPeer);
    assert.deepEqual([called.ours.transport_protocol_type, called.theirs.transport_protocol_type], ['v1', 'v1']);
    assert.ok(!called.ours.servicesnames.includes('P2P_V2'));
    await agree([node, plainPeer]);
    await part();
    const calling = await meet(plainPeer, node);
    assert.deepEqual([calling.ours.transport_protocol_type, calling.theirs.transport_protocol_type], ['v1', 'v1']);
  });

  it('is the first one where we speak that alone, whoever calls', async () => {
    const calling = await meet(plain, peer);
    assert.deepEqual([calling.ours.transport_protocol_type, calling.theirs.transport_protocol_type], ['v1', 'v1']);
    await part();
    const called = await meet(peer, plain);
    assert.deepEqual([called.ours.transport_protocol_type, called.theirs.transport_protocol_type], ['v1', 'v1']);
    assert.ok(!called.ours.servicesnames.includes('P2P_V2'));
  });

  it('is the first one at once where a user says so', async () => {
    const { ours, theirs } = await meet(node, peer, false);
    assert.deepEqual([ours.transport_protocol_type, theirs.transport_protocol_type, ours.session_id], ['v1', 'v1', '']);
  });
});
