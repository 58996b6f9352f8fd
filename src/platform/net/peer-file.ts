import { fromHex, toHex } from '../../core/base/bytes.ts';
import type { NetworkKind } from '../../core/wire/network-address.ts';
import type { Log } from '../../engine/ports/log.ts';
import { NodeError } from '../../engine/ports/node-error.ts';
import type { PeerStore, StoredPeer } from '../../engine/ports/peer-store.ts';
import { readSmallFile, replaceSmallFile } from './small-file.ts';

/** Version of the file. */
const VERSION = 1;

/** Addresses that are read or written; the rest is dropped. */
export const STORED_PEERS_MAX = 16_384;

/** Bytes of a file that is read at all: that many addresses, each with everything at its longest. */
const FILE_BYTES_MAX = STORED_PEERS_MAX * 400;

/** Bytes of an address, by its network. */
const ADDRESS_SIZES: Readonly<Record<Exclude<NetworkKind, 'unknown'>, number>> = { ipv4: 4, ipv6: 16, torv3: 32, i2p: 32, cjdns: 16 };

/** A row: network, address, port, services, last seen, last success, failures, source group. */
type Row = readonly [string, string, number, string, number, number, number, string];

function toRow(peer: StoredPeer): Row {
  const { address, services, lastSeenSeconds, lastSuccessSeconds, failures, sourceGroup } = peer;
  return [
    address.network,
    toHex(address.bytes),
    address.port,
    services.toString(16),
    lastSeenSeconds,
    lastSuccessSeconds,
    failures,
    sourceGroup,
  ];
}

const isCount = (value: unknown, max: number): value is number => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= max;

/** A row as an address, or undefined where it is not one. */
function fromRow(row: unknown): StoredPeer | undefined {
  if (!Array.isArray(row) || row.length !== 8) return undefined;
  const [network, hex, port, services, lastSeenSeconds, lastSuccessSeconds, failures, sourceGroup] = row as readonly unknown[];
  if (typeof network !== 'string' || !Object.hasOwn(ADDRESS_SIZES, network) || typeof hex !== 'string') return undefined;
  const bytes = fromHex(hex);
  if (bytes === undefined || bytes.length !== ADDRESS_SIZES[network as keyof typeof ADDRESS_SIZES]) return undefined;
  if (!isCount(port, 65_535) || typeof services !== 'string' || !/^[0-9a-f]{1,16}$/.test(services)) return undefined;
  if (!isCount(lastSeenSeconds, 2 ** 40) || !isCount(lastSuccessSeconds, 2 ** 40) || !isCount(failures, 2 ** 31)) return undefined;
  if (typeof sourceGroup !== 'string' || sourceGroup.length > 100) return undefined;
  return {
    address: { network: network as NetworkKind, bytes, port },
    services: BigInt(`0x${services}`),
    lastSeenSeconds,
    lastSuccessSeconds,
    failures,
    sourceGroup,
  };
}

/** The rows of a file's text; undefined where it is no such file. @throws NodeError `data-dir-version` where it is a newer one */
function parse(text: string, path: string): readonly StoredPeer[] | undefined {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { version, peers } = (content ?? {}) as { readonly version?: unknown; readonly peers?: unknown };
  if (typeof version === 'number' && version > VERSION) {
    throw new NodeError('data-dir-version', `${path} has format ${version}; this program knows up to ${VERSION}: use the newer program`);
  }
  if (version !== VERSION || !Array.isArray(peers)) return undefined;
  return peers
    .slice(0, STORED_PEERS_MAX)
    .map(fromRow)
    .filter((peer) => peer !== undefined);
}

/**
 * Addresses of other nodes in one file, as JSON. A file that is damaged or cannot be read is as good as none, since addresses are learned
 * again; a newer one is refused.
 */
export function createPeerFile(options: { readonly path: string; readonly log: Log }): PeerStore {
  const { path, log } = options;
  return {
    load: async () => {
      let text: string | undefined;
      try {
        text = await readSmallFile(path, FILE_BYTES_MAX);
      } catch (error) {
        log.warn('peers-file-ignored', { path, why: String(error) });
        return [];
      }
      if (text === undefined) return [];
      const peers = parse(text, path);
      if (peers === undefined) log.warn('peers-file-ignored', { path, why: 'it is damaged' });
      return peers ?? [];
    },
    save: (peers) =>
      replaceSmallFile(path, `${JSON.stringify({ version: VERSION, peers: peers.slice(0, STORED_PEERS_MAX).map(toRow) })}\n`),
  };
}
