/**
 * The node of this machine: Node's clock, chance, sockets, threads and files behind the ports, then `createNode`. What the command
 * `quoin node` runs.
 *
 * @module
 */

import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { chooseSecp256k1 } from '../core/crypto/node/choose-secp256k1.ts';
import { chooseTransportEngine } from '../core/crypto/node/choose-transport-engine.ts';
import { engineTitle } from '../core/crypto/secp256k1.ts';
import { toDisplayHex } from '../core/primitives/ids.ts';
import { createCachingVerifier } from '../engine/chain/caching-verifier.ts';
import { FEE_ESTIMATES_BYTES_MAX } from '../engine/fees/fee-estimates-file.ts';
import type { Clock } from '../engine/ports/clock.ts';
import type { Log } from '../engine/ports/log.ts';
import { NodeError } from '../engine/ports/node-error.ts';
import type { PeerStore } from '../engine/ports/peer-store.ts';
import type { RowStore } from '../engine/ports/row-store.ts';
import { createMnemonic, parseMnemonic } from '../engine/wallet/seed.ts';
import { createDnsSd } from '../platform/discovery/dns-sd.ts';
import { createNodeMulticast } from '../platform/discovery/node-multicast.ts';
import { createAnchorFile } from '../platform/net/anchor-file.ts';
import { createBanFile } from '../platform/net/ban-file.ts';
import { createPeerFile } from '../platform/net/peer-file.ts';
import { createProxyTransport } from '../platform/net/proxy-transport.ts';
import { systemResolver } from '../platform/net/system-resolver.ts';
import { tcpTransport } from '../platform/net/tcp-transport.ts';
import { openStores } from '../platform/store/data-folder.ts';
import type { StoredNetwork } from '../platform/store/database-identity.ts';
import { freeBytesAt } from '../platform/store/disk-reserve.ts';
import { openDrafts } from '../platform/store/draft-files.ts';
import { openLevelIndexStore } from '../platform/store/level-index-store.ts';
import { openLevelRowStore } from '../platform/store/level-row-store.ts';
import { createMemoryBlockStore } from '../platform/store/memory-block-store.ts';
import { createMemoryCoinStore } from '../platform/store/memory-coin-store.ts';
import { createMemoryHeaderStore } from '../platform/store/memory-header-store.ts';
import { createMemoryIndexStore } from '../platform/store/memory-index-store.ts';
import { createMemoryRowStore } from '../platform/store/memory-row-store.ts';
import { createMemorySnapshotStore } from '../platform/store/memory-snapshot-store.ts';
import type { Reindexing } from '../platform/store/reindex.ts';
import { createSeedFile, readSeedFile, seedFilePath } from '../platform/store/seed-file.ts';
import { readFileLimited, writeFileAtomic } from '../platform/store/small-files.ts';
import { openSources } from '../platform/store/source-files.ts';
import { createSystemClock } from '../platform/system/clock.ts';
import { fileAgeSeconds } from '../platform/system/file-age.ts';
import { systemRandom } from '../platform/system/random.ts';
import { stretchWords } from '../platform/system/stretch-words.ts';
import { packageVersion } from '../platform/system/version.ts';
import { MiningPool } from '../platform/workers/mining-pool.ts';
import type { NodeStores, RunningNode, StoredBlocks, WalletSeed } from './create-node.ts';
import { createNode } from './create-node.ts';
import { discoversSubnet } from './discovers-subnet.ts';
import { DiskGuard, FREE_BYTES_MIN_DEFAULT } from './disk-guard.ts';
import type { FeeFile } from './fee-estimates.ts';
import { loadBlocks } from './load-blocks.ts';
import { openVerifier } from './open-verifier.ts';
import type { NodeOptions } from './options.ts';

/** Far more than the mempool's memory limit lets it write. */
const MEMPOOL_FILE_BYTES_MAX = 512 * 1024 * 1024;

/** Core's with `-fastprune`. */
const FAST_PRUNE_FILE_BYTES = 0x10000;
const FAST_PRUNE_AFTER_HEIGHT = 100;

