import type { NetworkParams } from '../core/params/types.ts';
import type { AssemblyOptions } from '../engine/mining/assembly.ts';
import type { SigningKey } from '../engine/mining/block-signer.ts';
import type { PolicyOptions } from '../engine/policy/options.ts';
import type { IndexName } from '../engine/ports/index-service.ts';
import type { Log } from '../engine/ports/log.ts';
import type { PermissionGrant } from '../engine/ports/permissions.ts';
import type { CalledNetwork, Proxies } from '../engine/ports/proxy.ts';
import type { ListenAddress, SocketAddress } from '../engine/ports/transport.ts';
import type { DnsSeedMode } from '../engine/sync/seeds.ts';

/** Default of `NodeOptions.dbCacheBytes`: 450 MiB, Core's number. */
export const DB_CACHE_BYTES_DEFAULT: number = 450 * 1024 * 1024;

/** Least and most of `NodeOptions.dbCacheBytes`: Core's 4 MiB, and 16 GiB. */
export const DB_CACHE_BYTES_MIN: number = 4 * 1024 * 1024;
export const DB_CACHE_BYTES_MAX: number = 16 * 1024 * 1024 * 1024;

/** Indexes that a node has unless told otherwise: those that an explorer needs, where the chain is small. */
export function indexesByDefault(network: Pick<NetworkParams, 'name'>): readonly IndexName[] {
  return network.name === 'quoin' || network.name === 'regtest' ? ['tx', 'script'] : [];
}

/** Most threads that search for nonces. */
export const MINING_WORKERS_MAX = 256;

/** Most threads that run scripts. */
export const SCRIPT_WORKERS_MAX = 64;

/** Where the opening of a node has come to; `height` counts blocks, when reindexing million bytes, and `target` is where the stage ends. */
export interface OpeningProgress {
  /**
   * `opening`: files and databases; `reindexing`: the block files are read anew; `replaying`: blocks after the last flush;
   * `rescanning-wallet`: blocks the wallet has not seen.
   */
  readonly stage: 'opening' | 'reindexing' | 'replaying' | 'rescanning-wallet';
  readonly height: number;
  readonly target: number;
}

