/**
 * A full node: builds the parts out of the ports it is given, joins them, starts and stops them. Imports no adapter, so that the same node
 * runs on this machine (system.ts) or on a virtual clock and network.
 *
 * @module
 */

import type { Secp256k1 } from '../core/crypto/secp256k1.ts';
import type { TransportEngine } from '../core/crypto/transport-engine.ts';
import type { NetworkParams } from '../core/params/types.ts';
import { toDisplayHex } from '../core/primitives/ids.ts';
import { SERVICES } from '../core/wire/services.ts';
import { Chain } from '../engine/chain/chain.ts';
import type { PruneOptions } from '../engine/chain/pruner.ts';
import { Mempool } from '../engine/mempool/mempool.ts';
import { watchReorganisations } from '../engine/mempool/reorg-watch.ts';
import type { AssemblyOptions } from '../engine/mining/assembly.ts';
import { createBlockSigner, type SigningKey } from '../engine/mining/block-signer.ts';
import type { PolicyOptions } from '../engine/policy/options.ts';
import type { AnchorStore } from '../engine/ports/anchor-store.ts';
import type { BanStore } from '../engine/ports/ban-store.ts';
import type { BlockSearch } from '../engine/ports/block-search.ts';
import type { BlockStore, FilePosition } from '../engine/ports/block-store.ts';
import type { ChainService } from '../engine/ports/chain-service.ts';
import type { Clock } from '../engine/ports/clock.ts';
import type { CoinStore } from '../engine/ports/coin-store.ts';
import type { Discovery } from '../engine/ports/discovery.ts';
import type { DraftFiles } from '../engine/ports/draft-file.ts';
import type { ExplainService } from '../engine/ports/explanation.ts';
import type { FeeService } from '../engine/ports/fee-service.ts';
import type { HeaderStore } from '../engine/ports/header-store.ts';
import type { IndexName, IndexService } from '../engine/ports/index-service.ts';
import type { IndexStore } from '../engine/ports/index-store.ts';
import type { Log } from '../engine/ports/log.ts';
import type { MempoolService } from '../engine/ports/mempool-service.ts';
import type { MiningService } from '../engine/ports/mining-service.ts';
import type { NetworkService } from '../engine/ports/network-service.ts';
import { NodeError } from '../engine/ports/node-error.ts';
import type { NodeEvent, NodePort } from '../engine/ports/node-port.ts';
import type { PeerStore } from '../engine/ports/peer-store.ts';
import type { Random } from '../engine/ports/random.ts';
import type { Resolver } from '../engine/ports/resolver.ts';
import type { RowStore } from '../engine/ports/row-store.ts';
import type { ScriptVerifier } from '../engine/ports/script-verifier.ts';
import type { SnapshotStore, SourceFiles } from '../engine/ports/snapshot-store.ts';
import type { ListenAddress, SocketAddress, Transport } from '../engine/ports/transport.ts';
import type { WalletService } from '../engine/ports/wallet-service.ts';
import { Network } from '../engine/sync/network.ts';
import type { DnsSeedMode } from '../engine/sync/seeds.ts';
import { Wallet } from '../engine/wallet/wallet.ts';
import { createChainService } from './chain-service.ts';
import type { DiskGuard } from './disk-guard.ts';
import { createExplainService } from './explain-service.ts';
import type { FeeFile } from './fee-estimates.ts';
import { FeeEstimates } from './fee-estimates.ts';
import { guardBlocks, guardCoins, guardDrafts, guardIndex, guardSnapshots } from './guarded-stores.ts';
import { Indexes } from './index-service.ts';
import { createMempoolService } from './mempool-service.ts';
import type { Mining } from './mining-service.ts';
import { createMining } from './mining-service.ts';
import type { NodeOptions, OpeningProgress } from './options.ts';
import { mempoolChain, miningChain } from './views.ts';
import type { ByteFile } from './waiting-file.ts';
import { WaitingFile } from './waiting-file.ts';
import type { NodeWallet } from './wallet-service.ts';
import { attachWallet } from './wallet-service.ts';

