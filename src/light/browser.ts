/**
 * The light client of a browser: WebSocket streams to nodes, IndexedDB, and a curve of a few kilobytes behind its ports.
 *
 * @module
 */

import { createNobleSecp256k1 } from '../core/crypto/noble-secp256k1.ts';
import type { Log } from '../engine/ports/log.ts';
import { createBrowserClock } from '../platform/browser/clock.ts';
import { openIndexedStores } from '../platform/browser/indexed-stores.ts';
import { parsePeerUrls } from '../platform/browser/peer-url.ts';
import { browserRandom } from '../platform/browser/random.ts';
import { createWebSocketTransport } from '../platform/browser/web-socket-transport.ts';
import { createMemoryHeaderStore } from '../platform/store/memory-header-store.ts';
import { createMemoryRowStore } from '../platform/store/memory-row-store.ts';
import { LightClient, type LightClientOptions, type LightStores } from './light-client.ts';

export { createNobleSecp256k1 } from '../core/crypto/noble-secp256k1.ts';
export type { FilterCheckpoint } from '../core/params/types.ts';
export { HeaderFileError } from '../engine/light/header-import.ts';
export type { LightEvent, LightPayment, LightProgress } from '../engine/light/light-event.ts';
export type { LightBalance, LightCoin } from '../engine/light/light-ledger.ts';
export { checkSendable } from '../engine/light/sending.ts';
export { GAP_DEFAULT, WATCHED_SCRIPTS_MAX } from '../engine/light/watch-list.ts';
export type { Clock, Timer } from '../engine/ports/clock.ts';
export type { HeaderStore } from '../engine/ports/header-store.ts';
export type { Log } from '../engine/ports/log.ts';
export { NodeError, type NodeErrorCode } from '../engine/ports/node-error.ts';
export type { Random } from '../engine/ports/random.ts';
export type { RowStore } from '../engine/ports/row-store.ts';
export type { Transport } from '../engine/ports/transport.ts';
export { DISCONNECT_REASONS, type DisconnectReason } from '../engine/sync/misbehaviour.ts';
export { deleteIndexedDatabase } from '../platform/browser/indexed-database.ts';
export { type PeerUrl, parsePeerUrls } from '../platform/browser/peer-url.ts';
export { type HeaderFile, LightClient, type LightClientOptions, type LightStores } from './light-client.ts';

/** What a client in a browser is told; all else is the browser's. */
export interface BrowserLightOptions
  extends Pick<
    LightClientOptions,
    'params' | 'userAgent' | 'watch' | 'gap' | 'birthday' | 'filterCheckpoints' | 'headerFile' | 'onEvent' | 'onFailure'
  > {
  /** Nodes to call: `ws://host:port/p2p`, `wss://…`, the address of a node's HTTP port, or `host:port`. */
  readonly peers: readonly string[];
  /** Name of the IndexedDB database that it keeps what it knows in, one for each network; undefined: in memory. */
  readonly database?: string;
  readonly log?: Log;
}

/** A client that runs. */
export interface BrowserLightClient {
  readonly client: LightClient;
  /** Stops it and lets other tabs have what it keeps. @throws whatever a store failed with */
  close(): Promise<void>;
}

const SILENT: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/**
 * Opens a light client and lets it begin.
 *
 * @throws NodeError `option-invalid` for an address that is none; `data-dir-locked` where another tab uses the database, and the other codes of
 * what a database fails with
 * @throws DescriptorError where something that is to be watched makes no sense
 */
export async function openLightClient(options: BrowserLightOptions): Promise<BrowserLightClient> {
  const { database, peers, log = SILENT, ...rest } = options;
  const clock = createBrowserClock();
  const urls = parsePeerUrls(peers);
  const stores = database === undefined ? memoryStores() : await openIndexedStores(database, options.params, clock);
  try {
    const client = await LightClient.open({
      ...{ ...rest, stores, log, clock, curve: createNobleSecp256k1(), random: browserRandom },
      transport: createWebSocketTransport(urls, clock),
      peers: urls.map(({ address }) => address),
    });
    return { client, close: () => client.stop().finally(() => stores.close()) };
  } catch (error) {
    await stores.close();
    throw error;
  }
}

function memoryStores(): LightStores & { close(): Promise<void> } {
  return { headers: createMemoryHeaderStore(), rows: createMemoryRowStore(), close: async () => {} };
}
