import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DESCRIPTOR_LENGTH_MAX } from '../../core/descriptors/parse.ts';
import { regtest } from '../../core/params/regtest.ts';
import { DecodeError } from '../../core/primitives/decode-error.ts';
import { FILTER_PAGE_HEADERS } from './filter-headers.ts';
import { banRow, filterPageRow, type LightRow, readLightRows, stateRow, transactionRow, unsettledRow, watchedRow } from './light-rows.ts';

const hash = regtest.genesis.header.hash;
const tx = regtest.genesis.transactions[0]!;

async function* rows(...list: readonly LightRow[]): AsyncGenerator<LightRow> {
  yield* list;
}

describe('the rows of a light client', () => {
  it('come back as they were written', async () => {
    const place = { hash, height: 7, timeSeconds: 9 };
    const stored = await readLightRows(
      rows(
        stateRow({ agreed: hash, scanned: undefined, birthday: 0xffffffff }),
        filterPageRow(12, Uint8Array.of(1, 2)),
        watchedRow(3, 'addr(x)', 5),
        watchedRow(4, 'second', -1),
        transactionRow({ tx, place }),
        unsettledRow(hash),
        banRow('[::1]:18444', 0xffffffff),
      ),
    );
    assert.deepEqual(stored.state, { agreed: hash, scanned: undefined, birthday: 0xffffffff });
    assert.deepEqual(stored.filterPages, [[12, Uint8Array.of(1, 2)]]);
    assert.deepEqual(stored.watched, [
      { text: 'addr(x)', used: 5 },
      { text: 'second', used: -1 },
    ]);
    assert.deepEqual(
      stored.transactions.map((each) => [each.tx.txid, each.place]),
      [[tx.txid, place]],
    );
    assert.deepEqual(stored.unsettled, [hash]);
    assert.deepEqual([...stored.bans], [['[::1]:18444', 0xffffffff]]);
  });

  it('tell of a transaction that waits, and of nothing at all', async () => {
    const waiting = await readLightRows(rows(transactionRow({ tx, place: undefined })));
    assert.equal(waiting.transactions[0]!.place, undefined);
    assert.deepEqual(await readLightRows(rows()), {
      ...{ state: undefined, filterPages: [], watched: [], transactions: [], unsettled: [] },
      bans: new Map(),
    });
  });

  it('have room for the longest descriptor, and no longer text', async () => {
    const longest = 'x'.repeat(DESCRIPTOR_LENGTH_MAX);
    assert.equal((await readLightRows(rows(watchedRow(0, longest, -1)))).watched[0]!.text, longest);
    await assert.rejects(readLightRows(rows(watchedRow(0, `${longest}x`, -1))), DecodeError);
  });

  it('are passed over where their key means nothing or a page is too long, and refused where they are cut', async () => {
    const size = FILTER_PAGE_HEADERS * 32;
    const stored = await readLightRows(
      rows(['other', Uint8Array.of(1)], filterPageRow(1, new Uint8Array(size)), filterPageRow(2, new Uint8Array(size + 1))),
    );
    assert.deepEqual(
      stored.filterPages.map(([page]) => page),
      [1],
    );
    for (const row of [
      stateRow({ agreed: hash, scanned: hash, birthday: 1 }),
      unsettledRow(hash),
      banRow('a', 1),
      transactionRow({ tx, place: undefined }),
    ]) {
      await assert.rejects(readLightRows(rows([row[0], row[1].subarray(0, row[1].length - 1)])), DecodeError, row[0]);
    }
  });
});
