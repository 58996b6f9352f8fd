/**
 * The light client of this machine: Node's sockets, clock, chance and files behind its ports.
 *
 * @module
 */

import { createReadStream } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { chooseSecp256k1 } from '../core/crypto/node/choose-secp256k1.ts';
import { chooseTransportEngine } from '../core/crypto/node/choose-transport-engine.ts';
import type { NetworkParams } from '../core/params/types.ts';
import { HEADER_SIZE_BYTES } from '../core/primitives/block.ts';
import type { Log } from '../engine/ports/log.ts';
import { NodeError } from '../engine/ports/node-error.ts';
import { systemResolver } from '../platform/net/system-resolver.ts';
import { tcpTransport } from '../platform/net/tcp-transport.ts';
import { lockFolder } from '../platform/store/folder-lock.ts';
import { openLevelHeaderStore } from '../platform/store/level-header-store.ts';
import { openLevelRowStore } from '../platform/store/level-row-store.ts';
import { createMemoryHeaderStore } from '../platform/store/memory-header-store.ts';
import { createMemoryRowStore } from '../platform/store/memory-row-store.ts';
import { toNodeError } from '../platform/store/system-error.ts';
import { createSystemClock } from '../platform/system/clock.ts';
import { systemRandom } from '../platform/system/random.ts';
import { packageVersion } from '../platform/system/version.ts';
import { type HeaderFile, LightClient, type LightClientOptions, type LightStores } from './light-client.ts';

/** Headers of a file that are read at once. */
const HEADERS_AT_ONCE = 2_000;

/** What a client of this machine is told; all else is Node's. */
export interface SystemLightOptions
  extends Pick<LightClientOptions, 'params' | 'peers' | 'watch' | 'gap' | 'birthday' | 'filterCheckpoints' | 'onEvent' | 'onFailure'> {
  /** Where it keeps what it knows, in a folder `light` of its own beside a full node's files; undefined: in memory. */
  readonly dataDir?: string;
  /** A file of headers to begin with: see `LightClientOptions.headerFile`. */
  readonly headersPath?: string;
  readonly log?: Log;
}

/** A client that runs. */
export interface SystemLightClient {
  readonly client: LightClient;
  /** Stops it and closes its files. @throws whatever a store failed with */
  close(): Promise<void>;
}

const SILENT: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

interface OpenedStores extends LightStores {
  close(): Promise<void>;
}

/**
 * Opens a light client and lets it begin.
 *
 * @throws NodeError where the folder cannot be used: locked, damaged, of another network, no room; `file-unreadable`
 * @throws HeaderFileError where a file of headers has one that breaks a rule: nothing was written then
 * @throws DescriptorError where something that is to be watched makes no sense
 */
export async function openLightClient(options: SystemLightOptions): Promise<SystemLightClient> {
  const { dataDir, headersPath, log = SILENT, ...rest } = options;
  const headerFile = headersPath === undefined ? undefined : await headerFileAt(headersPath);
  const curve = chooseSecp256k1('auto');
  const stores = dataDir === undefined ? memoryStores() : await folderStores(join(dataDir, 'light'), options.params);
  try {
    const client = await LightClient.open({
      ...{ ...rest, stores, log, curve, random: systemRandom, clock: createSystemClock() },
      ...{ transport: tcpTransport, resolver: systemResolver, transportEngine: chooseTransportEngine(curve) },
      ...(headerFile !== undefined && { headerFile }),
      userAgent: `/quoin-light:${packageVersion()}/`,
    });
    return { client, close: () => client.stop().finally(() => stores.close()) };
  } catch (error) {
    await stores.close();
    throw error;
  }
}

/** A file that is read as its headers are taken. @throws NodeError `file-unreadable` */
async function headerFileAt(path: string): Promise<HeaderFile> {
  const found = await stat(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  if (found.isDirectory()) throw unreadable(path, 'it is a folder');
  return { chunks: chunksOf(path), ...(found.isFile() && { sizeBytes: found.size }) };
}

async function* chunksOf(path: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: HEADERS_AT_ONCE * HEADER_SIZE_BYTES })) yield chunk as Uint8Array;
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, cause: unknown): NodeError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new NodeError('file-unreadable', `the headers in ${path} cannot be read: ${why}`, { cause });
}

function memoryStores(): OpenedStores {
  return { headers: createMemoryHeaderStore(), rows: createMemoryRowStore(), close: async () => {} };
}

async function folderStores(folder: string, params: NetworkParams): Promise<OpenedStores> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw toNodeError(error, folder);
  });
  const lock = await lockFolder(folder);
  const network = { name: params.name, messageStart: params.messageStart, genesisHash: params.consensus.genesisHash };
  try {
    const headers = await openLevelHeaderStore(join(folder, 'headers'), network);
    try {
      const rows = await openLevelRowStore(join(folder, 'database'), network);
      const close = async (): Promise<void> => {
        await rows.close();
        await headers.close();
        await lock.close();
      };
      return { headers, rows, close };
    } catch (error) {
      await headers.close();
      throw error;
    }
  } catch (error) {
    await lock.close();
    throw error;
  }
}
