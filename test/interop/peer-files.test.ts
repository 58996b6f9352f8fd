/**
 * Files of a data folder, between us and the C++ node: it reads the block files that we write, and both write the same undo records.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { chooseSecp256k1 } from '../../src/core/crypto/node/choose-secp256k1.ts';
import { regtest } from '../../src/core/params/regtest.ts';
import { encodeBlock } from '../../src/core/primitives/block.ts';
import { toDisplayHex } from '../../src/core/primitives/ids.ts';
import { Chain } from '../../src/engine/chain/chain.ts';
import { createInlineVerifier } from '../../src/engine/chain/inline-verifier.ts';
import { openStores } from '../../src/platform/store/data-folder.ts';
import { eventually } from '../support/eventually.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { silentLog } from '../support/mempool-world.ts';
import type { PeerNode } from '../support/peer-node.ts';
import { peerNodeMissing, startPeerNode } from '../support/peer-node.ts';
import { temporaryFolder } from '../support/quoin-process.ts';
import { spendingChain } from '../support/spending-chain.ts';

const BLOCKS = 300;
const RECORD_HEADER = 8;
const CHECKSUM = 32;

/** The records of a block or undo file, each with what follows it; a file ends where no message start stands. */
function recordsOf(path: string, trailerSizeBytes: number): string[] {
  const bytes = readFileSync(path);
  const magic = Buffer.from(regtest.messageStart);
  const records: string[] = [];
  let at = 0;
  while (at + RECORD_HEADER <= bytes.length && bytes.subarray(at, at + 4).equals(magic)) {
    const end = at + RECORD_HEADER + bytes.readUInt32LE(at + 4) + trailerSizeBytes;
    records.push(bytes.toString('hex', at + RECORD_HEADER, end));
    at = end;
  }
  return records;
}

describe('data files beside the C++ node', { skip: peerNodeMissing() }, () => {
  const folder = temporaryFolder('files');
  let peer: PeerNode;
  let tip: string;
  let coins: string;

  before(async () => {
    const secp256k1 = chooseSecp256k1('auto');
    const blocks = spendingChain({ params: regtest, secp256k1, count: BLOCKS });
    const stores = await openStores({ folder, params: regtest });
    const clock = new FakeClock(blocks.at(-1)!.header.timeSeconds);
    const chain = await Chain.open({ params: regtest, ...stores, verifier: createInlineVerifier({ secp256k1 }), clock, log: silentLog });
    for (const block of blocks) assert.equal((await chain.acceptBlock(block, { raw: encodeBlock(block) })).rejection, undefined);
    const stats = await chain.coinSetStats('hash_serialized_3');
    tip = toDisplayHex(stats.bestBlock);
    coins = toDisplayHex(stats.hashSerialized as typeof stats.bestBlock);
    await chain.close();
    await stores.close();
    peer = await startPeerNode(`-loadblock=${join(folder, 'blocks', 'blk00000.dat')}`, '-blocksxor=0');
    await eventually('the peer has read our blocks', async () => (await peer.rpc('getblockcount')) === BLOCKS);
  });

  after(() => peer?.stop());

  it('lets the peer read our block file to the same tip', async () => {
    assert.equal(await peer.rpc('getbestblockhash'), tip);
  });

  it('has the same hash_serialized_3 over all coins', async () => {
    const info = await peer.rpc('gettxoutsetinfo', 'hash_serialized_3');
    assert.equal(info.hash_serialized_3, coins);
    assert.equal(info.bestblock, tip);
  });

  it('writes the same block and undo records', async () => {
    await peer.stop();
    const theirs = join(peer.dataDir, 'regtest', 'blocks');
    const ours = join(folder, 'blocks');
    const blocks = recordsOf(join(ours, 'blk00000.dat'), 0);
    assert.equal(blocks.length, BLOCKS + 1);
    assert.deepEqual(blocks, recordsOf(join(theirs, 'blk00000.dat'), 0));
    const undos = recordsOf(join(ours, 'rev00000.dat'), CHECKSUM);
    assert.equal(undos.length, BLOCKS);
    assert.deepEqual(undos, recordsOf(join(theirs, 'rev00000.dat'), CHECKSUM));
  });
});
