/**
 * The indexes of a real data folder: built to the tip by this process, and their rows.
 *
 * @module
 */

import { join } from 'node:path';
import type { NetworkParams } from '../../src/core/params/types.ts';
import type { Block } from '../../src/core/primitives/block.ts';
import { INDEX_NAMES, type IndexName } from '../../src/engine/ports/index-service.ts';
import { Indexes } from '../../src/node/index-service.ts';
import type { StoredNetwork } from '../../src/platform/store/database-identity.ts';
import { openLevelIndexStore } from '../../src/platform/store/level-index-store.ts';
import { eventually } from '../support/eventually.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { silentLog } from '../support/mempool-world.ts';
import { SeededRandom } from '../support/seeded-random.ts';
import { acceptAll } from '../support/test-chain.ts';
import { rowsOf } from './fault-world.ts';
import { type IndexRowsByName, sameIndexRows } from './port-matrix.ts';
import { withFolder } from './process-world.ts';

/** What every database of a network says of it. */
export function storedNetwork({ name, messageStart, consensus }: NetworkParams): StoredNetwork {
  return { name, messageStart, genesisHash: consensus.genesisHash };
}

function openIndex(folder: string, params: NetworkParams, name: IndexName) {
  return openLevelIndexStore(join(folder, 'indexes', name), storedNetwork(params));
}

/** Hands blocks to a folder and builds every index up to its tip. */
export async function fillFolder(folder: string, params: NetworkParams, blocks: readonly Block[]): Promise<void> {
  await withFolder(folder, { params }, async (chain) => {
    const failures: unknown[] = [];
    const indexes = new Indexes({
      ...{ chain, clock: new FakeClock(), random: new SeededRandom(1), log: silentLog, names: INDEX_NAMES },
      open: (name) => openIndex(folder, params, name),
      onFailure: (error) => failures.push(error),
    });
    try {
      await acceptAll(chain, blocks);
      const isAtTip = (): boolean => indexes.states().every(({ height, synced }) => synced && height === chain.tip.height);
      await eventually('every index is at the tip', () => failures.length > 0 || isAtTip());
      if (failures.length > 0) throw failures[0];
    } finally {
      await indexes.close();
    }
  });
}

/** Whether the indexes of a folder come to the rows that they must have. @throws where they do not */
export async function checkIndexes(folder: string, params: NetworkParams, expected: IndexRowsByName): Promise<void> {
  await fillFolder(folder, params, []);
  for (const [name, rows] of expected) {
    const store = await openIndex(folder, params, name);
    try {
      sameIndexRows(name, await rowsOf(store), rows);
    } finally {
      await store.close();
    }
  }
}
