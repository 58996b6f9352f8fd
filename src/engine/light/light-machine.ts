import type { KeyCurve } from '../../core/descriptors/extended-key.ts';
import type { FilterCheckpoint } from '../../core/params/types.ts';
import type { Block } from '../../core/primitives/block.ts';
import type { BlockHash, Txid } from '../../core/primitives/ids.ts';
import type { Transaction } from '../../core/primitives/transaction.ts';
import { INVENTORY, type InventoryItem } from '../../core/wire/inventory.ts';
import { formatHostPort } from '../../core/wire/ip-text.ts';
import type { Message, MessageOf, MessageType } from '../../core/wire/messages/table.ts';
import { offers, SERVICES } from '../../core/wire/services.ts';
import type { HeaderNode } from '../chain/header-node.ts';
import type { SocketAddress } from '../ports/transport.ts';
import { Handshake } from '../sync/handshake.ts';
import { HeaderSync } from '../sync/header-sync.ts';
import { Liveness } from '../sync/liveness.ts';
import { DISCONNECT_REASONS, type DisconnectReason } from '../sync/misbehaviour.ts';
import { createPeer, type Peer, type PeerId } from '../sync/peer.ts';
import { BlockFetch } from './block-fetch.ts';
import { Broadcast } from './broadcast.ts';
import { FilterAgreement } from './filter-agreement.ts';
import { FilterCheckpoints } from './filter-checkpoints.ts';
import { FilterHeaders } from './filter-headers.ts';
import { FilterScan } from './filter-scan.ts';
import { LightCalls } from './light-calls.ts';
import type { LightChain } from './light-chain.ts';
import { type LightAction, LightContext, type LightOptions } from './light-context.ts';
import type { LightPayment, LightProgress } from './light-event.ts';
import { LightKeeper } from './light-keeper.ts';
import { type LightBalance, type LightCoin, LightLedger } from './light-ledger.ts';
import type { StoredClient } from './light-rows.ts';
import { Questions } from './questions.ts';
import { checkSendable, signOf } from './sending.ts';
import { WatchList } from './watch-list.ts';

/** Blocks may say that they are so much older than they are: a birthday is looked for so much before. */
const BIRTHDAY_MARGIN_SECONDS = 7_200;

/** What a client is made with. */
export interface LightMachineOptions extends LightOptions {
  readonly chain: LightChain;
  readonly curve: KeyCurve;
  /** Nodes to call. */
  readonly peers: readonly SocketAddress[];
  /** Names that answer with addresses of nodes; asked where there are some. */
  readonly seeds?: readonly string[];
  /** Scripts of a range that are watched beyond the last one used. */
  readonly gap?: number;
  /** From where on the chain is looked through, where nothing of it was yet. Default: height 0. */
  readonly birthday?: { readonly height: number } | { readonly timeSeconds: number };
  /** Filter headers that are known, by rising heights. Default: those of the network. */
  readonly filterCheckpoints?: readonly FilterCheckpoint[];
}

/**
 * All decisions of a light client: headers by the rules of the network, filter headers of several peers held against each other, filters looked
 * through for what is watched, the blocks that match fetched and checked. Told what happened, it answers what is to be done; it sends nothing,
 * waits for nothing and starts no timer.
 */
export class LightMachine {
  readonly #options: LightMachineOptions;
  readonly #context: LightContext;
  readonly #calls: LightCalls;
  readonly #handshake: Handshake;
  readonly #liveness: Liveness;
  readonly #headers: HeaderSync;
  readonly #questions: Questions;
  readonly #blocks: BlockFetch;
  readonly #filterHeaders: FilterHeaders;
  readonly #checkpoints: FilterCheckpoints;
  readonly #agreement: FilterAgreement;
  readonly #scan: FilterScan;
  readonly #watched: WatchList;
  readonly #ledger: LightLedger;
  readonly #broadcast: Broadcast;
  readonly #keeper: LightKeeper;
  readonly #handlers: Handlers;
  /** The first time of interest, until it is known which height that is. */
  #birthdaySeconds: number | undefined;
  /** From where on something is watched that was added meanwhile. */
  #watchedFrom = Number.POSITIVE_INFINITY;
  #tip: HeaderNode;
  /** The ledger's revision that is looked for what waits in it. */
  #signsOf = 0;
  #told = '';

