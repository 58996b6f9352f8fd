import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SeededRandom } from '../../../test/support/seeded-random.ts';
import type { Txid } from '../../core/primitives/ids.ts';
import { coinKey, encodeCoin } from './coin-codec.ts';
import { countCoins } from './coin-stats.ts';

type Entry = readonly [key: Uint8Array, value: Uint8Array];

/** `count` coins, three to a transaction. */
function coins(count: number): Entry[] {
  const random = new SeededRandom(3);
  let txid = random.bytes(32) as Txid;
  return Array.from({ length: count }, (_, i) => {
    if (i % 3 === 0) txid = random.bytes(32) as Txid;
    const coin = { value: BigInt(random.below(1_000_000)), scriptPubKey: random.bytes(22), height: random.below(1_000), coinbase: false };
    return [coinKey({ txid, vout: i % 3 }), encodeCoin(coin)];
  });
}

async function* each(entries: readonly Entry[]): AsyncGenerator<Entry> {
  yield* entries;
}

describe('counting coins', () => {
  it('pauses every 128 coins where each is a long multiplication, every 2,000 where not', async () => {
    const entries = coins(2_000);
    for (const [kind, expected] of [
      ['muhash', 15],
      ['hash_serialized_3', 1],
      ['none', 1],
    ] as const) {
      let pauses = 0;
      const { txouts } = await countCoins(each(entries), kind, async () => {
        pauses++;
      });
      assert.deepEqual([kind, txouts, pauses], [kind, 2_000, expected]);
    }
  });

  it('has one muhash for a set in any order, and another for another set', async () => {
    const entries = coins(30);
    const muhash = async (some: readonly Entry[]) => (await countCoins(each(some), 'muhash', async () => {})).muhash;
    assert.deepEqual(await muhash(entries.toReversed()), await muhash(entries));
    assert.notDeepEqual(await muhash(entries.slice(1)), await muhash(entries));
  });
});