/** A node of this machine. */
export interface SystemNode extends RunningNode {
  /** The engine that checks signatures. */
  readonly secp256k1Name: string;
  /** Where the wallet's words were written, if that was at this start. */
  readonly seedCreatedAt: string | undefined;
}

/** Starts a node. @throws NodeError where the world does not let it: a locked folder, a port in use, a full disk */
export async function startNode(options: NodeOptions): Promise<SystemNode> {
  const { dataDir, log } = options;
  const secp256k1 = chooseSecp256k1(options.secp256k1);
  const clock = createSystemClock();
  if (options.mockTimeSeconds !== undefined) clock.setMockTime(options.mockTimeSeconds);
  const stores = await openNodeStores(options, clock);
  let wallet: OpenedWallet | undefined;
  try {
    await options.onFolderOpen?.();
    wallet = options.wallet ? await openWallet(options) : undefined;
    const node = await createNode(
      {
        params: paramsOf(options),
        version: packageVersion(),
        dataDir,
        clock,
        random: systemRandom,
        log,
        secp256k1,
        stores: wallet === undefined ? stores : { ...stores, wallet: wallet.store },
        seed: wallet?.seed,
        verifier: createCachingVerifier({ inner: openVerifier({ scriptWorkers: options.scriptWorkers, secp256k1, clock, log }) }),
        transport: createProxyTransport({ direct: tcpTransport, proxies: options.proxies ?? {}, random: systemRandom }),
        resolver: systemResolver,
        transportEngine: chooseTransportEngine(secp256k1),
        discovery: discoversSubnet(options)
          ? createDnsSd({ multicast: createNodeMulticast(clock), clock, random: systemRandom, log })
          : undefined,
        openSearch: (workers) => new MiningPool({ workers, failed: (error) => log.error('mining-worker-failed', { why: error.message }) }),
        workersDefault: availableParallelism(),
      },
      { ...options, dnsSeeds: options.dnsSeeds ?? (options.discovery && options.connect.length === 0 ? 'auto' : 'never') },
    );
    return Object.assign(node, { secp256k1Name: engineTitle(secp256k1), seedCreatedAt: wallet?.createdAt });
  } catch (error) {
    await wallet?.store.close();
    await stores.close();
    throw error;
  }
}

/** The network, which prunes sooner where that is to be tested. */
function paramsOf({ network, fastPrune }: NodeOptions): NodeOptions['network'] {
  return fastPrune === true ? { ...network, pruneAfterHeight: Math.min(network.pruneAfterHeight, FAST_PRUNE_AFTER_HEIGHT) } : network;
}

/** The stores of a data folder, or of memory. */
async function openNodeStores(options: NodeOptions, clock: Clock): Promise<NodeStores> {
  const { dataDir, network, log, rebuild, fastPrune, freeBytesMin = FREE_BYTES_MIN_DEFAULT } = options;
  if (dataDir === undefined) {
    return {
      blocks: createMemoryBlockStore(),
      headers: createMemoryHeaderStore(),
      coins: createMemoryCoinStore(),
      peers: noPeers,
      wallet: undefined,
      mempoolFile: undefined,
      snapshots: createMemorySnapshotStore(),
      drafts: openDrafts('.'),
      sources: openSources('.'),
      openIndex: async () => createMemoryIndexStore(),
      close: async () => {},
    };
  }
  const guard = new DiskGuard({ folder: dataDir, freeBytes: () => freeBytesAt(dataDir), freeBytesMin, clock, log });
  await guard.check(0);
  const { reindexing, wasKilled, ...stores } = await openStores({
    folder: dataDir,
    params: network,
    rebuild,
    ...(fastPrune === true && { blockFileSizeMax: FAST_PRUNE_FILE_BYTES }),
    onUpgrade: (database, rows) => log.info('database-upgraded', { database, rows }),
  });
  const mempoolPath = join(dataDir, 'mempool.dat');
  return {
    ...stores,
    guard,
    ...(reindexing && { reindex: storedBlocks(reindexing, log) }),
    peers: createPeerFile({ path: join(dataDir, 'peers'), log }),
    bans: createBanFile({ path: join(dataDir, 'banlist.json'), log }),
    anchors: createAnchorFile({ path: join(dataDir, 'anchors'), log }),
    wallet: undefined,
    drafts: openDrafts(dataDir),
    sources: openSources(dataDir),
    mempoolFile:
      options.persistMempool === false
        ? undefined
        : {
            path: mempoolPath,
            readOther: (path) => readFileLimited(path, MEMPOOL_FILE_BYTES_MAX),
            read: () => readFileLimited(mempoolPath, MEMPOOL_FILE_BYTES_MAX),
            write: (bytes) => writeFileAtomic(mempoolPath, bytes),
          },
    feeFile: feeFileAt(join(dataDir, 'fee_estimates.dat')),
    openIndex: (name) =>
      openLevelIndexStore(join(dataDir, 'indexes', name), identityOf(network), {
        thorough: wasKilled,
        onDamage: (error) => log.warn('index-rebuilt', { index: name, why: error.message }),
      }),
  };
}

