/**
 * The light client put together over its ports: what decides (`engine/light`), a transport, a clock and two stores.
 *
 * Owns moving bytes, keeping the timer, writing what is to be kept, starting and stopping. Does not own a decision. Nothing of Node or of a
 * browser is named here: node.ts hands in Node's sockets and files.
 *
 * @module
 */

import type { TransportEngine } from '../core/crypto/transport-engine.ts';
import type { KeyCurve } from '../core/descriptors/extended-key.ts';
import type { FilterCheckpoint, NetworkParams } from '../core/params/types.ts';
import { DecodeError } from '../core/primitives/decode-error.ts';
import type { Txid } from '../core/primitives/ids.ts';
import type { Transaction } from '../core/primitives/transaction.ts';
import type { FrameStep } from '../core/wire/frame.ts';
import { formatHostPort } from '../core/wire/ip-text.ts';
import { type MessageStream, PlainStream } from '../core/wire/message-stream.ts';
import { decodeMessage, encodeMessage, type Message } from '../core/wire/messages/table.ts';
import { EncryptedStream } from '../core/wire/v2/encrypted-stream.ts';
import { loadIndex } from '../engine/chain/load-index.ts';
import { mergeFilterCheckpoints } from '../engine/light/filter-checkpoints.ts';
import { HeaderImport } from '../engine/light/header-import.ts';
import { LightChain } from '../engine/light/light-chain.ts';
import type { LightAction } from '../engine/light/light-context.ts';
import type { LightEvent, LightPayment, LightProgress } from '../engine/light/light-event.ts';
import type { LightBalance, LightCoin } from '../engine/light/light-ledger.ts';
import { LightMachine } from '../engine/light/light-machine.ts';
import { readLightRows, type StoredClient } from '../engine/light/light-rows.ts';
import type { Clock, Timer } from '../engine/ports/clock.ts';
import type { HeaderStore } from '../engine/ports/header-store.ts';
import type { Log } from '../engine/ports/log.ts';
import { NodeError } from '../engine/ports/node-error.ts';
import type { Random } from '../engine/ports/random.ts';
import type { Resolver } from '../engine/ports/resolver.ts';
import type { RowStore } from '../engine/ports/row-store.ts';
import type { Connection, SocketAddress, Transport } from '../engine/ports/transport.ts';
import { Link } from '../engine/sync/link.ts';
import type { PeerId } from '../engine/sync/peer.ts';

/** A call that is not taken within this time has failed. */
export const DIAL_TIMEOUT_MS = 5_000;

/** Messages of one peer that are looked at before others have their turn. */
const MESSAGES_PER_TURN = 50;

/** Bytes of a message that others have their turn after. */
const LARGE_MESSAGE_BYTES = 100_000;

/** Pages of headers out of a file that are written at once: some 10 MB. */
const IMPORTED_PAGES_AT_ONCE = 4_096;

/** Headers to begin with: 80 bytes each, from the network's first or second one on, or from one that is known. However they are cut. */
export interface HeaderFile {
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly sizeBytes?: number;
}

/** Where a client keeps what it knows. */
export interface LightStores {
  readonly headers: HeaderStore;
  readonly rows: RowStore;
}

/** What a client is made with: the world, and what it is to do. */
export interface LightClientOptions {
  readonly params: NetworkParams;
  readonly stores: LightStores;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly curve: KeyCurve;
  /** Speaks the encrypted transport too (BIP-324), and tries it first; unless given the first one alone. */
  readonly transportEngine?: TransportEngine;
  /** Looks up the names behind which nodes are, where none is named. */
  readonly resolver?: Resolver;
  /** Nodes to call, at most eight of them at a time. Unless some are given, those behind the network's names. */
  readonly peers?: readonly SocketAddress[];
  /** Sent to every peer. */
  readonly userAgent?: string;
  /** Addresses, descriptors and output scripts in hexadecimal, besides those that are watched already. */
  readonly watch?: readonly string[];
  /** Scripts of a range that are watched beyond the last one used. Default: 100. */
  readonly gap?: number;
  /** From where on the chain is looked through, where nothing of it was yet. Default: its beginning. */
  readonly birthday?: { readonly height: number } | { readonly timeSeconds: number };
  /** Headers that are taken before anything else is done, by all rules. */
  readonly headerFile?: HeaderFile;
  /**
   * Filter headers that are known besides those of the network: with a birthday above one, those below are not asked for, and who contradicts one
   * is proved a liar.
   */
  readonly filterCheckpoints?: readonly FilterCheckpoint[];
  /** Told what the client does. It returns at once. */
  readonly onEvent?: (event: LightEvent) => void;
  /** Told when a store fails: nothing more can be promised then. */
  readonly onFailure?: (error: unknown) => void;
}

