/**
 * The light client of this machine: Node's sockets, clock, chance and files behind its ports.
 *
 * @module
 */

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chooseSecp256k1 } from '../core/crypto/node/choose-secp256k1.ts';
import { chooseTransportEngine } from '../core/crypto/node/choose-transport-engine.ts';
import type { NetworkParams } from '../core/params/types.ts';
import type { Log } from '../engine/ports/log.ts';
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
import { LightClient, type LightClientOptions, type LightStores } from './light-client.ts';

/** What a client of this machine is told; all else is Node's. */
export interface SystemLightOptions
  extends Pick<LightClientOptions, 'params' | 'peers' | 'watch' | 'gap' | 'birthday' | 'filterCheckpoints' | 'onEvent' | 'onFailure'> {
  /** Where it keeps what it knows, in a folder `light` of its own beside a full node's files; undefined: in memory. */
  readonly dataDir?: string;
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
 * @throws NodeError where the folder cannot be used: locked, damaged, of another network, no room
 * @throws DescriptorError where something that is to be watched makes no sense
 */
export async function openLightClient(options: SystemLightOptions): Promise<SystemLightClient> {
  const { dataDir, log = SILENT, ...rest } = options;
  const curve = chooseSecp256k1('auto');
  const stores = dataDir === undefined ? memoryStores() : await folderStores(join(dataDir, 'light'), options.params);
  try {
    const client = await LightClient.open({
      ...{ ...rest, stores, log, curve, random: systemRandom, clock: createSystemClock() },
      ...{ transport: tcpTransport, resolver: systemResolver, transportEngine: chooseTransportEngine(curve) },
      userAgent: `/quoin-light:${packageVersion()}/`,
    });
    return { client, close: () => client.stop().finally(() => stores.close()) };
  } catch (error) {
    await stores.close();
    throw error;
  }
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
