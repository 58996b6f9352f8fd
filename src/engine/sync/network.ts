import { toHex } from '../../core/base/bytes.ts';
import { decodeBlock } from '../../core/primitives/block.ts';
import { DecodeError } from '../../core/primitives/decode-error.ts';
import type { BlockHash } from '../../core/primitives/ids.ts';
import type { FrameStep } from '../../core/wire/frame.ts';
import { formatHostPort } from '../../core/wire/ip-text.ts';
import type { MessageStream } from '../../core/wire/message-stream.ts';
import { PlainStream } from '../../core/wire/message-stream.ts';
import { decodeMessage, encodeMessage } from '../../core/wire/messages/table.ts';
import type { GossipAddress, NetworkAddress, NetworkKind } from '../../core/wire/network-address.ts';
import type { Subnet } from '../../core/wire/subnet.ts';
import { EncryptedStream } from '../../core/wire/v2/encrypted-stream.ts';
import type { HeaderNode } from '../chain/header-node.ts';
import type { AddressCounts, PlacedPeer } from '../ports/address-book.ts';
import type { Ban } from '../ports/ban-store.ts';
import type { Timer } from '../ports/clock.ts';
import type {
  AddedNode,
  LearnOutcome,
  NetworkService,
  OpenedConnectionType,
  OrphanInfo,
  PeerInfo,
  SubnetNodeInfo,
  SyncProgress,
  UploadState,
} from '../ports/network-service.ts';
import type { CalledNetwork, NetworkReach } from '../ports/proxy.ts';
import type { Connection, ListenAddress, Listener, SocketAddress } from '../ports/transport.ts';
import type { SyncAction } from './actions.ts';
import { BlockServer } from './block-server.ts';
import { PROTOCOL_VERSION } from './handshake.ts';
import { Link } from './link.ts';
import { LookAhead } from './look-ahead.ts';
import type { NetworkOptions } from './network-options.ts';
import { offeredServices, offering } from './offered-services.ts';
import type { PeerId } from './peer.ts';
import { connectionTo, peerInfo } from './peer-info.ts';
import { kindsOf, reachOf } from './reach.ts';
import { SubnetVoice } from './subnet-voice.ts';
import { type NewConnection, SyncMachine } from './sync-machine.ts';
import { UploadTarget } from './upload-target.ts';

/** A call that is not taken within this time has failed. Core's default `-timeout`. */
export const DIAL_TIMEOUT_MS = 5_000;

const BAN_SECONDS_DEFAULT = 86_400;

/** Messages of one peer that are looked at before others have their turn. */
const MESSAGES_PER_TURN = 50;

/** Bytes of a message that others have their turn before and after: to read it takes milliseconds, and what follows from it takes more. */
const LARGE_MESSAGE_BYTES = 100_000;

/** What is known of a new connection besides its two ends. */
interface NewLink extends Omit<NewConnection, 'id' | 'remote' | 'local'> {
  /** The encrypted transport was called for. Who calls us may speak either. */
  readonly encrypted?: boolean;
}

/**
 * Carries out what the machine decides, over the ports: moves bytes, hands blocks and transactions to the chain and the mempool, keeps the
 * timer. The one part of this room that waits for anything.
 *
 * Messages of one peer are dealt with one after another: while a block of it is being judged, nothing else of it is looked at.
 */
export class Network implements NetworkService {
  readonly userAgent: string;
  readonly protocolVersion: number = PROTOCOL_VERSION;
  readonly relaysTransactions: boolean;
  readonly banSeconds: number;
  readonly #options: NetworkOptions;
  readonly #machine: SyncMachine;
  readonly #links = new Map<PeerId, Link>();
  readonly #lookAhead: LookAhead;
  /** Work that is under way; awaited when the network stops. */
  readonly #running = new Set<Promise<void>>();
  /** Bytes of connections that are gone. */
  readonly #closedTraffic = { bytesSent: 0, bytesReceived: 0 };
  readonly #uploads: UploadTarget;
  readonly #server: BlockServer;
  readonly #reach: Readonly<Record<CalledNetwork, NetworkReach>>;
  readonly #voice: SubnetVoice;
  #unsubscribe: (() => void)[] = [];
  #listener: Listener | undefined;
  readonly #furtherListeners: Listener[] = [];
  #timer: { readonly timer: Timer; readonly atMs: number } | undefined;
  #lastId = -1;
  #saving: Promise<void> = Promise.resolve();
  #started = false;
  #stopped = false;

