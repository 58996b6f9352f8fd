/**
 * A node of ours and the C++ node on one chain, over P2P on regtest: each syncs what the other mined, follows its reorganisations, takes
 * its transactions, and has the same coins.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { blockWork } from '../../src/core/consensus/proof-of-work.ts';
import { chooseSecp256k1 } from '../../src/core/crypto/node/choose-secp256k1.ts';
import { networkToFile } from '../../src/core/params/network-json.ts';
import { regtest } from '../../src/core/params/regtest.ts';
import { encodeBlock } from '../../src/core/primitives/block.ts';
import { toDisplayHex } from '../../src/core/primitives/ids.ts';
import { addressOf, agree, balanceOf, mine, pay } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import type { PeerNode } from '../support/peer-node.ts';
import { peerNodeMissing, startPeerNode } from '../support/peer-node.ts';
import type { QuoinProcess } from '../support/quoin-process.ts';
import { startQuoin, temporaryFolder } from '../support/quoin-process.ts';
import { spendingChain } from '../support/spending-chain.ts';
import { TRANSPORTS } from '../support/transports.ts';

const BLOCKS = 300;
const COIN = 100_000_000;

/** Its checks of itself slow it down; nothing is to be learned from them here. */
const PEER_OPTIONS = ['-checkblockindex=0', '-checkmempool=0', '-checkaddrman=0'];

/** The peer syncs only from those whom it was told to call. */
async function connect(peer: PeerNode, node: QuoinProcess): Promise<void> {
  await peer.rpc('addnode', node.p2p, 'onetry');
  await eventually('the peer is connected with us', async () => {
    const peers = (await node.rpc('getpeerinfo')) as { subver: string; version: number }[];
    return peers.some(({ subver, version }) => version > 0 && subver.includes('Satoshi'));
  });
}

/** Both make the same `muhash` of their coins, which no order of a database has a part in. */
async function sameMuHash(node: Pick<QuoinProcess, 'rpc'>, peer: PeerNode): Promise<void> {
  const ours = (await node.rpc('gettxoutsetinfo', 'muhash')) as { muhash: string; bestblock: string };
  const theirs = (await peer.rpc('gettxoutsetinfo', 'muhash')) as { muhash: string; bestblock: string };
  assert.match(ours.muhash, /^[0-9a-f]{64}$/);
  assert.deepEqual([ours.bestblock, ours.muhash], [theirs.bestblock, theirs.muhash]);
}

const mempoolOf = async (node: Pick<QuoinProcess, 'rpc'>): Promise<string[]> => (await node.rpc('getrawmempool')) as string[];
const seenBy = (node: Pick<QuoinProcess, 'rpc'>, txid: string) =>
  eventually(`${txid} is relayed`, async () => (await mempoolOf(node)).includes(txid));

/** Mines beside the best branch from `depth` blocks below the tip, one block more than there were. */
async function reorganise(node: Pick<QuoinProcess, 'rpc'>, depth: number, generate: (count: number) => Promise<unknown>): Promise<void> {
  const height = (await node.rpc('getblockcount')) as number;
  const first = (await node.rpc('getblockhash', height - depth + 1)) as string;
  await node.rpc('invalidateblock', first);
  assert.equal(await node.rpc('getblockcount'), height - depth);
  await generate(depth + 1);
}