/** A light client that runs. */
export class LightClient {
  readonly #options: LightClientOptions;
  readonly #machine: LightMachine;
  readonly #links = new Map<PeerId, Link>();
  readonly #closedTraffic = { bytesSent: 0, bytesReceived: 0 };
  #timer: { readonly timer: Timer; readonly atMs: number } | undefined;
  #saving: Promise<void> = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;
  #lastId = -1;
  #stopped = false;

  private constructor(options: LightClientOptions, machine: LightMachine) {
    this.#options = options;
    this.#machine = machine;
  }

  /**
   * Opens what was kept, and begins.
   *
   * @throws NodeError `database-damaged`, `data-dir-network`, `option-invalid`
   * @throws HeaderFileError where the file has a header that breaks a rule; nothing was written then
   * @throws DescriptorError where something that is to be watched makes no sense
   */
  static async open(options: LightClientOptions): Promise<LightClient> {
    const { params, stores, clock, log, random, curve, peers = [], gap, birthday, watch = [] } = options;
    const filterCheckpoints = mergeFilterCheckpoints(params.filterCheckpoints, options.filterCheckpoints ?? []);
    if (filterCheckpoints === undefined) throw new NodeError('option-invalid', 'two checkpoints of filter headers contradict each other');
    const index = await loadIndex({ params, headers: stores.headers, clock, log, random });
    const stored = await readStored(stores.rows);
    const chain = new LightChain({ params, index, clock });
    if (options.headerFile !== undefined) await importHeaders(chain, options.headerFile, options);
    const machine = new LightMachine({
      ...{ params, clock, random, log, curve, peers, filterCheckpoints },
      chain,
      seeds: peers.length > 0 ? [] : params.dnsSeeds,
      userAgent: options.userAgent ?? '/quoin-light/',
      encrypted: options.transportEngine !== undefined,
      ...(gap !== undefined && { gap }),
      ...(birthday !== undefined && { birthday }),
    });
    const client = new LightClient(options, machine);
    try {
      client.#perform(machine.start(stored));
      for (const text of watch) client.watch(text);
    } catch (error) {
      // It may be calling nodes already.
      await client.stop();
      throw error;
    }
    return client;
  }

