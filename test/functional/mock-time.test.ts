/**
 * The clock of a real node set by hand: what it waits for towards its peers moves with it.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { eventually } from '../support/eventually.ts';
import type { QuoinProcess } from '../support/quoin-process.ts';
import { startQuoin } from '../support/quoin-process.ts';

interface PeerCounts {
  readonly bytessent_per_msg: Record<string, number>;
  readonly bytesrecv_per_msg: Record<string, number>;
}

/** Bytes of one ping as an encrypted packet: length, header, type, nonce, tag. */
const PING_BYTES: number = 3 + 1 + 1 + 8 + 16;

describe('a clock that is set', () => {
  let first: QuoinProcess;
  let second: QuoinProcess;

  before(async () => {
    [first, second] = await Promise.all([startQuoin(), startQuoin()]);
    await first.rpc('addnode', second.p2p, 'onetry');
    await eventually('both have greeted', async () => (await peerOf())?.bytesrecv_per_msg.pong === PING_BYTES);
  });

  after(() => Promise.all([first?.stop(), second?.stop()]));

  async function peerOf(): Promise<PeerCounts | undefined> {
    return ((await first.rpc('getpeerinfo')) as PeerCounts[])[0];
  }

  it('sends the next ping when two minutes have been set, not a second earlier', async () => {
    const now = Math.floor(Date.now() / 1000) + 1;
    await first.rpc('setmocktime', now);
    await first.rpc('setmocktime', now + 100);
    assert.equal((await peerOf())?.bytessent_per_msg.ping, PING_BYTES);
    await first.rpc('setmocktime', now + 121);
    await eventually('another ping is answered', async () => (await peerOf())?.bytesrecv_per_msg.pong === 2 * PING_BYTES);
    await first.rpc('setmocktime', now);
    assert.equal((await peerOf())?.bytessent_per_msg.ping, 2 * PING_BYTES, 'a step back moves nothing');
    await first.rpc('setmocktime', 0);
    assert.ok((await peerOf()) !== undefined, 'the connection stands');
  });

  it('goes on while timers are moved', async () => {
    await first.rpc('mockscheduler', 3_600);
    const [hash] = (await first.rpc('generatetoaddress', 1, 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080')) as [string];
    await eventually('the block is everywhere', async () => (await second.rpc('getbestblockhash')) === hash);
    assert.equal((await peerOf())?.bytessent_per_msg.ping, 2 * PING_BYTES);
  });
});
