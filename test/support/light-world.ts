/**
 * Peers that serve a chain with its filters as a test tells them to, truly or not, and light clients that call them: one virtual clock, one
 * network in memory.
 *
 * @module
 */

import { chooseSecp256k1 } from '../../src/core/crypto/node/choose-secp256k1.ts';
import { sha256d } from '../../src/core/crypto/sha256.ts';
import { basicFilter, filterHeader } from '../../src/core/filters/basic-filter.ts';
import { regtest } from '../../src/core/params/regtest.ts';
import type { NetworkParams } from '../../src/core/params/types.ts';
import { type Block, encodeBlock } from '../../src/core/primitives/block.ts';
import { hashKey } from '../../src/core/primitives/ids.ts';
import { isCoinbase, outPointKey, type Transaction } from '../../src/core/primitives/transaction.ts';
import type { InventoryItem } from '../../src/core/wire/inventory.ts';
import type { Message, MessageOf } from '../../src/core/wire/messages/table.ts';
import { SERVICES } from '../../src/core/wire/services.ts';
import type { LightEvent } from '../../src/engine/light/light-event.ts';
import { LightClient, type LightClientOptions, type LightStores } from '../../src/light/light-client.ts';
import { createMemoryHeaderStore } from '../../src/platform/store/memory-header-store.ts';
import { createMemoryRowStore } from '../../src/platform/store/memory-row-store.ts';
import { silentLog } from './mempool-world.ts';
import { SeededRandom } from './seeded-random.ts';
import { type ScriptedPeer, SyncWorld, versionMessage, WORLD_PORT } from './sync-world.ts';

/** A chain with the filter of each block. The genesis block is the first. */
export interface FilteredChain {
  readonly blocks: readonly Block[];
  readonly filters: readonly Uint8Array[];
}

/** The filters of blocks that follow one another from the genesis block on; false ones where `falsify` gives some. */
export function withFilters(
  blocks: readonly Block[],
  falsify: (height: number, right: Uint8Array, block: Block) => Uint8Array = (_, right) => right,
): FilteredChain {
  const scripts = new Map<string, Uint8Array>();
  const filters = blocks.map((block, height) => {
    for (const tx of block.transactions) {
      for (const [vout, { scriptPubKey }] of tx.outputs.entries()) scripts.set(outPointKey({ txid: tx.txid, vout }), scriptPubKey);
    }
    return falsify(height, basicFilter(block, spentScripts(block, scripts)), block);
  });
  return { blocks, filters };
}

/** The filter header of each block of a chain. */
export function filterHeadersOf({ filters }: FilteredChain): readonly Uint8Array[] {
  let header: Uint8Array = new Uint8Array(32);
  return filters.map((filter) => {
    header = filterHeader(filter, header);
    return header;
  });
}

function spentScripts(block: Block, scripts: ReadonlyMap<string, Uint8Array>): Uint8Array[] {
  const inputs = block.transactions.filter((tx) => !isCoinbase(tx)).flatMap((tx) => tx.inputs);
  return inputs.map(({ prevout }) => scripts.get(outPointKey(prevout))!);
}

/** What serving takes of a connection. */
export type ServedConnection = Pick<ScriptedPeer, 'send' | 'onMessage'>;

/** What a served peer does. Each can be changed while it runs. */
export class ServedPeer<Peer extends ServedConnection = ScriptedPeer> {
  chain: FilteredChain;
  /** Messages that it never answers. */
  readonly withholds: Set<Message['type']> = new Set();
  readonly received: Message[] = [];
  readonly transactions: Transaction[] = [];
  peers: Peer[] = [];
  sentBytes = 0;

  constructor(chain: FilteredChain) {
    this.chain = chain;
  }

  /** Tells everybody of its last block, by its header. */
  announce(count = 1): void {
    const headers = this.chain.blocks.slice(-count).map((block) => block.header);
    for (const peer of this.peers) peer.send({ type: 'headers', headers });
  }

  called(peer: Peer, services: bigint): void {
    this.peers.push(peer);
    peer.onMessage = (message) => {
      this.received.push(message);
      if (message.type === 'version') peer.send(versionMessage({ services }), { type: 'wtxidrelay' }, { type: 'verack' });
      else if (!this.withholds.has(message.type)) this.#answer(peer, message);
    };
  }

