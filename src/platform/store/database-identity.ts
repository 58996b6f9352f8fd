import { bytesEqual, printableAscii, utf8ToBytes } from '../../core/base/bytes.ts';
import { ByteReader } from '../../core/primitives/byte-reader.ts';
import { ByteWriter } from '../../core/primitives/byte-writer.ts';
import { DecodeError } from '../../core/primitives/decode-error.ts';
import type { BlockHash } from '../../core/primitives/ids.ts';
import { NodeError } from '../../engine/ports/node-error.ts';
import { openRow, sealRow } from './row-seal.ts';

/** What tells one network's data from another's. */
export interface StoredNetwork {
  /** Shown, not compared. */
  readonly name: string;
  readonly messageStart: Uint8Array;
  readonly genesisHash: BlockHash;
}

/** Key of the identity in every database. */
export const IDENTITY_KEY: Uint8Array = Uint8Array.of(0x00);

/** The last format whose rows, the identity among them, have no seals. */
export const UNSEALED_VERSION = 1;

/**
 * Bytes of an identity as they are stored: format version (4, little-endian), message start (4), genesis hash (32), the network's name in
 * UTF-8; from format 2 on with a seal behind it. The version stays in front in every later format.
 */
export function encodeIdentity(version: number, network: StoredNetwork): Uint8Array {
  const name = utf8ToBytes(network.name);
  const bytes = new ByteWriter(64).u32(version).raw(network.messageStart).raw(network.genesisHash).raw(name).finish();
  return version > UNSEALED_VERSION ? sealRow(IDENTITY_KEY, bytes) : bytes;
}

/**
 * Whether a database is ours to use.
 *
 * @param bytes - its identity as stored
 * @returns the version of its format, which may be an older one
 * @throws NodeError `data-dir-version`, `data-dir-network`, `database-damaged`
 */
export function checkIdentity(
  bytes: Uint8Array,
  expected: { readonly location: string; readonly version: number; readonly network: StoredNetwork; readonly advice: () => string },
): number {
  const { location, version, network, advice } = expected;
  const damaged = (why: string, cause?: unknown): NodeError =>
    new NodeError('database-damaged', `${location} is damaged (${why}): ${advice()}`, { cause });
  try {
    const foundVersion = new ByteReader(bytes).u32('format version');
    if (foundVersion > version) {
      const what = `${location} has format ${foundVersion}, this program knows format ${version}`;
      throw new NodeError('data-dir-version', `${what}: use the newer program that wrote it, or another data folder`);
    }
    if (foundVersion === 0) throw damaged('it has format 0, which never was');
    const identity = foundVersion > UNSEALED_VERSION ? openRow(IDENTITY_KEY, bytes) : bytes;
    if (identity === undefined) throw damaged('its identity fails its checksum');
    const reader = new ByteReader(identity);
    reader.u32('format version');
    const messageStart = reader.take(4, 'message start');
    const genesisHash = reader.take(32, 'genesis hash');
    const name = printableAscii(reader.take(reader.remaining, 'network name'));
    if (!bytesEqual(messageStart, network.messageStart) || !bytesEqual(genesisHash, network.genesisHash)) {
      const owner = name === network.name ? `${name} of another definition` : name;
      const what = `${location} belongs to the network ${owner}, not to ${network.name}`;
      throw new NodeError('data-dir-network', `${what}: use another data folder`);
    }
    return foundVersion;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw damaged(`its identity is broken: ${error.message}`, error);
  }
}
