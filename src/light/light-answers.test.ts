/**
 * Peers whose answers are not what they stood for, or not asked of them.
 */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TestKey } from '../../test/support/key-spends.ts';
import { type FilteredChain, LightWorld, ServedPeer, type WorldClient, withFilters } from '../../test/support/light-world.ts';
import { spendingChain } from '../../test/support/spending-chain.ts';
import type { ScriptedPeer } from '../../test/support/sync-world.ts';
import { bytesEqual, toHex } from '../core/base/bytes.ts';
import { chooseSecp256k1 } from '../core/crypto/node/choose-secp256k1.ts';
import { regtest } from '../core/params/regtest.ts';
import type { NetworkParams } from '../core/params/types.ts';
import { encodeBlock } from '../core/primitives/block.ts';
import type { Message } from '../core/wire/messages/table.ts';
import { SERVICES } from '../core/wire/services.ts';

const params: NetworkParams = { ...regtest, consensus: { ...regtest.consensus, coinbaseMaturity: 3 } };
const secp256k1 = chooseSecp256k1('auto');
const key = new TestKey(secp256k1, 1);
const blocks = [params.genesis, ...spendingChain({ params, secp256k1, count: 30 })];
const TIP = blocks.length - 1;
const honest = withFilters(blocks);
const watch = [toHex(key.scripts.wpkh)];
const LIE = 12;
/** The filter of one block is of nothing. */
const hiding = withFilters(blocks, (height, right) => (height === LIE ? Uint8Array.of(0) : right));
/** One cannot be read: it ends within an item. */
const unreadable = withFilters(blocks, (height, right) => (height === LIE ? Uint8Array.of(200) : right));
const OFFERED = SERVICES.network | SERVICES.witness | SERVICES.compactFilters;

/** Serves a chain, or for some questions another one. */
async function serve(
  world: LightWorld,
  host: string,
  chain: FilteredChain,
  otherFor: { readonly when: (message: Message) => boolean; readonly chain: FilteredChain },
): Promise<ServedPeer> {
  const served = new ServedPeer(chain);
  await world.listen(host, (peer: ScriptedPeer) => {
    served.called(peer, OFFERED);
    const usual = peer.onMessage;
    peer.onMessage = (message) => {
      served.chain = otherFor.when(message) ? otherFor.chain : chain;
      usual(message);
    };
  });
  return served;
}

const bansOf = ({ events }: WorldClient): readonly string[] =>
  events.flatMap((event) => (event.kind === 'peer-banned' ? [`${event.address} ${event.why}`] : []));
const heldBy = ({ client }: WorldClient): bigint => client.coins().reduce((sum, { output }) => sum + output.value, 0n);

/** What an honest peer alone leads to. */
async function rightSum(): Promise<bigint> {
  const world = new LightWorld(params);
  await world.serve('10.0.0.1', honest);
  const light = await world.client(['10.0.0.1'], { watch });
  await world.caughtUp(light, TIP);
  await world.close();
  return heldBy(light);
}

describe('a light client', () => {
  it('bans one that stands for a false filter and sends the right one when it is asked for its own', async () => {
    const world = new LightWorld(params);
    await world.serve('10.0.0.1', honest);
    await serve(world, '10.0.0.2', hiding, { when: ({ type }) => type === 'getcfilters', chain: honest });
    const light = await world.client(['10.0.0.1', '10.0.0.2'], { watch });
    await world.caughtUp(light, TIP);
    assert.deepEqual(bansOf(light), ['10.0.0.2:7333 filter-headers-broken']);
    assert.equal(heldBy(light), await rightSum());
    await world.close();
  });

  it('bans one whose hashes do not lead to the header that it stood for', async () => {
    const world = new LightWorld(params);
    const isRange = (message: Message): boolean =>
      message.type === 'getcfheaders' && !bytesEqual(blocks[message.startHeight]!.header.hash, message.stop);
    await serve(world, '10.0.0.1', honest, { when: isRange, chain: hiding });
    const light = await world.client(['10.0.0.1', '10.0.0.2'], { watch });
    await world.until(() => bansOf(light).length === 1);
    assert.deepEqual(bansOf(light), ['10.0.0.1:7333 filter-headers-broken']);
    await world.serve('10.0.0.2', honest);
    await world.caughtUp(light, TIP, 1_400_000);
    assert.equal(heldBy(light), await rightSum());
    await world.close();
  });

  it('looks at the block itself where all agree on a filter that cannot be read', async () => {
    const world = new LightWorld(params);
    await world.serve('10.0.0.1', unreadable);
    const light = await world.client(['10.0.0.1'], { watch });
    await world.caughtUp(light, TIP);
    assert.ok(light.events.some((event) => event.kind === 'block-fetched' && event.height === LIE));
    assert.equal(heldBy(light), await rightSum());
    await world.close();
  });

  it('takes a block from nobody but whom it asked', async () => {
    const world = new LightWorld(params);
    const silent = await world.serve('10.0.0.1', honest);
    silent.withholds.add('getdata');
    const light = await world.client(['10.0.0.1', '10.0.0.2'], { watch });
    await world.until(() => silent.received.some(({ type }) => type === 'getdata'));
    // The other has no filters, so that it has no other part in this.
    const other = await world.serve('10.0.0.2', honest, SERVICES.network | SERVICES.witness);
    other.withholds.add('getdata');
    await world.until(() => other.received.some(({ type }) => type === 'getheaders'), 400_000);
    for (const block of blocks) for (const peer of other.peers) peer.send({ type: 'block', block, raw: encodeBlock(block) });
    for (const peer of other.peers) peer.send({ type: 'ping', nonce: 7n });
    await world.until(() => other.received.some((message) => message.type === 'pong' && message.nonce === 7n));
    const asked = new Set(
      other.received.flatMap((message) => (message.type === 'getdata' ? message.items.map(({ hash }) => toHex(hash)) : [])),
    );
    for (const event of light.events) {
      if (event.kind === 'block-fetched') assert.ok(asked.has(toHex(blocks[event.height]!.header.hash)), `block ${event.height}`);
    }
    await world.close();
  });
});
