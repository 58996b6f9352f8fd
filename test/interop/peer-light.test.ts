/**
 * The light client against the C++ node: it finds what that node's wallet was paid and paid, over the transport that both prefer.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { toHex } from '../../src/core/base/bytes.ts';
import { regtest } from '../../src/core/params/regtest.ts';
import { type BlockHash, fromDisplayHex, toDisplayHex } from '../../src/core/primitives/ids.ts';
import { decodeTransaction } from '../../src/core/primitives/transaction.ts';
import type { LightEvent } from '../../src/engine/light/light-event.ts';
import type { LightClient } from '../../src/light/light-client.ts';
import { openLightClient, type SystemLightClient } from '../../src/light/node.ts';
import { eventually } from '../support/eventually.ts';
import { type PeerNode, peerNodeMissing, startPeerNode } from '../support/peer-node.ts';
import { runQuoin } from '../support/quoin-command.ts';
import type { QuoinProcess } from '../support/quoin-process.ts';
import { startQuoin } from '../support/quoin-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

function peerOf(address: string): { host: string; port: number } {
  const [host = '', port] = address.split(':');
  return { host, port: Number(port) };
}

/** Coins with eight decimals as base units. */
function units(amount: number): bigint {
  return BigInt(Math.round(amount * 1e8));
}

describe('the light client beside the C++ node', { skip: peerNodeMissing() }, () => {
  let node: QuoinProcess;
  let peer: PeerNode;
  let light: SystemLightClient;

  const height = async (): Promise<number> => peer.rpc('getblockcount');
  const walletTotal = async (): Promise<bigint> => {
    const { mine } = (await peer.rpc('getbalances')) as { mine: Record<'trusted' | 'untrusted_pending' | 'immature', number> };
    return units(mine.trusted + mine.untrusted_pending + mine.immature);
  };
  const caughtUp = async ({ client }: { readonly client: LightClient }): Promise<void> => {
    const goal = await height();
    await eventually(`the client has looked at block ${goal}`, () => client.progress().done && client.progress().scanned === goal);
  };

  before(async () => {
    const options = ['-blockfilterindex=1', '-peerblockfilters=1', '-checkblockindex=0', '-checkmempool=0', '-checkaddrman=0', '-rest'];
    [node, peer] = await Promise.all([startQuoin({ args: ['--index', 'filter'] }), startPeerNode(...options)]);
    await peer.rpc('createwallet', 'w');
    await peer.rpc('addnode', node.p2p, 'onetry');
    await peer.rpc('generatetoaddress', 105, await peer.rpc('getnewaddress'));
    const other = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';
    for (const kind of ['legacy', 'p2sh-segwit', 'bech32', 'bech32m']) {
      await peer.rpc('sendtoaddress', await peer.rpc('getnewaddress', '', kind), 1.5);
      await peer.rpc('sendtoaddress', other, 0.25);
    }
    await peer.rpc('generatetoaddress', 2, other);
    await eventually('both have the same chain', async () => (await node.rpc('getblockcount')) === (await height()));
  });

  after(async () => {
    await light?.close();
    await Promise.all([node?.stop(), peer?.stop()]);
  });

  it("finds the wallet's payments by its descriptors, and has its balance", async () => {
    const { descriptors } = (await peer.rpc('listdescriptors')) as { descriptors: { desc: string }[] };
    const watch = descriptors.map(({ desc }) => desc);
    light = await openLightClient({ params: regtest, peers: [peerOf(peer.p2p), peerOf(node.p2p)], watch });
    await caughtUp(light);
    // The node's wallet waits a block longer with a coinbase than the rules want: of both together the sum is the same.
    const { confirmed, immature, unconfirmed } = light.client.balance();
    assert.deepEqual([confirmed + immature, unconfirmed], [await walletTotal(), 0n]);
    const listed = (await peer.rpc('listtransactions', '*', 1_000)) as { txid: string }[];
    const found = light.client.payments().map(({ txid }) => toDisplayHex(txid));
    assert.deepEqual(new Set(found), new Set(listed.map(({ txid }) => txid)));
  });

  it('sends a transaction of the wallet, which the node takes and mines', async () => {
    const [coin] = (await peer.rpc('listunspent', 1)) as { txid: string; vout: number; amount: number }[];
    const to = (await peer.rpc('getnewaddress')) as string;
    const bare = await peer.rpc(
      'createrawtransaction',
      [{ txid: coin!.txid, vout: coin!.vout }],
      [{ [to]: (coin!.amount - 0.001).toFixed(8) }],
    );
    const { hex } = (await peer.rpc('signrawtransactionwithwallet', bare)) as { hex: string };
    const tx = decodeTransaction(Uint8Array.from(Buffer.from(hex, 'hex')));
    assert.equal(light.client.send(tx), true);
    const txid = toDisplayHex(tx.txid);
    await eventually('the node has it', async () => ((await peer.rpc('getrawmempool')) as string[]).includes(txid));
    await peer.rpc('generatetoaddress', 1, to);
    await caughtUp(light);
    const payment = light.client.payments().find((each) => toHex(each.txid) === toHex(tx.txid));
    assert.equal(payment?.place?.height, await height());
  });

  it('begins with headers and a filter header that the node told, which both nodes stand for', async (t) => {
    const file = join(await tempFolder(t), 'headers.bin');
    const place = new URL(peer.http.includes('://') ? peer.http : `http://${peer.http}`).host;
    const exported = runQuoin(['headers', 'export', file, '--network', 'regtest', '--rpc-connect', place, '--json']);
    assert.deepEqual([exported.code, exported.err], [0, '']);
    const goal = await height();
    assert.equal(JSON.parse(exported.out).height, goal);
    const hash = (await peer.rpc('getblockhash', goal - 1)) as string;
    const { header } = (await peer.rpc('getblockfilter', hash)) as { header: string };
    const checkpoint = { height: goal - 1, blockHash: fromDisplayHex<BlockHash>(hash)!, filterHeader: fromDisplayHex(header)! };
    const events: LightEvent[] = [];
    const fast = await openLightClient({
      ...{ params: regtest, peers: [peerOf(peer.p2p), peerOf(node.p2p)], birthday: { height: goal }, watch: ['51'] },
      ...{ headersPath: file, filterCheckpoints: [checkpoint], onEvent: (event) => events.push(event) },
    });
    t.after(() => fast.close());
    assert.equal(fast.client.progress().headers, goal);
    await caughtUp(fast);
    assert.ok(!events.some(({ kind }) => kind === 'peer-banned' || kind === 'checkpoint-elsewhere'));
  });

  it('follows a reorganisation', async () => {
    const tip = (await peer.rpc('getbestblockhash')) as string;
    await peer.rpc('invalidateblock', tip);
    const other = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';
    await peer.rpc('generateblock', other, []);
    await peer.rpc('generateblock', other, []);
    await caughtUp(light);
    const { confirmed, immature, unconfirmed } = light.client.balance();
    assert.equal(confirmed + immature + unconfirmed, await walletTotal());
    assert.ok(unconfirmed > 0n, 'what the branch that was left confirmed waits again');
  });
});
