/**
 * A node for tests of the doors: a real chain of regtest blocks that is held in memory, and around it services that do what a test
 * tells them and remember what they were asked. It checks no rule: that is the chain's and the mempool's own business.
 *
 * @module
 */

import type { Coin } from '../../src/core/consensus/coin.ts';
import type { Rejection } from '../../src/core/consensus/rejection.ts';
import { regtest } from '../../src/core/params/regtest.ts';
import type { NetworkParams } from '../../src/core/params/types.ts';
import { type Block, type BlockHeader, encodeBlock } from '../../src/core/primitives/block.ts';
import type { ChainWork } from '../../src/core/primitives/compact-target.ts';
import { type BlockHash, type HashKey, hashKey, hashOfKey, type Txid } from '../../src/core/primitives/ids.ts';
import { type OutPoint, outPointKey, type Transaction, type TxOutput, transactionWeightWu } from '../../src/core/primitives/transaction.ts';
import { isUnspendable } from '../../src/core/script/index.ts';
import type { GossipAddress, NetworkAddress, NetworkKind } from '../../src/core/wire/network-address.ts';
import { formatSubnet, type Subnet, subnetContains } from '../../src/core/wire/subnet.ts';
import { checkPackage } from '../../src/engine/policy/check-package.ts';
import type { AddressCounts, PlacedPeer } from '../../src/engine/ports/address-book.ts';
import type { Ban } from '../../src/engine/ports/ban-store.ts';
import type { TakeMemory } from '../../src/engine/ports/block-store.ts';
import type {
  BlockOutcome,
  BlockSummary,
  ChainService,
  ChainStateSummary,
  ChainTip,
  CoinSetHash,
  LoadedCoins,
  RefusedCoins,
} from '../../src/engine/ports/chain-service.ts';
import type { ExplainService, Explanation, Verdict } from '../../src/engine/ports/explanation.ts';
import type { FeeHorizon, FeeService, HorizonEstimate } from '../../src/engine/ports/fee-service.ts';
import type {
  BlockFilter,
  ConfirmedTransaction,
  IndexName,
  IndexService,
  ScriptCoin,
  ScriptEvent,
  Spender,
} from '../../src/engine/ports/index-service.ts';
import { INDEX_NAMES } from '../../src/engine/ports/index-service.ts';
import type { LogCategory } from '../../src/engine/ports/log-categories.ts';
import type { ImportOptions, MempoolItem, MempoolService, TransactionOutcome } from '../../src/engine/ports/mempool-service.ts';
import type { MinedBlock, MiningService, OfferedTemplate, TemplateState } from '../../src/engine/ports/mining-service.ts';
import type {
  AddedNode,
  LearnOutcome,
  NetworkService,
  OpenedConnectionType,
  OrphanInfo,
  PeerInfo,
  SubnetNodeInfo,
} from '../../src/engine/ports/network-service.ts';
import { NodeError } from '../../src/engine/ports/node-error.ts';
import type { NodeEvent, NodePort } from '../../src/engine/ports/node-port.ts';
import type { Connection } from '../../src/engine/ports/transport.ts';
import type { WalletEntry, WalletService } from '../../src/engine/ports/wallet-service.ts';
import { buildBlock, childOf, genesisParent, outputOf, spend } from './chain-builder.ts';
import { FakeClock } from './fake-clock.ts';

/** Work of one regtest block. */
const BLOCK_WORK = 2n;

/** What a coin is kept under. */
function outPointOfKey(key: HashKey): OutPoint {
  const bytes = hashOfKey(key);
  return { txid: bytes.slice(0, 32) as Uint8Array as Txid, vout: new DataView(bytes.buffer).getUint32(32, true) };
}

/** Blocks by their hash, the active chain by height, and the coins that its blocks left. */
export class FakeChain implements ChainService {
  readonly #blocks = new Map<HashKey, { readonly block: Block; readonly height: number; stored: boolean }>();
  readonly #active: Block[] = [];
  readonly #coins = new Map<HashKey, Coin>();
  readonly #spent = new Map<HashKey, readonly (readonly Coin[])[]>();
  /** What `submitBlock` answers next. */
  outcome: BlockOutcome = { isNew: true, active: true, rejection: undefined };
  /** What a look through all coins waits for. */
  searching: Promise<void> = Promise.resolve();
  readonly submitted: Block[] = [];
  readonly invalidated: BlockHash[] = [];
  /** What headers and proposed blocks are refused for next. */
  refusal: Rejection | undefined;
  readonly headers: BlockHeader[] = [];
  readonly proposed: Block[] = [];

  async checkProposal(block: Block): Promise<Rejection | undefined> {
    this.proposed.push(block);
    return this.refusal;
  }

