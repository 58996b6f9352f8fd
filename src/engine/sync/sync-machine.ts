import type { Block, BlockHeader } from '../../core/primitives/block.ts';
import { encodeBlock } from '../../core/primitives/block.ts';
import type { BlockHash } from '../../core/primitives/ids.ts';
import { hashKey } from '../../core/primitives/ids.ts';
import type { Transaction } from '../../core/primitives/transaction.ts';
import type { InventoryItem } from '../../core/wire/inventory.ts';
import { INVENTORY } from '../../core/wire/inventory.ts';
import { COMPACT_VERSION } from '../../core/wire/messages/sendcmpct.ts';
import type { Message, MessageOf, MessageType } from '../../core/wire/messages/table.ts';
import type { GossipAddress, NetworkAddress, NetworkKind } from '../../core/wire/network-address.ts';
import { offers, SERVICES } from '../../core/wire/services.ts';
import type { ChainEvent } from '../chain/chain-event.ts';
import type { HeaderNode } from '../chain/header-node.ts';
import type { Ban } from '../ports/ban-store.ts';
import type { Sighting } from '../ports/discovery.ts';
import type { ConnectionType, LearnOutcome, SyncProgress } from '../ports/network-service.ts';
import type { StoredBook } from '../ports/peer-store.ts';
import type { Permission } from '../ports/permissions.ts';
import type { SocketAddress } from '../ports/transport.ts';
import type { BlockSource, SyncAction } from './actions.ts';
import { AddressGossip } from './address-gossip.ts';
import { AddressManager } from './address-manager.ts';
import { Anchors } from './anchors.ts';
import type { BanList } from './ban-list.ts';
import { BlockDownload } from './block-download.ts';
import { BlockRelay } from './block-relay.ts';
import { BlockSources } from './block-sources.ts';
import { BloomServing } from './bloom-serving.ts';
import { CompactDownload } from './compact-download.ts';
import { Connections } from './connections.ts';
import type { SyncOptions } from './context.ts';
import { SyncContext } from './context.ts';
import { ExtraTransactions } from './extra-transactions.ts';
import { FeeFilter } from './fee-filter.ts';
import { Feelers } from './feelers.ts';
import { FilterServing } from './filter-serving.ts';
import { Handshake } from './handshake.ts';
import { HeaderSync } from './header-sync.ts';
import { HighBandwidth } from './high-bandwidth.ts';
import { Liveness } from './liveness.ts';
import type { DisconnectReason } from './misbehaviour.ts';
import { BLOCK_VERDICTS, COMPACT_BLOCK_VERDICTS } from './misbehaviour.ts';
import { Orders } from './orders.ts';
import type { Orphan } from './orphans.ts';
import { OutboundEviction } from './outbound-eviction.ts';
import type { Peer, PeerFacts, PeerId } from './peer.ts';
import { createPeer, isInbound } from './peer.ts';
import { grantedTo, withImplied } from './permissions.ts';
import { RecentBlock } from './recent-block.ts';
import { Seeds } from './seeds.ts';
import { Serving } from './serving.ts';
import { SubnetPeers } from './subnet-peers.ts';
import { SyncStatus } from './sync-status.ts';
import { TransactionRelay } from './transaction-relay.ts';
import type { BlockOutcome, TransactionOutcome, WaitingTransaction } from './views.ts';

/** How often addresses are kept for the next start. Core's DUMP_PEERS_INTERVAL. */
const SAVE_PEERS_INTERVAL_MS = 15 * 60_000;

/** A connection that stands. */
export interface NewConnection {
  readonly id: PeerId;
  readonly remote: SocketAddress;
  readonly local: SocketAddress;
  readonly connectionType: ConnectionType;
  /** What was called, where we called. */
  readonly dialled?: SocketAddress;
  /** What everybody may do who comes in at this place. */
  readonly permissions?: readonly Permission[];
  /** Tor's own program calls this place. */
  readonly throughOnion?: boolean;
}

/** What was kept over the last stop. */
export interface KeptPeers {
  readonly book?: StoredBook | undefined;
  readonly bans?: readonly Ban[];
  readonly anchors?: readonly NetworkAddress[];
}

/**
 * All decisions about peers. Told what happened, it answers what is to be done; it sends nothing, waits for nothing and starts no timer.
 * Every call hands over the actions that follow from it, to be carried out in their order.
 */