/** A clock that can be set by hand. */
export interface NodeClock extends Clock {
  /** Lets the wall clock stand; undefined lets it run again. */
  setMockTime(timeSeconds: number | undefined): void;
  /** Lets every timer that is set run so much earlier. */
  advanceTimers(ms: number): void;
  /** The same clock with a monotonic time that follows the wall clock where it is set by hand, but never back: peers' timers go by it. */
  readonly settable: Clock;
}

/** Everything that is kept. */
export interface NodeStores {
  readonly blocks: BlockStore;
  readonly headers: HeaderStore;
  readonly coins: CoinStore;
  /** Where coins lie that were loaded from a file; none can be loaded unless given. */
  readonly snapshots?: SnapshotStore;
  /** Opens files that others ask to be read; there are none unless given. */
  readonly sources?: SourceFiles;
  readonly peers: PeerStore;
  /** Nowhere unless given. */
  readonly bans?: BanStore;
  /** Nowhere unless given. */
  readonly anchors?: AnchorStore;
  /** Undefined for a node without a wallet; closed with the wallet. */
  readonly wallet: RowStore | undefined;
  /** The waiting transactions over a restart; undefined: they are forgotten. */
  readonly mempoolFile: ByteFile | undefined;
  /** The counts behind the fee estimates over a restart. They are forgotten unless given. */
  readonly feeFile?: FeeFile;
  /** Makes files that others ask for; undefined: there are none. */
  readonly drafts?: DraftFiles;
  /** Watches the room on the disk; undefined where nothing is written. */
  readonly guard?: DiskGuard;
  /** Gives up the room that was kept in reserve for a full disk; undefined where nothing is written. */
  readonly makeRoom?: () => Promise<void>;
  /** Opens an index, which the node closes. Undefined for a node without indexes. */
  readonly openIndex?: (name: IndexName) => Promise<IndexStore>;
  /** Undefined but where the index of the blocks is to be made anew before anything else. */
  readonly reindex?: StoredBlocks;
  /** Closes blocks, headers and coins. */
  close(): Promise<void>;
}

/** Blocks that are stored and not indexed. */
export interface StoredBlocks {
  /** Where the genesis block is, if it is known. */
  readonly genesisAt: FilePosition | undefined;
  /** Gives all of them to a chain and writes what comes of it; `onProgress` is told how many million bytes were read and there are. */
  load(chain: Chain, onProgress: (doneMb: number, totalMb: number) => void): Promise<void>;
}

/** The wallet's words, and whether they were made just now: then no block so far can pay them. */
export interface WalletSeed {
  readonly mnemonic: string;
  /** The seed of BIP-39 that the words stand for, where the platform works it out quicker than the wallet. */
  readonly bytes?: Uint8Array;
  readonly isNew: boolean;
}

/** The world that a node lives in. */
export interface NodeParts {
  readonly params: NetworkParams;
  /** Of the package; part of the user agent. */
  readonly version: string;
  readonly dataDir: string | undefined;
  readonly clock: NodeClock;
  readonly random: Random;
  readonly log: Log;
  readonly secp256k1: Secp256k1;
  readonly stores: NodeStores;
  readonly seed: WalletSeed | undefined;
  readonly verifier: ScriptVerifier;
  readonly transport: Transport;
  /** Looks up DNS seeds; without it a node behind each is called by its name. */
  readonly resolver?: Resolver;
  /** For the encrypted transport; undefined: it is not spoken. */
  readonly transportEngine?: TransportEngine;
  /** Finds nodes on the subnet; none unless given. */
  readonly discovery?: Discovery | undefined;
  readonly openSearch: (workers: number) => BlockSearch;
  /** Threads that mine unless another number is asked for. */
  readonly workersDefault: number;
}

