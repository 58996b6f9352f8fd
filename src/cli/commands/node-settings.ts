/**
 * What was said about a node as what a node is started with: defaults filled in, names looked up.
 *
 * @module
 */

import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { availableParallelism, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { NetworkParams } from '../../core/params/types.ts';
import { NodeError } from '../../engine/ports/node-error.ts';
import type { SocketAddress } from '../../engine/ports/transport.ts';
import { DB_CACHE_BYTES_DEFAULT, indexesByDefault, MINING_WORKERS_MAX, type NodeOptions, SCRIPT_WORKERS_MAX } from '../../node/options.ts';
import { UsageError } from '../failure.ts';
import { ALL_CORES, type NODE_OPTIONS, PRUNE_MIB_MIN, PRUNE_TAKES } from '../options/node-options.ts';
import { dataFolder } from '../options/place.ts';
import type { Settings } from '../options/settings.ts';
import type { DoorPlan } from './node-doors.ts';
import { isForProxy, planPeers } from './node-peers.ts';
import { planRelay } from './node-relay.ts';

const BYTES_PER_MIB = 1_048_576;

/** What was said about a node. */
export type NodeSaid = Settings<typeof NODE_OPTIONS>;

/** What a node and its doors are started with, the log apart. With a login of its own a node has no cookie, as Core's. */
export interface NodePlan extends DoorPlan {
  readonly node: Omit<NodeOptions, 'log' | 'onProgress'>;
}

/** The address that stands for all interfaces: with IPv6 where the machine has any. */
export function allInterfaces(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return addresses.some(({ family }) => family === 'IPv6') ? '::' : '0.0.0.0';
}

/** The IP of a host that was named. */
async function withIp(address: SocketAddress, flag: string): Promise<SocketAddress> {
  if (isIP(address.host) !== 0) return address;
  try {
    return { host: (await lookup(address.host)).address, port: address.port };
  } catch (error) {
    throw new NodeError('option-invalid', `${flag}: the host "${address.host}" is not known here: give its IP address`, { cause: error });
  }
}

/** Where to listen: what was said, else the network's own port, where it has one. */
async function listeningAt(said: NodeSaid, { ports, listenOnAllInterfaces }: NetworkParams): Promise<SocketAddress | undefined> {
  if (said.noListen === true) return undefined;
  if (said.listen !== undefined) return withIp(said.listen, '--listen');
  return ports.p2p === 0 || said.proxy !== undefined
    ? undefined
    : { host: listenOnAllInterfaces ? allInterfaces() : '127.0.0.1', port: ports.p2p };
}

async function httpAt(said: NodeSaid, { ports }: NetworkParams): Promise<SocketAddress | undefined> {
  if (said.noHttp === true) return undefined;
  if (said.http !== undefined) return withIp(said.http, '--http');
  return ports.http === 0 ? undefined : { host: '127.0.0.1', port: ports.http };
}

function loginOf({ rpcUser, rpcPassword }: NodeSaid): NodePlan['login'] {
  if (rpcUser === undefined && rpcPassword === undefined) return undefined;
  if (rpcUser === undefined || rpcPassword === undefined) throw new UsageError('--rpc-user and --rpc-password go together: give both');
  return { user: rpcUser, password: rpcPassword };
}

function workersOf({ mine }: NodeSaid): NodeOptions['mine'] {
  if (mine === undefined || mine === false) return undefined;
  return { workers: mine === ALL_CORES ? Math.min(availableParallelism(), MINING_WORKERS_MAX) : mine };
}

/** What `--prune` says: 0 keeps all, 1 deletes only when asked. */
function pruneOf({ prune, fastPrune }: NodeSaid): NodeOptions['prune'] {
  if (prune === undefined || prune === 0) return undefined;
  if (prune > 1 && prune < PRUNE_MIB_MIN && fastPrune !== true) throw new UsageError(`--prune "${prune}": takes ${PRUNE_TAKES}`);
  return { targetBytes: prune === 1 ? undefined : prune * BYTES_PER_MIB };
}

/** What is made anew first, which only a folder has. */
function rebuildOf({ reindex, reindexChainstate, memory }: NodeSaid): NodeOptions['rebuild'] {
  const rebuild = reindex === true ? 'index' : reindexChainstate === true ? 'coins' : undefined;
  if (rebuild !== undefined && memory === true)
    throw new UsageError('--reindex and --reindex-chainstate need a data folder: leave out --memory');
  return rebuild;
}

/** The output script of `--mine-to`. The address room is loaded only where there is one. */
async function scriptOf({ mineTo }: NodeSaid, network: NetworkParams): Promise<Uint8Array | undefined> {
  if (mineTo === undefined) return undefined;
  const { isAddressError, scriptOfAddress } = await import('../../core/address/address.ts');
  const result = scriptOfAddress(mineTo, network);
  if (!isAddressError(result)) return result.script;
  throw new UsageError(`--mine-to "${mineTo}": takes an address of the network ${network.name}: ${result.problem}`);
}

/** Most bytes of a file with keys: 20 of them, with comments. */
const KEY_FILE_SIZE_MAX = 65_536;

/** The keys of `--signet-key-file`. Messages never repeat a line, which may be almost a key. */
async function signetKeysOf({ signetKeyFile }: NodeSaid, network: NetworkParams): Promise<NodeOptions['signetKeys']> {
  if (signetKeyFile === undefined) return undefined;
  if (network.consensus.signetChallenge === null) {
    throw new UsageError(`--signet-key-file: the blocks of the network ${network.name} are not signed: leave it out`);
  }
  const { readFileLimited } = await import('../../platform/store/small-files.ts');
  const { decodeWif } = await import('../../core/address/wif.ts');
  const bytes = await readFileLimited(signetKeyFile, KEY_FILE_SIZE_MAX);
  if (bytes === undefined) throw new NodeError('option-invalid', `--signet-key-file: there is no file ${signetKeyFile}`);
  const lines = Buffer.from(bytes).toString('utf8').split('\n');
  const keys = lines.flatMap((line, index) => {
    const text = line.replace(/#.*/, '').trim();
    if (text === '') return [];
    const key = decodeWif(text, network);
    if (!('problem' in key)) return [key];
    throw new NodeError(
      'option-invalid',
      `--signet-key-file: line ${index + 1} of ${signetKeyFile} is no key of this network: ${key.problem}`,
    );
  });
  if (keys.length === 0) throw new NodeError('option-invalid', `--signet-key-file: ${signetKeyFile} has no key in it`);
  return keys;
}

/** `main` holds coins of worth: a wallet is there only when the user made one. */
async function hasWallet(network: NetworkParams, folder: string | undefined): Promise<boolean> {
  if (network.name !== 'main') return true;
  if (folder === undefined) return false;
  const { readSeedFile } = await import('../../platform/store/seed-file.ts');
  return (await readSeedFile(folder)) !== undefined;
}

/**
 * Everything that a node is started with.
 *
 * @throws UsageError for options that do not go together or an address of another network, NodeError `option-invalid` for an unknown host
 */
export async function planNode(said: NodeSaid, network: NetworkParams): Promise<NodePlan> {
  const dataDir = said.memory === true ? undefined : dataFolder(said.dataDir, network.name);
  const at = (addresses: readonly SocketAddress[] | undefined, flag: string): Promise<SocketAddress[]> =>
    Promise.all((addresses ?? []).map((address) => (isForProxy(address.host, said) ? address : withIp(address, flag))));
  const signetKeys = await signetKeysOf(said, network);
  return {
    node: {
      network,
      dataDir,
      listen: await listeningAt(said, network),
      connect: await at(said.connect, '--connect'),
      peers: await at(said.peer, '--peer'),
      discovery: said.noDiscovery !== true,
      encryptedTransport: said.noV2 !== true,
      mine: workersOf(said),
      mineTo: await scriptOf(said, network),
      ...(signetKeys && { signetKeys }),
      dbCacheBytes: said.dbCache === undefined ? DB_CACHE_BYTES_DEFAULT : said.dbCache * BYTES_PER_MIB,
      ...(said.minFreeDisk !== undefined && { freeBytesMin: said.minFreeDisk * BYTES_PER_MIB }),
      indexes: said.index ?? indexesByDefault(network),
      rebuild: rebuildOf(said),
      prune: pruneOf(said),
      fastPrune: said.fastPrune === true,
      ...planPeers(said),
      ...planRelay(said, network),
      secp256k1: said.secp256k1 ?? 'auto',
      scriptWorkers: said.workers ?? Math.min(availableParallelism(), SCRIPT_WORKERS_MAX),
      wallet: await hasWallet(network, dataDir),
    },
    http: await httpAt(said, network),
    p2pWs: said.p2pWs === undefined ? undefined : await withIp(said.p2pWs, '--p2p-ws'),
    login: loginOf(said),
    cookie: dataDir === undefined || said.rpcUser !== undefined ? undefined : { path: join(dataDir, '.cookie'), mode: 0o600 },
  };
}
