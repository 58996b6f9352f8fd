import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type BuildParent, buildBlock, childOf } from '../../test/support/chain-builder.ts';
import { blocks, honest, key, params, TIP, told, watch } from '../../test/support/light-chain.ts';
import { LightWorld, type ServedPeer, type WorldClient, withFilters } from '../../test/support/light-world.ts';
import { toHex } from '../core/base/bytes.ts';
import type { Block } from '../core/primitives/block.ts';
import { hashKey, toDisplayHex } from '../core/primitives/ids.ts';
import type { Transaction } from '../core/primitives/transaction.ts';
import { SAVE_INTERVAL_MS } from '../engine/light/light-keeper.ts';

/** What it pays, and no block of the chain does. */
const SIGN = Uint8Array.of(0x52);
const parent: BuildParent = { header: blocks.at(-1)!.header, height: TIP, medianTimeSeconds: blocks.at(-1)!.header.timeSeconds };
const { txid, outputs } = blocks[TIP]!.transactions[0]!;
/** Pays somebody else out of a coin that nobody watches here. */
const tx = key.spend([{ outPoint: { txid, vout: 0 }, value: outputs[0]!.value, kind: 'wpkh' }], [{ value: 5n, scriptPubKey: SIGN }]);
const empty = buildBlock({ parent, params, extra: Uint8Array.of(7) });
const withIt = (on: BuildParent): Block => buildBlock({ parent: on, params, transactions: [tx] });

function give(peer: ServedPeer, ...more: readonly Block[]): void {
  peer.chain = withFilters([...blocks, ...more]);
  peer.announce(more.length);
}

function placeOf({ client }: WorldClient): number | undefined {
  return client.payments().find((each) => hashKey(each.txid) === hashKey(tx.txid))?.place?.height;
}

describe('a transaction that touches nothing watched', () => {
  it('is sent and seen in a block, also after a restart; nothing it pays counts', async () => {
    for (const restarts of [false, true]) {
      const world = new LightWorld(params);
      const peer = await world.serve('10.0.0.1', honest);
      let light = await world.client(['10.0.0.1']);
      await world.caughtUp(light, TIP);
      assert.equal(light.client.send(tx), true);
      await world.until(() => peer.transactions.length === 1);
      if (restarts) {
        await light.client.stop();
        light = await world.client(['10.0.0.1'], { stores: light.stores });
      }
      give(peer, empty, withIt(childOf(parent, empty)));
      await world.caughtUp(light, TIP + 2);
      assert.equal(placeOf(light), TIP + 2);
      assert.deepEqual(
        told(light, 'block-fetched').map(({ height }) => height),
        [TIP + 2],
      );
      assert.deepEqual(light.client.balance(), { confirmed: 0n, unconfirmed: 0n, immature: 0n });
      assert.deepEqual(light.client.coins(), []);
      await world.close();
    }
  });

  it('is looked for again where its block leaves the chain, and not any more once it is in one', async () => {
    const world = new LightWorld(params);
    const peer = await world.serve('10.0.0.1', honest);
    const light = await world.client(['10.0.0.1']);
    light.client.send(tx);
    await world.caughtUp(light, TIP);
    give(peer, withIt(parent));
    await world.caughtUp(light, TIP + 1);
    const second = childOf(parent, empty);
    const third = buildBlock({ parent: second, params, extra: Uint8Array.of(8) });
    give(peer, empty, third);
    await world.caughtUp(light, TIP + 2);
    assert.equal(placeOf(light), undefined);
    const again = withIt(childOf(second, third));
    const paying = buildBlock({ parent: childOf(childOf(second, third), again), params, coinbaseScript: SIGN });
    give(peer, empty, third, again, paying);
    await world.caughtUp(light, TIP + 4);
    assert.equal(placeOf(light), TIP + 3);
    give(
      peer,
      empty,
      third,
      again,
      paying,
      buildBlock({ parent: childOf(childOf(childOf(second, third), again), paying), params, coinbaseScript: SIGN }),
    );
    const fetched = told(light, 'block-fetched').length;
    await world.caughtUp(light, TIP + 5);
    assert.equal(told(light, 'block-fetched').length, fetched);
    await world.close();
  });

  it('is not sent where it breaks a rule, or nothing of it stands in filters', async () => {
    const world = new LightWorld(params);
    const light = await world.client([]);
    const tr = { outPoint: { txid, vout: 0 }, value: 9n, kind: 'tr' } as const;
    const silent: Transaction = key.spend([tr], [{ value: 0n, scriptPubKey: Uint8Array.of(0x6a) }]);
    assert.equal(light.client.send(silent), false);
    assert.equal(light.client.send(key.spend([tr], [])), false);
    assert.equal(light.client.send(blocks[1]!.transactions[0]!), false);
    assert.deepEqual(light.client.payments(), []);
    await world.close();
  });

  it('is kept within five seconds, without an orderly stop', async () => {
    const world = new LightWorld(params);
    await world.serve('10.0.0.1', honest);
    const light = await world.client(['10.0.0.1'], { watch });
    await world.caughtUp(light, TIP);
    await world.advance(2 * SAVE_INTERVAL_MS);
    light.client.send(tx);
    const keys = async (): Promise<string[]> => {
      const found: string[] = [];
      for await (const [name] of light.stores.rows.entries()) found.push(name);
      return found;
    };
    assert.ok(!(await keys()).includes(`tx/${toDisplayHex(tx.txid)}`));
    await world.advance(SAVE_INTERVAL_MS);
    assert.ok((await keys()).includes(`tx/${toDisplayHex(tx.txid)}`));
    await world.close();
  });

  it('does not make scripts be watched that it pays', async () => {
    const world = new LightWorld(params);
    const light = await world.client([], { watch: [watch[0]!] });
    light.client.send(tx);
    assert.deepEqual(light.client.watched(), [watch[0]]);
    assert.equal(light.client.payments()[0]?.amount, 0n, toHex(tx.txid));
    await world.close();
  });
});