  /** Ends every connection and writes what is not written yet. The stores stay open. @throws whatever a store failed with */
  async stop(): Promise<void> {
    if (!this.#stopped) {
      this.#perform(this.#machine.save());
      this.#stopped = true;
      if (this.#timer !== undefined) this.#options.clock.cancel(this.#timer.timer);
      for (const link of this.#links.values()) link.connection.close('stopping');
    }
    await this.#saving;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  progress(): LightProgress {
    return this.#machine.progress();
  }

  balance(): LightBalance {
    return this.#machine.balance();
  }

  /** Payments, those first that are in the lowest blocks; at the end those that wait. */
  payments(): readonly LightPayment[] {
    return this.#machine.payments();
  }

  /** Unspent outputs that are watched. */
  coins(): readonly LightCoin[] {
    return this.#machine.coins();
  }

  /** What is watched, as it was said. */
  watched(): readonly string[] {
    return this.#machine.watched();
  }

  /** Nodes that were proved to lie and are not called now: `host:port`, and until when in seconds since 1970. */
  bans(): ReadonlyMap<string, number> {
    return this.#machine.bans();
  }

  /** Bytes of all connections since the start, those that are gone too. */
  traffic(): { readonly bytesSent: number; readonly bytesReceived: number } {
    let { bytesSent, bytesReceived } = this.#closedTraffic;
    for (const link of this.#links.values()) {
      bytesSent += link.bytesSent;
      bytesReceived += link.bytesReceived;
    }
    return { bytesSent, bytesReceived };
  }

  /** Watches an address, a descriptor or an output script in hexadecimal, and looks through the chain for it. @throws DescriptorError */
  watch(text: string, fromHeight?: number): void {
    this.#perform(this.#machine.watch(text, fromHeight));
  }

  /** Looks through the chain again from a height on. */
  rescan(fromHeight: number): void {
    this.#perform(this.#machine.rescan(fromHeight));
  }

  /**
   * Tells peers of a transaction, now and again, until it is in a block. It need touch nothing that is watched; what it pays to others does not
   * count.
   *
   * @returns false where it is not sent: it breaks a rule (`checkSendable` tells which), or no filter would show that it is in a block
   */
  send(tx: Transaction): boolean {
    const { done, actions } = this.#machine.send(tx);
    this.#perform(actions);
    return done;
  }

  /** Gives up on a transaction that waits. @returns whether there was one */
  forget(txid: Txid): boolean {
    const { done, actions } = this.#machine.forget(txid);
    this.#perform(actions);
    return done;
  }

  #opened(connection: Connection, dialled: SocketAddress, encrypted: boolean): void {
    if (this.#stopped) {
      connection.close('stopping');
      return;
    }
    const id = ++this.#lastId as PeerId;
    const link = new Link({
      ...{ id, connection, clock: this.#options.clock },
      stream: this.#stream(encrypted),
      events: { readable: (each) => this.#pump(each), closed: (each, why) => this.#closed(each, why) },
    });
    this.#links.set(id, link);
    this.#perform(this.#machine.connected(id, connection.remote, connection.local, dialled));
  }

  #stream(encrypted: boolean): MessageStream {
    const { params, random, transportEngine: engine } = this.#options;
    const { messageStart } = params;
    if (engine === undefined || !encrypted) return new PlainStream(messageStart);
    return new EncryptedStream({ engine, messageStart, initiating: true, random });
  }

  #closed(link: Link, why: string): void {
    this.#links.delete(link.id);
    this.#closedTraffic.bytesSent += link.bytesSent;
    this.#closedTraffic.bytesReceived += link.bytesReceived;
    this.#perform(this.#machine.disconnected(link.id, why, link.stream.isUnanswered));
  }

  /** Looks at a peer's messages, unless that is being done. */
  #pump(link: Link): void {
    if (link.busy) return;
    link.busy = true;
    this.#readAll(link).catch((error: unknown) => this.#fail(error));
  }