for (const { name, args } of TRANSPORTS) {
  describe(`the C++ node as our peer, over the ${name} transport`, { skip: peerNodeMissing() }, () => {
    let node: QuoinProcess;
    let peer: PeerNode;

    before(async () => {
      [node, peer] = await Promise.all([startQuoin({ args }), startPeerNode(...PEER_OPTIONS)]);
    });

    after(() => Promise.all([node?.stop(), peer?.stop()]));

    it('syncs 300 of our blocks with P2WPKH, P2TR and P2PKH spends, to the same coins', async () => {
      const blocks = spendingChain({ params: regtest, secp256k1: chooseSecp256k1('auto'), count: BLOCKS });
      for (const block of blocks) assert.equal(await node.rpc('submitblock', Buffer.from(encodeBlock(block)).toString('hex')), null);
      await connect(peer, node);
      const { tip } = await agree([node, peer]);
      assert.equal(tip, toDisplayHex(blocks.at(-1)!.header.hash));
      await sameMuHash(node, peer);
    });

    it('takes over payments of our wallet, and we those of its wallet, taproot spends among them', async () => {
      await mine(node, 101);
      await peer.rpc('createwallet', 'w');
      const theirs = (await peer.rpc('getnewaddress', '', 'bech32m')) as string;
      const toThem = await pay(node, theirs, 10 * COIN);
      await seenBy(peer, toThem);
      await mine(node, 1);
      await agree([node, peer]);
      assert.equal(await peer.rpc('getbalance'), 10);
      const before = await balanceOf(node);
      const toUs = (await peer.rpc('sendtoaddress', await addressOf(node), 7.5)) as string;
      await seenBy(node, toUs);
      assert.equal((await balanceOf(node)).unconfirmed, before.unconfirmed + 750_000_000n);
      await peer.rpc('generatetoaddress', 1, theirs);
      await agree([node, peer]);
      assert.deepEqual(await mempoolOf(node), []);
      const spent = (await node.rpc('getrawtransaction', toUs, 1, await node.rpc('getbestblockhash'))) as {
        vin: { txinwitness: string[] }[];
      };
      assert.ok(
        spent.vin.every(({ txinwitness }) => txinwitness.length === 1 && txinwitness[0]!.length === 128),
        'it spends taproot outputs by their keys',
      );
    });

    it('takes every lock time up to its tip, as its wallet may choose any of them', async () => {
      for (let lockTime = 1; lockTime <= 100; lockTime++) {
        const raw = await peer.rpc('createrawtransaction', [], { [await addressOf(node)]: 0.01 }, lockTime);
        const { hex } = await peer.rpc('fundrawtransaction', raw);
        const signed = await peer.rpc('signrawtransactionwithwallet', hex);
        const [verdict] = await peer.rpc('testmempoolaccept', [signed.hex]);
        assert.equal(verdict.allowed, true, `lock time ${lockTime}: ${verdict['reject-reason']}`);
      }
    });

    it('follows a reorganisation that we made', async () => {
      await mine(node, 3);
      const old = (await agree([node, peer])).tip;
      await reorganise(node, 3, (count) => mine(node, count));
      const { tip } = await agree([node, peer]);
      assert.notEqual(tip, old);
      await sameMuHash(node, peer);
      const tips = (await peer.rpc('getchaintips')) as { hash: string; status: string }[];
      assert.equal(tips.find(({ hash }) => hash === old)?.status, 'valid-fork');
    });

    it('makes a reorganisation that we follow, and its payment in it comes back', async () => {
      const address = (await peer.rpc('getnewaddress', '', 'bech32')) as string;
      const paid = (await peer.rpc('sendtoaddress', await addressOf(node), 1.25)) as string;
      await seenBy(node, paid);
      await peer.rpc('generatetoaddress', 5, address);
      const old = (await agree([node, peer])).tip;
      await reorganise(peer, 5, (count) => peer.rpc('generatetodescriptor', count, 'raw(51)'));
      const { tip } = await agree([node, peer]);
      assert.notEqual(tip, old);
      const tips = (await node.rpc('getchaintips')) as { hash: string; status: string; branchlen: number }[];
      assert.deepEqual(
        tips.filter(({ hash }) => hash === old).map(({ status, branchlen }) => ({ status, branchlen })),
        [{ status: 'valid-fork', branchlen: 5 }],
      );
      // Its block is gone. It waits again, or the peer had put it into the new branch.
      const outputs = await Promise.all([0, 1].map((vout) => node.rpc('gettxout', paid, vout)));
      assert.ok(
        outputs.some((output) => output !== null),
        'the payment is still there',
      );
    });

    it('heals a split of 100 blocks between us, whoever has more', async () => {
      for (const more of ['ours', 'theirs'] as const) {
        await peer.rpc('disconnectnode', node.p2p);
        await eventually('we are apart', async () => (await node.rpc('getconnectioncount')) === 0);
        const address = (await peer.rpc('getnewaddress', '', 'bech32m')) as string;
        await mine(node, more === 'ours' ? 101 : 100);
        await peer.rpc('generatetoaddress', more === 'theirs' ? 101 : 100, address);
        const best = await (more === 'ours' ? node : peer).rpc('getbestblockhash');
        await connect(peer, node);
        assert.equal((await agree([node, peer])).tip, best);
      }
    });
  });
}

describe('the C++ node as the one we sync from', { skip: peerNodeMissing() }, () => {
  it('gives us 300 blocks with spends of its wallet, taproot ones among them, and we have the same coins', async () => {
    const peer = await startPeerNode(...PEER_OPTIONS);
    await peer.rpc('createwallet', 'w');
    const kinds = ['bech32', 'bech32m', 'legacy', 'p2sh-segwit'];
    const addresses = await Promise.all(kinds.map((kind) => peer.rpc('getnewaddress', '', kind) as Promise<string>));
    await peer.rpc('generatetoaddress', 200, addresses[1]);
    for (let i = 0; i < 100; i++) {
      await peer.rpc('sendmany', '', Object.fromEntries(addresses.map((address) => [address, (100 + i) / 1_000])));
      await peer.rpc('generatetoaddress', 1, addresses[i % addresses.length]);
    }
    assert.equal(await peer.rpc('getblockcount'), BLOCKS);
    const node = await startQuoin({ args: ['--connect', peer.p2p] });
    await agree([node, peer]);
    assert.equal(await node.rpc('getblockcount'), BLOCKS);
    const info = (await node.rpc('gettxoutsetinfo')) as { total_amount: number; txouts: number };
    const theirs = (await peer.rpc('gettxoutsetinfo')) as { total_amount: number; txouts: number };
    assert.deepEqual([info.total_amount, info.txouts], [theirs.total_amount, theirs.txouts]);
    assert.equal(await node.stop(), 0);
    await peer.stop();
  });

  it('sends its headers twice where we know what work its chain has, and then we have its blocks', async () => {
    const blocks = 4_100;
    const peer = await startPeerNode(...PEER_OPTIONS);
    await peer.rpc('generatetodescriptor', blocks, 'raw(51)');
    const minimumChainWork = (blockWork(regtest.consensus.pow.bits) * BigInt(blocks)).toString(16).padStart(64, '0');
    const network = join(temporaryFolder('network'), 'known.json');
    writeFileSync(network, JSON.stringify({ ...networkToFile(regtest), name: 'known', minimumChainWork }));
    const node = await startQuoin({ network, args: ['--connect', peer.p2p] });
    await agree([node, peer]);
    assert.equal(await node.rpc('getblockcount'), blocks);
    const [from] = (await node.rpc('getpeerinfo')) as { bytesrecv_per_msg: { headers: number } }[];
    // A header has 80 bytes and an empty list behind it.
    assert.ok(from!.bytesrecv_per_msg.headers >= 2 * blocks * 81, `${from!.bytesrecv_per_msg.headers} bytes of headers`);
    assert.equal(await node.stop(), 0);
    await peer.stop();
  });
});
