import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { goThrough, matrixTable } from './matrix-rows.ts';

const say = (): void => undefined;

describe('the count of a fault matrix', () => {
  it('tells failures and refusals apart by kind, and goes on behind a failure', async () => {
    const points = ['a', 'b', 'a', 'b'].map((kind, i) => ({
      kind,
      place: String(i),
      try: async () => {
        if (i === 0) throw new Error('no');
        return i === 1 ? ('refused' as const) : ('valid' as const);
      },
    }));
    assert.deepEqual(await goThrough('s', points, { limit: 4, say }), [
      { scenario: 's', kind: 'a', points: 2, tried: 2, failures: 1, refused: 0 },
      { scenario: 's', kind: 'b', points: 2, tried: 2, failures: 0, refused: 1 },
    ]);
  });

  it('spreads a limit over all points', async () => {
    const tried: number[] = [];
    const points = Array.from({ length: 100 }, (_, i) => ({
      kind: 'a',
      place: String(i),
      try: async () => {
        tried.push(i);
        return 'valid' as const;
      },
    }));
    const [row] = await goThrough('s', points, { limit: 10, say });
    assert.deepEqual([row?.points, row?.tried, tried.length], [100, 10, 10]);
    assert.ok(tried.at(-1)! - tried[0]! >= 80, tried.join());
  });

  it('becomes a table in which a later run takes the place of an earlier one', () => {
    const row = { scenario: 's', kind: 'a', points: 5, tried: 5, failures: 1, refused: 0 };
    assert.equal(
      matrixTable([row, { ...row, failures: 0 }]),
      [
        '| scenario | kind of fault | cut points | tried | failures | refused |',
        '|---|---|---|---|---|---|',
        '| s | a | 5 | 5 | 0 | 0 |',
        '| all |  | 5 | 5 | 0 | 0 |',
      ].join('\n'),
    );
  });
});