  async #readAll(link: Link): Promise<void> {
    let turn = 0;
    for (let step = link.next(); step !== undefined && !link.closed && !this.#stopped; step = link.next()) {
      this.#perform(this.#decide(link, step));
      if (step.kind === 'fault') break;
      const isLarge = step.kind === 'frame' && step.payload.length >= LARGE_MESSAGE_BYTES;
      if (++turn % MESSAGES_PER_TURN === 0 || isLarge) await this.#options.clock.yield();
    }
    link.busy = false;
  }

  #decide(link: Link, step: FrameStep): readonly LightAction[] {
    if (step.kind === 'fault') return this.#machine.breach(link.id, step.why);
    if (step.kind === 'dropped') return [];
    let message: Message | undefined;
    try {
      message = decodeMessage(step.command, step.payload);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.#options.log.debug('message-malformed', { peer: link.id, command: step.command, why: error.message });
      return this.#machine.breach(link.id, 'malformed-message');
    }
    return message === undefined ? [] : this.#machine.received(link.id, message);
  }

  #perform(actions: readonly LightAction[]): void {
    if (this.#stopped) return;
    for (const action of actions) this.#performOne(action);
  }

  #performOne(action: LightAction): void {
    switch (action.kind) {
      case 'send':
        this.#send(action.peer, action.message);
        return;
      case 'disconnect':
        this.#links.get(action.peer)?.connection.close(action.why);
        return;
      case 'dial':
        this.#dial(action.address, action.encrypted);
        return;
      case 'resolve':
        this.#resolve(action.name);
        return;
      case 'save':
        this.#save(action);
        return;
      case 'tell':
        this.#options.onEvent?.(action.event);
        return;
      case 'wake':
        this.#wake(action.atMs);
    }
  }

  #send(id: PeerId, message: Message): void {
    const link = this.#links.get(id);
    if (link !== undefined && !link.send(message.type, encodeMessage(message))) this.#perform(this.#machine.breach(id, 'not-reading'));
  }

  /** Writes one change after another: headers before the rows that name them. */
  #save({ headers, rows }: LightAction & { readonly kind: 'save' }): void {
    const { stores } = this.#options;
    this.#saving = this.#saving
      .then(async () => {
        if (headers.length > 0) await stores.headers.put(headers);
        await stores.rows.apply(rows);
      })
      .catch((error: unknown) => this.#fail(error));
  }

  #fail(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = { error };
    this.#options.onFailure?.(error);
  }

  #dial(address: SocketAddress, encrypted: boolean): void {
    this.#options.transport.dial(address, { timeoutMs: DIAL_TIMEOUT_MS }).then(
      (connection) => this.#opened(connection, address, encrypted),
      (error: unknown) => {
        this.#options.log.debug('dial-failed', { address: formatHostPort(address.host, address.port), why: String(error) });
        this.#perform(this.#machine.dialFailed(address));
      },
    );
  }

  /** Looks up a name; a failure is an empty answer. */
  #resolve(name: string): void {
    const asked = this.#options.resolver?.resolve(name) ?? Promise.resolve([]);
    asked
      .catch((error: unknown) => {
        this.#options.log.debug('resolve-failed', { name, why: String(error) });
        return [];
      })
      .then((hosts) => this.#perform(this.#machine.resolved(hosts)))
      .catch((error: unknown) => this.#fail(error));
  }

  #wake(atMs: number): void {
    if (this.#timer !== undefined && this.#timer.atMs <= atMs) return;
    const { clock } = this.#options;
    if (this.#timer !== undefined) clock.cancel(this.#timer.timer);
    const timer = clock.after(Math.max(0, atMs - clock.monotonicMs()), () => {
      this.#timer = undefined;
      this.#perform(this.#machine.tick());
    });
    this.#timer = { timer, atMs };
  }
}

/** @throws NodeError `database-damaged` */
async function readStored(rows: RowStore): Promise<StoredClient> {
  try {
    return await readLightRows(rows.entries());
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new NodeError(
      'database-damaged',
      `what the light client knew cannot be read (${error.message}): delete its folder, and it begins anew`,
      {
        cause: error,
      },
    );
  }
}

/** Checks headers out of a file, then writes them: those before others first. @throws HeaderFileError before anything was written */
async function importHeaders(
  chain: LightChain,
  { chunks, sizeBytes: totalBytes }: HeaderFile,
  { stores, clock, onEvent }: Pick<LightClientOptions, 'stores' | 'clock' | 'onEvent'>,
): Promise<void> {
  const file = new HeaderImport(chain);
  let doneBytes = 0;
  for await (const chunk of chunks) {
    file.take(chunk);
    doneBytes += chunk.length;
    onEvent?.({ kind: 'headers-imported', headers: file.count, height: chain.active.height, doneBytes, totalBytes });
    await clock.yield();
  }
  file.end();
  for (let pages = chain.takeDirty(IMPORTED_PAGES_AT_ONCE); pages.length > 0; pages = chain.takeDirty(IMPORTED_PAGES_AT_ONCE)) {
    await stores.headers.put(pages);
  }
}