  #answer(peer: ServedConnection, message: Message): void {
    if (message.type === 'getheaders') this.#headers(peer, message);
    else if (message.type === 'getdata') this.#data(peer, message.items);
    else if (message.type === 'getcfcheckpt') this.#checkpoints(peer, message);
    else if (message.type === 'getcfheaders') this.#hashes(peer, message);
    else if (message.type === 'getcfilters') this.#filters(peer, message);
    else if (message.type === 'inv') peer.send({ type: 'getdata', items: message.items });
    else if (message.type === 'tx') this.transactions.push(message.tx);
  }

  #heightOf(hash: Uint8Array): number {
    return this.chain.blocks.findIndex((block) => hashKey(block.header.hash) === hashKey(hash));
  }

  #headers(peer: ServedConnection, { locator }: MessageOf<'getheaders'>): void {
    const known = locator.map((hash) => this.#heightOf(hash)).find((height) => height >= 0) ?? 0;
    peer.send({ type: 'headers', headers: this.chain.blocks.slice(known + 1, known + 2_001).map((block) => block.header) });
  }

  #data(peer: ServedConnection, items: readonly InventoryItem[]): void {
    for (const { hash } of items) {
      const block = this.chain.blocks[this.#heightOf(hash)];
      if (block !== undefined) peer.send({ type: 'block', block, raw: encodeBlock(block) });
    }
  }

  #checkpoints(peer: ServedConnection, { stop, filterType }: MessageOf<'getcfcheckpt'>): void {
    const headers = filterHeadersOf(this.chain);
    const filterHeaders = Array.from({ length: Math.floor(this.#heightOf(stop) / 1_000) }, (_, i) => headers[(i + 1) * 1_000]!);
    peer.send({ type: 'cfcheckpt', filterType, stop, filterHeaders });
  }

  #hashes(peer: ServedConnection, { startHeight, stop, filterType }: MessageOf<'getcfheaders'>): void {
    const filterHashes = this.chain.filters.slice(startHeight, this.#heightOf(stop) + 1).map((filter) => sha256d(filter));
    const previousHeader = startHeight === 0 ? new Uint8Array(32) : filterHeadersOf(this.chain)[startHeight - 1]!;
    peer.send({ type: 'cfheaders', filterType, stop, previousHeader, filterHashes });
  }

  #filters(peer: ServedConnection, { startHeight, stop, filterType }: MessageOf<'getcfilters'>): void {
    for (let height = startHeight; height <= this.#heightOf(stop); height++) {
      peer.send({ type: 'cfilter', filterType, block: this.chain.blocks[height]!.header.hash, filter: this.chain.filters[height]! });
    }
  }
}

/** What a node offers that serves filters. */
export const OFFERED: bigint = SERVICES.network | SERVICES.witness | SERVICES.compactFilters;

/** A light client in a world, with all that it told. */
export interface WorldClient {
  readonly client: LightClient;
  readonly events: LightEvent[];
  readonly stores: LightStores;
}

/** Served peers and light clients. */
export class LightWorld extends SyncWorld {
  readonly #clients: LightClient[] = [];

  constructor(params: NetworkParams = regtest) {
    super(params);
  }

  /** A peer that is called at its host. */
  async serve(host: string, chain: FilteredChain, services: bigint = OFFERED): Promise<ServedPeer> {
    const served = new ServedPeer(chain);
    await this.listen(host, (peer) => served.called(peer, services));
    return served;
  }

  /** Opens a client that calls these hosts; with the stores of an earlier one it goes on where that was. */
  async client(hosts: readonly string[], options: Partial<LightClientOptions> = {}): Promise<WorldClient> {
    const events: LightEvent[] = [];
    const stores = options.stores ?? { headers: createMemoryHeaderStore(), rows: createMemoryRowStore() };
    const client = await LightClient.open({
      ...{ params: this.params, clock: this.clock, log: silentLog, curve: chooseSecp256k1('auto'), random: new SeededRandom(7) },
      transport: this.network.transport('10.9.0.1'),
      peers: hosts.map((host) => ({ host, port: WORLD_PORT })),
      onEvent: (event) => events.push(event),
      onFailure: (error) => {
        throw error;
      },
      ...options,
      stores,
    });
    this.#clients.push(client);
    return { client, events, stores };
  }

  /** Waits until a client has looked at every block. */
  async caughtUp({ client }: WorldClient, height: number, limitMs = 600_000): Promise<void> {
    await this.until(() => client.progress().done && client.progress().scanned === height, limitMs);
  }

  override async close(): Promise<void> {
    for (const client of this.#clients) await client.stop();
    await super.close();
  }
}
