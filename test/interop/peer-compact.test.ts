/**
 * Compact blocks (BIP-152) between a node of ours and the C++ node, both ways: one hop where both have the transactions, and questions for
 * those that one of them lacks.
 *
 * @module
 */

import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { after, before, describe, it } from 'node:test';
import { addressOf, agree, mine } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import type { PeerNode } from '../support/peer-node.ts';
import { peerNodeMissing, startPeerNode } from '../support/peer-node.ts';
import type { QuoinProcess } from '../support/quoin-process.ts';
import { startQuoin } from '../support/quoin-process.ts';
import { TRANSPORTS } from '../support/transports.ts';

/** Transactions of a block that is relayed. */
const PAYMENTS = 40;

/** Its checks of itself slow it down; nothing is to be learned from them here. */
const PEER_OPTIONS = ['-checkblockindex=0', '-checkmempool=0', '-checkaddrman=0', '-walletrejectlongchains=0'];

/** What matters of a connection as one end of it sees it. */
interface Seen {
  readonly bip152_hb_to?: boolean;
  readonly bip152_hb_from?: boolean;
  readonly bytessent_per_msg: Readonly<Record<string, number>>;
  readonly bytesrecv_per_msg: Readonly<Record<string, number>>;
}

type Asked = Pick<QuoinProcess, 'rpc'>;

const COMPACT = ['cmpctblock', 'getblocktxn', 'blocktxn', 'block', 'getdata', 'headers', 'inv'] as const;

/** Bytes of each message about blocks and transactions, as our end counts them. */
interface Traffic {
  readonly sent: Readonly<Record<(typeof COMPACT)[number], number>>;
  readonly received: Traffic['sent'];
}

