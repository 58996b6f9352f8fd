/**
 * Blocks out of files into a data folder that no node uses: a chain without peers, mempool and wallet.
 *
 * @module
 */

import { chooseSecp256k1 } from '../core/crypto/node/choose-secp256k1.ts';
import { Chain } from '../engine/chain/chain.ts';
import { NodeError } from '../engine/ports/node-error.ts';
import type { BlockFile } from '../platform/store/block-sources.ts';
import { blockFilesAt } from '../platform/store/block-sources.ts';
import { openStores } from '../platform/store/data-folder.ts';
import { freeBytesAt } from '../platform/store/disk-reserve.ts';
import { createSystemClock } from '../platform/system/clock.ts';
import { systemRandom } from '../platform/system/random.ts';
import { DiskGuard, FREE_BYTES_MIN_DEFAULT } from './disk-guard.ts';
import { guardBlocks, guardCoins } from './guarded-stores.ts';
import type { LoadOutcome, LoadProgress } from './load-blocks.ts';
import { loadBlocks } from './load-blocks.ts';
import { openVerifier } from './open-verifier.ts';
import type { NodeOptions } from './options.ts';

/** What is imported, and where to. */
export interface ImportOptions
  extends Pick<NodeOptions, 'network' | 'dbCacheBytes' | 'freeBytesMin' | 'scriptWorkers' | 'secp256k1' | 'log'> {
  /** Made (mode 0700) if it is not there. */
  readonly dataDir: string;
  /** Files, or folders with them. */
  readonly from: readonly string[];
  readonly onProgress?: (progress: LoadProgress) => void;
  /** Ends it in order between two blocks; what came so far stays. */
  readonly signal?: { readonly aborted: boolean };
}

/** What became of an import. */
export interface ImportOutcome extends LoadOutcome {
  /** Of the tip. */
  readonly height: number;
}

/**
 * Takes the blocks of files into a data folder, in whatever order they stand there, and connects them under every rule.
 *
 * @throws NodeError where files cannot be read or the folder cannot be used
 */
export async function importBlocks(options: ImportOptions): Promise<ImportOutcome> {
  const { network, dataDir, log, dbCacheBytes, scriptWorkers, onProgress, signal, freeBytesMin = FREE_BYTES_MIN_DEFAULT } = options;
  const files: BlockFile[] = [];
  for (const path of options.from) files.push(...(await blockFilesAt(path)));
  const clock = createSystemClock();
  const guard = new DiskGuard({ folder: dataDir, freeBytes: () => freeBytesAt(dataDir), freeBytesMin, clock, log });
  await guard.check(0);
  const verifier = openVerifier({ scriptWorkers, secp256k1: chooseSecp256k1(options.secp256k1), clock, log });
  const stores = await openStores({ folder: dataDir, params: network });
  try {
    if (stores.reindexing !== undefined) {
      throw new NodeError('data-dir-unusable', `${dataDir} is being reindexed: start "quoin node" with it until that is done, then import`);
    }
    const chain = await Chain.open({
      ...{ params: network, verifier, clock, log, random: systemRandom, dbCacheBytes },
      headers: stores.headers,
      blocks: guardBlocks(stores.blocks, guard),
      coins: guardCoins(stores.coins, guard),
    });
    guard.watch(() => chain.cacheBytes);
    try {
      const outcome = await loadBlocks({
        chain,
        files,
        inPlace: false,
        ...(onProgress === undefined ? {} : { onProgress }),
        ...(signal === undefined ? {} : { signal }),
      });
      return { ...outcome, height: chain.tip.height };
    } finally {
      guard.close();
      await chain.close();
    }
  } finally {
    await verifier.close();
    await stores.close();
  }
}