/** What is chosen about a node; `NodeOptions` has it all. */
export interface NodeSettings extends Pick<NodeOptions, 'connections' | 'whitelist' | 'uploadTargetBytes' | 'proxies' | 'onlyNetworks'> {
  readonly listen: ListenAddress | undefined;
  /** Nowhere else unless given. */
  readonly alsoListen?: readonly ListenAddress[];
  readonly connect: readonly SocketAddress[];
  readonly peers: readonly SocketAddress[];
  /** True unless given. */
  readonly networkActive?: boolean;
  /** Never unless given. */
  readonly dnsSeeds?: DnsSeedMode;
  /** None unless given. */
  readonly seedNodes?: readonly SocketAddress[];
  /** A day unless given. */
  readonly banSeconds?: number;
  /** True unless given. */
  readonly encryptedTransport?: boolean;
  readonly userAgentComments?: readonly string[];
  readonly policy?: Partial<PolicyOptions>;
  readonly mempool?: { readonly usageBytesMax?: number; readonly expirySeconds?: number };
  /** False unless given. */
  readonly acceptStaleFeeEstimates?: boolean;
  readonly assembly?: AssemblyOptions;
  readonly mine: { readonly workers: number } | undefined;
  readonly mineTo: Uint8Array | undefined;
  /** None unless given. */
  readonly signetKeys?: readonly SigningKey[];
  /** None unless given. */
  readonly indexes?: readonly IndexName[];
  /** Give peers the filters of the index `filter`, where there is one (BIP-157). Default: true. */
  readonly servesFilters?: boolean;
  /** Look through peers' Bloom filters, and tell them what waits in the mempool (BIP-37, BIP-111, BIP-35). Default: false. */
  readonly servesBloom?: boolean;
  /** Take no transactions from peers. Default: false. */
  readonly blocksOnly?: boolean;
  readonly dbCacheBytes?: number;
  readonly prune?: PruneOptions | undefined;
  readonly onProgress?: (what: OpeningProgress) => void;
}

/** A node that runs. */
export interface RunningNode extends NodePort {
  /** Resolves when the node has stopped, whoever asked for it; rejects when it had to stop because the world failed it. */
  readonly stopped: Promise<void>;
  /** Stops in order: peers, mining, wallet, then what is kept is written. */
  stop(): Promise<void>;
  /** Runs before anything is stopped, such as closing a door. */
  beforeStop(action: () => Promise<void>): void;
}

/** Starts a node on the given world. @throws NodeError */
export async function createNode(parts: NodeParts, settings: NodeSettings): Promise<RunningNode> {
  const { params, clock, log, verifier, random } = parts;
  const stores = guarded(parts.stores);
  const { onProgress, dbCacheBytes } = settings;
  let failed: (error: unknown) => void = () => {}; // While the node is being built, whoever asked hears of it.
  const chain = await Chain.open({
    ...{ params, clock, log, verifier, random },
    ...{ blocks: stores.blocks, headers: stores.headers, coins: stores.coins },
    ...(stores.snapshots && { snapshots: stores.snapshots }),
    ...(dbCacheBytes === undefined ? {} : { dbCacheBytes }),
    ...(settings.prune === undefined ? {} : { prune: settings.prune }),
    indexing: stores.reindex !== undefined,
    ...(stores.reindex?.genesisAt && { genesisAt: stores.reindex.genesisAt }),
    onProgress: (height, target) => onProgress?.({ stage: 'replaying', height, target }),
    onFailure: (error) => failed(error),
  });
  stores.guard?.watch(() => chain.cacheBytes);
  await stores.reindex?.load(chain, (height, target) => onProgress?.({ stage: 'reindexing', height, target }));
  const mempool = new Mempool({
    ...{ chain: mempoolChain(chain), params: params.consensus, verifier, clock, log },
    ...(settings.policy && { policy: settings.policy }),
    ...settings.mempool,
  });
  // Who takes blocks alone sees no transaction wait.
  const fees =
    settings.blocksOnly === true
      ? undefined
      : await FeeEstimates.open({
          ...{ chain, mempool, params, clock, log },
          file: stores.feeFile,
          acceptStale: settings.acceptStaleFeeEstimates === true,
        });
  const wallet = await openWallet(parts, settings, chain, mempool);
  const mining = createMining({
    ...{ params, mempool, clock, log, random },
    chain: miningChain(chain),
    check: (block) => chain.checkBlockProposal(block),
    openSearch: parts.openSearch,
    workersDefault: parts.workersDefault,
    assembly: settings.assembly ?? {},
    signer: createBlockSigner(parts.secp256k1, settings.signetKeys ?? []),
    walletScript: wallet === undefined ? undefined : () => wallet.script(),
  });
  const node: FullNode = new FullNode({
    ...parts,
    ...{ stores, chain, mempool, fees, wallet, mining, prune: settings.prune },
    network: createNetwork(parts, settings, { chain, mempool, node: () => node }),
    indexes: new Indexes({
      ...{ chain, clock, random, log },
      names: settings.indexes ?? [],
      open: stores.openIndex,
      onFailure: (error) => node.fail(error),
    }),
  });
  failed = (error) => node.fail(error);
  stores.guard?.begin(failed);
  try {
    await node.begin(settings);
  } catch (error) {
    await node.stop();
    throw error;
  }
  return node;
}

