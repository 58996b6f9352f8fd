/**
 * A data folder as the first versions wrote it: format 1 of every database, whose rows have no seals and whose batches no numbers, with
 * each header in a row of its own.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { concatBytes } from '../../src/core/base/bytes.ts';
import { HEADER_ROW, HEADER_ROW_SIZE_BYTES } from '../../src/engine/ports/header-store.ts';
import { encodeIdentity, IDENTITY_KEY, type StoredNetwork, UNSEALED_VERSION } from '../../src/platform/store/database-identity.ts';
import { decodePage, OLD_ROW_PREFIX, PAGE_PREFIX } from '../../src/platform/store/header-row.ts';
import { openRow } from '../../src/platform/store/row-seal.ts';

type Row = readonly [key: Uint8Array, value: Uint8Array];

/** Rows of a database's owner begin with a byte from here on; below are those of the database itself, of which format 1 had one. */
const OWNED_FROM = 0x03;

/** The rows of a page of headers, each by itself: under height (4, big-endian) and hash. */
function* singleHeaders(page: Uint8Array): Generator<Row> {
  const { count, bytes } = decodePage(page);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  for (let at = 0; at < count * HEADER_ROW_SIZE_BYTES; at += HEADER_ROW_SIZE_BYTES) {
    const row = bytes.subarray(at, at + HEADER_ROW_SIZE_BYTES);
    const key = concatBytes(new Uint8Array(5), row.subarray(HEADER_ROW.hash, HEADER_ROW.header));
    key[0] = OLD_ROW_PREFIX;
    new DataView(key.buffer).setUint32(1, view.getUint32(at + HEADER_ROW.height, true), false);
    yield [key, row.slice(HEADER_ROW.header)];
  }
}

/** What format 1 had for a row of format 2. */
function* oldRows([key, stored]: Row): Generator<Row> {
  const value = openRow(key, stored);
  assert.ok(value !== undefined, 'the row is whole');
  if (key[0] === PAGE_PREFIX) yield* singleHeaders(value);
  else yield [key, value.slice()];
}

async function toFormatOne(location: string, network: StoredNetwork): Promise<number> {
  const options = { keyEncoding: 'view', valueEncoding: 'view' } as const;
  const today = new ClassicLevel<Uint8Array, Uint8Array>(location, options);
  const rows: Row[] = [[IDENTITY_KEY, encodeIdentity(UNSEALED_VERSION, network)]];
  for (const row of await today.iterator({ gte: Uint8Array.of(OWNED_FROM) }).all()) rows.push(...oldRows(row));
  await today.close();
  await rm(location, { recursive: true });
  const old = new ClassicLevel<Uint8Array, Uint8Array>(location, options);
  await old.batch(
    rows.map(([key, value]) => ({ type: 'put', key, value })),
    { sync: true },
  );
  await old.close();
  return rows.length;
}

/** Brings every database of a folder that nobody has open back to format 1. @returns how many rows each has now, by name */
export async function makeFormatOne(folder: string, network: StoredNetwork): Promise<ReadonlyMap<string, number>> {
  const indexes = join(folder, 'indexes');
  const names = ['headers', 'coins', ...(existsSync(indexes) ? readdirSync(indexes).map((name) => `indexes/${name}`) : [])];
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, await toFormatOne(join(folder, name), network));
  return counts;
}