for (const { name, args, overheadBytes } of TRANSPORTS) {
  describe(`compact blocks with the C++ node, over the ${name} transport`, { skip: peerNodeMissing() }, () => {
    let node: QuoinProcess;
    let peer: PeerNode;
    let theirs: string;

    before(async () => {
      [node, peer] = await Promise.all([startQuoin({ args }), startPeerNode(...PEER_OPTIONS)]);
      await peer.rpc('createwallet', 'w');
      theirs = (await peer.rpc('getnewaddress', '', 'bech32')) as string;
      await peer.rpc('generatetoaddress', 101, theirs);
      await peer.rpc('addnode', node.p2p, 'onetry');
      await agree([node, peer]);
      // Coins enough for payments that do not build on one another.
      const outputs = Object.fromEntries(
        await Promise.all(Array.from({ length: PAYMENTS }, async () => [await peer.rpc('getnewaddress'), 0.5])),
      );
      await peer.rpc('sendmany', '', outputs);
      await peer.rpc('generatetoaddress', 1, theirs);
      await agree([node, peer]);
    });

    after(() => Promise.all([node?.stop(), peer?.stop()]));

    const seen = async (end: Asked) => ((await end.rpc('getpeerinfo')) as Seen[])[0]!;

    async function traffic(): Promise<Traffic> {
      const { bytessent_per_msg: sent, bytesrecv_per_msg: received } = await seen(node);
      const pick = (counts: Readonly<Record<string, number>>) =>
        Object.fromEntries(COMPACT.map((type) => [type, counts[type] ?? 0])) as unknown as Traffic['sent'];
      return { sent: pick(sent), received: pick(received) };
    }

    /** What one block costs on our end, once both have it. */
    async function costOf(makeBlock: () => Promise<unknown>): Promise<Traffic> {
      const before = await traffic();
      await makeBlock();
      await agree([node, peer]);
      const now = await traffic();
      const less = (a: Traffic['sent'], b: Traffic['sent']) =>
        Object.fromEntries(COMPACT.map((type) => [type, a[type] - b[type]])) as unknown as Traffic['sent'];
      return { sent: less(now.sent, before.sent), received: less(now.received, before.received) };
    }

    /** Lets transactions wait on both sides. */
    async function fillMempools(): Promise<void> {
      for (let i = 0; i < PAYMENTS; i++) await peer.rpc('sendtoaddress', theirs, 0.1);
      // Relay takes turns by chance, and a transaction asked for in vain is asked for again only after a minute.
      const haveAll = async () => ((await node.rpc('getrawmempool')) as string[]).length === PAYMENTS;
      await eventually('both mempools have all payments', haveAll, 180_000);
    }

    /** A signed payment of the peer's wallet that nobody has seen. */
    async function unseen(): Promise<string> {
      const raw = await peer.rpc('createrawtransaction', [], { [theirs]: 0.2 });
      const { hex } = await peer.rpc('fundrawtransaction', raw, { lockUnspents: true });
      return (await peer.rpc('signrawtransactionwithwallet', hex)).hex as string;
    }

    async function sizeOfTip(): Promise<number> {
      return ((await node.rpc('getblock', await node.rpc('getbestblockhash'))) as { size: number }).size;
    }

    const tell = (t: TestContext, { cmpctblock }: Traffic['sent'], size: number) =>
      t.diagnostic(`a block of ${size} bytes with ${PAYMENTS} payments took ${cmpctblock} bytes of cmpctblock`);

    it('goes from us in one hop, with the compact block alone', async (t) => {
      // The first block of ours is announced by its header and asked for; it makes us one whom the peer wants them from unasked.
      const first = await costOf(() => mine(node, 1));
      assert.deepEqual([first.sent.block, first.received.getdata, first.sent.cmpctblock > 0], [0, overheadBytes + 1 + 36, true]);
      await eventually('the peer wants our blocks unasked', async () => (await seen(node)).bip152_hb_from === true);
      await fillMempools();
      const { sent, received } = await costOf(() => mine(node, 1));
      const size = await sizeOfTip();
      tell(t, sent, size);
      assert.ok(sent.cmpctblock > 0 && sent.cmpctblock < overheadBytes + 90 + 300 + 6 * PAYMENTS, `${sent.cmpctblock} bytes`);
      assert.deepEqual([sent.block, sent.blocktxn, sent.headers, received.getdata, received.getblocktxn], [0, 0, 0, 0, 0]);
      assert.ok(size > PAYMENTS * 200, `a block of ${size} bytes`);
      assert.deepEqual(await peer.rpc('getrawmempool'), []);
    });

    it('comes to us in one hop, with the compact block alone', async (t) => {
      await peer.rpc('generatetoaddress', 1, theirs);
      await agree([node, peer]);
      await eventually('we want its blocks unasked', async () => (await seen(node)).bip152_hb_to === true);
      await fillMempools();
      const { sent, received } = await costOf(() => peer.rpc('generatetoaddress', 1, theirs));
      tell(t, received, await sizeOfTip());
      assert.ok(received.cmpctblock > 0 && received.cmpctblock < overheadBytes + 90 + 300 + 6 * PAYMENTS, `${received.cmpctblock} bytes`);
      assert.deepEqual([received.block, received.blocktxn, received.headers, sent.getdata, sent.getblocktxn], [0, 0, 0, 0, 0]);
      assert.deepEqual(await node.rpc('getrawmempool'), []);
    });

    it('brings us what our mempool lacks by blocktxn, where some waits here and where nothing does', async () => {
      const wallet = await addressOf(node);
      for (const waiting of [true, false]) {
        const hidden = [await unseen(), await unseen()];
        const known = waiting ? [(await peer.rpc('sendtoaddress', wallet, 0.1)) as string] : [];
        await eventually('what is known waits', async () => ((await node.rpc('getrawmempool')) as string[]).length === known.length);
        const { sent, received } = await costOf(() => peer.rpc('generateblock', theirs, [...known, ...hidden]));
        const bytes = hidden.reduce((sum, hex) => sum + hex.length / 2, 0);
        assert.equal(received.blocktxn, overheadBytes + 32 + 1 + bytes);
        assert.equal(sent.getblocktxn, overheadBytes + 32 + 1 + hidden.length);
        assert.deepEqual([received.block, sent.getdata], [0, 0]);
      }
    });

    it('gives the peer what its mempool lacks by blocktxn', async () => {
      const hidden = [await unseen(), await unseen(), await unseen()];
      const { sent, received } = await costOf(() => node.rpc('generateblock', theirs, hidden));
      assert.equal(sent.blocktxn, overheadBytes + 32 + 1 + hidden.reduce((sum, hex) => sum + hex.length / 2, 0));
      assert.equal(received.getblocktxn, overheadBytes + 32 + 1 + hidden.length);
      assert.deepEqual([sent.block, received.getdata], [0, 0]);
    });
  });
}
