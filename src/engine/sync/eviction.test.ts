import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SeededRandom } from '../../../test/support/seeded-random.ts';
import { chooseToEvict, type EvictionCandidate, withoutLongest } from './eviction.ts';
import type { PeerId } from './peer.ts';

/** Callers of which each is the worst in everything: no ping, nothing brought, all from one part of the network. */
function callers(count: number, changes: (index: number) => Partial<EvictionCandidate> = () => ({})): EvictionCandidate[] {
  return Array.from({ length: count }, (_, index) => ({
    id: index as PeerId,
    connectedAtMs: index,
    pingMinMs: Number.POSITIVE_INFINITY,
    lastBlockSeconds: 0,
    lastTransactionSeconds: 0,
    offersBlocks: false,
    relaysTransactions: true,
    netGroup: 0n,
    discouraged: false,
    network: 'ip',
    ...changes(index),
  }));
}

/** In another order each time. */
function shuffled<T>(items: readonly T[], seed: number): T[] {
  const random = new SeededRandom(seed);
  return items
    .map((item) => ({ item, at: random.below(2 ** 30) }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/** Every candidate that goes while the others are asked again and again, until everybody is kept. */
function evicted(candidates: readonly EvictionCandidate[], seed: number): Set<PeerId> {
  const gone = new Set<PeerId>();
  for (let left = shuffled(candidates, seed); gone.size <= candidates.length; left = left.filter(({ id }) => !gone.has(id))) {
    const id = chooseToEvict(left);
    if (id === undefined) break;
    gone.add(id);
  }
  return gone;
}

describe('chooseToEvict', () => {
  it('keeps everybody where there are as many as are kept for one reason or another, and lets one of more go', () => {
    // 4 by group, 8 by ping, 4 by transactions, 4 by blocks, and none of one that is left over is half.
    assert.equal(chooseToEvict(callers(20)), undefined);
    assert.notEqual(chooseToEvict(callers(21)), undefined);
  });

  for (const [what, kept, changes] of [
    ['answer fastest', 8, (index: number) => ({ pingMinMs: 1_000 - index })],
    ['brought transactions last', 4, (index: number) => ({ lastTransactionSeconds: index })],
    ['brought blocks last', 4, (index: number) => ({ lastBlockSeconds: index })],
    ['come from parts of the network that nobody can choose', 4, (index: number) => ({ netGroup: BigInt(index) })],
    [
      'brought blocks last over connections for blocks alone',
      8,
      (index: number) => ({ lastBlockSeconds: index, relaysTransactions: false, offersBlocks: true }),
    ],
  ] as const) {
    it(`keeps the ${kept} who ${what}, though they came last`, () => {
      const count = 60;
      for (let seed = 1; seed <= 5; seed++) {
        const gone = evicted(callers(count, changes), seed);
        for (let index = count - kept; index < count; index++) assert.ok(!gone.has(index as PeerId), `${index} of ${count}`);
        assert.ok(gone.size >= count - 40, 'the others make room');
      }
    });
  }

  it('lets the youngest go out of the part of the network that holds most places, or of two as large of the younger', () => {
    // Enough that the kept ones, all the oldest, say nothing.
    const many = callers(100, (index) => ({ netGroup: index % 3 === 0 ? 7n : 8n, connectedAtMs: index }));
    assert.equal(chooseToEvict(shuffled(many, 1)), 98 as PeerId);
    const alone = callers(60, (index) => ({ netGroup: BigInt(100 - index) })).reverse();
    assert.equal(chooseToEvict(alone), 59 as PeerId, 'each in a part of its own');
  });

  it('lets those go first whose address has misbehaved', () => {
    const some = callers(60, (index) => ({ discouraged: index === 50 || index === 40 }));
    assert.equal(chooseToEvict(shuffled(some, 3)), 50 as PeerId);
  });

  it('keeps half of the others, of which a half may be of networks at a disadvantage, the longest connected of each', () => {
    const some = callers(20, (index) => ({ network: index >= 16 ? 'onion' : 'ip' }));
    const ids = withoutLongest(shuffled(some, 2)).map(({ id }) => id as number);
    assert.deepEqual(
      ids.sort((a, b) => a - b),
      [6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
      'the four by Tor are kept though they are the youngest, and six of the others',
    );
    const mixed = callers(24, (index) => ({ network: index >= 22 ? 'local' : index >= 12 ? 'onion' : 'ip' }));
    const left = withoutLongest(shuffled(mixed, 2)).map(({ id }) => id as number);
    assert.equal(left.length, 12);
    assert.ok(!left.includes(22) && !left.includes(23), 'the smaller network has its share');
    assert.deepEqual(
      [12, 13, 14, 15].filter((id) => left.includes(id)),
      [],
      'and the larger what that leaves',
    );
    assert.deepEqual(withoutLongest(callers(1)).length, 1);
    assert.deepEqual(withoutLongest([]), []);
  });
});
