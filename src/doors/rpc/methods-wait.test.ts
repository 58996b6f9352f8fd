import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildBlock, OP_TRUE } from '../../../test/support/chain-builder.ts';
import { fakePeer } from '../../../test/support/fake-node.ts';
import { createRpcCaller } from '../../../test/support/rpc-caller.ts';
import { bytesEqual, toHex } from '../../core/base/bytes.ts';
import { toDisplayHex } from '../../core/primitives/ids.ts';
import { decodeMerkleBlock } from '../../core/primitives/merkle-block.ts';

describe('methods that wait for a tip', () => {
  function world() {
    const caller = createRpcCaller();
    const { node } = caller;
    const grow = (): string => {
      const block = buildBlock({ parent: node.chain.tip(), params: node.params, coinbaseScript: OP_TRUE });
      node.chain.connect(block);
      const { header, height } = node.chain.tip();
      for (const listener of node.listeners) listener({ kind: 'tip-changed', hash: header.hash, height, reorgDepth: 0 });
      return toDisplayHex(header.hash);
    };
    return { ...caller, grow };
  }

  it('answer at once where the tip is as wanted', async () => {
    const { call } = world();
    const hash = await call('getbestblockhash');
    assert.deepEqual(await call('waitforblockheight', 3), { hash, height: 3 });
    assert.deepEqual(await call('waitforblock', hash), { hash, height: 3 });
    assert.deepEqual(await call('waitfornewblock', 0, 'ee'.repeat(32)), { hash, height: 3 });
  });

  it('answer when the tip becomes so', async () => {
    const { call, grow } = world();
    const waits = [call('waitforblockheight', 5), call('waitfornewblock')];
    await Promise.resolve();
    const first = grow();
    assert.deepEqual(await waits[1], { hash: first, height: 4 });
    const second = grow();
    assert.deepEqual(await waits[0], { hash: second, height: 5 });
  });

  it('answer with the tip when the time is over, by the clock of the node', async () => {
    const { call, node } = world();
    const hash = await call('getbestblockhash');
    const waiting = call('waitforblockheight', 4, 1_000);
    let isOver = false;
    void waiting.then(() => {
      isOver = true;
    });
    for (let step = 0; step < 100 && !isOver; step++) {
      await node.clock.advance(50);
    }
    assert.deepEqual(await waiting, { hash, height: 3 });
  });

  it('answer when the node stops', async () => {
    const { call, node, signal } = world();
    const waiting = call('waitforblockheight', 4);
    signal.aborted = true;
    await new Promise((resolve) => setImmediate(resolve));
    await node.clock.advance(250);
    assert.equal((await waiting).height, 3);
  });
});

describe('methods about blocks', () => {
  const { call, fails, node } = createRpcCaller();
  const { chain } = node;
  const tip = toDisplayHex(chain.at(3).header.hash);

  it('count transactions of a window', async () => {
    const stats = await call('getchaintxstats', 1);
    const counts = [0, 1, 2, 3].map((height) => chain.at(height).transactions.length);
    assert.equal(
      stats.txcount,
      counts.reduce((sum, count) => sum + count),
    );
    assert.equal(stats.window_tx_count, counts[3]);
    assert.equal((await call('getchaintxstats', 0)).window_tx_count, undefined);
    await fails(-8, "Invalid block count: should be between 0 and the block's height - 1", 'getchaintxstats', 3);
  });

  it('tell figures of a block', async () => {
    const stats = await call('getblockstats', 3);
    assert.deepEqual([stats.height, stats.txs, stats.ins, stats.totalfee, stats.subsidy], [3, 2, 1, 10_000, 5_000_000_000]);
    assert.deepEqual(await call('getblockstats', tip, ['txs', 'height']), { height: 3, txs: 2 });
    await fails(-1, 'Block not available (not fully downloaded)', 'getblockstats', toDisplayHex(node.headerOnly.header.hash));
  });

  it('prove transactions by an unspent output, and take the proof', async () => {
    const txid = toDisplayHex(chain.at(3).transactions[1]!.txid);
    const proof = await call('gettxoutproof', [txid]);
    assert.equal(proof, await call('gettxoutproof', [txid], tip));
    assert.deepEqual(await call('verifytxoutproof', proof), [txid]);
    assert.ok(bytesEqual(decodeMerkleBlock(Buffer.from(proof, 'hex')).header.hash, chain.at(3).header.hash));
    const [head, rest] = [proof.slice(0, 160), proof.slice(168)];
    assert.deepEqual(await call('verifytxoutproof', `${head}01000000${rest}`), []);
    const unknown = toHex(new Uint8Array(4).fill(1));
    await fails(-5, 'Block not found in chain', 'verifytxoutproof', `${unknown}${proof.slice(8)}`);
  });

  it('ask a peer for a block whose header is known', async () => {
    const lacking = toDisplayHex(node.headerOnly.header.hash);
    await fails(-1, 'Block header missing', 'getblockfrompeer', 'ee'.repeat(32), 1);
    await fails(-1, 'Block already downloaded', 'getblockfrompeer', tip, 1);
    await fails(-1, 'Peer does not exist', 'getblockfrompeer', lacking, 1);
    node.network.connected.push(fakePeer());
    assert.deepEqual(await call('getblockfrompeer', lacking, 1), {});
    assert.equal(node.network.fetched.length, 1);
  });

  it('prefer a block', async () => {
    assert.equal(await call('preciousblock', tip), null);
    assert.deepEqual(chain.preferred, [chain.at(3).header.hash]);
    await fails(-5, 'Block not found', 'preciousblock', 'ee'.repeat(32));
  });
});
