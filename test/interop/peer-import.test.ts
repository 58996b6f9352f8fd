/**
 * Block files that the C++ node wrote, masked as it does unless told otherwise, taken into a data folder of ours.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { toHex } from '../../src/core/base/bytes.ts';
import { chooseSecp256k1 } from '../../src/core/crypto/node/choose-secp256k1.ts';
import { regtest } from '../../src/core/params/regtest.ts';
import { encodeBlock } from '../../src/core/primitives/block.ts';
import { startApart } from '../support/cluster.ts';
import type { PeerNode } from '../support/peer-node.ts';
import { peerNodeMissing, startPeerNode } from '../support/peer-node.ts';
import { runQuoin } from '../support/quoin-command.ts';
import { temporaryFolder } from '../support/quoin-process.ts';
import { spendingChain } from '../support/spending-chain.ts';

const BLOCKS = 220;

describe('block files of the C++ node', { skip: peerNodeMissing() }, () => {
  const dataDir = temporaryFolder('imported');
  let peer: PeerNode;
  let coins: string;
  let folder: string;

  before(async () => {
    peer = await startPeerNode();
    const blocks = spendingChain({ params: regtest, secp256k1: chooseSecp256k1('auto'), count: BLOCKS });
    for (const block of blocks) assert.equal(await peer.rpc('submitblock', toHex(encodeBlock(block))), null);
    coins = (await peer.rpc('gettxoutsetinfo', 'hash_serialized_3')).hash_serialized_3;
    await peer.stop();
    folder = join(peer.dataDir, 'regtest');
  });

  after(() => peer?.stop());

  it('are imported with their mask to the same coins, and a second time add nothing', async () => {
    const key = readFileSync(join(folder, 'blocks', 'xor.dat'));
    assert.ok(
      key.some((byte) => byte !== 0),
      'the peer masks its files',
    );
    const args = ['import', folder, '--network', 'regtest', '--data-dir', dataDir];
    const first = runQuoin(args);
    assert.equal(first.code, 0, first.err);
    assert.match(first.out, new RegExp(`^done: ${BLOCKS + 1} blocks found, ${BLOCKS} new, 1 known; height ${BLOCKS}$`, 'm'));
    const second = runQuoin(args);
    assert.match(second.out, new RegExp(`0 new, ${BLOCKS + 1} known; height ${BLOCKS}$`, 'm'));
    const node = await startApart({ network: 'regtest', dataDir });
    const info = (await node.rpc('gettxoutsetinfo')) as { hash_serialized_3: string };
    assert.equal(info.hash_serialized_3, coins);
    assert.equal(await node.stop(), 0);
  });

  it('of another network are refused in one line', () => {
    const end = runQuoin(['import', folder, '--network', 'quoin', '--data-dir', temporaryFolder('other')]);
    assert.equal(end.code, 1);
    assert.match(end.err, /^quoin: no block of the network quoin is in .*\n$/);
  });
});
