/**
 * Blocks alone, of our node and of the C++ node, each beside the other as it is usually: transactions go one way only.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { agree } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { type PeerNode, peerNodeMissing, startPeerNode } from '../support/peer-node.ts';
import { type QuoinProcess, startQuoin } from '../support/quoin-process.ts';

/** Three coinbases have matured: enough for two payments that do not build on one another. */
const BLOCKS = 103;

type Either = Pick<QuoinProcess, 'rpc'> | Pick<PeerNode, 'rpc'>;

/** A payment of the peer's wallet that it has signed and told nobody of. */
async function payment(peer: PeerNode): Promise<string> {
  const address = await peer.rpc('getnewaddress');
  const raw = (await peer.rpc('createrawtransaction', [], [{ [address]: 1 }])) as string;
  const { hex } = (await peer.rpc('fundrawtransaction', raw, { lockUnspents: true })) as { hex: string };
  return ((await peer.rpc('signrawtransactionwithwallet', hex)) as { hex: string }).hex;
}

/** What two nodes made of transactions that each was handed, where one takes blocks alone. */
async function play(taker: Either, other: Either, peer: PeerNode): Promise<void> {
  assert.deepEqual(
    [(await taker.rpc('getnetworkinfo')).localrelay, (await other.rpc('getnetworkinfo')).localrelay],
    [false, true],
    'each says what it takes',
  );
  await eventually('the other knows that blocks alone are wanted', async () => (await other.rpc('getpeerinfo'))[0]?.relaytxes === false);
  const kept = await other.rpc('sendrawtransaction', await payment(peer));
  const told = await taker.rpc('sendrawtransaction', await payment(peer));
  await eventually('what is submitted there is announced', async () => ((await other.rpc('getrawmempool')) as string[]).includes(told));
  assert.deepEqual(await taker.rpc('getrawmempool'), [told]);
  await other.rpc('generatetoaddress', 1, await peer.rpc('getnewaddress'));
  await agree([taker, other]);
  assert.deepEqual([await taker.rpc('getrawmempool'), await other.rpc('getrawmempool')], [[], []], 'the block brings all');
  assert.equal((await taker.rpc('gettxoutsetinfo')).height, BLOCKS + 1);
  await assert.rejects(taker.rpc('estimatesmartfee', 6), /Fee estimation disabled/);
  const [seen] = await taker.rpc('getpeerinfo');
  assert.deepEqual([seen.bytesrecv_per_msg.tx, seen.bytessent_per_msg.feefilter], [undefined, undefined], `${kept} was never sent`);
  assert.equal((await other.rpc('getpeerinfo')).length, 1, 'nobody was let go');
}

describe('blocks alone, with the C++ node', { skip: peerNodeMissing() }, () => {
  for (const ours of [true, false]) {
    it(ours ? 'are what our node takes, and no transactions' : 'are what the C++ node takes, and it is told of nothing else', async () => {
      const node = await startQuoin({ args: ours ? ['--blocks-only'] : [] });
      const peer = await startPeerNode(...(ours ? [] : ['-blocksonly=1']));
      try {
        await peer.rpc('createwallet', 'w');
        await peer.rpc('generatetoaddress', BLOCKS, await peer.rpc('getnewaddress'));
        await peer.rpc('addnode', node.p2p, 'onetry');
        await agree([node, peer]);
        await (ours ? play(node, peer, peer) : play(peer, node, peer));
      } finally {
        await node.stop();
        await peer.stop();
      }
    });
  }
});