/** The counts behind the fee estimates. */
function feeFileAt(path: string): FeeFile {
  return {
    read: async () => {
      const bytes = await readFileLimited(path, FEE_ESTIMATES_BYTES_MAX);
      return bytes === undefined ? undefined : { bytes, ageSeconds: await fileAgeSeconds(path) };
    },
    write: (bytes) => writeFileAtomic(path, bytes),
  };
}

/** What every database says of its network. */
function identityOf({ name, messageStart, consensus }: NodeOptions['network']): StoredNetwork {
  return { name, messageStart, genesisHash: consensus.genesisHash };
}

/** The folder's own blocks, to be indexed anew. */
function storedBlocks({ files, genesisAt, done }: Reindexing, log: Log): StoredBlocks {
  return {
    genesisAt,
    load: async (chain, onProgress) => {
      log.info('reindexing', { files: files.length });
      const toMb = (sizeBytes: number): number => Math.floor(sizeBytes / 1_000_000);
      const { found, invalid, unlinked } = await loadBlocks({
        ...{ chain, files, inPlace: true },
        onProgress: ({ doneBytes, totalBytes }) => onProgress(toMb(doneBytes), toMb(totalBytes)),
        onRefused: ({ path, offset, hash, reason }) =>
          log.warn('reindex-block-refused', { path, offset, hash: toDisplayHex(hash), reason }),
      });
      await chain.flush();
      await done();
      await chain.indexed();
      log.info('reindexed', { blocks: found, height: chain.tip.height, invalid, unlinked });
    },
  };
}

/** A node in memory learns of others anew. */
const noPeers: PeerStore = { load: async () => undefined, save: async () => {} };

/** The wallet's words and rows. */
interface OpenedWallet {
  readonly seed: WalletSeed;
  readonly store: RowStore;
  /** Where the words were written, if that was now. */
  readonly createdAt: string | undefined;
}

/** Opens them. A folder without words is given some, once. */
async function openWallet(options: NodeOptions): Promise<OpenedWallet> {
  const { dataDir, network } = options;
  if (dataDir === undefined) {
    return { seed: await seedOfWords(createMnemonic(systemRandom), true), store: createMemoryRowStore(), createdAt: undefined };
  }
  const stored = await readSeedFile(dataDir);
  if (stored !== undefined && parseMnemonic(stored.mnemonic) === undefined) {
    throw new NodeError('wallet-file', `the words in ${seedFilePath(dataDir)} are no BIP-39 words: restore the file from a copy`);
  }
  const mnemonic = stored?.mnemonic ?? createMnemonic(systemRandom);
  const createdAt = stored === undefined ? await createSeedFile(dataDir, { mnemonic, restored: false }) : undefined;
  const store = await openLevelRowStore(join(dataDir, 'wallet', 'database'), identityOf(network));
  return { seed: await seedOfWords(mnemonic, stored === undefined), store, createdAt };
}

async function seedOfWords(mnemonic: string, isNew: boolean): Promise<WalletSeed> {
  return { mnemonic, isNew, bytes: await stretchWords(mnemonic) };
}
