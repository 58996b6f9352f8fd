/**
 * Reads LevelDB's tables past LevelDB, to hold each block in them to the checksum that stands behind it and that LevelDB itself does not
 * look at. A row's own seal (row-seal.ts) covers what is read; this covers what is hidden: a row whose key or number was changed is not
 * found, and neither is the word that a row was deleted. And LevelDB ends the process where a damaged block makes no sense to it.
 *
 * The format: https://github.com/google/leveldb/blob/main/doc/table_format.md. A table ends with the places of its list of filters and of
 * its index; a block is its bytes, one byte that says how they are packed, and a masked CRC-32C of both.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { compareBytes } from '../../core/base/bytes.ts';
import { FormatFault, FormatReader, maskedCrc32c } from './leveldb-format.ts';
import { systemCode, toNodeError } from './system-error.ts';
import type { LiveTable } from './table-list.ts';

const FOOTER_SIZE_BYTES = 48;
const MAGIC = 0xdb4775248b80fb57n;
/** Behind each block: how it is packed (1) and the checksum (4). */
const TRAILER_SIZE_BYTES = 5;
/** Behind a row's key in a table: its number and whether it was deleted. */
const TAG_SIZE_BYTES = 8;
/** No block is larger: LevelDB cuts them at 4 KiB, an index has an entry for each, and a row is never larger than a block of ours. */
const BLOCK_SIZE_MAX = 1 << 26;

/** Where a block begins, and its bytes without the trailer. */
interface BlockPlace {
  readonly offset: number;
  readonly sizeBytes: number;
}

/** A block of rows, and a key that is not below any in it. */
interface IndexEntry {
  readonly lastKey: Uint8Array;
  readonly place: BlockPlace;
}

function readPlace(reader: FormatReader): BlockPlace {
  return { offset: reader.number(), sizeBytes: reader.number() };
}

/** The entries of a block: each key says how much of the one before it begins with. */
function entriesOf(block: Uint8Array): { readonly key: Uint8Array; readonly value: Uint8Array }[] {
  if (block.length < 4) throw new FormatFault('a block is too short');
  const restarts = new DataView(block.buffer, block.byteOffset).getUint32(block.length - 4, true);
  const reader = new FormatReader(block.subarray(0, Math.max(0, block.length - 4 * (restarts + 1))));
  const entries: { key: Uint8Array; value: Uint8Array }[] = [];
  let key: Uint8Array = new Uint8Array(0);
  while (reader.remaining > 0) {
    const [shared, unshared, valueSize] = [reader.number(), reader.number(), reader.number()];
    key = Uint8Array.of(...key.subarray(0, shared), ...reader.take(unshared));
    entries.push({ key, value: reader.take(valueSize) });
  }
  return entries;
}

/** One table file. */
class Table {
  readonly #file: FileHandle;
  readonly #sizeBytes: number;
  /** All of it, where all of it is looked at. */
  #whole: Uint8Array | undefined;

  constructor(file: FileHandle, sizeBytes: number) {
    this.#file = file;
    this.#sizeBytes = sizeBytes;
  }