  async submitHeader(header: BlockHeader): Promise<Rejection | undefined> {
    this.headers.push(header);
    return this.refusal;
  }

  /** What `loadCoins` answers next. */
  loading: LoadedCoins | RefusedCoins | undefined;

  async loadCoins(): Promise<LoadedCoins | RefusedCoins | undefined> {
    return this.loading;
  }

  chainStates(): readonly ChainStateSummary[] {
    return [{ tip: this.tip(), snapshotBase: undefined, cacheBytesMax: this.coinCacheMaxBytes(), validated: true }];
  }

  readonly reconsidered: BlockHash[] = [];
  readonly preferred: BlockHash[] = [];

  constructor(params: NetworkParams) {
    this.connect(params.genesis);
  }

  /** Puts a block on top of the active chain. */
  connect(block: Block): void {
    const height = this.#active.push(block) - 1;
    this.add(block, height);
    const spent: Coin[][] = [];
    for (const [index, tx] of block.transactions.entries()) {
      if (index > 0) spent.push(tx.inputs.map(({ prevout }) => this.#take(prevout)));
      tx.outputs.forEach(({ value, scriptPubKey }, vout) => {
        if (height === 0 || isUnspendable(scriptPubKey)) return;
        this.#coins.set(outPointKey({ txid: tx.txid, vout }), { value, scriptPubKey, height, coinbase: index === 0 });
      });
    }
    this.#spent.set(hashKey(block.header.hash), spent);
  }

  /** Keeps a block beside the active chain; `stored` false for its header alone. */
  add(block: Block, height: number, stored = true): void {
    this.#blocks.set(hashKey(block.header.hash), { block, height, stored });
  }

  #take(outPoint: OutPoint): Coin {
    const coin = this.#coins.get(outPointKey(outPoint));
    if (coin === undefined) throw new Error('a fake block spends what is not there');
    this.#coins.delete(outPointKey(outPoint));
    return coin;
  }

  /** A block of the active chain. */
  at(height: number): Block {
    const block = this.#active.at(height);
    if (block === undefined) throw new Error(`no block at height ${height}`);
    return block;
  }

  tip(): BlockSummary {
    return this.block(this.at(-1).header.hash) as BlockSummary;
  }

  bestHeader(): BlockSummary {
    return this.tip();
  }

  block(hash: BlockHash): BlockSummary | undefined {
    const found = this.#blocks.get(hashKey(hash));
    if (found === undefined) return undefined;
    const { block, height, stored } = found;
    const active = this.#active[height] === block;
    const medianTimeSeconds = this.at(Math.max(0, height - 5)).header.timeSeconds;
    const chainWork = (BLOCK_WORK * BigInt(height + 1)) as ChainWork;
    const nextHash = active ? this.#active[height + 1]?.header.hash : undefined;
    const txCount = stored ? block.transactions.length : 0;
    return { header: block.header, height, chainWork, medianTimeSeconds, txCount, active, nextHash, stored, pruned: false };
  }

  hashAt(height: number): BlockHash | undefined {
    return height < 0 ? undefined : this.#active[height]?.header.hash;
  }

  tips(): readonly ChainTip[] {
    const forks = [...this.#blocks.values()].filter(({ block, height }) => this.#active[height] !== block);
    const tip = this.tip();
    return [
      ...forks.map(({ block, height, stored }): ChainTip => {
        return { height, hash: block.header.hash, branchLength: 1, status: stored ? 'valid-fork' : 'headers-only' };
      }),
      { height: tip.height, hash: tip.header.hash, branchLength: 0, status: 'active' },
    ];
  }

  /** As from a file: within what was taken there are other bytes before and behind the block. */
  async blockBytes(hash: BlockHash, take?: TakeMemory): Promise<Uint8Array | undefined> {
    const found = this.#blocks.get(hashKey(hash));
    if (found?.stored !== true) return undefined;
    const bytes = encodeBlock(found.block);
    if (take === undefined) return bytes;
    const room = take(bytes.length + 8);
    room.set(bytes, 8);
    return new Uint8Array(room.buffer, room.byteOffset + 8, bytes.length);
  }

  async spentCoins(hash: BlockHash): Promise<readonly (readonly Coin[])[] | undefined> {
    return this.#spent.get(hashKey(hash));
  }

  async coin(outPoint: OutPoint): Promise<Coin | undefined> {
    return this.#coins.get(outPointKey(outPoint));
  }

  async coinSetStats(kind: CoinSetHash | 'none') {
    const { height, header } = this.tip();
    let totalAmount = 0n;
    for (const coin of this.#coins.values()) totalAmount += coin.value;
    const hashSerialized = kind === 'hash_serialized_3' ? new Uint8Array(32).fill(7) : undefined;
    const muhash = kind === 'muhash' ? new Uint8Array(32).fill(8) : undefined;
    const txouts = this.#coins.size;
    return {
      height,
      bestBlock: header.hash,
      txouts,
      transactions: txouts,
      bogosize: 72,
      totalAmount,
      diskSizeBytes: 0,
      hashSerialized,
      muhash,
    };
  }

  async findCoins(isWanted: (script: Uint8Array) => boolean, { onProgress, signal }: Parameters<ChainService['findCoins']>[1]) {
    const { height, header } = this.tip();
    onProgress(0.25);
    await this.searching;
    const keys = [...this.#coins.keys()].sort();
    const all = keys.map((key) => ({ outPoint: outPointOfKey(key), coin: this.#coins.get(key) as Coin }));
    const found = all.filter(({ coin }) => isWanted(coin.scriptPubKey));
    return { height, bestBlock: header.hash, txouts: all.length, found, completed: !signal.aborted };
  }

  /** Where coins were asked to be written, and of which block. */
  readonly dumped: { readonly path: string; readonly at: BlockHash }[] = [];

  async dumpCoins(path: string, { at, signal }: Parameters<ChainService['dumpCoins']>[1]) {
    if (path === 'taken') throw new NodeError('file-exists', '/taken already exists');
    this.dumped.push({ path, at });
    if (signal.aborted) return undefined;
    return { height: this.block(at)!.height, bestBlock: at, txouts: 3, hashSerialized: new Uint8Array(32).fill(7), path: `/${path}` };
  }

  async submitBlock(block: Block): Promise<BlockOutcome> {
    this.submitted.push(block);
    return this.outcome;
  }

  async invalidateBlock(hash: BlockHash): Promise<boolean> {
    this.invalidated.push(hash);
    return this.#blocks.has(hashKey(hash));
  }

  async reconsiderBlock(hash: BlockHash): Promise<boolean> {
    this.reconsidered.push(hash);
    return this.#blocks.has(hashKey(hash));
  }

  async preciousBlock(hash: BlockHash): Promise<boolean> {
    this.preferred.push(hash);
    return this.#blocks.has(hashKey(hash));
  }

  async transactionCount(hash: BlockHash, blocks = Number.POSITIVE_INFINITY): Promise<number> {
    const end = (this.block(hash)?.height ?? -1) + 1;
    const counted = this.#active.slice(Math.max(0, end - blocks), end);
    return counted.reduce((sum, block) => sum + block.transactions.length, 0);
  }

  coinCacheMaxBytes(): number {
    return 67_108_864;
  }

  pruning(): undefined {
    return undefined;
  }

  refusedReorganisation(): undefined {
    return undefined;
  }

  async pruneTo(): Promise<void> {}

  async verify(): Promise<string | undefined> {
    return undefined;
  }

  sizeOnDiskBytes(): number {
    return 12_345;
  }
}

/** Waiting transactions. What `submit` and `test` answer is set by the test; what is accepted waits. */
export class FakeMempool implements MempoolService {
  readonly #items = new Map<HashKey, MempoolItem>();
  /** Why the next transaction is refused. */
  rejection: Rejection | undefined;
  fee = 1_000n;
  readonly submitted: { readonly tx: Transaction; readonly feeRateMaxSatPerKvb: bigint | undefined }[] = [];

  readonly deltas = new Map<HashKey, { readonly txid: Txid; readonly delta: bigint }>();
  /** How often somebody waited for the pool to follow the chain. */
  settles = 0;

  deltaOf(txid: Txid): bigint {
    return this.deltas.get(hashKey(txid))?.delta ?? 0n;
  }

  prioritise(txid: Txid, delta: bigint): boolean {
    this.deltas.set(hashKey(txid), { txid, delta: this.deltaOf(txid) + delta });
    return true;
  }

  feeDeltas() {
    return [...this.deltas.values()];
  }

  async settled(): Promise<void> {
    this.settles++;
  }

  /** Lets a transaction wait. */
  add(tx: Transaction, relatives: Partial<Pick<MempoolItem, 'depends' | 'spentBy'>> = {}): void {
    const weightWu = transactionWeightWu(tx);
    const vsizeBytes = Math.ceil(weightWu / 4);
    const { depends = [], spentBy = [] } = relatives;
    this.#items.set(hashKey(tx.txid), {
      tx,
      fee: this.fee,
      modifiedFee: this.fee + this.deltaOf(tx.txid),
      vsizeBytes,
      weightWu,
      timeSeconds: 1_700_000_000,
      height: 3,
      depends,
      spentBy,
      ancestorCount: 1 + depends.length,
      ancestorVsizeBytes: vsizeBytes,
      ancestorFees: this.fee,
      descendantCount: 1 + spentBy.length,
      descendantVsizeBytes: vsizeBytes,
      descendantFees: this.fee,
    });
  }

  info() {
    let vsizeBytes = 0;
    for (const item of this.#items.values()) vsizeBytes += item.vsizeBytes;
    const rates = { minFeeRateSatPerKvb: 100n, minRelayFeeRateSatPerKvb: 100n, incrementalFeeRateSatPerKvb: 100n };
    const relayed = { permitBareMultisig: true, dataCarrierBytesMax: 100_000 };
    const clusters = { clusterCountMax: 64, clusterVsizeBytesMax: 101_000, optimal: true };
    const count = this.#items.size;
    return {
      loaded: true,
      count,
      vsizeBytes,
      ...relayed,
      ...clusters,
      usageBytes: 1_000 * count,
      maxUsageBytes: 300_000_000,
      totalFee: this.fee * BigInt(count),
      sequence: 5,
      ...rates,
    };
  }

  items(): Iterable<MempoolItem> {
    return this.#items.values();
  }

  get(txid: Txid): MempoolItem | undefined {
    return this.#items.get(hashKey(txid));
  }

  coin(outPoint: OutPoint): Coin | undefined {
    const output = this.get(outPoint.txid)?.tx.outputs[outPoint.vout];
    return output === undefined ? undefined : { ...output, height: 0, coinbase: false };
  }

  spenderOf(outPoint: OutPoint): Txid | undefined {
    for (const { tx } of this.#items.values()) {
      if (tx.inputs.some(({ prevout }) => outPointKey(prevout) === outPointKey(outPoint))) return tx.txid;
    }
    return undefined;
  }

  async submit(tx: Transaction, options: { readonly feeRateMaxSatPerKvb?: bigint } = {}): Promise<TransactionOutcome> {
    this.submitted.push({ tx, feeRateMaxSatPerKvb: options.feeRateMaxSatPerKvb });
    const outcome = await this.test(tx);
    if (outcome.rejection === undefined) this.add(tx);
    return outcome;
  }

  async test(tx: Transaction): Promise<TransactionOutcome> {
    const { rejection, fee } = this;
    return { txid: tx.txid, wtxid: tx.wtxid, rejection, fee, modifiedFee: fee, vsizeBytes: Math.ceil(transactionWeightWu(tx) / 4) };
  }

  /** Of a package so many are looked at to their end. */
  judgedMax = Number.POSITIVE_INFINITY;

  async testPackage(transactions: readonly Transaction[]) {
    const error = checkPackage(transactions);
    const outcomes = await Promise.all(transactions.map((tx) => this.test(tx)));
    return { error, outcomes: outcomes.map((outcome, place) => (error === undefined && place < this.judgedMax ? outcome : undefined)) };
  }

  relatives(txid: Txid, direction: 'ancestors' | 'descendants'): readonly MempoolItem[] | undefined {
    const item = this.get(txid);
    if (item === undefined) return undefined;
    const others = (direction === 'ancestors' ? item.depends : item.spentBy).map((each) => this.get(each));
    return [item, ...others.filter((each) => each !== undefined)];
  }

  /** What `importFile` was asked for. */
  readonly imported: (ImportOptions & { readonly path: string })[] = [];

  async save(): Promise<string | undefined> {
    return '/data/regtest/mempool.dat';
  }

  async importFile(path: string, { useCurrentTime, applyFeeDeltas }: ImportOptions) {
    this.imported.push({ path, useCurrentTime, applyFeeDeltas });
    return { kept: 2, accepted: 1 };
  }
}

/** A peer as `getpeerinfo` would see it. */
export function fakePeer(changes: Partial<PeerInfo> = {}): PeerInfo {
  return {
    id: 1,
    address: '127.0.0.1:18444',
    boundAddress: '127.0.0.1:50001',
    localAddress: undefined,
    inbound: false,
    connectionType: 'manual',
    onSubnet: false,
    services: 1033n,
    protocolVersion: 70016,
    userAgent: '/quoin:0.1.0/',
    startingHeight: 3,
    relayTransactions: true,
    relayAddresses: true,
    highBandwidthTo: true,
    highBandwidthFrom: false,
    lastInventorySequence: 1,
    inventoryToSend: 0,
    connectedTimeSeconds: 1_700_000_000,
    lastSendTimeSeconds: 1_700_000_001,
    lastReceiveTimeSeconds: 1_700_000_002,
    lastTransactionTimeSeconds: 0,
    lastBlockTimeSeconds: 0,
    timeOffsetSeconds: -2,
    bytesSent: 1_000,
    bytesReceived: 2_000,
    bytesSentPerMessage: { ping: 32 },
    bytesReceivedPerMessage: { pong: 32 },
    pingTimeMs: 1.5,
    pingTimeMsMin: 1.25,
    pingWaitMs: undefined,
    syncedHeaders: 3,
    presyncedHeaders: -1,
    syncedBlocks: 3,
    inFlight: [4, 5],
    permissions: [],
    throughOnion: false,
    feeFilterSatPerKvb: 100n,
    addressesProcessed: 1,
    addressesRateLimited: 0,
    transport: 'v1',
    sessionId: undefined,
    ...changes,
  };
}

/** Peers that a test sets, and the changes that were asked for. */
export class FakeNetwork implements NetworkService {
  readonly userAgent = '/quoin:0.1.0/';
  readonly protocolVersion = 70016;
  services = 1033n;
  relaysTransactions = true;
  readonly connected: PeerInfo[] = [];
  readonly added: string[] = [];
  inSync = true;

  listenAddress(): string | undefined {
    return '127.0.0.1:18444';
  }

  peers(): readonly PeerInfo[] {
    return this.connected;
  }

  /** Nodes on the subnet that a test sets. */
  readonly onSubnet: SubnetNodeInfo[] = [];

  subnetNodes(): readonly SubnetNodeInfo[] {
    return this.onSubnet;
  }

  sync() {
    return { inSync: this.inSync, height: 3, headers: 3, fraction: this.inSync ? 1 : 0.5, blocksPerSecond: 0, secondsLeft: undefined };
  }

  /** Which transport the last call was to try. */
  encrypted: boolean | undefined;

  addNode(
    { host, port }: { readonly host: string; readonly port: number },
    command: 'add' | 'remove' | 'onetry',
    encrypted?: boolean,
  ): boolean {
    this.encrypted = encrypted;
    const name = `${host}:${port}`;
    const index = this.added.indexOf(name);
    if (command === 'onetry') return true;
    if (command === 'add') return index < 0 && this.added.push(name) > 0;
    return index >= 0 && this.added.splice(index, 1).length === 1;
  }

  /** Blocks that peers were asked for. */
  readonly fetched: { readonly peer: number; readonly hash: BlockHash }[] = [];

  fetchBlock(peer: number, hash: BlockHash): string | undefined {
    if (!this.connected.some(({ id }) => id === peer)) return 'Peer does not exist';
    this.fetched.push({ peer, hash });
    return undefined;
  }

  readonly book: PlacedPeer[] = [];

  addressCounts(): ReadonlyMap<NetworkKind, AddressCounts> {
    const counts = new Map<NetworkKind, { new: number; tried: number }>();
    for (const { address, table } of this.book) {
      const count = counts.get(address.network) ?? { new: 0, tried: 0 };
      count[table]++;
      counts.set(address.network, count);
    }
    return counts;
  }

  addressPlaces(): Iterable<PlacedPeer> {
    return this.book;
  }

  learnAddress(address: NetworkAddress, { tried }: { readonly tried: boolean }): LearnOutcome {
    if (this.book.length === 3) return 'not-in-new';
    const times = { lastSeenSeconds: 1_700_000_000, lastSuccessSeconds: tried ? 1_700_000_000 : 0 };
    const place = { table: tried ? 'tried' : 'new', bucket: 7 * this.book.length, place: 63, newBuckets: [], tried } as const;
    this.book.push({ address, source: address, services: 9n, failures: 0, ...place, ...times });
    return tried && this.book.length === 3 ? 'not-in-tried' : 'learned';
  }

  readonly opened: string[] = [];

  openConnection(
    { host, port }: { readonly host: string; readonly port: number },
    type: OpenedConnectionType,
    encrypted?: boolean,
  ): boolean {
    this.encrypted = encrypted;
    return this.opened.push(`${host}:${port} ${type}`) <= 2;
  }

  readonly banned: Ban[] = [];
  readonly banSeconds = 86_400;

  bans(): readonly Ban[] {
    return this.banned;
  }

  isBanned(subnet: Subnet, { exactly }: { readonly exactly: boolean }): boolean {
    return this.banned.some((ban) => (exactly ? formatSubnet(ban.subnet) === formatSubnet(subnet) : subnetContains(ban.subnet, subnet)));
  }

  ban(subnet: Subnet, untilSeconds: number): boolean {
    this.banned.push({ subnet, createdSeconds: 1_700_000_000, untilSeconds });
    return true;
  }

  unban(subnet: Subnet): boolean {
    const index = this.banned.findIndex((ban) => formatSubnet(ban.subnet) === formatSubnet(subnet));
    return index >= 0 && this.banned.splice(index, 1).length === 1;
  }

  clearBans(): void {
    this.banned.length = 0;
  }

  disconnect(peer: { readonly address: string } | { readonly id: number }): boolean {
    const index = this.connected.findIndex((each) => ('id' in peer ? each.id === peer.id : each.address === peer.address));
    return index >= 0 && this.connected.splice(index, 1).length === 1;
  }

  addedNodes(): readonly AddedNode[] {
    return this.added.map((name) => {
      const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(name) ?? [];
      const peer = this.connected.find(({ address }) => address === name);
      return { host, port: Number(port), connection: peer && { address: peer.address, inbound: peer.inbound } };
    });
  }

  readonly known: GossipAddress[] = [];
  readonly missing: OrphanInfo[] = [];
  readonly sent: { readonly id: number; readonly command: string; readonly payload: string }[] = [];
  pings = 0;
  isActive = true;

  knownNodes(count: number, network?: NetworkKind): readonly GossipAddress[] {
    return this.known.filter(({ address }) => network === undefined || address.network === network).slice(0, count);
  }

  traffic() {
    return { bytesSent: 1_500, bytesReceived: 2_500 };
  }

  uploads() {
    const limit = { cycleSeconds: 86_400, targetBytes: 0, bytesLeft: 0, secondsLeft: 0 };
    return { ...limit, isReached: false, servesHistoricalBlocks: true };
  }

  reach() {
    const direct = { reachable: true, proxy: undefined };
    return { ipv4: direct, ipv6: direct, onion: { reachable: false, proxy: undefined } };
  }

  ping(): void {
    this.pings++;
  }

  active(): boolean {
    return this.isActive;
  }

  setActive(active: boolean): void {
    this.isActive = active;
  }

  sendMessage(id: number, command: string, payload: Uint8Array): boolean {
    if (!this.connected.some((peer) => peer.id === id)) return false;
    return this.sent.push({ id, command, payload: Buffer.from(payload).toString('hex') }) > 0;
  }

  /** Connections that came by another way than its sockets. */
  readonly accepted: Connection[] = [];

  accept(connection: Connection): void {
    this.accepted.push(connection);
  }

  orphans(): readonly OrphanInfo[] {
    return this.missing;
  }
}

/** Mines blocks of nothing but a coinbase onto the fake chain. */
export class FakeMining implements MiningService {
  readonly #node: { readonly params: NetworkParams; readonly chain: FakeChain };
  readonly generated: Parameters<MiningService['generate']>[0][] = [];
  running = false;
  workers = 0;
  /** What `start` throws. */
  failure: Error | undefined;

  constructor(node: { readonly params: NetworkParams; readonly chain: FakeChain }) {
    this.#node = node;
  }

  state() {
    return { running: this.running, workers: this.workers, hashRate: this.running ? 1_000.5 : 0, blocksFound: 2, address: undefined };
  }

  async start(options: { readonly workers?: number } = {}): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    this.running = true;
    this.workers = options.workers ?? 2;
  }

  async stop(): Promise<void> {
    this.running = false;
    this.workers = 0;
  }

  /** What the next template offers; without one it is of an empty pool. */
  offered: Partial<OfferedTemplate> = {};
  /** What `generateBlock` answers; a block on the tip unless set. */
  outcome: MinedBlock | undefined;
  readonly demanded: Parameters<MiningService['generateBlock']>[0][] = [];
  readonly polled: TemplateState[] = [];
  last: { readonly weightWu: number; readonly transactionCount: number } | undefined;

  feeRateMinSatPerKvb(): bigint {
    return 1n;
  }

  lastTemplate() {
    return this.last;
  }

  templateState(): TemplateState {
    return { tip: this.#node.chain.tip().header.hash, revision: 7 };
  }

  async templateChanged(known: TemplateState): Promise<void> {
    this.polled.push(known);
  }

  async template(): Promise<OfferedTemplate> {
    const { header, height } = this.#node.chain.tip();
    return {
      height: height + 1,
      version: 0x20000000,
      bits: header.bits,
      timeSeconds: header.timeSeconds + 2,
      timeSecondsMin: header.timeSeconds + 1,
      transactions: [],
      coinbaseValue: 5_000_000_000n,
      witnessCommitment: Uint8Array.of(0x6a),
      state: this.templateState(),
      ...this.offered,
    };
  }

  async generateBlock(options: Parameters<MiningService['generateBlock']>[0]): Promise<MinedBlock> {
    this.demanded.push(options);
    const { chain, params } = this.#node;
    return this.outcome ?? { block: buildBlock({ parent: chain.tip(), params, coinbaseScript: options.script }) };
  }

  async generate(options: Parameters<MiningService['generate']>[0]): Promise<readonly BlockHash[]> {
    this.generated.push(options);
    const { chain, params } = this.#node;
    const hashes: BlockHash[] = [];
    for (let i = 0; i < options.count && options.signal?.aborted !== true; i++) {
      const block = buildBlock({ parent: chain.tip(), params, coinbaseScript: options.script });
      chain.connect(block);
      hashes.push(block.header.hash);
    }
    return hashes;
  }
}

/** A wallet with a fixed balance. */
export class FakeWallet implements WalletService {
  readonly entries: WalletEntry[] = [];
  readonly sent: Parameters<WalletService['send']>[0][] = [];
  /** Why the next payment is refused. */
  rejection: Rejection | undefined;

  address(): string {
    return 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';
  }

  async newAddress(): Promise<string> {
    return 'bcrt1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qzf4jry';
  }

  balance() {
    return { confirmed: 5_000_000_000n, unconfirmed: -1_000n, immature: 10_000_000_000n };
  }

  history({ limit = 100, skip = 0 }: { readonly limit?: number; readonly skip?: number } = {}): readonly WalletEntry[] {
    return this.entries.slice(skip, skip + limit);
  }

  transaction(txid: Txid): WalletEntry | undefined {
    return this.entries.find((entry) => hashKey(entry.txid) === hashKey(txid));
  }

  isMine(): boolean {
    return false;
  }

  async send(options: Parameters<WalletService['send']>[0]): ReturnType<WalletService['send']> {
    this.sent.push(options);
    if (this.rejection !== undefined) return { rejection: this.rejection };
    return { txid: new Uint8Array(32).fill(9) as unknown as Txid, fee: 141n };
  }

  async sign(tx: Transaction) {
    return { tx, complete: false };
  }
}

/** Says what the test sets, and notes what it was asked. */
export class FakeExplain implements ExplainService {
  verdict: Verdict = { accepted: true, checked: ['alone'], unchecked: undefined };
  readonly asked: (Block | { readonly tx: Transaction; readonly spentOutputs: readonly TxOutput[] | undefined })[] = [];

  async transaction(tx: Transaction, spentOutputs?: readonly TxOutput[]): Promise<Explanation> {
    this.asked.push({ tx, spentOutputs });
    return { kind: 'transaction', txid: tx.txid, verdict: this.verdict };
  }

  async block(block: Block): Promise<Explanation> {
    this.asked.push(block);
    return { kind: 'block', hash: block.header.hash, verdict: this.verdict };
  }
}

/** Fee rates that a test sets, and what was asked of them. */
export class FakeFees implements FeeService {
  readonly targetBlocksMax = 1_008;
  readonly asked: (readonly [targetBlocks: number, how: boolean | number])[] = [];
  rate: bigint | undefined = 1_234n;
  readonly horizons = new Map<FeeHorizon, HorizonEstimate>();

  estimate(targetBlocks: number, conservative: boolean) {
    this.asked.push([targetBlocks, conservative]);
    return { feeRateSatPerKvb: this.rate, targetBlocks: 2 };
  }

  estimateOn(horizon: FeeHorizon, targetBlocks: number, threshold: number): HorizonEstimate | undefined {
    this.asked.push([targetBlocks, threshold]);
    return this.horizons.get(horizon);
  }
}

/** Indexes with the rows that a test gives them. */
export class FakeIndexes implements IndexService {
  readonly present = new Set<IndexName>();
  /** Those that are still being built. */
  readonly building = new Set<IndexName>();
  readonly transactions: ConfirmedTransaction[] = [];
  readonly coins: ScriptCoin[] = [];
  readonly events: ScriptEvent[] = [];
  readonly filters = new Map<HashKey, BlockFilter>();
  /** By the outpoint. */
  readonly spenders = new Map<HashKey, Spender>();

  states() {
    return INDEX_NAMES.filter((name) => this.has(name)).map((name) => ({ name, synced: !this.building.has(name), height: 3 }));
  }

  has(name: IndexName): boolean {
    return this.present.has(name);
  }

  async ready(name: IndexName): Promise<boolean> {
    return !this.building.has(name);
  }

  async transaction(txid: Txid): Promise<ConfirmedTransaction | undefined> {
    return this.transactions.find(({ tx }) => hashKey(tx.txid) === hashKey(txid));
  }

  async scriptTotals() {
    const balance = this.coins.reduce((sum, { value }) => sum + value, 0n);
    return { transactionCount: this.events.length, coinCount: this.coins.length, balance };
  }

  async scriptCoins(_script: Uint8Array, { limit, after }: Parameters<IndexService['scriptCoins']>[1]) {
    const from = after === undefined ? 0 : 1 + this.coins.findIndex(({ outPoint }) => outPointKey(outPoint) === outPointKey(after));
    return this.coins.slice(from, from + limit);
  }

  async scriptCoinsAmong(_script: Uint8Array, outPoints: readonly OutPoint[]) {
    const keys = new Set(outPoints.map(outPointKey));
    return this.coins.filter(({ outPoint }) => keys.has(outPointKey(outPoint)));
  }

  async scriptHistory(_script: Uint8Array, { limit, before }: Parameters<IndexService['scriptHistory']>[1]) {
    return this.events.filter(({ height }) => before === undefined || height < before.height).slice(0, limit);
  }

  async spender(outPoint: OutPoint) {
    return this.spenders.get(outPointKey(outPoint));
  }

  async filter(hash: BlockHash): Promise<BlockFilter | undefined> {
    return this.filters.get(hashKey(hash));
  }
}

/** One line of the log. */
export interface LoggedEvent {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly event: string;
}

/** The node: three blocks on the genesis block, the last one with a payment; a stale block and a header beside them. */
export class FakeNode implements NodePort {
  readonly params: NetworkParams;
  readonly version = '0.1.0';
  readonly clock = new FakeClock(1_700_000_100);
  readonly startedAtSeconds = 1_700_000_000;
  readonly dataDir: string | undefined = '/data/regtest';
  readonly chain: FakeChain;
  readonly mempool = new FakeMempool();
  readonly fees = new FakeFees();
  readonly explain = new FakeExplain();
  readonly network = new FakeNetwork();
  readonly mining: FakeMining;
  readonly indexes = new FakeIndexes();
  readonly wallet: FakeWallet | undefined = new FakeWallet();
  readonly logged: LoggedEvent[] = [];
  readonly listeners = new Set<(event: NodeEvent) => void>();
  stops = 0;
  mockTime: number | undefined;
  /** The payment in block 3, which spends the coinbase of block 1. */
  readonly payment: Transaction;
  readonly staleBlock: Block;
  readonly headerOnly: Block;

  constructor(params: NetworkParams = regtest) {
    this.params = params;
    this.chain = new FakeChain(params);
    const first = buildBlock({ parent: genesisParent(params), params });
    this.chain.connect(first);
    const parent = childOf(genesisParent(params), first);
    const second = buildBlock({ parent, params });
    this.chain.connect(second);
    const input = outputOf(first.transactions[0] as Transaction);
    const outputs = [
      { value: input.value - 12_345n, scriptPubKey: Uint8Array.of(0, 20, ...new Uint8Array(20).fill(3)) },
      { value: 2_345n, scriptPubKey: Uint8Array.of(0x6a, 1, 0x2a) },
    ];
    this.payment = spend({ inputs: [input], outputs });
    this.chain.connect(buildBlock({ parent: childOf(parent, second), params, transactions: [this.payment], fees: 10_000n }));
    this.staleBlock = buildBlock({ parent, params, extra: Uint8Array.of(1) });
    this.headerOnly = buildBlock({ parent, params, extra: Uint8Array.of(2) });
    this.chain.add(this.staleBlock, 2);
    this.chain.add(this.headerOnly, 2, false);
    this.mining = new FakeMining(this);
  }

  /** A transaction that spends the coinbase of block 2. */
  spendingSecond(value = 4_000_000_000n, scriptPubKey = Uint8Array.of(0x51)): Transaction {
    return spend({ inputs: [outputOf(this.chain.at(2).transactions[0] as Transaction)], outputs: [{ value, scriptPubKey }] });
  }

  /** Categories of the log that are switched on. */
  readonly logCategories = new Set<LogCategory>();

  readonly log = {
    switches: {
      isOn: (category: LogCategory): boolean => this.logCategories.has(category),
      set: (category: LogCategory, on: boolean) => void (on ? this.logCategories.add(category) : this.logCategories.delete(category)),
    },
    path: '/nowhere/debug.log',
    debug: (event: string): void => void this.logged.push({ level: 'debug', event }),
    info: (event: string): void => void this.logged.push({ level: 'info', event }),
    warn: (event: string): void => void this.logged.push({ level: 'warn', event }),
    error: (event: string): void => void this.logged.push({ level: 'error', event }),
  };

  /** Seconds by which `mockScheduler` moved the timers. */
  readonly scheduled: number[] = [];

  mockScheduler(deltaSeconds: number): void {
    this.scheduled.push(deltaSeconds);
  }

  setMockTime(timeSeconds: number | undefined): void {
    this.mockTime = timeSeconds;
  }

  requestStop(): void {
    this.stops++;
  }

  subscribe(listener: (event: NodeEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