  constructor(options: NetworkOptions) {
    this.#options = options;
    this.userAgent = options.userAgent;
    this.relaysTransactions = options.blocksOnly !== true;
    this.banSeconds = options.banSeconds ?? BAN_SECONDS_DEFAULT;
    this.#reach = reachOf(options.proxies ?? {}, options.onlyNetworks);
    this.#machine = new SyncMachine(offering(options, { reachable: kindsOf(this.#reach), usesSubnet: options.discovery !== undefined }));
    this.#voice = new SubnetVoice(options.discovery, (sighting) => this.#perform(this.#machine.seenOnSubnet(sighting)));
    this.#lookAhead = new LookAhead(options);
    const { clock, uploadTargetBytes = 0 } = options;
    this.#uploads = new UploadTarget(
      uploadTargetBytes,
      () => clock.nowSeconds(),
      () => this.traffic().bytesSent,
    );
    this.#server = new BlockServer({
      ...{ chain: options.chain, clock, filters: options.filters },
      link: (id) => this.#links.get(id),
      send: (id, command, payload) => this.#send(id, command, payload),
      refuses: (id, node) => this.#refuses(id, node),
      stopped: () => this.#stopped,
    });
  }

  get services(): bigint {
    return offeredServices(this.#options);
  }

  /** Accepts connections and begins to make them. @throws NodeError `port-in-use`, `listen-failed` */
  async start(): Promise<void> {
    const { transport, listen, alsoListen = [], peerStore, banStore, anchorStore, chain, mempool } = this.#options;
    const open = ({ host, port, permissions = [], onion = false }: ListenAddress): Promise<Listener> =>
      transport.listen({ host, port }, (connection) =>
        this.#accept(connection, { connectionType: 'inbound', permissions, throughOnion: onion }),
      );
    if (listen !== undefined) this.#listener = await open(listen);
    for (const address of alsoListen) this.#furtherListeners.push(await open(address));
    const kept = {
      book: await peerStore?.load(),
      bans: (await banStore?.load()) ?? [],
      anchors: (await anchorStore?.take()) ?? [],
    };
    this.#unsubscribe = [
      chain.subscribe((event) => this.#perform(this.#machine.chainChanged(event))),
      mempool.subscribe((event) => {
        if (event.kind === 'added') this.#perform(this.#machine.transactionAdded(event.entry));
      }),
    ];
    this.#started = true;
    this.#perform(this.#machine.start(kept, this.#listener?.address.port));
    if (this.#machine.active) await this.#discover(true);
  }

  /** Tells the subnet of us and hears of others, or does so no longer. */
  #discover(on: boolean): Promise<void> {
    const own = this.#listener && { address: this.#listener.address, net: toHex(this.#options.params.messageStart) };
    return on ? this.#voice.begin(own) : this.#voice.end();
  }

  /** Ends every connection, waits for what is under way, and keeps the addresses. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    for (const end of this.#unsubscribe) end();
    const farewell = this.#discover(false);
    const anchors = this.#machine.anchors();
    if (this.#timer !== undefined) this.#options.clock.cancel(this.#timer.timer);
    // A listener may end only when its last connection has.
    const closing = Promise.all([this.#listener, ...this.#furtherListeners].map((each) => each?.close()));
    for (const id of [...this.#links.keys()]) this.#perform(this.#machine.disconnect(id, 'stopping'));
    await closing;
    await farewell;
    while (this.#running.size > 0) await Promise.all(this.#running);
    await this.#saving;
    // Who never read them has none to keep.
    if (!this.#started) return;
    await this.#options.peerStore?.save(this.#machine.storedPeers());
    await this.#options.anchorStore?.save(anchors);
  }

  listenAddress(): string | undefined {
    return this.#listener === undefined ? undefined : formatHostPort(this.#listener.address.host, this.#listener.address.port);
  }

  peers(): readonly PeerInfo[] {
    const now = { ms: this.#options.clock.monotonicMs(), tip: this.#options.chain.active.tip };
    const infos: PeerInfo[] = [];
    for (const peer of this.#machine.peers.values()) {
      const link = this.#links.get(peer.id);
      if (link !== undefined) infos.push(peerInfo(peer, link, { ...now, onSubnet: this.#machine.subnet.includes(peer) }));
    }
    return infos;
  }

  subnetNodes(): readonly SubnetNodeInfo[] {
    return this.#machine.subnet.nodes();
  }

  accept(connection: Connection): void {
    this.#accept(connection, { connectionType: 'inbound' });
  }

  sync(): SyncProgress {
    return this.#machine.progress();
  }

  /** Whether no connected peer has shown a header chain of more work than our tip's. */
  inSync(): boolean {
    return this.#machine.inSync();
  }

  /** Addresses that are known. */
  get knownAddresses(): number {
    return this.#machine.knownAddresses;
  }

  addNode(address: SocketAddress, command: 'add' | 'remove' | 'onetry', encrypted?: boolean): boolean {
    const { done, actions } = this.#machine.orders.addNode(address, command, encrypted);
    this.#perform(actions);
    return done;
  }

  openConnection(address: SocketAddress, type: OpenedConnectionType, encrypted?: boolean): boolean {
    const { done, actions } = this.#machine.orders.openConnection(address, type, encrypted);
    this.#perform(actions);
    return done;
  }

  disconnect(peer: { readonly address: string } | { readonly id: number }): boolean {
    for (const each of this.#machine.peers.values()) {
      const matches = 'id' in peer ? each.id === peer.id : formatHostPort(each.remote.host, each.remote.port) === peer.address;
      if (!matches || each.leaving) continue;
      this.#perform(this.#machine.disconnect(each.id, 'requested'));
      return true;
    }
    return false;
  }

  addedNodes(): readonly AddedNode[] {
    const { orders, peers } = this.#machine;
    return orders.addedNodes().map(({ host, port }) => ({ host, port, connection: connectionTo(peers.values(), host, port) }));
  }

  knownNodes(count: number, network?: NetworkKind): readonly GossipAddress[] {
    return this.#machine.someAddresses(count, network);
  }

  addressCounts(): ReadonlyMap<NetworkKind, AddressCounts> {
    return this.#machine.addressBook.counts();
  }

  addressPlaces(): Iterable<PlacedPeer> {
    return this.#machine.addressBook.places();
  }

  learnAddress(address: NetworkAddress, { tried }: { readonly tried: boolean }): LearnOutcome {
    const { outcome, actions } = this.#machine.learnAddress(address, tried);
    this.#perform(actions);
    return outcome;
  }

  traffic(): { readonly bytesSent: number; readonly bytesReceived: number } {
    let { bytesSent, bytesReceived } = this.#closedTraffic;
    for (const link of this.#links.values()) {
      bytesSent += link.bytesSent;
      bytesReceived += link.bytesReceived;
    }
    return { bytesSent, bytesReceived };
  }

  uploads(): UploadState {
    return this.#uploads.state();
  }

  reach(): Readonly<Record<CalledNetwork, NetworkReach>> {
    return this.#reach;
  }

  fetchBlock(peer: number, hash: BlockHash): string | undefined {
    const { problem, actions } = this.#machine.orders.fetchBlock(peer, hash);
    this.#perform(actions);
    return problem;
  }

  /** Asks every peer for a sign of life now. */
  ping(): void {
    this.#perform(this.#machine.ping());
  }

  active(): boolean {
    return this.#machine.active;
  }

  setActive(active: boolean): void {
    if (active === this.#machine.active) return;
    this.#options.log.info('network-active', { active });
    this.#perform(this.#machine.orders.setActive(active));
    if (this.#started) this.#run(this.#discover(active));
  }

  bans(): readonly Ban[] {
    return this.#machine.bans.all();
  }

  isBanned(subnet: Subnet, { exactly }: { readonly exactly: boolean }): boolean {
    return exactly ? this.#machine.bans.has(subnet) : this.#machine.bans.covers(subnet);
  }

  ban(subnet: Subnet, untilSeconds: number): boolean {
    const { actions, done } = this.#machine.orders.ban(subnet, untilSeconds);
    this.#perform(actions);
    return done;
  }

  unban(subnet: Subnet): boolean {
    const { actions, done } = this.#machine.orders.unban(subnet);
    this.#perform(actions);
    return done;
  }

  clearBans(): void {
    this.#perform(this.#machine.orders.unban('all').actions);
  }

  sendMessage(id: number, command: string, payload: Uint8Array): boolean {
    if (this.#machine.peers.get(id as PeerId)?.leaving !== false) return false;
    this.#send(id as PeerId, command, payload);
    return true;
  }

  orphans(): readonly OrphanInfo[] {
    return Array.from(this.#machine.orphans(), ({ tx, peer }) => ({ tx, peer }));
  }

  #accept(connection: Connection, how: NewLink): void {
    if (this.#stopped) {
      connection.close('stopping');
      return;
    }
    const id = ++this.#lastId as PeerId;
    const { clock } = this.#options;
    const { encrypted, ...connected } = how;
    const link = new Link({
      ...{ id, connection, clock },
      stream: this.#stream(connected.connectionType !== 'inbound', encrypted ?? true),
      events: {
        readable: (each) => this.#pump(each),
        closed: (each, why) => this.#closed(each, why),
      },
    });
    this.#links.set(id, link);
    const { remote, local } = connection;
    this.#perform(this.#machine.connected({ id, remote, local, ...connected }));
  }

  /** The transport of a new connection. Who is called takes either, if it speaks both. */
  #stream(initiating: boolean, encrypted: boolean): MessageStream {
    const { params, random, transportEngine: engine } = this.#options;
    const { messageStart } = params;
    if (engine === undefined || !encrypted) return new PlainStream(messageStart);
    return new EncryptedStream({ engine, messageStart, initiating, random });
  }

  #closed(link: Link, why: string): void {
    const wasReady = this.#machine.peers.get(link.id)?.ready === true;
    this.#links.delete(link.id);
    this.#closedTraffic.bytesSent += link.bytesSent;
    this.#closedTraffic.bytesReceived += link.bytesReceived;
    this.#options.log.debug('peer-disconnected', { peer: link.id, why });
    if (wasReady) this.#options.onPeer?.({ kind: 'peer-disconnected', id: link.id, why });
    this.#perform(this.#machine.disconnected(link.id, { unanswered: link.stream.isUnanswered }));
  }

  /** Looks at a peer's messages, unless that is being done. */
  #pump(link: Link): void {
    if (link.busy) return;
    link.busy = true;
    this.#run(this.#readAll(link));
  }

  async #readAll(link: Link): Promise<void> {
    let turn = 0;
    for (let step = link.next(); step !== undefined && !link.closed; step = link.next()) {
      const wasReady = this.#machine.peers.get(link.id)?.ready === true;
      const isLarge = step.kind === 'frame' && step.payload.length >= LARGE_MESSAGE_BYTES;
      const actions = this.#decide(link, step);
      if (isLarge) await this.#options.clock.yield();
      await this.#performSome(actions, link);
      if (!wasReady && this.#machine.peers.get(link.id)?.ready === true) this.#options.onPeer?.({ kind: 'peer-connected', id: link.id });
      if (step.kind === 'fault') break;
      if (link.full) await link.drained();
      if (++turn % MESSAGES_PER_TURN === 0 || isLarge) await this.#options.clock.yield();
    }
    link.busy = false;
  }

  #decide(link: Link, step: FrameStep): readonly SyncAction[] {
    if (step.kind === 'fault') return this.#machine.breach(link.id, step.why);
    if (step.kind === 'dropped') {
      if (step.why !== 'decoy') this.#options.log.debug('message-dropped', { peer: link.id, why: step.why });
      return [];
    }
    this.#options.log.debug('message-received', { peer: link.id, command: step.command, bytes: step.payload.length });
    let message: ReturnType<typeof decodeMessage>;
    try {
      message = this.#lookAhead.decoded(step) ?? decodeMessage(step.command, step.payload);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.#options.log.debug('message-malformed', { peer: link.id, command: step.command, why: error.message });
      return this.#machine.breach(link.id, 'malformed-message');
    }
    return message === undefined ? [] : this.#machine.received(link.id, message);
  }

  /** Carries out actions that follow from no peer's message: nobody's next message waits for them. */
  #perform(actions: readonly SyncAction[]): void {
    const later = this.#performSome(actions);
    if (later !== undefined) this.#run(later);
  }

  /**
   * Carries out actions in order; at once as far as none has to be waited for.
   *
   * @param answered - the peer whose message they follow from: what it asked for is sent no faster than it takes it
   */
  #performSome(actions: readonly SyncAction[], answered?: Link, from = 0): Promise<void> | undefined {
    for (let i = from; i < actions.length; i++) {
      const action = actions[i];
      if (action === undefined) continue;
      if (answered?.full && action.kind === 'send' && action.peer === answered.id) {
        return answered.drained().then(() => this.#performSome(actions, answered, i));
      }
      const later = this.#performOne(action);
      if (later !== undefined) return later.then(() => this.#performSome(actions, answered, i + 1));
    }
    return undefined;
  }

  #performOne(action: SyncAction): Promise<void> | undefined {
    switch (action.kind) {
      case 'send':
        return this.#send(action.peer, action.message.type, encodeMessage(action.message));
      case 'disconnect':
        this.#links.get(action.peer)?.connection.close(action.why);
        return undefined;
      case 'accept-block':
        return this.#acceptBlock(action);
      case 'accept-tx':
        return this.#acceptTransaction(action);
      case 'serve-block':
        return this.#server.serve(action);
      case 'serve-filters':
        return this.#server.serveFilters(action);
      case 'read-block':
        if (action.purpose.kind !== 'announce') return this.#readBlock(action);
        // Others hear of it meanwhile.
        this.#run(this.#readBlock(action));
        return undefined;
      case 'dial':
        this.#dial(action);
        return undefined;
      case 'resolve':
        this.#resolve(action.name, action.seed);
        return undefined;
      case 'save-peers':
        this.#saving = this.#saving.then(() => this.#options.peerStore?.save(action.book));
        this.#run(this.#saving);
        return undefined;
      case 'save-bans':
        this.#saving = this.#saving.then(() => this.#options.banStore?.save(action.bans));
        this.#run(this.#saving);
        return undefined;
      case 'wake':
        this.#wake(action.atMs);
        return undefined;
    }
  }

  #send(id: PeerId, command: string, payload: Uint8Array): undefined {
    const link = this.#links.get(id);
    if (link === undefined || link.send(command, payload)) return undefined;
    this.#perform(this.#machine.disconnect(id, 'not-reading'));
    return undefined;
  }

  /** Whether more was sent than may be in a day, and a block is one of those that are not sent then: who asks for it is let go. */
  #refuses(id: PeerId, node: HeaderNode): boolean {
    if (this.#machine.peers.get(id)?.permissions.has('download') === true) return false;
    if (!this.#uploads.refuses(node.header, this.#options.chain.tree.best.header)) return false;
    this.#perform(this.#machine.breach(id, 'upload-limit'));
    return true;
  }

  async #acceptBlock(action: SyncAction & { readonly kind: 'accept-block' }): Promise<void> {
    const { block, peer, raw, requested } = action;
    const accepted = this.#options.chain.acceptBlock(block, { requested, raw });
    const [outcome] = await Promise.all([accepted, requested && this.#lookAhead.after(block, this.#links.get(peer))]);
    await this.#performSome(this.#machine.blockProcessed(action, block.header.hash, outcome));
  }

  async #acceptTransaction({ peer, tx }: SyncAction & { readonly kind: 'accept-tx' }): Promise<void> {
    const outcome = await this.#options.mempool.accept(tx);
    await this.#performSome(this.#machine.transactionProcessed(peer, tx, outcome));
  }

  async #readBlock(action: SyncAction & { readonly kind: 'read-block' }): Promise<void> {
    const link = this.#links.get(action.peer);
    if (link?.full) await link.drained();
    if (link === undefined || link.closed) return;
    const raw = await this.#server.read(action.node);
    await this.#performSome(this.#machine.blockRead(action, raw === undefined ? undefined : decodeBlock(raw)), link);
  }

  /** Calls a node. Nothing waits for it: a node that stops lets the call run out. */
  #dial({ address, connectionType, encrypted }: SyncAction & { readonly kind: 'dial' }): void {
    this.#options.transport.dial(address, { timeoutMs: DIAL_TIMEOUT_MS }).then(
      (connection) => this.#accept(connection, { connectionType, encrypted, dialled: address }),
      (error: unknown) => {
        this.#options.log.debug('dial-failed', { address: formatHostPort(address.host, address.port), why: String(error) });
        if (!this.#stopped) this.#perform(this.#machine.dialFailed(address));
      },
    );
  }

  /** Looks up a seed's name. Nothing waits for it either; a failure is an empty answer. */
  #resolve(name: string, seed: string): void {
    const asked = this.#options.resolver?.resolve(name) ?? Promise.resolve([]);
    const answer = asked.catch((error: unknown) => {
      this.#options.log.debug('resolve-failed', { name, why: String(error) });
      return [];
    });
    // A decision that fails is a fault of ours, told as any other.
    answer
      .then((hosts) => {
        if (!this.#stopped) this.#perform(this.#machine.seedAnswered(seed, hosts));
      })
      .catch((error: unknown) => this.#options.onFailure(error));
  }

  /** The clock was set by hand: looks at once what is due. */
  timeMoved(): void {
    if (this.#started && !this.#stopped) this.#perform(this.#machine.tick());
  }

  #wake(atMs: number): void {
    if (this.#stopped || (this.#timer !== undefined && this.#timer.atMs <= atMs)) return;
    const { clock } = this.#options;
    if (this.#timer !== undefined) clock.cancel(this.#timer.timer);
    const timer = clock.after(Math.max(0, atMs - clock.monotonicMs()), () => {
      this.#timer = undefined;
      this.#perform(this.#machine.tick());
    });
    this.#timer = { timer, atMs };
  }

  /** Keeps an eye on work that nobody waits for. */
  #run(work: Promise<void>): void {
    const watched = work.catch((error: unknown) => this.#options.onFailure(error)).finally(() => this.#running.delete(watched));
    this.#running.add(watched);
  }
}
