/**
 * `getpeerinfo` of both ends of one connection: the same fields in the same order, and what each says of the other fits.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { agree } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { peerNodeMissing, startPeerNode } from '../support/peer-node.ts';
import { startQuoin } from '../support/quoin-process.ts';

type Counts = Readonly<Record<string, number>>;

/** Those of its fields that are looked at one by one. */
interface Info {
  readonly [field: string]: unknown;
  readonly bytessent: number;
  readonly bytesrecv: number;
  readonly bytessent_per_msg: Counts;
  readonly bytesrecv_per_msg: Counts;
  readonly addr: string;
  readonly addrbind: string;
  readonly addrlocal: string;
  readonly lastsend: number;
  readonly lastrecv: number;
  readonly conntime: number;
  readonly pingtime: number;
  readonly minping: number;
  readonly session_id: string;
}

/** There for a moment only, where the other side says it, or never where nothing is known of the networks' owners. */
const OPTIONAL = ['pingwait', 'addrlocal', 'mapped_as'];

/** Fields that the peer's program has beyond Bitcoin Core's, and those that came to Core after it. */
const ITS_OWN = ['cpu_load', 'last_block_announcement', 'forced_inbound', 'misbehavior_score'];
const NEWER = ['last_inv_sequence', 'inv_to_send'];

const fieldsBut = (info: Info, but: readonly string[]): readonly string[] => Object.keys(info).filter((name) => !but.includes(name));

const SECONDS_APART_MAX = 30;

describe('getpeerinfo beside the C++ node', { skip: peerNodeMissing() }, () => {
  it('has the same fields in the same order, and of one connection both ends tell the same', async () => {
    const [node, peer] = await Promise.all([startQuoin(), startPeerNode()]);
    try {
      const address = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';
      await peer.rpc('generatetoaddress', 5, address);
      await peer.rpc('addnode', node.p2p, 'onetry');
      await agree([node, peer]);
      await peer.rpc('generatetoaddress', 3, address);
      await agree([node, peer]);
      const both = async (): Promise<readonly [Info, Info]> => [(await node.rpc('getpeerinfo'))[0], (await peer.rpc('getpeerinfo'))[0]];
      const [ours, theirs] = await eventually('nothing is under way between them', async () => {
        const infos = await both();
        const [a, b] = infos;
        const isQuiet = a.pingtime !== undefined && b.pingtime !== undefined && a.bytessent === b.bytesrecv && a.bytesrecv === b.bytessent;
        return isQuiet && infos;
      });
      assert.deepEqual(fieldsBut(ours, [...OPTIONAL, ...NEWER]), fieldsBut(theirs, [...OPTIONAL, ...ITS_OWN, ...NEWER]));
      assert.deepEqual([ours.bytessent_per_msg, ours.bytesrecv_per_msg], [theirs.bytesrecv_per_msg, theirs.bytessent_per_msg]);
      assert.deepEqual([ours.addr, ours.addrbind], [theirs.addrbind, theirs.addr]);
      assert.equal(theirs.addrlocal, ours.addr, 'we see it where it is');
      assert.ok(ours.session_id.length === 64 && ours.session_id === theirs.session_id);
      assert.deepEqual([ours.bip152_hb_to, ours.bip152_hb_from], [theirs.bip152_hb_from, theirs.bip152_hb_to]);
      for (const field of ['network', 'transport_protocol_type', 'relaytxes', 'addr_relay_enabled', 'version'])
        assert.deepEqual(ours[field], theirs[field], field);
      for (const field of ['inflight', 'presynced_headers']) assert.deepEqual(ours[field], theirs[field], field);
      assert.deepEqual([ours.synced_headers, ours.synced_blocks], [8, 8]);
      assert.deepEqual(ours.permissions, []);
      assert.deepEqual([ours.inbound, ours.connection_type, theirs.inbound, theirs.connection_type], [true, 'inbound', false, 'manual']);
      const leastOf = async ({ rpc }: Pick<typeof peer, 'rpc'>) => (await rpc('getmempoolinfo')).mempoolminfee as number;
      assert.deepEqual([ours.minfeefilter, theirs.minfeefilter], [await leastOf(peer), await leastOf(node)], 'each says what it takes');
      assert.deepEqual([ours.startingheight, theirs.startingheight], [5, 0]);
      for (const info of [ours, theirs]) {
        assert.ok(info.pingtime >= info.minping && info.minping > 0 && info.pingtime < SECONDS_APART_MAX);
        assert.ok(info.lastsend >= info.conntime && info.lastrecv >= info.conntime);
        assert.ok(Math.abs(Number(info.timeoffset)) <= SECONDS_APART_MAX);
      }
      assert.ok(Math.abs(ours.conntime - theirs.conntime) <= SECONDS_APART_MAX);
      assert.ok(Number(ours.last_block) > 0 && theirs.last_block === 0, 'blocks came one way');
    } finally {
      await node.stop();
      await peer.stop();
    }
  });
});