/** Stores that ask before they grow, where the disk is watched. */
function guarded(stores: NodeStores): NodeStores {
  const { guard, openIndex, drafts, snapshots } = stores;
  if (guard === undefined) return stores;
  return {
    ...stores,
    blocks: guardBlocks(stores.blocks, guard),
    coins: guardCoins(stores.coins, guard),
    ...(snapshots && { snapshots: guardSnapshots(snapshots, guard) }),
    ...(drafts && { drafts: guardDrafts(drafts, guard) }),
    ...(openIndex && { openIndex: async (name) => guardIndex(await openIndex(name), guard) }),
  };
}

/** Peers, not yet met. */
function createNetwork(
  parts: NodeParts,
  settings: NodeSettings,
  built: { readonly chain: Chain; readonly mempool: Mempool; readonly node: () => FullNode },
): Network {
  const { params, clock, log, random, transport, transportEngine, stores, version } = parts;
  const { chain, mempool, node } = built;
  const { connections } = settings;
  const onlyManual = settings.connect.length > 0;
  return new Network({
    ...{ params, log, random, transport, chain, mempool, onlyManual },
    clock: clock.settable,
    ...(transportEngine && settings.encryptedTransport !== false && { transportEngine }),
    ...(settings.listen === undefined ? {} : { listen: settings.listen }),
    ...(settings.alsoListen && { alsoListen: settings.alsoListen }),
    ...(connections?.outbound !== undefined && { outboundTarget: connections.outbound }),
    ...(connections?.blockRelay !== undefined && { blockRelayTarget: connections.blockRelay }),
    ...(connections?.inbound !== undefined && { inboundMax: connections.inbound }),
    ...(settings.whitelist && { whitelist: settings.whitelist }),
    ...(settings.uploadTargetBytes !== undefined && { uploadTargetBytes: settings.uploadTargetBytes }),
    ...(settings.proxies && { proxies: settings.proxies }),
    ...(settings.onlyNetworks && { onlyNetworks: settings.onlyNetworks }),
    ...(settings.banSeconds !== undefined && { banSeconds: settings.banSeconds }),
    peerStore: stores.peers,
    ...(stores.bans && { banStore: stores.bans }),
    ...(stores.anchors && { anchorStore: stores.anchors }),
    // Who calls by a proxy asks nobody else for names: a node behind each is called by its name then.
    ...(parts.resolver && settings.proxies?.names === undefined && { resolver: parts.resolver }),
    ...(parts.discovery && { discovery: parts.discovery }),
    ...(settings.dnsSeeds && { dnsSeeds: settings.dnsSeeds }),
    ...(settings.seedNodes && { seedNodes: settings.seedNodes }),
    get services() {
      return servicesOf(settings, chain.missing !== undefined);
    },
    ...(settings.blocksOnly && { blocksOnly: true }),
    filters: (hash) => node().indexes.filter(hash),
    userAgent: userAgentOf(version, settings.userAgentComments ?? []),
    manualPeers: [...settings.connect, ...settings.peers],
    onFailure: (error) => node().fail(error),
    onPeer: (event) => node().emit(event),
  });
}

