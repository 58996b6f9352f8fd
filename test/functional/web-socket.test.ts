/**
 * A node that serves peers over WebSocket, and one that has nothing else.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { chooseSecp256k1 } from '../../src/core/crypto/node/choose-secp256k1.ts';
import { regtest } from '../../src/core/params/regtest.ts';
import { SERVICES } from '../../src/core/wire/services.ts';
import { Chain } from '../../src/engine/chain/chain.ts';
import { createInlineVerifier } from '../../src/engine/chain/inline-verifier.ts';
import { Mempool } from '../../src/engine/mempool/mempool.ts';
import type { Connection } from '../../src/engine/ports/transport.ts';
import { Network } from '../../src/engine/sync/network.ts';
import { mempoolChain } from '../../src/node/views.ts';
import { createMemoryBlockStore } from '../../src/platform/store/memory-block-store.ts';
import { createMemoryCoinStore } from '../../src/platform/store/memory-coin-store.ts';
import { createMemoryHeaderStore } from '../../src/platform/store/memory-header-store.ts';
import { createSystemClock } from '../../src/platform/system/clock.ts';
import { systemRandom } from '../../src/platform/system/random.ts';
import { addressOf, mine } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { silentLog } from '../support/mempool-world.ts';
import type { QuoinProcess } from '../support/quoin-process.ts';
import { startQuoin } from '../support/quoin-process.ts';
import { dialWebSocket, webSocketTransport } from '../support/web-socket-transport.ts';

const HEIGHT = 60;

/** Longer than an encrypted handshake may be: of less, more would be waited for. */
const NO_PEER = `GET / HTTP/1.1\r\nHost: somewhere\r\nX-Filler: ${'x'.repeat(5_000)}\r\n\r\n`;

/** A node in memory whose every stream is a WebSocket, connected with one peer. */
async function openNode(port: number) {
  const clock = createSystemClock();
  const verifier = createInlineVerifier({ secp256k1: chooseSecp256k1('auto') });
  const stores = { blocks: createMemoryBlockStore(), headers: createMemoryHeaderStore(), coins: createMemoryCoinStore() };
  const shared = { params: regtest, verifier, clock, log: silentLog };
  const chain = await Chain.open({ ...shared, ...stores });
  const mempool = new Mempool({ ...shared, chain: mempoolChain(chain), params: regtest.consensus });
  const failures: unknown[] = [];
  const network = new Network({
    ...{ ...shared, chain, mempool, random: systemRandom, transport: webSocketTransport },
    services: SERVICES.network | SERVICES.witness,
    userAgent: '/page:1/',
    manualPeers: [{ host: '127.0.0.1', port }],
    onlyManual: true,
    onFailure: (error) => failures.push(error),
  });
  await network.start();
  const close = async (): Promise<void> => {
    await network.stop();
    mempool.close();
    await chain.close();
    assert.deepEqual(failures, []);
  };
  return { chain, network, close };
}

/** Why the other side let a connection go. */
function whyClosed(connection: Connection): Promise<string> {
  return new Promise((resolve) => {
    connection.handlers = { data: () => {}, drained: () => {}, closed: resolve };
  });
}

describe('a node with peers over WebSocket', () => {
  let node: QuoinProcess;
  const ports: Record<'http' | 'alone', number> = { http: 0, alone: 0 };

  before(async () => {
    node = await startQuoin({ args: ['--p2p-ws', '127.0.0.1:0'] });
    ports.http = Number(new URL(node.http).port);
    const ready = node.output.map((line) => JSON.parse(line)).find(({ event }) => event === 'ready');
    assert.match(ready.p2pWs, /^ws:\/\/127\.0\.0\.1:\d+\/p2p$/);
    ports.alone = Number(new URL(ready.p2pWs).port);
    await mine(node, HEIGHT);
  });

  after(async () => {
    assert.equal(await node.stop(), 0);
  });

  for (const place of ['http', 'alone'] as const) {
    it(`gives its chain to one that comes by ${place === 'http' ? 'its HTTP port' : 'the port for such peers alone'}, and the blocks that follow`, async () => {
      const page = await openNode(ports[place]);
      await eventually('the page has the chain', async () => page.chain.tip.height === (await node.rpc('getblockcount')));
      assert.equal(Buffer.from(page.chain.tip.hash).reverse().toString('hex'), await node.rpc('getbestblockhash'));
      const [peer] = (await node.rpc('getpeerinfo')) as { subver: string; inbound: boolean; connection_type: string }[];
      assert.deepEqual([peer?.subver, peer?.inbound, peer?.connection_type], ['/page:1/', true, 'inbound']);
      const [best] = await mine(node, 1, await addressOf(node));
      await eventually('the page has the new block', async () => Buffer.from(page.chain.tip.hash).reverse().toString('hex') === best);
      await page.close();
      await eventually('the node knows that it went', async () => ((await node.rpc('getpeerinfo')) as unknown[]).length === 0);
    });
  }

  it('lets a page of any site be a peer, but none that speaks something else or is banned', async () => {
    for (const port of Object.values(ports)) {
      const foreign = await dialWebSocket({ host: '127.0.0.1', port }, 'https://elsewhere.example');
      const gone = whyClosed(foreign);
      foreign.write(new TextEncoder().encode(NO_PEER));
      assert.match(await gone, /closed/);
    }
    await node.rpc('setban', '127.0.0.1', 'add');
    assert.match(await whyClosed(await dialWebSocket({ host: '127.0.0.1', port: ports.http })), /closed/);
    await node.rpc('clearbanned');
  });

  it('serves an honest peer while twenty others flood it with messages as large as may be', async () => {
    const flood = await Promise.all(Array.from({ length: 20 }, () => dialWebSocket({ host: '127.0.0.1', port: ports.alone })));
    const { messageStart } = regtest;
    const junk = new Uint8Array(4_000_000);
    junk.set(messageStart);
    // A header that announces the most there may be, of a command that nobody knows; its checksum is wrong.
    junk.set(new TextEncoder().encode('junk'), 4);
    new DataView(junk.buffer).setUint32(16, junk.length - 24, true);
    const closed = flood.map(whyClosed);
    for (const connection of flood) for (let i = 0; i < 5; i++) connection.write(junk);
    const page = await openNode(ports.alone);
    await eventually('an honest one gets the chain', async () => page.chain.tip.height === (await node.rpc('getblockcount')));
    for (const connection of flood) connection.close('done');
    await Promise.all(closed);
    await page.close();
    await eventually('the node has let them all go', async () => ((await node.rpc('getpeerinfo')) as unknown[]).length === 0);
  });
});
