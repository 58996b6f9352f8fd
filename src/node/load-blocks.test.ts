import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { buildBlock, buildChain, genesisParent } from '../../test/support/chain-builder.ts';
import { tempFolder } from '../../test/support/temp-folder.ts';
import { openTestChain, quickRegtest } from '../../test/support/test-chain.ts';
import { concatBytes } from '../core/base/bytes.ts';
import { encodeBlock } from '../core/primitives/block.ts';
import { toDisplayHex } from '../core/primitives/ids.ts';
import { RECORD_HEADER_SIZE_BYTES, recordHeader } from '../platform/store/block-file-format.ts';
import { blockFilesAt } from '../platform/store/block-sources.ts';
import { loadBlocks, REFUSED_NAMED_MAX, type RefusedBlock } from './load-blocks.ts';

const params = quickRegtest;
const parent = genesisParent(params);

describe('loading blocks from a file', () => {
  it('names the first that break a rule by file, offset, hash and reason, and counts the others', async (t) => {
    const path = join(await tempFolder(t), 'blocks.dat');
    const good = buildChain({ parent, params, count: 2 });
    const bad = Array.from({ length: REFUSED_NAMED_MAX + 1 }, (_, i) =>
      buildBlock({ parent, params, reward: params.consensus.maxMoney + 1n, extra: Uint8Array.of(i) }),
    );
    const raws = [good[0]!, ...bad, good[1]!].map((block) => encodeBlock(block));
    await writeFile(path, concatBytes(...raws.flatMap((raw) => [recordHeader(params.messageStart, raw.length), raw])));
    const told: RefusedBlock[] = [];
    const outcome = await loadBlocks({
      ...{ chain: await openTestChain(), files: await blockFilesAt(path), inPlace: false },
      onRefused: (block) => told.push(block),
    });
    const { found, added, invalid, firstRefused } = outcome;
    assert.deepEqual([found, added, invalid], [REFUSED_NAMED_MAX + 3, 2, REFUSED_NAMED_MAX + 1]);
    const first = RECORD_HEADER_SIZE_BYTES + raws[0]!.length + RECORD_HEADER_SIZE_BYTES;
    const reason = 'bad-txns-vout-toolarge';
    assert.deepEqual(firstRefused, { path, offset: first, hash: bad[0]!.header.hash, reason });
    assert.deepEqual(told[0], firstRefused);
    assert.deepEqual(
      told.map(({ hash }) => toDisplayHex(hash)),
      bad.slice(0, REFUSED_NAMED_MAX).map(({ header }) => toDisplayHex(header.hash)),
    );
  });
});
