/**
 * Blocks as a light client sees them through its Bloom filter (BIP-37), of our node and of the C++ node.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toHex } from '../../src/core/base/bytes.ts';
import { chooseSecp256k1 } from '../../src/core/crypto/node/choose-secp256k1.ts';
import { BLOOM_UPDATE, BloomFilter } from '../../src/core/filters/bloom-filter.ts';
import { regtest } from '../../src/core/params/regtest.ts';
import { encodeBlock } from '../../src/core/primitives/block.ts';
import { INVENTORY } from '../../src/core/wire/inventory.ts';
import { encodeMessage, type Message } from '../../src/core/wire/messages/table.ts';
import { ready, startBitcoind } from '../support/bitcoind-process.ts';
import { peerNodeMissing, startPeerNode } from '../support/peer-node.ts';
import { temporaryFolder } from '../support/quoin-process.ts';
import { ScriptedPeer } from '../support/scripted-peer.ts';
import { spendingChain } from '../support/spending-chain.ts';

const blocks = spendingChain({ params: regtest, secp256k1: chooseSecp256k1('auto'), count: 112 });
/** The last blocks, which have spends. */
const seen = blocks.slice(-6);

/** What a node shows of these blocks to one who wants the last output of the first of them, and what becomes of it. */
async function shown(address: string): Promise<readonly (readonly [string, string])[]> {
  const peer = await ScriptedPeer.meet(address, regtest);
  const send = (message: Message) => peer.send(message.type, encodeMessage(message));
  const fields = { hashCount: 11, tweak: 0x01020304, flags: BLOOM_UPDATE.all };
  const filter = new BloomFilter({ ...fields, bytes: new Uint8Array(300) });
  filter.insert(seen[0]!.transactions.at(-1)!.txid);
  send({ type: 'filterload', ...fields, bytes: filter.bytes });
  send({ type: 'filteradd', data: seen[2]!.transactions.at(-1)!.outputs[0]!.scriptPubKey.slice(2) });
  send({ type: 'getdata', items: seen.map(({ header }) => ({ kind: INVENTORY.filteredBlock, hash: header.hash })) });
  await peer.settled();
  const told = peer.received.filter(({ command }) => command === 'merkleblock' || command === 'tx');
  peer.close();
  return told.map(({ command, payload }) => [command, toHex(payload)] as const);
}

describe('Bloom filters beside the C++ node', { skip: peerNodeMissing() }, () => {
  it('show the same of the same blocks', async (t) => {
    const node = await startBitcoind(t, { dataDir: temporaryFolder('bloom'), args: ['-peerbloomfilters'] });
    const peer = await startPeerNode('-peerbloomfilters=1');
    await ready(node);
    for (const block of blocks) {
      const hex = Buffer.from(encodeBlock(block)).toString('hex');
      assert.deepEqual([await node.rpc('submitblock', hex), await peer.rpc('submitblock', hex)], [null, null]);
    }
    const [ours, theirs] = [await shown(node.p2p), await shown(peer.p2p)];
    await node.rpc('stop');
    await peer.stop();
    assert.equal(ours.filter(([command]) => command === 'merkleblock').length, seen.length);
    assert.ok(ours.some(([command]) => command === 'tx'));
    assert.deepEqual(ours, theirs);
  });
});
