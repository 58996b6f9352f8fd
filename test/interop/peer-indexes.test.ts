/**
 * Our indexes beside those of the C++ node, on one regtest chain with spends of each usual kind and a reorganisation.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { toHex } from '../../src/core/base/bytes.ts';
import { chooseSecp256k1 } from '../../src/core/crypto/node/choose-secp256k1.ts';
import { regtest } from '../../src/core/params/regtest.ts';
import { encodeBlock } from '../../src/core/primitives/block.ts';
import { toDisplayHex } from '../../src/core/primitives/ids.ts';
import { decodeMessage, encodeMessage, type Message, type MessageOf } from '../../src/core/wire/messages/table.ts';
import { offers, SERVICES } from '../../src/core/wire/services.ts';
import { buildChain, childOf } from '../support/chain-builder.ts';
import { eventually } from '../support/eventually.ts';
import type { PeerNode } from '../support/peer-node.ts';
import { peerNodeMissing, startPeerNode } from '../support/peer-node.ts';
import type { QuoinProcess } from '../support/quoin-process.ts';
import { startQuoin } from '../support/quoin-process.ts';
import { ScriptedPeer } from '../support/scripted-peer.ts';
import { spendingChain } from '../support/spending-chain.ts';

const BLOCKS = 130;
const REPLACED = 8;

const blocks = spendingChain({ params: regtest, secp256k1: chooseSecp256k1('auto'), count: BLOCKS });
const fork = blocks.slice(0, BLOCKS - REPLACED);
const parentOfFork = childOf({ header: fork.at(-2)!.header, height: fork.length - 1, medianTimeSeconds: 0 }, fork.at(-1)!);
const branch = buildChain({ parent: parentOfFork, params: regtest, count: REPLACED + 1, extra: Uint8Array.of(200) });

describe('indexes beside those of the C++ node', { skip: peerNodeMissing() }, () => {
  let node: QuoinProcess;
  let peer: PeerNode;

  before(async () => {
    const options = [
      '-blockfilterindex=1',
      '-peerblockfilters=1',
      '-peerbloomfilters=1',
      '-txindex=1',
      '-checkblockindex=0',
      '-checkmempool=0',
      '-checkaddrman=0',
    ];
    [node, peer] = await Promise.all([startQuoin({ args: ['--index', 'tx,filter'] }), startPeerNode(...options)]);
    for (const block of [...blocks, ...branch]) {
      const hex = Buffer.from(encodeBlock(block)).toString('hex');
      for (const each of [node, peer]) await each.rpc('submitblock', hex);
    }
    for (const each of [node, peer]) {
      assert.equal(await each.rpc('getbestblockhash'), toDisplayHex(branch.at(-1)!.header.hash));
      await eventually('its indexes are built', async () => {
        const states = Object.values((await each.rpc('getindexinfo')) as Record<string, { synced: boolean; best_block_height: number }>);
        return states.every((state) => state.synced && state.best_block_height === fork.length + branch.length);
      });
    }
  });

  after(() => Promise.all([node?.stop(), peer?.stop()]));

  it('have the same names and heights', async () => {
    assert.deepEqual(await node.rpc('getindexinfo'), await peer.rpc('getindexinfo'));
    assert.deepEqual(await node.rpc('getindexinfo', 'txindex'), await peer.rpc('getindexinfo', 'txindex'));
  });

  it('are served to peers in the same messages (BIP-157)', async () => {
    const chain = [regtest.genesis, ...fork, ...branch].map((block) => block.header.hash);
    const tip = chain.length - 1;
    const answers = await Promise.all(
      [node.p2p, peer.p2p].map(async (address) => {
        const asking = await ScriptedPeer.meet(address, regtest);
        const { services } = decodeMessage('version', await asking.answer('version')) as MessageOf<'version'>;
        const ask = (message: Message) => asking.send(message.type, encodeMessage(message));
        ask({ type: 'getcfilters', filterType: 0, startHeight: 0, stop: chain[tip]! });
        ask({ type: 'getcfheaders', filterType: 0, startHeight: 3, stop: chain[tip - 1]! });
        ask({ type: 'getcfcheckpt', filterType: 0, stop: chain[tip]! });
        await asking.answer('cfcheckpt');
        const told = asking.received
          .filter(({ command }) => command.startsWith('cf'))
          .map(({ command, payload }) => [command, toHex(payload)]);
        ask({ type: 'getcfilters', filterType: 0, startHeight: tip, stop: chain[tip - 1]! });
        await asking.hungUp();
        return { offers: offers(services, SERVICES.compactFilters), told };
      }),
    );
    assert.equal(answers[0]!.offers, true);
    assert.equal(answers[0]!.told.length, chain.length + 2);
    assert.deepEqual(answers[0], answers[1]);
  });

  it('have the same filter and header of every block, those of the branch that was left too', async () => {
    for (const block of [regtest.genesis, ...blocks, ...branch]) {
      const hash = toDisplayHex(block.header.hash);
      assert.deepEqual(await node.rpc('getblockfilter', hash), await peer.rpc('getblockfilter', hash));
    }
  });

  it('find the same transactions by their ids alone', async () => {
    for (const block of [...fork, ...branch].slice(-60)) {
      for (const { txid } of block.transactions) {
        for (const verbosity of [0, 1, 2]) {
          const ours: unknown = await node.rpc('getrawtransaction', toDisplayHex(txid), verbosity);
          assert.deepEqual(ours, await peer.rpc('getrawtransaction', toDisplayHex(txid), verbosity));
        }
      }
    }
  });

  it('refuse in the same words', async () => {
    const refusal = async (each: Pick<QuoinProcess, 'rpc'>, method: string, ...params: unknown[]): Promise<string> => {
      return each.rpc(method, ...params).then(
        () => 'answered',
        (error: unknown) => String(error),
      );
    };
    const tip = toDisplayHex(branch.at(-1)!.header.hash);
    for (const [method, ...params] of [
      ['getrawtransaction', 'ee'.repeat(32)],
      ['getblockfilter', 'ee'.repeat(32)],
      ['getblockfilter', tip, 'extended'],
      ['getblockfilter', tip.slice(1)],
    ] as const) {
      const theirs = await refusal(peer, method, ...params);
      assert.notEqual(theirs, 'answered');
      assert.equal(await refusal(node, method, ...params), theirs);
    }
  });
});
