import { createHash } from 'node:crypto';
import { rename } from 'node:fs/promises';
import { bytesEqual, fromHex } from '../../core/base/bytes.ts';
import { ByteReader } from '../../core/primitives/byte-reader.ts';
import { ByteWriter } from '../../core/primitives/byte-writer.ts';
import type { NetworkAddress, NetworkKind } from '../../core/wire/network-address.ts';
import { readAddress, writeAddress } from '../../core/wire/network-address.ts';
import type { Log } from '../../engine/ports/log.ts';
import { NodeError } from '../../engine/ports/node-error.ts';
import type { PeerStore, StoredBook, StoredPeer } from '../../engine/ports/peer-store.ts';
import { readSmallBytes, replaceSmallFile } from './small-file.ts';

/** Version of the file. The first one was text. */
const VERSION = 2;

/** A file begins with these letters and its version. */
const MAGIC: Uint8Array = new TextEncoder().encode('qnpeers');

const CHECKSUM_BYTES = 32;
const KEY_BYTES = 16;

/** Addresses that are read or written; the rest is dropped. As many as both tables have places. */
export const STORED_PEERS_MAX = 81_920;

/** Buckets that a row may name, and bytes of a row with everything at its longest. */
const BUCKETS_MAX = 8;
const ROW_BYTES_MAX = 128;
const ROW_BYTES_MIN = 36;

/** Bytes of a file that is read at all. The first version took as much for a fifth of the addresses. */
const FILE_BYTES_MAX = STORED_PEERS_MAX * ROW_BYTES_MAX;

function writeRow(writer: ByteWriter, peer: StoredPeer): void {
  writeAddress(writer, peer.address);
  writeAddress(writer, { ...peer.source, port: 0 });
  writer
    .u64(peer.services)
    .u32(peer.lastSeenSeconds)
    .u32(peer.lastSuccessSeconds)
    .u16(peer.failures)
    .u8(peer.tried ? 1 : 0);
  writer.u8(peer.newBuckets.length);
  for (const bucket of peer.newBuckets) writer.u16(bucket);
}

/** Reads a row. @throws DecodeError */
function readRow(reader: ByteReader): StoredPeer {
  const address = readAddress(reader);
  const source = readAddress(reader);
  const services = reader.u64('services');
  const [lastSeenSeconds, lastSuccessSeconds] = [reader.u32('last seen'), reader.u32('last success')];
  const [failures, tried] = [reader.u16('failures'), reader.u8('tried') === 1];
  const count = Math.min(reader.u8('buckets'), BUCKETS_MAX);
  const newBuckets = Array.from({ length: count }, () => reader.u16('bucket'));
  return { address, source, services, lastSeenSeconds, lastSuccessSeconds, failures, tried, newBuckets };
}

function encode({ key, peers }: StoredBook): Uint8Array {
  const kept = peers
    .filter(({ address, source }) => address.network !== 'unknown' && source.network !== 'unknown')
    .slice(0, STORED_PEERS_MAX);
  const writer = new ByteWriter(4_096);
  writer
    .raw(MAGIC)
    .u8(VERSION)
    .raw(key ?? new Uint8Array(KEY_BYTES))
    .u32(kept.length);
  for (const peer of kept) writeRow(writer, peer);
  const content = writer.finish();
  return new Uint8Array(Buffer.concat([content, createHash('sha256').update(content).digest()]));
}

/** @throws DecodeError where it is no such file; an Error where its checksum is another */
function decode(bytes: Uint8Array): StoredBook {
  const content = bytes.subarray(0, Math.max(bytes.length - CHECKSUM_BYTES, 0));
  const checksum = createHash('sha256').update(content).digest();
  if (!bytesEqual(checksum, bytes.subarray(content.length))) throw new Error('its checksum does not fit');
  const reader = new ByteReader(content.subarray(MAGIC.length + 1));
  const key = reader.copy(KEY_BYTES, 'key');
  const count = reader.u32('count');
  if (count > STORED_PEERS_MAX || count * ROW_BYTES_MIN > reader.remaining) throw new Error(`it tells of ${count} addresses`);
  const peers = Array.from({ length: count }, () => readRow(reader));
  reader.end('peers');
  return { key, peers: peers.filter(({ address }) => address.network !== 'unknown') };
}