/** What peers are told that we have for them. */
function servicesOf({ prune, indexes = [], servesBloom = false, servesFilters = true }: NodeSettings, lacksHistory: boolean): bigint {
  return (
    SERVICES.witness |
    SERVICES.networkLimited |
    (prune === undefined && !lacksHistory ? SERVICES.network : 0n) |
    (servesBloom ? SERVICES.bloom : 0n) |
    (servesFilters && indexes.includes('filter') ? SERVICES.compactFilters : 0n)
  );
}

/** What peers are told that we are (BIP-14). */
export function userAgentOf(version: string, comments: readonly string[]): string {
  return comments.length === 0 ? `/quoin:${version}/` : `/quoin:${version}(${comments.join('; ')})/`;
}

/** The wallet, brought up to the tip; undefined where none is wanted. */
async function openWallet(parts: NodeParts, settings: NodeSettings, chain: Chain, mempool: Mempool): Promise<NodeWallet | undefined> {
  const { params, clock, log, random, secp256k1, seed, stores } = parts;
  if (seed === undefined || stores.wallet === undefined) return undefined;
  const wallet = await Wallet.open({
    params,
    store: stores.wallet,
    mnemonic: seed.mnemonic,
    secp256k1,
    random,
    ...(seed.bytes && { seed: seed.bytes }),
  });
  return attachWallet({
    ...{ wallet, chain, mempool, clock, log },
    isNew: seed.isNew,
    onProgress: (height, target) => settings.onProgress?.({ stage: 'rescanning-wallet', height, target }),
  });
}

/** What a node is made of once it is built. */
interface BuiltParts extends Omit<NodeParts, 'seed'> {
  readonly chain: Chain;
  readonly mempool: Mempool;
  readonly fees: FeeEstimates | undefined;
  readonly wallet: NodeWallet | undefined;
  readonly mining: Mining;
  readonly network: Network;
  readonly indexes: Indexes;
  readonly prune: PruneOptions | undefined;
}

class FullNode implements RunningNode {
  readonly params: NetworkParams;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly startedAtSeconds: number;
  readonly dataDir: string | undefined;
  readonly chain: ChainService;
  readonly mempool: MempoolService;
  readonly fees: FeeService | undefined;
  readonly explain: ExplainService;
  readonly network: NetworkService;
  readonly mining: MiningService;
  readonly indexes: IndexService;
  readonly wallet: WalletService | undefined;
  readonly stopped: Promise<void>;
  readonly #parts: BuiltParts;
  readonly #waiting: WaitingFile;
  readonly #listeners = new Set<(event: NodeEvent) => void>();
  readonly #beforeStop: (() => Promise<void>)[] = [];
  #stopping: Promise<void> | undefined;
  #failure: unknown;
  #resolveStopped: () => void = () => {};
  #rejectStopped: (error: unknown) => void = () => {};

