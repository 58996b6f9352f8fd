import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { buildBlock, childOf, genesisParent, rebuild } from '../../../test/support/chain-builder.ts';
import type { ScriptedPeer, SyncTestNode } from '../../../test/support/sync-world.ts';
import { blocksOn, greedyBlock, SyncWorld } from '../../../test/support/sync-world.ts';
import { bytesEqual } from '../../core/base/bytes.ts';
import { regtest } from '../../core/params/regtest.ts';
import { encodeHeader } from '../../core/primitives/block.ts';
import { INVENTORY } from '../../core/wire/inventory.ts';
import { HEADERS_PATIENCE_MS, HEADERS_TIMEOUT_MS } from './header-sync.ts';

const LONG = blocksOn(regtest, 5_000);

describe('header sync', () => {
  let world: SyncWorld;
  let node: SyncTestNode;

  beforeEach(async () => {
    world = new SyncWorld();
    node = await world.node('10.0.0.1');
  });

  afterEach(() => world.close());

  const headersOf = (from: number, to: number) => LONG.slice(from, to).map((block) => block.header);

  it('takes 5,000 headers in three messages, each asked for from where the last one ended', async () => {
    const peer = await world.peer(node);
    // Serves headers, never blocks.
    peer.serve(LONG, { withholds: () => true });
    peer.onMessage(peer.of('getheaders')[0]!);
    await world.until(() => node.chain.bestHeader.height === 5_000);
    const asked = peer.of('getheaders');
    assert.equal(asked.length, 3);
    assert.ok(bytesEqual(asked[1]!.locator[0]!, LONG[1_999]!.header.hash));
    assert.ok(bytesEqual(asked[2]!.locator[0]!, LONG[3_999]!.header.hash));
    assert.equal(node.peer().syncedHeaders, 5_000);
    assert.equal(node.network.inSync(), false);
  });

  it('asks one peer while it sends, and all others when it has no more', async () => {
    const first = await world.peer(node, '10.0.9.1');
    const second = await world.peer(node, '10.0.9.2');
    await world.advance(100);
    assert.equal(first.of('getheaders').length, 1);
    assert.equal(second.of('getheaders').length, 0);
    first.send({ type: 'headers', headers: headersOf(0, 2_000) });
    await world.advance(100);
    assert.equal(second.of('getheaders').length, 0);
    first.send({ type: 'headers', headers: headersOf(2_000, 2_010) });
    await world.until(() => second.of('getheaders').length === 1);
    assert.ok(bytesEqual(second.of('getheaders')[0]!.locator[0]!, LONG[2_008]!.header.hash), 'from the parent of the best header');
    const third = await world.peer(node, '10.0.9.3');
    await world.until(() => third.of('getheaders').length === 1);
  });

  it('asks another peer when the first does not answer, and keeps what the first sends later', async () => {
    const silent = await world.peer(node, '10.0.9.1');
    const other = await world.peer(node, '10.0.9.2');
    await world.advance(HEADERS_PATIENCE_MS - 1_000);
    assert.equal(other.of('getheaders').length, 0);
    await world.advance(2_000);
    assert.equal(other.of('getheaders').length, 1);
    silent.send({ type: 'headers', headers: headersOf(0, 10) });
    await world.until(() => node.chain.bestHeader.height === 10);
    assert.equal(silent.closed, undefined);
  });

  it('asks the next peer when the one that sends goes away', async () => {
    const first = await world.peer(node, '10.0.9.1');
    const second = await world.peer(node, '10.0.9.2');
    first.send({ type: 'headers', headers: headersOf(0, 2_000) });
    await world.advance(50);
    first.connection.close('gone');
    await world.until(() => second.of('getheaders').length === 1);
  });

  it('takes 2,000 headers of a message and hangs up at 2,001', async () => {
    const peer = await world.peer(node);
    peer.send({ type: 'headers', headers: headersOf(0, 2_000) });
    await peer.sync();
    assert.equal(node.chain.bestHeader.height, 2_000);
    peer.send({ type: 'headers', headers: headersOf(0, 2_001) });
    await world.until(() => peer.closed !== undefined);
    assert.deepEqual(world.closings, ['malformed-message']);
  });

  it('hangs up where a header does not follow the one before it', async () => {
    const peer = await world.peer(node);
    const [a, , c] = headersOf(0, 3);
    peer.send({ type: 'headers', headers: [a!, c!] });
    await world.until(() => peer.closed !== undefined);
    assert.deepEqual(world.closings, ['headers-not-continuous']);
  });

  it('hangs up at a header that breaks a rule, and keeps those before it', async () => {
    const peer = await world.peer(node);
    const bad = rebuild(LONG[1]!, { header: { timeSeconds: 0 } }, regtest);
    peer.send({ type: 'headers', headers: [LONG[0]!.header, bad.header] });
    await world.until(() => peer.closed !== undefined);
    assert.deepEqual(world.closings, ['header-invalid']);
    assert.equal(node.chain.bestHeader.height, 1);
  });

  it('stays connected at a header from the future and takes it when its time has come', async () => {
    const peer = await world.peer(node);
    const timeSeconds = world.clock.nowSeconds() + 7_300;
    const early = buildBlock({ parent: genesisParent(regtest), params: regtest, timeSeconds });
    peer.send({ type: 'headers', headers: [early.header] });
    await peer.sync();
    assert.equal(node.chain.bestHeader.height, 0);
    await world.advance(101_000);
    peer.send({ type: 'headers', headers: [early.header] });
    await peer.sync();
    assert.equal(node.chain.bestHeader.height, 1);
    assert.equal(peer.closed, undefined);
  });

  it('asks for what comes before a header that does not connect', async () => {
    const peer = await world.peer(node);
    peer.send({ type: 'headers', headers: [] });
    await peer.sync();
    const before = peer.of('getheaders').length;
    peer.send({ type: 'headers', headers: headersOf(4, 5) });
    await world.until(() => peer.of('getheaders').length === before + 1);
    peer.send({ type: 'headers', headers: headersOf(0, 5) });
    await peer.sync();
    assert.equal(node.peer().syncedHeaders, 5);
    assert.equal(peer.closed, undefined);
  });

  it('asks once, however many unknown blocks are named and however often', async () => {
    const peer = await world.peer(node);
    peer.send({ type: 'headers', headers: [] });
    await peer.sync();
    const before = peer.of('getheaders').length;
    const items = Array.from({ length: 50_000 }, (_, i) => {
      const hash = new Uint8Array(32);
      new DataView(hash.buffer).setUint32(0, i + 1);
      return { kind: INVENTORY.block, hash };
    });
    peer.send({ type: 'inv', items });
    peer.send({ type: 'inv', items });
    // Headers out of nowhere are no answer and bring no further question.
    for (let i = 10; i < 40; i++) peer.send({ type: 'headers', headers: headersOf(i, i + 1) });
    await peer.sync();
    assert.equal(peer.of('getheaders').length, before + 1);
    assert.equal(peer.of('getdata').length, 0);
    assert.equal(peer.closed, undefined);
    peer.send({ type: 'inv', items: [...items, items[0]!] });
    await world.until(() => peer.closed !== undefined);
    assert.deepEqual(world.closings, ['malformed-message'], 'at 50,001');
  });

  it('lets a peer that it chose go when it does not answer for two minutes, and no other', async () => {
    const calls: ScriptedPeer[] = [];
    await world.listen('10.0.0.7', (peer) => calls.push(peer));
    const teller = await world.peer(node);
    const address = { network: 'ipv4', bytes: Uint8Array.of(10, 0, 0, 7), port: 7333 } as const;
    teller.send({ type: 'addrv2', addresses: [{ timeSeconds: world.clock.nowSeconds(), services: 9n, address }] });
    await world.until(() => calls.length > 0);
    await calls[0]?.greet();
    await world.advance(HEADERS_TIMEOUT_MS + HEADERS_PATIENCE_MS + 1_000);
    assert.deepEqual(world.closings, ['headers-timeout']);
    assert.equal(teller.closed, undefined);
  });

  it('is in sync with no peer, not in sync with one that shows more work, and again when that turns out invalid', async () => {
    assert.equal(node.network.inSync(), true);
    const good = buildBlock({ parent: genesisParent(regtest), params: regtest });
    const bad = greedyBlock(regtest, childOf(genesisParent(regtest), good));
    const peer = await world.peer(node);
    assert.equal(node.network.inSync(), true, 'a peer that shows nothing');
    peer.send({ type: 'headers', headers: [good.header, bad.header] });
    await peer.sync();
    assert.equal(node.network.inSync(), false);
    assert.deepEqual(
      { ...node.network.sync(), blocksPerSecond: 0 },
      {
        inSync: false,
        height: 0,
        headers: 2,
        fraction: 0,
        blocksPerSecond: 0,
        secondsLeft: undefined,
      },
    );
    const witness = await world.peer(node, '10.0.9.2');
    witness.send({ type: 'headers', headers: [good.header, bad.header] });
    await witness.sync();
    peer.sendBlock(good);
    peer.sendBlock(bad);
    await world.until(() => peer.closed !== undefined);
    assert.equal(node.height, 1);
    assert.equal(node.network.inSync(), true);
    assert.equal(witness.closed, undefined, 'who only showed the headers did nothing');
  });

  it('answers getheaders with what comes after the first block that both know, an empty message at the tip', async () => {
    await node.give(LONG.slice(0, 2_005));
    const peer = await world.peer(node);
    const ask = async (locator: readonly Uint8Array[], stop: Uint8Array = new Uint8Array(32)) => {
      peer.send({ type: 'getheaders', version: 70_016, locator: locator as never, stop: stop as never });
      await peer.sync();
      return (
        peer
          .of('headers')
          .at(-1)
          ?.headers.map((header) => encodeHeader(header)) ?? []
      );
    };
    const expected = (from: number, to: number) => headersOf(from, to).map((header) => encodeHeader(header));
    assert.deepEqual(await ask([new Uint8Array(32).fill(1)]), expected(0, 2_000), 'from the first block where nothing is known');
    assert.deepEqual(await ask([LONG[1_999]!.header.hash]), expected(2_000, 2_005));
    assert.deepEqual(await ask([LONG[9]!.header.hash], LONG[12]!.header.hash), expected(10, 13), 'up to the stop');
    assert.deepEqual(await ask([LONG[2_004]!.header.hash]), []);
    assert.deepEqual(await ask([], LONG[7]!.header.hash), expected(7, 8), 'one header where there is no locator');
    peer.send({ type: 'getheaders', version: 1, locator: new Array(102).fill(LONG[0]!.header.hash), stop: new Uint8Array(32) as never });
    await world.until(() => peer.closed !== undefined);
    assert.deepEqual(world.closings, ['malformed-message'], 'at a locator of 102');
  });
});