  constructor(options: LightMachineOptions) {
    this.#options = options;
    this.#context = new LightContext(options, options.chain);
    const context = this.#context;
    this.#tip = options.chain.active.tip;
    this.#calls = new LightCalls(context, options.seeds ?? [], options.encrypted);
    this.#handshake = new Handshake(
      context,
      (peer) => this.#ready(peer),
      () => {},
    );
    this.#liveness = new Liveness(context);
    this.#headers = new HeaderSync(context, () => {});
    this.#questions = new Questions(context);
    this.#blocks = new BlockFetch(context, (node) => options.chain.setFailed(node));
    this.#filterHeaders = new FilterHeaders(options.chain.tree);
    const parts = { context, questions: this.#questions, blocks: this.#blocks };
    this.#watched = new WatchList(options.params, options.curve, options.gap);
    this.#ledger = new LightLedger(this.#watched);
    this.#checkpoints = new FilterCheckpoints(options.chain, options.filterCheckpoints ?? options.params.filterCheckpoints);
    const ground = { headers: this.#filterHeaders, checkpoints: this.#checkpoints, mayReach: () => !this.#headersDone() };
    this.#agreement = new FilterAgreement(parts, ground, {
      agreed: () => this.#scan.pump(),
      rewritten: (from) => this.#scan.rewritten(from),
      unsettled: (node) => this.#scan.inspect(node),
    });
    this.#scan = new FilterScan(
      {
        ...{ ...parts, headers: this.#filterHeaders },
        agreed: () => (this.#birthdaySeconds === undefined ? this.#agreement.agreed : undefined),
        wasHeard: (peer) => this.#agreement.wasHeard(peer),
      },
      {
        scripts: () => this.#watched.scripts(),
        generation: () => this.#watched.generation,
        connect: (block, node) => this.#connect(block, node),
      },
    );
    this.#broadcast = new Broadcast(context, this.#ledger);
    this.#keeper = new LightKeeper({
      ...{ context, chain: options.chain, calls: this.#calls, filterHeaders: this.#filterHeaders, agreement: this.#agreement },
      ...{ scan: this.#scan, watched: this.#watched, ledger: this.#ledger },
      birthdayKnown: () => this.#birthdaySeconds === undefined,
    });
    this.#handlers = this.#makeHandlers();
  }

  /** Peers, whether their handshake is done or not. */
  get peers(): ReadonlyMap<PeerId, Peer> {
    return this.#context.peers;
  }

  /** Begins with what was kept. */
  start(stored: StoredClient): readonly LightAction[] {
    const { tree, active } = this.#options.chain;
    const node = (hash: BlockHash | undefined): HeaderNode | undefined => (hash === undefined ? undefined : tree.get(hash));
    for (const [page, bytes] of stored.filterPages) this.#filterHeaders.restore(page, bytes);
    for (const { text, used } of stored.watched) this.#watched.add(text, used);
    for (const { tx, place } of stored.transactions) {
      const block = node(place?.hash);
      this.#ledger.restore(tx, block !== undefined && active.contains(block) ? place : undefined);
    }
    this.#agreement.restore(node(stored.state?.agreed));
    const unsettled = stored.unsettled.map(node).filter((each) => each !== undefined);
    this.#scan.restore(node(stored.state?.scanned), stored.state?.birthday ?? 0, unsettled);
    const { birthday = { height: 0 }, peers } = this.#options;
    if (stored.state === undefined) {
      if ('height' in birthday) this.#scan.setBirthday(birthday.height);
      else this.#birthdaySeconds = birthday.timeSeconds;
    }
    for (const address of peers) this.#calls.add(address, true);
    for (const [key, until] of stored.bans) this.#calls.restoreBan(key, until);
    this.#tip = active.tip;
    return this.tick();
  }