/** Everything that can be chosen about a node. Whoever starts one names each field: the defaults told here are the command line's. */
export interface NodeOptions {
  /** The network. Default: the built-in `quoin`. */
  readonly network: NetworkParams;
  /** The network's own folder, made (mode 0700) if it is not there; undefined keeps everything in memory. Default: `~/.quoin/<network>`. */
  readonly dataDir: string | undefined;
  /** Where peers are accepted; port 0 takes any free one; undefined accepts none. Default: the network's port, on the interfaces it says. */
  readonly listen: ListenAddress | undefined;
  /** Where else peers are accepted. Default: nowhere. */
  readonly alsoListen?: readonly ListenAddress[];
  /** When not empty, the node connects to these alone and to nothing it is told of. Default: empty. */
  readonly connect: readonly SocketAddress[];
  /** Kept connected beside those the node finds. Default: empty. */
  readonly peers: readonly SocketAddress[];
  /** Whether peers are met from the start on; else not until `setnetworkactive`. Default: true. */
  readonly networkActive?: boolean;
  /** When the network's DNS seeds are asked. Default: `auto`, where nothing else finds peers; `never` without `discovery`. */
  readonly dnsSeeds?: DnsSeedMode;
  /** Nodes that are asked for addresses, and then left, where nobody else tells any. Default: none. */
  readonly seedNodes?: readonly SocketAddress[];
  /**
   * Connections that the node tries to hold to nodes it learned of, for everything and for blocks alone, and that others may hold to it.
   * Default: 8, 2, and 125.
   */
  readonly connections?: { readonly outbound?: number; readonly blockRelay?: number; readonly inbound?: number };
  /** What peers of some parts of the network may do beyond others. Default: nothing. */
  readonly whitelist?: readonly PermissionGrant[];
  /** Bytes that may be sent in a day before old blocks are refused; 0 for no limit. Default: 0. */
  readonly uploadTargetBytes?: number;
  /** SOCKS5 proxies by which other nodes are called. Default: none. */
  readonly proxies?: Proxies;
  /** Networks to call nodes on that the node learned of. Default: every one that it can. */
  readonly onlyNetworks?: readonly CalledNetwork[];
  /** How long a ban lasts that is said no time for. Default: a day. */
  readonly banSeconds?: number;
  /** What the user agent carries in brackets behind the version (BIP-14). Default: nothing. */
  readonly userAgentComments?: readonly string[];
  /** Whether the encrypted transport is spoken (BIP-324), besides the first one. Default: true. */
  readonly encryptedTransport?: boolean;
  /** Whether the node may look for peers beyond those named here and those that peers tell of: by DNS seeds, and on its subnet. Default: true. */
  readonly discovery: boolean;
  /** Mines from the start with this many threads, 1 to `MINING_WORKERS_MAX`; undefined: until it is asked. Default: undefined. */
  readonly mine: { readonly workers: number } | undefined;
  /** Output script that gets the rewards; undefined: the wallet's next address. Default: undefined. */
  readonly mineTo: Uint8Array | undefined;
  /** How blocks are filled that are made here or for others. Default: as Core's. */
  readonly assembly?: AssemblyOptions;
  /** Keys that sign the blocks which are mined here, on a signet (BIP-325). Default: none. */
  readonly signetKeys?: readonly SigningKey[];
  /** Memory for coins that are not yet on disk, `DB_CACHE_BYTES_MIN` to `DB_CACHE_BYTES_MAX`. Default: `DB_CACHE_BYTES_DEFAULT`. */
  readonly dbCacheBytes: number;
  /** Room that is always left on the disk of the data folder, where the node stops in order; 0: as long as it lasts. Default: 50 MiB. */
  readonly freeBytesMin?: number;
  /** Indexes that are built and kept, beside the chain. Default: `indexesByDefault`. */
  readonly indexes: readonly IndexName[];
  /** Give peers the filters of the index `filter`, where there is one (BIP-157). Default: true. */
  readonly servesFilters?: boolean;
  /** Look through peers' Bloom filters, and tell them what waits in the mempool (BIP-37, BIP-111, BIP-35). Default: false. */
  readonly servesBloom?: boolean;
  /** Take blocks alone from peers, no transactions; those that are submitted here are announced all the same. Default: false. */
  readonly blocksOnly?: boolean;
  /** Deletes old blocks: above so many bytes of block and undo files, or only when asked to. Default: keeps all. */
  readonly prune?: { readonly targetBytes: number | undefined } | undefined;
  /** Small block files, for tests of pruning: Core's `-fastprune`. Default: false. */
  readonly fastPrune?: boolean;
  /** What is relayed and mined, where it differs from `DEFAULT_POLICY`. */
  readonly policy?: Partial<PolicyOptions>;
  /** Memory that waiting transactions may take, and how long they may wait. Default: 300,000,000 bytes, and 336 hours. */
  readonly mempool?: { readonly usageBytesMax?: number; readonly expirySeconds?: number };
  /** Whether waiting transactions are kept over a restart. Default: true. */
  readonly persistMempool?: boolean;
  /** Whether fee estimates are read whenever they were written, not only within 60 hours. Default: false. */
  readonly acceptStaleFeeEstimates?: boolean;
  /** Wall time at which the clock stands from the start, until it is set again; for tests. Default: none, the clock goes. */
  readonly mockTimeSeconds?: number | undefined;
  /** What is made anew out of the stored blocks first: `index` all but the blocks themselves, `coins` the coins alone. Default: nothing. */
  readonly rebuild?: 'index' | 'coins' | undefined;
  /** Engine for signatures. Default: `auto`, the fastest that loads. */
  readonly secp256k1: 'auto' | 'native' | 'prebuilt' | 'wasm';
  /** Threads that run the scripts of blocks, up to `SCRIPT_WORKERS_MAX`; 0: the node's own thread does. Default: one for each core. */
  readonly scriptWorkers: number;
  /** Where the node says what happens. */
  readonly log: Log;
  /** Whether the node has a wallet; its seed is made at the first start if there is none. Default: true, but on `main` false. */
  readonly wallet: boolean;
  /** Awaited once the data folder is this node's alone, before the long part of the opening. Default: nothing. */
  readonly onFolderOpen?: () => Promise<void>;
  /** Told while the node opens, before `startNode` answers. Default: not told. */
  readonly onProgress?: (what: OpeningProgress) => void;
}
