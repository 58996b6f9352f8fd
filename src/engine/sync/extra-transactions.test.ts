import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { output, pay } from '../../../test/support/mempool-world.ts';
import type { Txid } from '../../core/primitives/ids.ts';
import { EXTRA_TRANSACTION_BYTES_MAX, EXTRA_TRANSACTIONS_MAX, ExtraTransactions } from './extra-transactions.ts';

const numbered = (value: number, outputs = 1) =>
  pay({ inputs: [{ txid: new Uint8Array(32).fill(1) as Txid, vout: value }], outputs: new Array(outputs).fill(output(BigInt(value))) });

describe('extra transactions', () => {
  it('keeps copies of the last hundred, each once', () => {
    const extra = new ExtraTransactions();
    const txs = Array.from({ length: EXTRA_TRANSACTIONS_MAX + 5 }, (_, index) => numbered(index));
    for (const tx of txs) extra.add(tx);
    extra.add(txs.at(-1)!);
    const kept = [...extra.all()];
    assert.deepEqual(
      kept.map(({ wtxid }) => wtxid),
      txs.slice(5).map(({ wtxid }) => wtxid),
    );
    assert.ok(kept.every((tx, index) => tx !== txs[index + 5]));
  });

  it('keeps none of 100,000 bytes', () => {
    const extra = new ExtraTransactions();
    const each = numbered(1, 2).sizeBytes - numbered(1, 1).sizeBytes;
    const count = Math.ceil(EXTRA_TRANSACTION_BYTES_MAX / each);
    extra.add(numbered(1, count));
    assert.equal([...extra.all()].length, 0);
    const under = numbered(1, count - 10);
    assert.ok(under.sizeBytes < EXTRA_TRANSACTION_BYTES_MAX);
    extra.add(under);
    assert.equal([...extra.all()].length, 1);
  });
});
