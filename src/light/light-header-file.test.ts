import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertFound, blocks, honest, params, TIP, told, watch } from '../../test/support/light-chain.ts';
import { LightWorld } from '../../test/support/light-world.ts';
import { type BlockHeader, encodeHeader } from '../core/primitives/block.ts';
import { HeaderFileError } from '../engine/light/header-import.ts';
import { createMemoryHeaderStore } from '../platform/store/memory-header-store.ts';
import { createMemoryRowStore } from '../platform/store/memory-row-store.ts';
import type { HeaderFile, LightStores } from './light-client.ts';

function fileOf(headers: readonly BlockHeader[], chunkSize = 800): HeaderFile {
  const bytes = Buffer.concat(headers.map((header) => encodeHeader(header)));
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += chunkSize) yield bytes.subarray(at, at + chunkSize);
  }
  return { chunks: chunks(), sizeBytes: bytes.length };
}

async function storedRows({ headers }: LightStores): Promise<number> {
  let count = 0;
  for await (const rows of headers.load()) count += rows.count;
  return count;
}

const headers = blocks.map(({ header }) => header);

describe('a light client with a file of headers', () => {
  it('begins where the file ends, tells how far it is, and has written it before it asks anybody', async () => {
    const world = new LightWorld(params);
    const peer = await world.serve('10.0.0.1', honest);
    const light = await world.client(['10.0.0.1'], { watch, headerFile: fileOf(headers.slice(0, 31)) });
    assert.equal(await storedRows(light.stores), 31);
    assert.equal(light.client.progress().headers, 30);
    const last = told(light, 'headers-imported').at(-1);
    assert.deepEqual(last, { kind: 'headers-imported', headers: 31, height: 30, doneBytes: 31 * 80, totalBytes: 31 * 80 });
    assert.equal(told(light, 'headers-imported').length, 4);
    await world.caughtUp(light, TIP);
    assertFound(light, blocks);
    const [asked] = peer.received.flatMap((message) => (message.type === 'getheaders' ? [message.locator[0]] : []));
    assert.deepEqual(asked, headers[29]!.hash);
    await world.close();
  });

  it('changes nothing where a header of it breaks a rule: neither what is stored nor what was', async () => {
    const world = new LightWorld(params);
    await world.serve('10.0.0.1', honest);
    const stores = { headers: createMemoryHeaderStore(), rows: createMemoryRowStore() };
    const broken = [...headers.slice(0, 20), { ...headers[20]!, timeSeconds: 0 }, ...headers.slice(21)];
    for (const before of [0, 11]) {
      if (before > 0) {
        const first = await world.client([], { stores, headerFile: fileOf(headers.slice(0, before)) });
        await first.client.stop();
      }
      const opening = world.client(['10.0.0.1'], { stores, headerFile: fileOf(broken) });
      await assert.rejects(opening, (error) => error instanceof HeaderFileError && error.position === 20);
      assert.equal(await storedRows(stores), before);
    }
    const light = await world.client(['10.0.0.1'], { stores, watch });
    assert.equal(light.client.progress().headers, 10);
    await world.caughtUp(light, TIP);
    await world.close();
  });

  it('does not take its chain for the whole one before it has the work that the network is known to have', async () => {
    const work = 2n * BigInt(blocks.length);
    const world = new LightWorld({ ...params, minimumChainWork: work as typeof params.minimumChainWork });
    const peer = await world.serve('10.0.0.1', { blocks: blocks.slice(0, TIP), filters: honest.filters.slice(0, TIP) });
    const light = await world.client(['10.0.0.1'], { watch, headerFile: fileOf(headers.slice(0, TIP)) });
    await world.until(() => light.client.progress().scanned === TIP - 1);
    await world.advance(10_000);
    assert.equal(light.client.progress().done, false);
    peer.chain = honest;
    peer.announce();
    await world.caughtUp(light, TIP);
    assertFound(light, blocks);
    await world.close();
  });
});