  constructor(parts: BuiltParts) {
    this.#parts = parts;
    this.params = parts.params;
    this.version = parts.version;
    this.clock = parts.clock;
    this.log = parts.log;
    this.startedAtSeconds = parts.clock.nowSeconds();
    this.dataDir = parts.dataDir;
    this.chain = createChainService({ ...parts, blocks: parts.stores.blocks, drafts: parts.stores.drafts, sources: parts.stores.sources });
    this.#waiting = new WaitingFile({ ...parts, file: parts.stores.mempoolFile });
    this.mempool = createMempoolService(parts.mempool, this.#waiting);
    this.fees = parts.fees;
    this.explain = createExplainService(parts);
    this.network = parts.network;
    this.mining = parts.mining;
    this.indexes = parts.indexes;
    this.wallet = parts.wallet;
    this.stopped = new Promise((resolve, reject) => {
      this.#resolveStopped = resolve;
      this.#rejectStopped = reject;
    });
    // Whoever starts a node need not wait for its end.
    this.stopped.catch(() => undefined);
  }

  /** Meets the peers and mines, if it was asked to. */
  async begin(settings: NodeSettings): Promise<void> {
    this.#relayEvents();
    if (settings.networkActive === false) this.network.setActive(false);
    await this.#parts.network.start();
    this.#waiting.load();
    const { mine, mineTo } = settings;
    if (mine === undefined) return;
    await this.mining.start({ workers: mine.workers, ...(mineTo === undefined ? {} : { script: mineTo }) });
  }

  setMockTime(timeSeconds: number | undefined): void {
    this.#parts.clock.setMockTime(timeSeconds);
    this.#parts.network.timeMoved();
  }

  mockScheduler(deltaSeconds: number): void {
    this.#parts.clock.advanceTimers(deltaSeconds * 1000);
  }

  subscribe(listener: (event: NodeEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  beforeStop(action: () => Promise<void>): void {
    this.#beforeStop.push(action);
  }

  requestStop(): void {
    // Its failure is told by `stopped`.
    this.stop().catch(() => undefined);
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  /** The world failed us: nothing more can be kept, so the node stops. */
  fail(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    this.log.error('node-fails', { why: error instanceof Error ? error.message : String(error) });
    this.requestStop();
  }

  /** Every part is closed even where another fails to; the first failure is the answer. */
  async #stop(): Promise<void> {
    const { fees, indexes, mempool, mining, network, stores, verifier, wallet } = this.#parts;
    const steps: (() => Promise<void> | void | undefined)[] = [
      () => stores.guard?.close(),
      ...this.#beforeStop,
      () => network.stop(),
      () => mining.close(),
      () => this.#waiting.close(),
      () => fees?.close(),
      () => mempool.close(),
      () => wallet?.close(),
      () => indexes.close(),
      () => this.#closeChain(),
      () => verifier.close(),
      () => stores.close(),
    ];
    for (const step of steps) {
      try {
        await step();
      } catch (error) {
        this.#failure ??= error;
      }
    }
    this.log.info('stopped');
    if (this.#failure === undefined) this.#resolveStopped();
    else this.#rejectStopped(this.#failure);
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Writes the chain. On a full disk the reserve makes room for the headers at least: with them, each block that is stored is found. */
  async #closeChain(): Promise<void> {
    const { chain, stores } = this.#parts;
    try {
      await chain.close();
    } catch (error) {
      if (stores.makeRoom === undefined || !(error instanceof NodeError) || error.code !== 'disk-full') throw error;
      this.#failure ??= error;
      await stores.makeRoom();
      await chain.close();
    }
  }

  emit(event: NodeEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #relayEvents(): void {
    const { chain, mempool, log } = this.#parts;
    let from = chain.tip;
    chain.subscribe((event) => {
      if (event.kind === 'block-connected' || event.kind === 'block-disconnected') {
        this.emit({ kind: event.kind, hash: event.node.hash, height: event.node.height });
      }
      if (event.kind !== 'tip-changed') return;
      const { hash, height } = event.tip;
      const reorgDepth = from.height - event.fork.height;
      from = event.tip;
      if (reorgDepth > 0) log.info('reorganised', { depth: reorgDepth, tip: toDisplayHex(hash), height });
      this.emit({ kind: 'tip-changed', hash, height, reorgDepth });
    });
    watchReorganisations(mempoolChain(chain), mempool, (reorganisation) => this.emit({ kind: 'reorg', ...reorganisation }));
    mempool.subscribe((event) => {
      const { txid } = event.entry.tx;
      if (event.kind === 'added') this.emit({ kind: 'transaction-added', txid });
      else this.emit({ kind: 'transaction-removed', txid, reason: event.reason });
    });
  }
}
