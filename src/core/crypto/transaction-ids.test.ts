import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { TransactionSpans, transactionIds } from './transaction-ids.ts';

/** Node's own hash, the reference. */
function sha256d(...parts: readonly Uint8Array[]): Uint8Array {
  const once = createHash('sha256').update(Buffer.concat(parts)).digest();
  return new Uint8Array(createHash('sha256').update(once).digest());
}

/** A transaction as far as its ids go: bytes between version and lock time, with what witnesses add around them. */
interface Sample {
  readonly middle: number;
  /** Bytes of all witnesses; 0 where there is no marker and flag either. */
  readonly witness: number;
}

/** Lays the samples out after one another and holds each id to the reference. */
function check(samples: readonly Sample[]): void {
  const total = samples.reduce((sum, { middle, witness }) => sum + 8 + middle + (witness > 0 ? 2 + witness : 0), 0);
  const bytes = Uint8Array.from({ length: total }, (_, i) => (i * 151 + (i >> 8)) & 255);
  const spans = new TransactionSpans(samples.length);
  const expected: Uint8Array[] = [];
  let start = 0;
  samples.forEach(({ middle, witness }, index) => {
    const inputsStart = start + 4 + (witness > 0 ? 2 : 0);
    const outputsEnd = inputsStart + middle;
    const end = outputsEnd + witness + 4;
    spans.set(index, start, inputsStart, outputsEnd, end);
    const part = (from: number, to: number): Uint8Array => bytes.subarray(from, to);
    expected.push(sha256d(part(start, start + 4), part(inputsStart, outputsEnd), part(end - 4, end)), sha256d(part(start, end)));
    start = end;
  });
  const ids = transactionIds(bytes, spans);
  assert.equal(ids.length, 64 * samples.length);
  for (const [i, id] of expected.entries()) assert.deepEqual(ids.subarray(32 * i, 32 * i + 32), id, `message ${i}`);
}

describe('ids of transactions', () => {
  it('are hashes without and with witnesses, alone, at every length around the borders of blocks', () => {
    for (let middle = 2; middle <= 200; middle++) check([{ middle, witness: 0 }]);
    for (let witness = 1; witness <= 140; witness++) check([{ middle: 60, witness }]);
  });

  it('are the same in any number together, in lanes that are full or not', () => {
    for (let count = 0; count <= 9; count++) check(Array.from({ length: count }, () => ({ middle: 100, witness: 120 })));
    check(Array.from({ length: 300 }, (_, i) => ({ middle: 2 + ((i * 37) % 400), witness: i % 3 === 0 ? 0 : 1 + ((i * 53) % 300) })));
  });

  it('are hashed where they lie when they are too long for a lane', () => {
    // A lane takes 256 blocks: 16,384 bytes less 9 of padding and 8 of version and lock time.
    const longest = 16_384 - 9 - 8;
    for (const middle of [longest - 1, longest, longest + 1, longest + 64, 1_000_000]) {
      check([{ middle, witness: 0 }]);
      check(Array.from({ length: 5 }, () => ({ middle, witness: 7 })).slice(0, middle > 100_000 ? 1 : 5));
    }
  });
});
