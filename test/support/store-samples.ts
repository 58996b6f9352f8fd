import { sha256d } from '../../src/core/crypto/sha256.ts';
import { makeHeader } from '../../src/core/primitives/block.ts';
import { ByteWriter } from '../../src/core/primitives/byte-writer.ts';
import { type BlockHash, type MerkleRoot, zeroHash } from '../../src/core/primitives/ids.ts';
import type { HeaderRows, HeaderStore, StoredHeader } from '../../src/engine/ports/header-store.ts';
import { unpackHeaderRows } from '../../src/platform/store/header-row.ts';

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

/** Key of a coin: 36 bytes that sort by number. */
export function sampleCoinKey(number: number): Uint8Array {
  const key = new Uint8Array(36);
  new DataView(key.buffer).setUint32(0, number, false);
  return key;
}

/** Every row of a header store. */
export function collectRows(store: HeaderStore): Promise<StoredHeader[]> {
  return unpack(store.load());
}

/** Every row of what a header store loads. */
export async function unpack(loaded: AsyncIterable<HeaderRows>): Promise<StoredHeader[]> {
  const all: StoredHeader[] = [];
  for await (const rows of loaded) all.push(...unpackHeaderRows(rows));
  return all;
}

/** Everything that an iterable gives. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