export class SyncMachine {
  readonly #context: SyncContext;
  readonly #manager: AddressManager;
  readonly #connections: Connections;
  readonly #feelers: Feelers;
  readonly #anchors: Anchors;
  readonly #seeds: Seeds;
  readonly #handshake: Handshake;
  readonly #liveness: Liveness;
  readonly #subnet: SubnetPeers;
  readonly #headers: HeaderSync;
  readonly #blocks: BlockDownload;
  readonly #surplus: OutboundEviction;
  readonly #sources: BlockSources;
  readonly #extra = new ExtraTransactions();
  readonly #compact: CompactDownload;
  readonly #highBandwidth: HighBandwidth;
  readonly #blockRelay: BlockRelay;
  readonly #transactions: TransactionRelay;
  readonly #feeFilter: FeeFilter;
  readonly #serving: Serving;
  readonly #filters: FilterServing;
  readonly #bloom: BloomServing;
  readonly #addresses: AddressGossip;
  readonly #status: SyncStatus;
  readonly #handlers: Handlers;
  /** What users order about peers. */
  readonly orders: Orders;
  #saveAtMs: number;

  constructor(options: SyncOptions) {
    this.#context = new SyncContext(options, (peer) => this.#connections.discourage(peer));
    this.#manager = new AddressManager(options.random);
    this.#connections = new Connections(this.#context, this.#manager, () => this.#status.inSync());
    this.#feelers = new Feelers(this.#context, this.#manager, this.#connections);
    this.#anchors = new Anchors(this.#context, this.#connections);
    this.#seeds = new Seeds(this.#context, this.#manager, this.#connections);
    this.#handshake = new Handshake(
      this.#context,
      (peer) => this.#ready(peer),
      (peer) => this.#connections.isOwn(peer),
    );
    this.#liveness = new Liveness(this.#context);
    this.#subnet = new SubnetPeers(this.#context, this.#manager, this.#connections, this.#liveness);
    this.#headers = new HeaderSync(this.#context, (peer) => this.#blocks.request(peer));
    this.#blocks = new BlockDownload(this.#context);
    this.#surplus = new OutboundEviction(this.#context, this.#connections.slots, (peer, from) => this.#headers.probe(peer, from));
    this.#sources = new BlockSources(this.#context);
    this.#compact = new CompactDownload(this.#context, {
      ...{ headers: this.#headers, blocks: this.#blocks, extra: this.#extra },
      complete: (peer, block) => this.#completed(peer, block),
    });
    this.#highBandwidth = new HighBandwidth(this.#context);
    const recent = new RecentBlock();
    this.#blockRelay = new BlockRelay(this.#context, recent);
    this.#transactions = new TransactionRelay(this.#context);
    this.#feeFilter = new FeeFilter(this.#context);
    this.#serving = new Serving(this.#context, recent);
    this.#filters = new FilterServing(this.#context, this.#serving);
    this.#bloom = new BloomServing(this.#context);
    this.#addresses = new AddressGossip(this.#context, this.#manager, () => {
      this.#connections.learned();
      this.#subnet.learned();
    });
    this.#status = new SyncStatus(this.#context);
    this.#handlers = this.#makeHandlers();
    this.orders = new Orders(this.#context, this.#connections, this.#blocks);
    this.#saveAtMs = this.#context.nowMs() + SAVE_PEERS_INTERVAL_MS;
  }

  /** Peers, whether their handshake is done or not. */
  get peers(): ReadonlyMap<PeerId, Peer> {
    return this.#context.peers;
  }

  /** Addresses that are known. */
  get knownAddresses(): number {
    return this.#manager.size;
  }

  /** Begins: with what was kept over the last stop, and where connections are accepted, if they are. */
  start(kept: KeptPeers, listenPort: number | undefined): readonly SyncAction[] {
    if (kept.book !== undefined) this.#manager.restore(kept.book);
    this.#context.bans.restore(kept.bans ?? []);
    this.#context.listenPort = listenPort;
    this.#anchors.call(kept.anchors ?? []);
    this.#seeds.begin();
    return this.tick();
  }

  /** Addresses to keep for the next start. */
  storedPeers(): StoredBook {
    return this.#manager.stored();
  }

  /** Peers to call first at the next start, while they are connected. */
  anchors(): readonly NetworkAddress[] {
    return this.#anchors.current();
  }

  /** What a DNS seed answered; nothing where it did not. */
  seedAnswered(seed: string, hosts: readonly string[]): readonly SyncAction[] {
    this.#seeds.answered(seed, hosts);
    return this.#context.takeActions();
  }

  /** A node of the subnet says that it is there, or goes. */
  seenOnSubnet(sighting: Sighting): readonly SyncAction[] {
    this.#subnet.seen(sighting);
    return this.#context.takeActions();
  }

  /** Nodes of the subnet, and which peers are some. */
  get subnet(): Pick<SubnetPeers, 'includes' | 'nodes'> {
    return this.#subnet;
  }

  /** A connection stands. */
  connected(connection: NewConnection): readonly SyncAction[] {
    const facts: PeerFacts = {
      ...connection,
      dialled: connection.dialled,
      permissions: this.#permissionsOf(connection),
      throughOnion: connection.throughOnion === true,
      connectedAtMs: this.#context.nowMs(),
      connectedTimeSeconds: this.#context.nowSeconds(),
      nonce: this.#context.nonce(),
    };
    const peer = createPeer(facts);
    this.#context.peers.set(peer.id, peer);
    this.#subnet.connected(peer);
    const isBanned = isInbound(peer) && !peer.permissions.has('noban') && this.#context.bans.coversHost(peer.remote.host);
    if (isBanned) this.#context.disconnect(peer, 'banned');
    else if (this.#connections.admits(peer)) this.#handshake.connected(peer);
    else this.#context.disconnect(peer, this.#connections.active ? 'connection-limit' : 'network-off');
    return this.#context.takeActions();
  }

  /** A call led nowhere. */
  dialFailed(address: SocketAddress): readonly SyncAction[] {
    this.#connections.dialFailed(address);
    this.#subnet.dialFailed(address);
    return this.#context.takeActions();
  }

  /**
   * A connection is gone, whoever ended it.
   *
   * @param unanswered - it spoke the encrypted transport, and not a byte came back
   */
  disconnected(id: PeerId, { unanswered = false }: { readonly unanswered?: boolean } = {}): readonly SyncAction[] {
    const peer = this.#context.peers.get(id);
    if (peer === undefined) return [];
    const wasLeft = peer.leaving;
    peer.leaving = true;
    this.#context.peers.delete(id);
    this.#blocks.gone(peer);
    this.#sources.gone(peer);
    this.#highBandwidth.gone(peer);
    this.#transactions.gone(id);
    this.#headers.gone(peer);
    this.#connections.gone(peer, { unanswered: unanswered && !wasLeft });
    this.#subnet.gone(peer);
    this.#announce();
    return this.#context.takeActions();
  }

  /** A message came. Those of a peer that is being let go are ignored. */
  received(id: PeerId, message: Message): readonly SyncAction[] {
    const peer = this.#context.peers.get(id);
    if (peer === undefined || peer.leaving) return [];
    if (peer.version === undefined && message.type !== 'version') {
      this.#context.disconnect(peer, 'message-before-version');
    } else if (peer.ready || DURING_HANDSHAKE.has(message.type)) {
      // Anything else before the handshake is done is ignored, as Core does.
      (this.#handlers[message.type] as (peer: Peer, message: Message) => void)(peer, message);
    }
    return this.#context.takeActions();
  }

  /** Something came that ends a connection before it is a message. */
  breach(id: PeerId, why: DisconnectReason): readonly SyncAction[] {
    const peer = this.#context.peers.get(id);
    if (peer !== undefined) this.#context.disconnect(peer, why);
    return this.#context.takeActions();
  }

  /** The chain has judged a block that came from a peer. */
  blockProcessed({ peer: id, viaCompact }: BlockSource, hash: BlockHash, outcome: BlockOutcome): readonly SyncAction[] {
    const peer = this.#context.peers.get(id);
    const { rejection, node } = outcome;
    this.#blocks.processed(hash, rejection === undefined && node?.block !== undefined);
    if (rejection !== undefined) {
      this.#context.log.debug('block-refused', { peer: id, reason: rejection.reason });
      const verdict = (viaCompact ? COMPACT_BLOCK_VERDICTS : BLOCK_VERDICTS)[rejection.kind];
      if (peer !== undefined && verdict !== undefined) this.#context.disconnect(peer, verdict);
      else if (peer !== undefined && rejection.kind === 'missing-prev') this.#headers.named(peer, hash);
    } else if (peer !== undefined && node !== undefined) {
      if (outcome.isNew) {
        peer.blocks.lastTimeSeconds = this.#context.nowSeconds();
        this.#brought(peer, node, viaCompact);
      }
      this.#headers.named(peer, hash);
    }
    if (peer !== undefined) this.#blocks.request(peer);
    return this.#context.takeActions();
  }

  /** A block was read as an action asked for it; undefined where it is gone or damaged. */
  blockRead({ peer: id, node, purpose }: SyncAction & { readonly kind: 'read-block' }, block: Block | undefined): readonly SyncAction[] {
    const peer = this.#context.peers.get(id);
    if (peer !== undefined) this.#serving.compact.read(peer, node, purpose, block);
    return this.#context.takeActions();
  }

  /** The mempool has judged a transaction that came from a peer. */
  transactionProcessed(id: PeerId, tx: Transaction, outcome: TransactionOutcome): readonly SyncAction[] {
    this.#transactions.processed(this.#context.peers.get(id), tx, outcome);
    // What breaks a rule of blocks is in none.
    if (outcome.rejection !== undefined && outcome.rejection.kind !== 'consensus') this.#extra.add(tx);
    for (const replaced of outcome.replaced ?? []) this.#extra.add(replaced.tx);
    return this.#context.takeActions();
  }

  /** Something happened to the chain, whoever did it. */
  chainChanged(event: ChainEvent): readonly SyncAction[] {
    if (event.kind === 'block-connected') this.#transactions.connected(event.block, event.node);
    else if (event.kind === 'block-disconnected') this.#transactions.disconnected();
    else if (event.kind === 'block-sound') this.#sound(event.node, event.block);
    else if (event.kind === 'tip-changed') this.#tipChanged();
    else if (event.kind === 'blocks-damaged') this.#blocks.requestDamaged();
    return this.#context.takeActions();
  }

  /** A transaction waits in the mempool, whoever brought it. */
  transactionAdded(waiting: WaitingTransaction): readonly SyncAction[] {
    this.#transactions.added(waiting);
    return this.#context.takeActions();
  }

  /** Time has passed. */
  tick(): readonly SyncAction[] {
    this.#context.awake();
    for (const peer of this.#context.peers.values()) {
      if (peer.leaving) continue;
      this.#handshake.tick(peer);
      this.#liveness.tick(peer);
      this.#subnet.tickPeer(peer);
      this.#headers.tick(peer);
      this.#surplus.tickPeer(peer);
      this.#feeFilter.tick(peer);
      this.#addresses.tick(peer);
    }
    this.#blocks.tick();
    this.#sources.tick();
    this.#transactions.tick();
    this.#surplus.tick();
    this.#seeds.tick();
    this.#connections.tick();
    this.#feelers.tick();
    this.#subnet.tick();
    this.#savePeers();
    return this.#context.takeActions();
  }

  /** Some of the addresses that are known, at random, at most so many, of one network or of all. */
  someAddresses(count: number, network?: NetworkKind): readonly GossipAddress[] {
    return this.#manager.share(count, this.#context.nowSeconds(), network);
  }

  /** The tables of addresses, to look at. */
  get addressBook(): Pick<AddressManager, 'counts' | 'places'> {
    return this.#manager;
  }

  /** A user, or a test, knows of an address. */
  learnAddress(address: NetworkAddress, tried: boolean): { readonly outcome: LearnOutcome; readonly actions: readonly SyncAction[] } {
    const outcome = this.#addresses.learn(address, tried);
    return { outcome, actions: this.#context.takeActions() };
  }

  /** Transactions whose parents are missing. */
  orphans(): Iterable<Orphan> {
    return this.#transactions.waitingOrphans();
  }

  /** Whether there may be connections. */
  get active(): boolean {
    return this.#connections.active;
  }

  /** Whom a user has banned. */
  get bans(): Pick<BanList, 'all' | 'covers' | 'has'> {
    return this.#context.bans;
  }

  /** Ends a connection. */
  disconnect(id: PeerId, why: 'requested' | 'stopping' | 'not-reading'): readonly SyncAction[] {
    return this.breach(id, why);
  }

  /** Asks every peer for a sign of life now. */
  ping(): readonly SyncAction[] {
    for (const peer of this.#context.ready()) this.#liveness.ping(peer);
    return this.#context.takeActions();
  }

  /** How far we are. */
  progress(): SyncProgress {
    return this.#status.progress();
  }

  /** Whether no connected peer has shown a header chain of more work than our tip's. */
  inSync(): boolean {
    return this.#status.inSync();
  }

  /** Who called us, and whom a user named, may do what their part of the network may; those that we chose may do nothing more. */
  #permissionsOf({ connectionType, permissions = [], remote }: NewConnection): ReadonlySet<Permission> {
    if (connectionType !== 'inbound' && connectionType !== 'manual') return withImplied(permissions);
    const direction = connectionType === 'inbound' ? 'inbound' : 'outbound';
    return withImplied([...permissions, ...grantedTo(remote.host, direction, this.#context.options.whitelist ?? [])]);
  }

  #ready(peer: Peer): void {
    this.#context.log.info('peer-ready', { peer: peer.id, agent: peer.version?.userAgent, height: peer.version?.startHeight });
    this.#connections.ready(peer);
    this.#liveness.ready(peer);
    this.#feeFilter.ready(peer);
    this.#transactions.ready(peer);
    this.#addresses.ready(peer);
    this.#headers.ready(peer);
  }

  #version(peer: Peer, message: MessageOf<'version'>): void {
    this.#handshake.version(peer, message);
    if (peer.connectionType !== 'feeler' || peer.leaving || this.#subnet.isProbe(peer)) return;
    this.#connections.ready(peer);
    this.#context.disconnect(peer, 'feeler-done');
  }

  #tipChanged(): void {
    this.#status.advanced();
    this.#connections.slots.advanced();
    this.#blocks.advanced();
    this.#transactions.tipChanged();
    this.#announce();
    this.#blocks.requestAll();
  }

  /** A block was stored that a peer sent. */
  #brought(peer: Peer, node: HeaderNode, viaCompact: boolean): void {
    // Who passes on a compact block need not have judged it.
    if (!viaCompact) this.#sources.add(node, peer);
    const { active } = this.#context.chain;
    if (active.contains(node) && this.#blocks.inFlight === 0 && this.#status.inSync()) this.#highBandwidth.deserves(peer);
  }

  /** Passes on a block that will most likely be our next tip, unless somebody is ahead of it. */
  #sound(node: HeaderNode, block: Block): void {
    if (this.#status.wouldBeInSync(node)) this.#blockRelay.announceSound(node, block);
  }

  /** Tells of our tip, unless somebody is ahead of us: then there is nothing new to tell. */
  #announce(): void {
    if (this.#status.inSync()) this.#blockRelay.announce();
  }

  /** Takes what a peer sent that shows headers, of which this is the last. */
  #shows(peer: Peer, last: BlockHeader | undefined, take: () => void): void {
    const isNew = last !== undefined && this.#context.chain.tree.get(last.hash) === undefined;
    take();
    this.#surplus.showed(peer, isNew);
  }

  #inventory(peer: Peer, items: readonly InventoryItem[]): void {
    let block: Uint8Array | undefined;
    for (const { kind, hash } of items) if (kind === INVENTORY.block) block = hash;
    // Of many blocks the last one is asked about: its headers bring the others.
    if (block !== undefined) this.#headers.named(peer, block as BlockHash);
    if (!this.#status.farBehind()) this.#transactions.announced(peer, items);
  }

  #notFound(peer: Peer, items: readonly InventoryItem[]): void {
    for (const { kind, hash } of items) {
      if (kind === INVENTORY.witnessBlock || kind === INVENTORY.compactBlock) this.#blocks.notFound(peer, hashKey(hash));
      else this.#transactions.notFound(peer, hash);
    }
  }

  #block(peer: Peer, block: Block, raw: Uint8Array): void {
    const requested = this.#blocks.received(peer, block);
    if (!requested && this.#headers.refuses(block.header)) {
      // It was looked at, and is asked for like any other when its branch turns out to have more work.
      this.#blocks.processed(block.header.hash, false);
      return;
    }
    this.#context.emit({ kind: 'accept-block', peer: peer.id, block, raw, requested, viaCompact: false });
    this.#blocks.request(peer);
  }

  /** A compact block has all its transactions. It is taken as one that was asked for: only what may be our next tips comes this far. */
  #completed(peer: Peer, block: Block): void {
    this.#blocks.received(peer, block);
    this.#context.emit({ kind: 'accept-block', peer: peer.id, block, raw: encodeBlock(block), requested: true, viaCompact: true });
  }

  #sendcmpct(peer: Peer, { highBandwidth, version }: MessageOf<'sendcmpct'>): void {
    if (version !== COMPACT_VERSION) return;
    peer.compact.provides = true;
    peer.compact.wantsUnasked = highBandwidth;
  }

  #mempool(peer: Peer): void {
    const isServed = offers(this.#context.options.services, SERVICES.bloom) || peer.permissions.has('mempool');
    if (isServed) this.#transactions.announceAll(peer);
    else this.#context.disconnect(peer, 'mempool-not-served');
  }

  #savePeers(): void {
    const now = this.#context.nowMs();
    if (now >= this.#saveAtMs) {
      this.#saveAtMs = now + SAVE_PEERS_INTERVAL_MS;
      this.#context.emit({ kind: 'save-peers', book: this.#manager.stored() });
    }
    this.#context.wakeBy(this.#saveAtMs);
  }

  /** What follows from each message. */
  #makeHandlers(): Handlers {
    return {
      addr: (peer, { addresses }) => this.#addresses.told(peer, addresses),
      addrv2: (peer, { addresses }) => this.#addresses.told(peer, addresses),
      block: (peer, { block, raw }) => this.#block(peer, block, raw),
      // We ask for no filters: what comes of them was not asked for, and ignored.
      cfcheckpt: () => {},
      cfheaders: () => {},
      cfilter: () => {},
      blocktxn: (peer, { blockHash, transactions }) => {
        this.#compact.blocktxn(peer, blockHash, transactions);
        this.#blocks.request(peer);
      },
      cmpctblock: (peer, message) => {
        this.#shows(peer, message.header, () => this.#compact.cmpctblock(peer, message));
        this.#blocks.request(peer);
      },
      feefilter: (peer, { feeRateSatPerKvb }) => {
        if (feeRateSatPerKvb >= 0n) peer.transactions.feeFilterSatPerKvb = feeRateSatPerKvb;
      },
      filteradd: (peer, message) => this.#bloom.filteradd(peer, message),
      filterclear: (peer) => this.#bloom.filterclear(peer),
      filterload: (peer, message) => this.#bloom.filterload(peer, message),
      getaddr: (peer) => this.#addresses.asked(peer),
      getblocks: (peer, request) => this.#serving.getblocks(peer, request),
      getblocktxn: (peer, message) => this.#serving.compact.getblocktxn(peer, message),
      getcfcheckpt: (peer, request) => this.#filters.getcfcheckpt(peer, request),
      getcfheaders: (peer, request) => this.#filters.getcfheaders(peer, request),
      getcfilters: (peer, request) => this.#filters.getcfilters(peer, request),
      getdata: (peer, { items }) => this.#serving.getdata(peer, items),
      getheaders: (peer, request) => this.#serving.getheaders(peer, request),
      headers: (peer, { headers }) => this.#shows(peer, headers.at(-1), () => this.#headers.headers(peer, headers)),
      inv: (peer, { items }) => this.#inventory(peer, items),
      mempool: (peer) => this.#mempool(peer),
      // We give no filter, so that none of these was asked for.
      merkleblock: () => {},
      notfound: (peer, { items }) => this.#notFound(peer, items),
      ping: (peer, { nonce }) => this.#context.send(peer, { type: 'pong', nonce }),
      pong: (peer, { nonce }) => {
        this.#liveness.pong(peer, nonce);
        this.#subnet.answered(peer);
      },
      sendaddrv2: (peer) => this.#handshake.sendAddrv2(peer),
      sendcmpct: (peer, message) => this.#sendcmpct(peer, message),
      sendheaders: (peer) => {
        peer.headers.wanted = true;
      },
      tx: (peer, { tx }) => {
        if (!this.#status.farBehind()) this.#transactions.received(peer, tx);
      },
      verack: (peer) => this.#handshake.verack(peer),
      version: (peer, message) => this.#version(peer, message),
      wtxidrelay: (peer) => this.#handshake.wtxidRelay(peer),
    };
  }
}

type Handlers = { readonly [T in MessageType]: (peer: Peer, message: MessageOf<T>) => void };

/** What counts before the handshake is done. */
const DURING_HANDSHAKE: ReadonlySet<MessageType> = new Set<MessageType>(['version', 'verack', 'wtxidrelay', 'sendaddrv2', 'sendcmpct']);