/** Bytes of an address in the first version, by its network. */
const ADDRESS_SIZES: Readonly<Record<Exclude<NetworkKind, 'unknown'>, number>> = { ipv4: 4, ipv6: 16, torv3: 32, i2p: 32, cjdns: 16 };

const isCount = (value: unknown, max: number): value is number => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= max;

/** A row of the first version (network, address, port, services, last seen, last success, failures, source group); undefined where it is none. */
function fromTextRow(row: unknown): StoredPeer | undefined {
  if (!Array.isArray(row) || row.length !== 8) return undefined;
  const [network, hex, port, services, lastSeenSeconds, lastSuccessSeconds, failures] = row as readonly unknown[];
  if (typeof network !== 'string' || !Object.hasOwn(ADDRESS_SIZES, network) || typeof hex !== 'string') return undefined;
  const bytes = fromHex(hex);
  if (bytes === undefined || bytes.length !== ADDRESS_SIZES[network as keyof typeof ADDRESS_SIZES]) return undefined;
  if (!isCount(port, 65_535) || typeof services !== 'string' || !/^[0-9a-f]{1,16}$/.test(services)) return undefined;
  if (!isCount(lastSeenSeconds, 2 ** 32 - 1) || !isCount(lastSuccessSeconds, 2 ** 32 - 1) || !isCount(failures, 2 ** 31)) return undefined;
  const address: NetworkAddress = { network: network as NetworkKind, bytes, port };
  const facts = { services: BigInt(`0x${services}`), lastSeenSeconds, lastSuccessSeconds, failures };
  // Who told of it was not kept: it counts as having told of itself.
  return { address, source: address, ...facts, tried: lastSuccessSeconds > 0, newBuckets: [] };
}

/** A file of the first version, which was text. @throws Error where it is none */
function decodeText(bytes: Uint8Array): StoredBook {
  const { version, peers } = (JSON.parse(new TextDecoder().decode(bytes)) ?? {}) as {
    readonly version?: unknown;
    readonly peers?: unknown;
  };
  if (version !== 1 || !Array.isArray(peers)) throw new Error('it is no list of addresses');
  return {
    key: undefined,
    peers: peers
      .slice(0, STORED_PEERS_MAX)
      .map(fromTextRow)
      .filter((peer) => peer !== undefined),
  };
}

/** @throws NodeError `data-dir-version` where it is of a newer version; another Error where it is damaged */
function parse(bytes: Uint8Array, path: string): StoredBook {
  if (!bytesEqual(bytes.subarray(0, MAGIC.length), MAGIC)) return decodeText(bytes);
  const version = bytes[MAGIC.length] ?? 0;
  if (version > VERSION) {
    throw new NodeError('data-dir-version', `${path} has format ${version}; this program knows up to ${VERSION}: use the newer program`);
  }
  return decode(bytes);
}

/**
 * Addresses of other nodes, and the key of their places, in one file with a checksum. A file that is damaged or cannot be read is set aside
 * and is as good as none, since addresses are learned again; a newer one is refused.
 */
export function createPeerFile(options: { readonly path: string; readonly log: Log }): PeerStore {
  const { path, log } = options;
  const setAside = async (error: unknown): Promise<undefined> => {
    const aside = `${path}.damaged`;
    const moved = await rename(path, aside).then(
      () => true,
      () => false,
    );
    log.warn('peers-file-ignored', { path, why: String(error), ...(moved && { keptAs: aside }) });
    return undefined;
  };
  return {
    load: async () => {
      try {
        const bytes = await readSmallBytes(path, FILE_BYTES_MAX);
        return bytes === undefined ? undefined : parse(bytes, path);
      } catch (error) {
        if (error instanceof NodeError) throw error;
        return setAside(error);
      }
    },
    save: (book) => replaceSmallFile(path, encode(book)),
  };
}
