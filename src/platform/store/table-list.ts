/**
 * Which tables a LevelDB database consists of. Others may lie beside them: an unfinished one that a crash or a stop left, which LevelDB
 * deletes when it is opened.
 *
 * The list is a log of changes: https://github.com/google/leveldb/blob/main/doc/impl.md and log_format.md; a change is a row of numbered
 * fields (`VersionEdit` in LevelDB's source).
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { concatBytes } from '../../core/base/bytes.ts';
import { FormatFault, FormatReader, maskedCrc32c } from './leveldb-format.ts';
import { readFileLimited } from './small-files.ts';
import { systemCode, toNodeError } from './system-error.ts';

/** A log is cut into pieces of this size; no record's part goes over the end of one. */
const PIECE_SIZE_BYTES = 32_768;
/** Before each part: checksum (4), length (2), kind (1). */
const PART_HEADER_SIZE_BYTES = 7;
const KIND = { full: 1, first: 2, middle: 3, last: 4 } as const;

/** Far more than a list of a million tables takes. */
const LIST_SIZE_MAX = 1 << 28;
const CURRENT_SIZE_MAX = 64;

/** A table of a database. */
export interface LiveTable {
  readonly name: string;
  readonly sizeBytes: number;
}

/** The records of a log, joined from their parts. @throws FormatFault at the first part that is damaged; a log that is cut just ends */
function* recordsOf(log: Uint8Array): Generator<Uint8Array> {
  let parts: Uint8Array[] = [];
  for (let at = 0; at + PART_HEADER_SIZE_BYTES <= log.length; ) {
    const left = PIECE_SIZE_BYTES - (at % PIECE_SIZE_BYTES);
    if (left < PART_HEADER_SIZE_BYTES) {
      at += left;
      continue;
    }
    const header = new DataView(log.buffer, log.byteOffset + at, PART_HEADER_SIZE_BYTES);
    const [crc, length, kind] = [header.getUint32(0, true), header.getUint16(4, true), header.getUint8(6)];
    const end = at + PART_HEADER_SIZE_BYTES + length;
    if (end > log.length) return;
    if (maskedCrc32c(log.subarray(at + 6, end)) !== crc) throw new FormatFault('a change in it fails its checksum');
    if (kind === KIND.full || kind === KIND.first) parts = [];
    parts.push(log.subarray(at + PART_HEADER_SIZE_BYTES, end));
    if (kind === KIND.full || kind === KIND.last) yield concatBytes(...parts);
    at = end;
  }
}

/** Reads a field of a change, of which only tables that come and go count. */
type Field = (reader: FormatReader, tables: Map<number, number>) => void;

const FIELDS: Readonly<Record<number, Field>> = {
  // The order of keys, by name.
  1: (reader) => void reader.bytes(),
  // The log in use, the next file, the last row, and the log before.
  2: (reader) => void reader.number(),
  3: (reader) => void reader.number(),
  4: (reader) => void reader.number(),
  9: (reader) => void reader.number(),
  // Up to which key a level was merged.
  5: (reader) => {
    reader.number();
    reader.bytes();
  },
  6: (reader, tables) => {
    reader.number();
    tables.delete(reader.number());
  },
  // Level, file, size, and its lowest and highest key.
  7: (reader, tables) => {
    reader.number();
    tables.set(reader.number(), reader.number());
    reader.bytes();
    reader.bytes();
  },
};

function readChange(change: Uint8Array, tables: Map<number, number>): void {
  const reader = new FormatReader(change);
  while (reader.remaining > 0) {
    const field = FIELDS[reader.number()];
    if (field === undefined) throw new FormatFault('it has a field that is not known');
    field(reader, tables);
  }
}

/**
 * The tables that a database consists of; undefined where its list cannot be read, which LevelDB tells when it is opened. No files of a
 * database are no tables.
 *
 * @throws NodeError where a file cannot be read
 */
export async function liveTables(location: string): Promise<readonly LiveTable[] | undefined> {
  const current = await readFileLimited(join(location, 'CURRENT'), CURRENT_SIZE_MAX);
  const name = /^(MANIFEST-\d+)\n$/.exec(Buffer.from(current ?? []).toString('latin1'))?.[1];
  const list = name === undefined ? undefined : await readFileLimited(join(location, name), LIST_SIZE_MAX);
  if (list === undefined) return undefined;
  const sizes = new Map<number, number>();
  try {
    for (const change of recordsOf(list)) readChange(change, sizes);
  } catch (error) {
    if (error instanceof FormatFault) return undefined;
    throw error;
  }
  const there = new Set(await namesIn(location));
  // LevelDB calls them .ldb, and knows the .sst of its first versions.
  return [...sizes].map(([number, sizeBytes]) => {
    const stem = String(number).padStart(6, '0');
    return { name: there.has(`${stem}.sst`) ? `${stem}.sst` : `${stem}.ldb`, sizeBytes };
  });
}

async function namesIn(location: string): Promise<string[]> {
  try {
    return await readdir(location);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw toNodeError(error, location);
  }
}
