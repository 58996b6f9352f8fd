import type { ByteReader } from '../primitives/byte-reader.ts';
import type { ByteWriter } from '../primitives/byte-writer.ts';
import type { BlockHash } from '../primitives/ids.ts';

/** Most hashes in a locator. Core's MAX_LOCATOR_SZ; more is a breach. */
export const LOCATOR_MAX = 101;

/** What `getheaders` and `getblocks` ask: what comes after the first of these hashes that the other side knows. */
export interface LocatorRequest {
  /** Protocol version; nobody looks at it. */
  readonly version: number;
  /** Block hashes from the tip backwards. */
  readonly locator: readonly BlockHash[];
  /** Where to stop; all zeros: as far as one answer goes. */
  readonly stop: BlockHash;
}

/** Writes the body of both messages. */
export function writeLocatorRequest(writer: ByteWriter, request: LocatorRequest): void {
  writer.u32(request.version).compactSize(request.locator.length);
  for (const hash of request.locator) writer.raw(hash);
  writer.raw(request.stop);
}

/** Reads the body of both messages; hashes are views. @throws DecodeError also over `LOCATOR_MAX` */
export function readLocatorRequest(reader: ByteReader): LocatorRequest {
  const version = reader.u32('locator version');
  const count = reader.compactSize({ what: 'locator', max: LOCATOR_MAX, itemSizeMin: 32 });
  const locator: BlockHash[] = [];
  for (let i = 0; i < count; i++) locator.push(reader.take(32, 'locator hash') as BlockHash);
  return { version, locator, stop: reader.take(32, 'stop hash') as BlockHash };
}
