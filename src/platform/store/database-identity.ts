import { bytesEqual, printableAscii, utf8ToBytes } from '../../core/base/bytes.ts';
import { ByteReader } from '../../core/primitives/byte-reader.ts';
import { ByteWriter } from '../../core/primitives/byte-writer.ts';
import { DecodeError } from '../../core/primitives/decode-error.ts';
import type { BlockHash } from '../../core/primitives/ids.ts';
import { NodeError } from '../../engine/ports/node-error.ts';

/** What tells one network's data from another's. */
export interface StoredNetwork {
  /** Shown, not compared. */
  readonly name: string;
  readonly messageStart: Uint8Array;
  readonly genesisHash: BlockHash;
}

/** Key of the identity in every database. */
export const IDENTITY_KEY: Uint8Array = Uint8Array.of(0x00);

/**
 * Bytes of an identity: format version (4, little-endian), message start (4), genesis hash (32), the network's name in UTF-8.
 * The version stays in front in every later format.
 */
export function encodeIdentity(version: number, network: StoredNetwork): Uint8Array {
  return new ByteWriter(64).u32(version).raw(network.messageStart).raw(network.genesisHash).raw(utf8ToBytes(network.name)).finish();
}

/**
 * Whether a database is ours to use.
 *
 * @param bytes - its identity as stored
 * @throws NodeError `data-dir-version`, `data-dir-network`, `database-damaged`
 */
export function checkIdentity(
  bytes: Uint8Array,
  expected: { readonly location: string; readonly version: number; readonly network: StoredNetwork },
): void {
  const { location, version, network } = expected;
  try {
    const reader = new ByteReader(bytes);
    const foundVersion = reader.u32('format version');
    if (foundVersion > version) {
      const what = `${location} has format ${foundVersion}, this program knows format ${version}`;
      throw new NodeError('data-dir-version', `${what}: use the newer program that wrote it, or another data folder`);
    }
    if (foundVersion !== version) throw new NodeError('database-damaged', `${location} has format ${foundVersion}, which never was`);
    const messageStart = reader.take(4, 'message start');
    const genesisHash = reader.take(32, 'genesis hash');
    const name = printableAscii(reader.take(reader.remaining, 'network name'));
    if (!bytesEqual(messageStart, network.messageStart) || !bytesEqual(genesisHash, network.genesisHash)) {
      const owner = name === network.name ? `${name} of another definition` : name;
      const what = `${location} belongs to the network ${owner}, not to ${network.name}`;
      throw new NodeError('data-dir-network', `${what}: use another data folder`);
    }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new NodeError('database-damaged', `${location} has a broken identity: ${error.message}`, { cause: error });
  }
}
