import { printableAscii } from '../../core/base/bytes.ts';
import type { RowStore } from '../../engine/ports/row-store.ts';
import type { StoredNetwork } from './database-identity.ts';
import { openDatabase } from './open-database.ts';

/** Before every row's key, which is ASCII: the database's identity stands in front of them all. */
const ROW_PREFIX = 0x52; // R
const ROWS_FORMAT_VERSION = 2;

/** A wallet is small. */
const CACHE_SIZE_BYTES = 1024 * 1024;
const WRITE_BUFFER_SIZE_BYTES = 1024 * 1024;

/** The words of a wallet are in a file of their own, and whatever is here can be found in the blocks again. */
const ADVICE = 'move this folder away, and the next start makes it again from the blocks and the words of the wallet';

function encodeKey(key: string): Uint8Array {
  return Uint8Array.of(ROW_PREFIX, ...Buffer.from(key, 'latin1'));
}

/**
 * Rows in a LevelDB folder of their own.
 *
 * @throws NodeError as `openDatabase`
 */
export async function openLevelRowStore(location: string, network: StoredNetwork): Promise<RowStore> {
  const database = await openDatabase({
    location,
    version: ROWS_FORMAT_VERSION,
    network,
    advice: () => ADVICE,
    rowName: (key) => `the row "${printableAscii(key.subarray(1))}"`,
    cacheSizeBytes: CACHE_SIZE_BYTES,
    writeBufferSizeBytes: WRITE_BUFFER_SIZE_BYTES,
  });
  return {
    entries: () =>
      database.entries(
        { gte: Uint8Array.of(ROW_PREFIX), lt: Uint8Array.of(ROW_PREFIX + 1) },
        (key, value) => [Buffer.from(key.subarray(1)).toString('latin1'), value] as const,
      ),
    apply: ({ puts, deletes }) =>
      database.write((batch) => {
        for (const key of deletes) batch.delete(encodeKey(key));
        for (const [key, value] of puts) batch.put(encodeKey(key), value);
      }),
    close: () => database.close(),
  };
}
