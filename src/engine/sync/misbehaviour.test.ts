import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RejectionKind } from '../../core/consensus/rejection.ts';
import { BLOCK_VERDICTS, COMPACT_BLOCK_VERDICTS, DISCONNECT_REASONS, HEADER_VERDICTS, TRANSACTION_VERDICTS } from './misbehaviour.ts';

/** What another node may see otherwise, for its clock, its chain, what it has heard of, or what it likes. */
const MATTERS_OF_VIEW: readonly RejectionKind[] = [
  'time-future',
  'missing-prev',
  'missing-inputs',
  'premature',
  'conflict',
  'policy',
  'policy-reconsiderable',
];

describe('a peer', () => {
  it('is not let go for what it may see otherwise than we', () => {
    for (const verdicts of [HEADER_VERDICTS, BLOCK_VERDICTS, COMPACT_BLOCK_VERDICTS, TRANSACTION_VERDICTS]) {
      for (const kind of MATTERS_OF_VIEW) assert.equal(verdicts[kind], undefined, kind);
    }
  });

  it('is let go for each way in which a header or a block can be invalid, and discouraged', () => {
    for (const verdicts of [HEADER_VERDICTS, BLOCK_VERDICTS]) {
      for (const kind of ['consensus', 'header', 'invalid-prev', 'mutated'] as const) {
        const verdict = verdicts[kind];
        assert.ok(verdict !== undefined && DISCONNECT_REASONS[verdict].discourage, kind);
      }
    }
  });

  it('may pass on a compact block that it has not judged, but no header without work', () => {
    assert.deepEqual([COMPACT_BLOCK_VERDICTS.consensus, COMPACT_BLOCK_VERDICTS.mutated], [undefined, undefined]);
    assert.deepEqual([COMPACT_BLOCK_VERDICTS.header, COMPACT_BLOCK_VERDICTS['invalid-prev']], ['header-invalid', 'block-invalid']);
  });

  it('is let go for a transaction that has always been invalid, and not for a witness that anybody on the way can change', () => {
    assert.equal(TRANSACTION_VERDICTS.consensus, 'transaction-invalid');
    assert.equal(TRANSACTION_VERDICTS.mutated, undefined);
  });
});
