import { sha256d } from '../../src/core/crypto/sha256.ts';
import type { BlockHeader } from '../../src/core/primitives/block.ts';
import { decodeHeader, encodeHeader, makeHeader } from '../../src/core/primitives/block.ts';
import { ByteWriter } from '../../src/core/primitives/byte-writer.ts';
import { type BlockHash, type MerkleRoot, zeroHash } from '../../src/core/primitives/ids.ts';
import type { FilePosition } from '../../src/engine/ports/block-store.ts';
import type { HeaderPage, HeaderRows, HeaderStore } from '../../src/engine/ports/header-store.ts';
import { HEADER_PAGE_ROWS, HEADER_ROW, HEADER_ROW_SIZE_BYTES, NO_FILE } from '../../src/engine/ports/header-store.ts';

/** A header row taken apart. */
export interface StoredHeader {
  readonly header: BlockHeader;
  readonly height: number;
  readonly status: number;
  readonly txCount: number;
  readonly sequence: number;
  readonly block: FilePosition | undefined;
  readonly undo: FilePosition | undefined;
}

/** A store of a test: opening it again gives what was kept, in memory or on disk. */
export interface Reopening<T> {
  open(): Promise<T>;
}

/** 32 bytes that differ for each number. */
export function sampleHash(number: number): BlockHash {
  return sha256d(new ByteWriter(4).u32(number).finish()) as BlockHash;
}

/** A network as the stores know it. */
export const SAMPLE_NETWORK = {
  name: 'sample',
  messageStart: Uint8Array.of(0xfa, 0xbf, 0xb5, 0xda),
  genesisHash: sampleHash(0),
};

/** The same as parameters, as far as the stores read them. */
export const SAMPLE_PARAMS = {
  name: 'sample',
  messageStart: SAMPLE_NETWORK.messageStart,
  consensus: { genesisHash: SAMPLE_NETWORK.genesisHash },
};

/** Bytes that differ for each number and are as long as wanted. */
export function sampleBytes(number: number, sizeBytes: number): Uint8Array {
  return Uint8Array.from({ length: sizeBytes }, (_, i) => (i * 31 + number * 17 + (i >> 8)) & 0xff);
}

/** A header row with values at the edges of their ranges; `nonce` makes siblings. */
export function sampleRow(parent: StoredHeader | undefined, nonce: number, changes: Partial<StoredHeader> = {}): StoredHeader {
  const header = makeHeader({
    version: -1,
    prevBlockHash: parent?.header.hash ?? zeroHash<BlockHash>(),
    merkleRoot: sampleHash(nonce) as Uint8Array as MerkleRoot,
    timeSeconds: 0xffffffff,
    bits: 0x207fffff,
    nonce,
  });
  const height = parent === undefined ? 0 : parent.height + 1;
  return { header, height, status: 0, txCount: 0, sequence: nonce, block: undefined, undo: undefined, ...changes };
}

/** Rows one on the other, each with another `sequence`. */
export function trunk(count: number): StoredHeader[] {
  const rows = [sampleRow(undefined, 0)];
  for (let i = 1; i < count; i++) rows.push(sampleRow(rows[i - 1], i));
  return rows;
}

/** Key of a coin: 36 bytes that sort by number. */
export function sampleCoinKey(number: number): Uint8Array {
  const key = new Uint8Array(36);
  new DataView(key.buffer).setUint32(0, number, false);
  return key;
}

function writePosition(view: DataView, at: number, position: FilePosition | undefined): void {
  const { file, offset, sizeBytes } = position ?? { file: NO_FILE, offset: 0, sizeBytes: 0 };
  for (const [index, each] of [file, offset, sizeBytes].entries()) view.setUint32(at + index * 4, each, true);
}

function readPosition(view: DataView, at: number): FilePosition | undefined {
  const [file, offset, sizeBytes] = [0, 4, 8].map((each) => view.getUint32(at + each, true)) as [number, number, number];
  return file === NO_FILE ? undefined : { file, offset, sizeBytes };
}

/** Rows in packed form. */
export function packRows(rows: readonly StoredHeader[]): HeaderRows {
  const bytes = new Uint8Array(rows.length * HEADER_ROW_SIZE_BYTES);
  rows.forEach((row, index) => {
    const part = bytes.subarray(index * HEADER_ROW_SIZE_BYTES);
    const view = new DataView(part.buffer, part.byteOffset);
    view.setUint32(HEADER_ROW.height, row.height, true);
    part.set(row.header.hash, HEADER_ROW.hash);
    part.set(encodeHeader(row.header), HEADER_ROW.header);
    view.setUint32(HEADER_ROW.status, row.status, true);
    view.setUint32(HEADER_ROW.txCount, row.txCount, true);
    view.setBigInt64(HEADER_ROW.sequence, BigInt(row.sequence), true);
    writePosition(view, HEADER_ROW.block, row.block);
    writePosition(view, HEADER_ROW.undo, row.undo);
  });
  return { count: rows.length, bytes };
}

/** Rows on their pages. */
export function pagesOf(rows: readonly StoredHeader[]): HeaderPage[] {
  const count = Math.ceil(rows.length / HEADER_PAGE_ROWS);
  return Array.from({ length: count }, (_, number) => {
    return { number, rows: packRows(rows.slice(number * HEADER_PAGE_ROWS, (number + 1) * HEADER_PAGE_ROWS)) };
  });
}

/** Packed rows taken apart. */
export function unpackRows({ count, bytes }: HeaderRows): StoredHeader[] {
  return Array.from({ length: count }, (_, index) => {
    const part = bytes.slice(index * HEADER_ROW_SIZE_BYTES, (index + 1) * HEADER_ROW_SIZE_BYTES);
    const view = new DataView(part.buffer);
    return {
      header: decodeHeader(part.subarray(HEADER_ROW.header, HEADER_ROW.status)),
      height: view.getUint32(HEADER_ROW.height, true),
      status: view.getUint32(HEADER_ROW.status, true),
      txCount: view.getUint32(HEADER_ROW.txCount, true),
      sequence: Number(view.getBigInt64(HEADER_ROW.sequence, true)),
      block: readPosition(view, HEADER_ROW.block),
      undo: readPosition(view, HEADER_ROW.undo),
    };
  });
}

/** Every row of a header store. */
export function collectRows(store: HeaderStore): Promise<StoredHeader[]> {
  return unpack(store.load());
}

/** Every row of what a header store loads. */
export async function unpack(loaded: AsyncIterable<HeaderRows>): Promise<StoredHeader[]> {
  const all: StoredHeader[] = [];
  for await (const rows of loaded) all.push(...unpackRows(rows));
  return all;
}

/** Everything that an iterable gives. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
