import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { from, output, pay } from '../../../test/support/mempool-world.ts';
import { SeededRandom } from '../../../test/support/seeded-random.ts';
import type { Txid } from '../../core/primitives/ids.ts';
import type { OutPoint } from '../../core/primitives/transaction.ts';
import { compareFeeRates } from '../policy/fee-rate.ts';
import type { GraphEntry } from './entry.ts';
import { makeEntry } from './entry.ts';
import { chunksBestFirst, TransactionGraph, withRelatives } from './graph.ts';
import { Heap } from './heap.ts';

/** A coin that nothing in the graph made. */
function outside(n: number): OutPoint {
  const txid = new Uint8Array(32) as Txid;
  new DataView(txid.buffer).setUint32(0, n);
  return { txid, vout: 0 };
}

/** What must hold of a graph after every change. */
function checkGraph(graph: TransactionGraph): void {
  const entries = [...graph.entries()];
  const seen: GraphEntry[] = [];
  for (const cluster of graph.clusters) {
    assert.equal(
      cluster.adjustedWeightWu,
      cluster.entries.reduce((sum, entry) => sum + entry.adjustedWeightWu, 0),
    );
    assert.deepEqual(
      cluster.chunks.flatMap((chunk) => chunk.entries),
      cluster.entries,
    );
    const connected = withRelatives([cluster.entries[0]!], 'children');
    for (const entry of connected) for (const next of [...entry.parents, ...entry.children]) connected.add(next);
    assert.deepEqual(new Set(cluster.entries), connected, 'a cluster is what is connected');
    for (let i = 0; i < cluster.entries.length; i++) {
      const entry = cluster.entries[i] as GraphEntry;
      assert.equal(entry.cluster, cluster);
      for (const parent of entry.parents) assert.ok(cluster.entries.indexOf(parent) < i, 'parents come first');
      seen.push(entry);
    }
    for (let i = 1; i < cluster.chunks.length; i++) assert.ok(compareFeeRates(cluster.chunks[i]!, cluster.chunks[i - 1]!) <= 0);
  }
  assert.deepEqual(new Set(seen), new Set(entries));
  assert.equal(graph.size, entries.length);
  assert.equal(
    graph.usageBytes,
    entries.reduce((sum, entry) => sum + entry.usageBytes, 0),
  );
  assert.equal(
    graph.vsizeBytes,
    entries.reduce((sum, entry) => sum + entry.vsizeBytes, 0),
  );
  assert.equal(
    graph.totalFeeSat,
    entries.reduce((sum, entry) => sum + entry.feeSat, 0n),
  );
  const chunks = [...chunksBestFirst(graph.clusters)];
  for (let i = 1; i < chunks.length; i++) assert.ok(chunks[i]!.rate <= chunks[i - 1]!.rate);
  assert.equal(graph.worstChunk()?.rate, chunks.at(-1)?.rate);
}

describe('the graph of waiting transactions', () => {
  it('keeps its order, sums and clusters through any adding and removing', () => {
    for (const seed of [1, 2, 3, 4]) {
      const random = new SeededRandom(seed);
      const graph = new TransactionGraph();
      let made = 0;
      for (let step = 0; step < 150; step++) {
        const entries = [...graph.entries()];
        if (entries.length > 0 && random.below(12) === 0) {
          const chosen = entries[random.below(entries.length)]!;
          // A block takes ancestors along, everything else descendants.
          graph.remove(withRelatives([chosen], random.below(2) === 0 ? 'parents' : 'children'));
        } else {
          const free = entries
            .flatMap(({ tx }) => tx.outputs.map((_, vout) => from(tx, vout)))
            .filter((point) => graph.spenderOf(point) === undefined);
          const inputs = Array.from({ length: 1 + random.below(3) }, () =>
            free.length > 0 && random.below(3) > 0 ? free.splice(random.below(free.length), 1)[0]! : outside(++made),
          );
          const tx = pay({ inputs, outputs: Array.from({ length: 1 + random.below(3) }, () => output(1_000n)) });
          const entry = makeEntry({
            feeDeltaSat: 0n,
            tx,
            feeSat: BigInt(random.below(10_000)),
            sigopsCost: 0,
            bytesPerSigop: 20,
            timeSeconds: 0,
            height: 0,
            coinHeightMax: 0,
            spendsCoinbase: false,
          });
          for (const parent of graph.parentsOf(tx)) entry.parents.add(parent);
          const { fits, before, after } = graph.preview(entry, new Set());
          if (!fits) continue;
          assert.equal(
            before.reduce((sum, chunk) => sum + chunk.feeSat, entry.feeSat),
            after.reduce((sum, chunk) => sum + chunk.feeSat, 0n),
          );
          graph.add(entry);
        }
        checkGraph(graph);
      }
      assert.ok(graph.size > 10, `seed ${seed}`);
    }
  });
});

describe('a heap', () => {
  it('gives its items in order, those that were there and those that came', () => {
    const random = new SeededRandom(7);
    const numbers = Array.from({ length: 200 }, () => random.below(50));
    const heap = new Heap<number>((a, b) => a < b, numbers.slice(0, 100));
    for (const number of numbers.slice(100)) heap.push(number);
    const taken: number[] = [];
    for (let next = heap.pop(); next !== undefined; next = heap.pop()) taken.push(next);
    assert.deepEqual(
      taken,
      numbers.sort((a, b) => a - b),
    );
    assert.equal(heap.peek(), undefined);
    assert.equal(heap.size, 0);
  });
});