  /** A call was answered. @returns what is to be done; the connection is to be closed where that says so */
  connected(id: PeerId, remote: SocketAddress, local: SocketAddress, dialled: SocketAddress): readonly LightAction[] {
    const context = this.#context;
    const peer = createPeer({
      ...{ id, remote, local, dialled, connectionType: 'outbound-full-relay', permissions: new Set(), throughOnion: false },
      ...{ connectedAtMs: context.nowMs(), connectedTimeSeconds: context.nowSeconds(), nonce: context.nonce() },
    });
    context.peers.set(id, peer);
    if (this.#calls.connected(dialled, id)) this.#handshake.connected(peer);
    else context.disconnect(peer, 'requested');
    return this.#take();
  }

  /** A call led nowhere. */
  dialFailed(address: SocketAddress): readonly LightAction[] {
    this.#context.tell({ kind: 'peer-gone', address: formatHostPort(address.host, address.port), why: 'no connection could be made' });
    this.#calls.dialFailed(address);
    return this.#take();
  }

  /** What a name stands for; nothing where it was not found. */
  resolved(hosts: readonly string[]): readonly LightAction[] {
    this.#calls.resolved(hosts);
    return this.#take();
  }

  /**
   * A connection is gone, whoever ended it.
   *
   * @param unanswered - it spoke the encrypted transport, and not a byte came back
   */
  disconnected(id: PeerId, why: string, unanswered: boolean): readonly LightAction[] {
    const peer = this.#context.peers.get(id);
    if (peer === undefined) return [];
    const wasLeft = peer.leaving;
    peer.leaving = true;
    this.#context.peers.delete(id);
    this.#calls.gone(peer, unanswered && !wasLeft);
    this.#headers.gone(peer);
    this.#blocks.gone(peer);
    this.#questions.gone(peer);
    this.#agreement.gone(peer);
    this.#context.tell({ kind: 'peer-gone', address: addressOf(peer), why });
    this.#calls.tick();
    return this.#take();
  }

  /** A message came. Those of a peer that is being let go are ignored. */
  received(id: PeerId, message: Message): readonly LightAction[] {
    const peer = this.#context.peers.get(id);
    if (peer === undefined || peer.leaving) return [];
    if (peer.version === undefined && message.type !== 'version') {
      this.#context.disconnect(peer, 'message-before-version');
    } else if (peer.ready || DURING_HANDSHAKE.has(message.type)) {
      (this.#handlers[message.type] as ((peer: Peer, message: Message) => void) | undefined)?.(peer, message);
    }
    return this.#take();
  }

  /** Something came that ends a connection before it is a message. */
  breach(id: PeerId, why: DisconnectReason): readonly LightAction[] {
    const peer = this.#context.peers.get(id);
    if (peer !== undefined) this.#context.disconnect(peer, why);
    return this.#take();
  }

  /** Time has passed. */
  tick(): readonly LightAction[] {
    this.#context.awake();
    for (const peer of this.#context.peers.values()) {
      if (peer.leaving) continue;
      this.#handshake.tick(peer);
      this.#liveness.tick(peer);
      this.#headers.tick(peer);
    }
    this.#questions.tick();
    this.#blocks.tick();
    this.#broadcast.tick();
    this.#calls.tick();
    return this.#take();
  }

  /**
   * Watches an address, a descriptor or an output script in hexadecimal from now on, and looks through the chain for it.
   *
   * @param fromHeight - unless given, everything that is of interest
   * @throws DescriptorError
   */
  watch(text: string, fromHeight?: number): readonly LightAction[] {
    if (!this.#watched.add(text)) return this.#take();
    if (this.#birthdaySeconds === undefined) this.#scan.rescan(fromHeight ?? this.#scan.birthday);
    else this.#watchedFrom = Math.min(this.#watchedFrom, fromHeight ?? Number.POSITIVE_INFINITY);
    return this.#take();
  }

  /** Looks through the chain again from a height on. */
  rescan(height: number): readonly LightAction[] {
    if (this.#birthdaySeconds === undefined) this.#scan.rescan(height);
    else this.#scan.setBirthday(Math.min(height, this.#watchedFrom));
    this.#birthdaySeconds = undefined;
    return this.#take();
  }

  /**
   * Tells peers of a transaction, now and again, until it is in a block.
   *
   * @returns false where it is not sent: it breaks a rule (`checkSendable`), or no filter would show that it is in a block (`signOf`)
   */
  send(tx: Transaction): { readonly done: boolean; readonly actions: readonly LightAction[] } {
    const isRefused = checkSendable(tx, this.#options.params.consensus) !== undefined;
    if (isRefused || !(this.#ledger.concerns(tx) || signOf(tx) !== undefined)) return { done: false, actions: [] };
    const entry = this.#ledger.addWaiting(tx);
    if (entry.place === undefined) this.#broadcast.announce(tx);
    this.#tellPayment(tx.txid);
    return { done: true, actions: this.#take() };
  }

  /** Gives up on a transaction that waits. @returns whether there was one */
  forget(txid: Txid): { readonly done: boolean; readonly actions: readonly LightAction[] } {
    const done = this.#ledger.forget(txid);
    return { done, actions: this.#take() };
  }

  /** Everything that changed since it was last written. */
  save(): readonly LightAction[] {
    this.#keeper.save();
    return this.#context.takeActions();
  }

  /** How far it is. */
  progress(): LightProgress {
    const { active } = this.#options.chain;
    const peers = [...this.#context.ready()].length;
    const scanned = this.#scan.scanned;
    const hasWork = active.tip.chainWork >= this.#options.params.minimumChainWork;
    const done = hasWork && this.#headersDone() && this.#agreement.settled && scanned === active.tip;
    return {
      ...{ headers: active.height, filterHeaders: this.#agreement.agreed?.height ?? -1, scanned: scanned?.height ?? -1 },
      ...{ peers, done },
    };
  }

  balance(): LightBalance {
    return this.#ledger.balance(this.#scan.scanned?.height ?? 0, this.#options.params.consensus.coinbaseMaturity);
  }

  /** Payments, those first that are in the lowest blocks; at the end those that wait. */
  payments(): readonly LightPayment[] {
    const height = ({ place }: LightPayment): number => place?.height ?? Number.POSITIVE_INFINITY;
    return Array.from(this.#ledger.entries(), (entry) => this.#ledger.payment(entry)).sort((a, b) => Math.sign(height(a) - height(b)) || 0);
  }

  coins(): readonly LightCoin[] {
    return this.#ledger.coins();
  }

  /** What is watched, as it was said. */
  watched(): readonly string[] {
    return Array.from(this.#watched.sources(), ({ text }) => text);
  }

  /** Nodes that were proved to lie and are not called now: the address as text, and until when in seconds since 1970. */
  bans(): ReadonlyMap<string, number> {
    return this.#calls.bans();
  }

  /** Whether everybody who could have more headers was heard. */
  #headersDone(): boolean {
    if (this.#calls.isCalling) return false;
    let heard = 0;
    for (const { ready, leaving, headers } of this.#context.peers.values()) {
      if (leaving) continue;
      if (!ready || !headers.started || headers.askedAtMs !== undefined || headers.pass !== undefined) return false;
      heard++;
    }
    return heard > 0;
  }

  #ready(peer: Peer): void {
    const { userAgent = '', services = 0n } = peer.version ?? {};
    const filters = offers(services, SERVICES.compactFilters);
    this.#context.tell({ kind: 'peer-ready', address: addressOf(peer), userAgent, filters });
    if (!filters && !this.#calls.isNamed(peer)) {
      // Few of the nodes behind the names of a network offer filters: others would take all the room.
      this.#context.disconnect(peer, 'services-missing');
      return;
    }
    this.#liveness.ready(peer);
    this.#headers.ready(peer);
    this.#broadcast.ready(peer);
  }

  #connect(block: Block, node: HeaderNode): boolean {
    const before = this.#ledger.size;
    let found = this.#ledger.connect(block, node);
    // What is found makes more of a range be watched, of which something may be in the same block.
    while (found.length > 0 && this.#noteUsed(block)) found = this.#ledger.connect(block, node);
    const { hash, height } = node;
    this.#context.tell({ kind: 'block-fetched', hash, height, payments: found.length });
    for (const { tx } of found) this.#tellPayment(tx.txid);
    return this.#ledger.size > before;
  }

  /** @returns whether more scripts are watched since */
  #noteUsed({ transactions }: Block): boolean {
    const before = this.#watched.generation;
    for (const { outputs } of transactions) for (const { scriptPubKey } of outputs) this.#watched.found(scriptPubKey);
    return this.#watched.generation !== before;
  }

  #tellPayment(txid: Txid): void {
    const entry = this.#ledger.entry(txid);
    if (entry !== undefined) this.#context.tell({ kind: 'payment', payment: this.#ledger.payment(entry) });
  }

  /** What follows from whatever happened: everybody goes on wherever they can. */
  #take(): readonly LightAction[] {
    const { active } = this.#options.chain;
    if (!active.contains(this.#tip)) {
      const { height } = active.fork(this.#tip);
      this.#ledger.disconnectAbove(height);
      this.#context.tell({ kind: 'reorganised', height });
      this.#blocks.reorganised();
    }
    this.#tip = active.tip;
    this.#lookForWaiting();
    this.#findBirthday();
    this.#agreement.setNeededFrom(this.#birthdaySeconds === undefined ? this.#scan.birthday : Number.MAX_SAFE_INTEGER);
    this.#agreement.pump();
    this.#scan.pump();
    this.#blocks.request();
    if (this.#headersDone()) this.#tellElsewhere();
    const progress = this.progress();
    const text = JSON.stringify(progress);
    if (text !== this.#told) this.#context.tell({ kind: 'progress', progress });
    this.#told = text;
    this.#keeper.pump();
    const actions = this.#context.takeActions();
    return actions.some(({ kind }) => kind === 'disconnect') ? [...actions, ...this.#ended(actions)] : actions;
  }

  /** Filters are looked through for what waits too, where it touches nothing that is watched. */
  #lookForWaiting(): void {
    if (this.#signsOf === this.#ledger.revision) return;
    this.#signsOf = this.#ledger.revision;
    const foreign = this.#ledger.waiting().filter((tx) => !this.#ledger.concerns(tx));
    this.#watched.setSigns(foreign.map(signOf).filter((script) => script !== undefined));
  }

  #tellElsewhere(): void {
    for (const { height, blockHash: hash } of this.#checkpoints.takeElsewhere())
      this.#context.tell({ kind: 'checkpoint-elsewhere', height, hash });
  }

  /** Notes who is called no more. */
  #ended(actions: readonly LightAction[]): readonly LightAction[] {
    for (const action of actions) {
      if (action.kind !== 'disconnect') continue;
      const peer = this.#context.peers.get(action.peer);
      if (peer !== undefined && DISCONNECT_REASONS[action.why].discourage && this.#calls.ended(peer, action.why)) {
        this.#context.tell({ kind: 'peer-banned', address: addressOf(peer), why: action.why });
      }
    }
    return this.#context.takeActions();
  }

  /** As soon as the headers are here, a time is a height: the first block whose median time is not before it. */
  #findBirthday(): void {
    if (this.#birthdaySeconds === undefined || !this.#headersDone()) return;
    const { active } = this.#options.chain;
    const from = this.#birthdaySeconds - BIRTHDAY_MARGIN_SECONDS;
    let [low, high] = [0, active.height];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (active.at(middle)!.medianTimeSeconds >= from) high = middle;
      else low = middle + 1;
    }
    this.#birthdaySeconds = undefined;
    this.#scan.setBirthday(Math.min(low, this.#watchedFrom));
  }

  #inventory(peer: Peer, items: readonly InventoryItem[]): void {
    let block: Uint8Array | undefined;
    for (const { kind, hash } of items) if (kind === INVENTORY.block) block = hash;
    // Of many blocks the last one is asked about: its headers bring the others.
    if (block !== undefined) this.#headers.named(peer, block as BlockHash);
    this.#broadcast.named(peer, items);
  }

  /** What follows from each message that means something here. */
  #makeHandlers(): Handlers {
    const answer = (peer: Peer, message: Message): void => this.#questions.received(peer, message);
    return {
      block: (peer, { block }) => this.#blocks.received(peer, block),
      cfcheckpt: answer,
      cfheaders: answer,
      cfilter: answer,
      getdata: (peer, { items }) => this.#broadcast.requested(peer, items),
      headers: (peer, { headers }) => this.#headers.headers(peer, headers),
      inv: (peer, { items }) => this.#inventory(peer, items),
      notfound: (peer, { items }) => this.#blocks.notFound(peer, items),
      ping: (peer, { nonce }) => this.#context.send(peer, { type: 'pong', nonce }),
      pong: (peer, { nonce }) => this.#liveness.pong(peer, nonce),
      sendaddrv2: (peer) => this.#handshake.sendAddrv2(peer),
      verack: (peer) => this.#handshake.verack(peer),
      version: (peer, message) => this.#handshake.version(peer, message),
      wtxidrelay: (peer) => this.#handshake.wtxidRelay(peer),
    };
  }
}

type Handlers = { readonly [T in MessageType]?: (peer: Peer, message: MessageOf<T>) => void };

/** What counts before the handshake is done. */
const DURING_HANDSHAKE: ReadonlySet<MessageType> = new Set<MessageType>(['version', 'verack', 'wtxidrelay', 'sendaddrv2']);

function addressOf({ remote, dialled }: Peer): string {
  const { host, port } = dialled ?? remote;
  return formatHostPort(host, port);
}