  /** Reads all of it at once, unless it is very large. */
  async load(): Promise<void> {
    if (this.#sizeBytes <= BLOCK_SIZE_MAX) this.#whole = await this.#read(0, this.#sizeBytes);
  }

  async #read(offset: number, sizeBytes: number): Promise<Uint8Array> {
    if (offset < 0 || sizeBytes > BLOCK_SIZE_MAX || offset + sizeBytes > this.#sizeBytes) throw new FormatFault('it ends too early');
    if (this.#whole !== undefined) return this.#whole.subarray(offset, offset + sizeBytes);
    const bytes = new Uint8Array(sizeBytes);
    let length = 0;
    while (length < sizeBytes) {
      const { bytesRead } = await this.#file.read(bytes, length, sizeBytes - length, offset + length);
      if (bytesRead === 0) throw new FormatFault('it ends too early');
      length += bytesRead;
    }
    return bytes;
  }

  /** The bytes of a block, held to their checksum, and the trailer. */
  async block({ offset, sizeBytes }: BlockPlace): Promise<Uint8Array> {
    const bytes = await this.#read(offset, sizeBytes + TRAILER_SIZE_BYTES);
    const stored = new DataView(bytes.buffer, bytes.byteOffset).getUint32(sizeBytes + 1, true);
    if (maskedCrc32c(bytes.subarray(0, sizeBytes + 1)) !== stored) throw new FormatFault(`its block at ${offset} fails its checksum`);
    return bytes;
  }

  /** The entries of a block; none of one that is packed, as another program may have written it: where others are is not known then. */
  async #entries(place: BlockPlace): Promise<ReturnType<typeof entriesOf>> {
    const bytes = await this.block(place);
    return bytes[place.sizeBytes] === 0 ? entriesOf(bytes.subarray(0, place.sizeBytes)) : [];
  }

  /** Places of all blocks: those of the rows, and of the filters. */
  async places(): Promise<{ readonly rows: readonly IndexEntry[]; readonly filters: readonly BlockPlace[] }> {
    const footer = await this.#read(this.#sizeBytes - FOOTER_SIZE_BYTES, FOOTER_SIZE_BYTES);
    if (new DataView(footer.buffer, footer.byteOffset).getBigUint64(40, true) !== MAGIC)
      throw new FormatFault('its end is no end of a table');
    const reader = new FormatReader(footer.subarray(0, 40));
    const filters = await this.#entries(readPlace(reader));
    const rows = await this.#entries(readPlace(reader));
    return {
      rows: rows.map(({ key, value }) => ({
        lastKey: key.subarray(0, Math.max(0, key.length - TAG_SIZE_BYTES)),
        place: readPlace(new FormatReader(value)),
      })),
      filters: filters.map(({ value }) => readPlace(new FormatReader(value))),
    };
  }
}

/** The blocks in which rows of some keys would be. Of several versions of a row the later ones may be in the next block. */
function* blocksFor(rows: readonly IndexEntry[], keys: readonly Uint8Array[]): Generator<BlockPlace> {
  const places = new Set<BlockPlace>();
  for (const key of keys) {
    let from = 0;
    for (let to = rows.length; from < to; ) {
      const middle = (from + to) >> 1;
      if (compareBytes(rows[middle]!.lastKey, key) < 0) from = middle + 1;
      else to = middle;
    }
    for (let at = from; at < rows.length; at++) {
      places.add(rows[at]!.place);
      if (compareBytes(rows[at]!.lastKey, key) !== 0) break;
    }
  }
  yield* places;
}

/** What is looked at of tables: everything, the lists of blocks by which rows are found, or those and where some keys would be. */
export type TablesLookedAt = 'all' | 'lists' | readonly Uint8Array[];

/**
 * Holds tables of a database to their checksums.
 *
 * @returns which table is damaged and how, undefined where none is. A table that goes meanwhile was merged into others
 * @throws NodeError where a file cannot be read
 */
export async function faultyTable(location: string, tables: readonly LiveTable[], what: TablesLookedAt): Promise<string | undefined> {
  for (const { name, sizeBytes } of tables) {
    const path = join(location, name);
    try {
      const file = await open(path, 'r');
      try {
        await checkTable(new Table(file, sizeBytes), what);
      } finally {
        await file.close();
      }
    } catch (error) {
      if (error instanceof FormatFault) return `the table ${name}: ${error.message}`;
      if (systemCode(error) !== 'ENOENT') throw toNodeError(error, path);
    }
  }
  return undefined;
}

async function checkTable(table: Table, what: TablesLookedAt): Promise<void> {
  if (what === 'all') await table.load();
  const { rows, filters } = await table.places();
  for (const place of filters) await table.block(place);
  if (what === 'lists') return;
  for (const place of what === 'all' ? rows.map((each) => each.place) : blocksFor(rows, what)) await table.block(place);
}
