import { isIP } from 'node:net';
import { availableParallelism } from 'node:os';
import type { NetworkParams } from '../../core/params/types.ts';
import { type AssemblyOptions, RESERVED_WEIGHT_WU, RESERVED_WEIGHT_WU_MIN } from '../../engine/mining/assembly.ts';
import type { PolicyOptions } from '../../engine/policy/options.ts';
import type { IndexName } from '../../engine/ports/index-service.ts';
import type { ListenAddress, SocketAddress } from '../../engine/ports/transport.ts';
import { userAgentOf } from '../../node/create-node.ts';
import { DB_CACHE_BYTES_MAX, DB_CACHE_BYTES_MIN, type NodeOptions, SCRIPT_WORKERS_MAX } from '../../node/options.ts';
import { packageVersion } from '../../platform/system/version.ts';
import { allInterfaces } from '../commands/node-settings.ts';
import { ArgumentError, type Arguments } from './arguments.ts';
import { portSaid } from './plan-doors.ts';
import { planPeers, whiteBinds } from './plan-peers.ts';
import { amountOf, hostAndPort } from './values.ts';

const BYTES_PER_MIB = 1_048_576;
const PRUNE_MIB_MIN = 550;
const MEMPOOL_MB_DEFAULT = 300;
const MEMPOOL_MB_MIN = 5;
const EXPIRY_HOURS_DEFAULT = 336;
const DB_CACHE_MIB_DEFAULT = 450;
const AGENT_LENGTH_MAX = 256;

/** Of `-maxconnections`, what Core keeps for those it calls: 8 for all, 2 for blocks, 1 to try addresses. */
const OUTBOUND_PLACES = 11;
const CONNECTIONS_DEFAULT = 125;
const OUTBOUND_TARGET = 8;
const BLOCK_RELAY_TARGET = 2;

/** A mock time is one of a header. */
const MOCK_TIME_MAX = 0xffffffff;

/** An address to call; a name is looked up when it is called. @throws ArgumentError */
function peerOf(text: string, network: NetworkParams): SocketAddress {
  const address = hostAndPort(text, network.ports.p2p);
  if (address === undefined) throw new ArgumentError(`Invalid address of a peer: '${text}'`);
  return address;
}

/** `-bind`: an address of this machine; what stands behind `=` says who comes in there. */
function bindAddress(text: string, port: number): ListenAddress {
  const [plain = '', network] = text.split('=');
  const address = hostAndPort(plain, port);
  if (address === undefined) throw new ArgumentError(`Invalid port specified in -bind: '${text}'`);
  const host = address.host === 'localhost' ? '127.0.0.1' : address.host;
  if (isIP(host) === 0) throw new ArgumentError(`Cannot resolve -bind address: '${text}'`);
  return network === 'onion' ? { host, port: address.port, onion: true } : { host, port: address.port };
}

/** Where peers are accepted. */
function listening(args: Arguments, network: NetworkParams): readonly ListenAddress[] {
  const port = portSaid(args, 'port', network.ports.p2p);
  // What is bound listens; who calls only those that were named does not, unless it is told to.
  if (args.has('bind') || args.has('whitebind')) args.preset('listen', '1');
  // Behind a proxy nobody is to learn where we are.
  if (args.has('connect') || args.has('proxy')) args.preset('listen', '0');
  if (!args.switch('listen', true)) return [];
  const bound = [...args.list('bind').map((text) => bindAddress(text, port)), ...whiteBinds(args)];
  if (bound.length > 0) return bound;
  return [{ host: network.listenOnAllInterfaces ? allInterfaces() : '127.0.0.1', port }];
}

/** Whom to call. `-connect=0` calls nobody but those of `-addnode`. */
function calling(args: Arguments, network: NetworkParams): Pick<NodeOptions, 'connect' | 'peers' | 'connections'> {
  const named = args.list('connect');
  const connect = named.length === 1 && named[0] === '0' ? [] : named;
  const max = Math.max(args.whole('maxconnections', CONNECTIONS_DEFAULT), 0);
  const outbound = args.has('connect') && connect.length === 0 ? 0 : Math.min(OUTBOUND_TARGET, max);
  return {
    connect: connect.map((text) => peerOf(text, network)),
    peers: args.list('addnode').map((text) => peerOf(text, network)),
    connections: {
      outbound,
      blockRelay: outbound === 0 ? 0 : Math.min(BLOCK_RELAY_TARGET, max - outbound),
      inbound: Math.max(max - OUTBOUND_PLACES, 0),
    },
  };
}

/** Where the first addresses come from. @throws ArgumentError where seeds are to be asked always and never */
function seedsOf(args: Arguments, network: NetworkParams): Pick<NodeOptions, 'dnsSeeds' | 'seedNodes'> {
  // Who calls only those that were named needs no others, unless it is told to ask.
  const isAlone = args.has('connect') || args.whole('maxconnections', CONNECTIONS_DEFAULT) <= 0;
  const asks = args.switch('dnsseed', !isAlone);
  const always = args.switch('forcednsseed', false);
  if (always && !asks) throw new ArgumentError('Cannot set -forcednsseed to true when setting -dnsseed to false.');
  const seedNodes = args.list('seednode').map((text) => peerOf(text, network));
  return { dnsSeeds: always ? 'always' : asks ? 'auto' : 'never', seedNodes };
}

/** An amount of coins in base units; undefined where nothing was said. @throws ArgumentError */
function amountSaid(args: Arguments, name: string): bigint | undefined {
  const text = args.text(name);
  const amount = text === undefined ? undefined : amountOf(text);
  if (text !== undefined && amount === undefined) throw new ArgumentError(`Invalid amount for -${name}=<amount>: '${text}'`);
  return amount;
}

function policyOf(args: Arguments, network: NetworkParams): Partial<PolicyOptions> {
  const incremental = amountSaid(args, 'incrementalrelayfee');
  const least = amountSaid(args, 'minrelaytxfee');
  const dust = amountSaid(args, 'dustrelayfee');
  const takesAll = args.switch('acceptnonstdtxn', false);
  if (takesAll && network.name === 'main') throw new ArgumentError('acceptnonstdtxn is not currently supported for main chain');
  // As Core: what a replacement pays more, everything pays.
  const minimum = least ?? (incremental !== undefined && incremental > 100n ? incremental : undefined);
  return {
    requireStandard: !takesAll,
    permitBareMultisig: args.switch('permitbaremultisig', true),
    ...(incremental !== undefined && { incrementalFeeRateSatPerKvb: incremental }),
    ...(minimum !== undefined && { minRelayFeeRateSatPerKvb: minimum }),
    ...(dust !== undefined && { dustFeeRateSatPerKvb: dust }),
    ...(args.has('bytespersigop') && { bytesPerSigop: args.whole('bytespersigop', 0) }),
    ...dataCarrierOf(args),
  };
}

function dataCarrierOf(args: Arguments): Partial<PolicyOptions> {
  if (!args.switch('datacarrier', true)) return { dataCarrierBytesMax: 0 };
  return args.has('datacarriersize') ? { dataCarrierBytesMax: Math.max(args.whole('datacarriersize', 0), 0) } : {};
}

function mempoolOf(args: Arguments): NonNullable<NodeOptions['mempool']> {
  const megabytes = args.whole('maxmempool', args.switch('blocksonly', false) ? MEMPOOL_MB_MIN : MEMPOOL_MB_DEFAULT);
  if (megabytes < MEMPOOL_MB_MIN) throw new ArgumentError(`-maxmempool must be at least ${MEMPOOL_MB_MIN} MB`);
  return { usageBytesMax: megabytes * 1_000_000, expirySeconds: args.whole('mempoolexpiry', EXPIRY_HOURS_DEFAULT) * 3_600 };
}

/** How blocks are filled. @throws ArgumentError where a weight is more than a block may have, or less than is kept free */
function assemblyOf(args: Arguments, network: NetworkParams): AssemblyOptions {
  const { maxBlockWeightWu } = network.consensus;
  const weightWuMax = args.whole('blockmaxweight', maxBlockWeightWu);
  const reservedWeightWu = args.whole('blockreservedweight', RESERVED_WEIGHT_WU);
  for (const [name, weight] of [
    ['blockmaxweight', weightWuMax],
    ['blockreservedweight', reservedWeightWu],
  ] as const) {
    if (weight <= maxBlockWeightWu) continue;
    throw new ArgumentError(`Specified -${name} (${weight}) exceeds consensus maximum block weight (${maxBlockWeightWu})`);
  }
  if (reservedWeightWu < RESERVED_WEIGHT_WU_MIN) {
    const words = `is lower than minimum safety value of (${RESERVED_WEIGHT_WU_MIN})`;
    throw new ArgumentError(`Specified -blockreservedweight (${reservedWeightWu}) ${words}`);
  }
  const least = amountSaid(args, 'blockmintxfee');
  // As Core, only where blocks are made on demand.
  const isVersionSaid = network.name === 'regtest' && args.has('blockversion');
  return {
    weightWuMax,
    reservedWeightWu,
    ...(least !== undefined && { feeRateMinSatPerKvb: least }),
    ...(isVersionSaid && { version: args.whole('blockversion', 0) | 0 }),
  };
}

function pruneOf(args: Arguments): NodeOptions['prune'] {
  const prune = args.whole('prune', 0);
  if (prune < 0) throw new ArgumentError('Prune cannot be configured with a negative value.');
  if (prune === 0) return undefined;
  if (args.switch('txindex', false)) throw new ArgumentError('Prune mode is incompatible with -txindex.');
  if (args.switch('reindex-chainstate', false)) {
    throw new ArgumentError('Prune mode is incompatible with -reindex-chainstate. Use full -reindex instead.');
  }
  if (prune > 1 && prune < PRUNE_MIB_MIN) {
    throw new ArgumentError(`Prune configured below the minimum of ${PRUNE_MIB_MIN} MiB.  Please use a higher number.`);
  }
  return { targetBytes: prune === 1 ? undefined : prune * BYTES_PER_MIB };
}

function indexesOf(args: Arguments): readonly IndexName[] {
  const names: IndexName[] = [];
  if (args.switch('txindex', false)) names.push('tx');
  if (args.switch('txospenderindex', false)) names.push('spent');
  for (const text of args.list('blockfilterindex')) {
    if (text === '0') continue;
    if (text !== '' && text !== '1' && text !== 'basic') throw new ArgumentError(`Unknown -blockfilterindex value ${text}.`);
    if (!names.includes('filter')) names.push('filter');
  }
  return names;
}

/** @throws ArgumentError where there would be no filters */
function servesFilters(args: Arguments): boolean {
  const serves = args.switch('peerblockfilters', false);
  if (serves && !indexesOf(args).includes('filter')) throw new ArgumentError('Cannot set -peerblockfilters without -blockfilterindex.');
  return serves;
}

/** What stands behind the version in the user agent (BIP-14). @throws ArgumentError */
function commentsOf(args: Arguments): readonly string[] {
  const comments = args.list('uacomment');
  for (const text of comments) {
    if (!/^[A-Za-z0-9 .,;\-_?@]*$/.test(text)) throw new ArgumentError(`User Agent comment (${text}) contains unsafe characters.`);
  }
  const { length } = userAgentOf(packageVersion(), comments);
  if (length <= AGENT_LENGTH_MAX) return comments;
  throw new ArgumentError(
    `Total length of network version string (${length}) exceeds maximum length (${AGENT_LENGTH_MAX}). Reduce the number or size of uacomments.`,
  );
}

/** Core's `-par`: 0 takes every core, a negative number leaves so many, 1 is the node's own thread alone. */
function workersOf(args: Arguments): number {
  const par = args.whole('par', 0);
  const threads = par > 0 ? par : Math.max(availableParallelism() + par, 1);
  return threads === 1 ? 0 : Math.min(threads, SCRIPT_WORKERS_MAX);
}

function mockTimeOf(args: Arguments, network: NetworkParams): number | undefined {
  const text = args.text('mocktime');
  if (text === undefined || text === '0') return undefined;
  const time = args.whole('mocktime', 0);
  if (network.name !== 'regtest') throw new ArgumentError('-mocktime is for regtest only');
  if (time < 0 || time > MOCK_TIME_MAX) throw new ArgumentError(`mocktime ${time} is out of range, must be 0 to ${MOCK_TIME_MAX}`);
  return time;
}

/** Whether fee estimates of any age are read: where nobody pays by them. */
function acceptsStaleEstimates(args: Arguments, network: NetworkParams): boolean {
  const accepts = args.switch('acceptstalefeeestimates', false);
  if (accepts && network.name !== 'regtest') {
    throw new ArgumentError(`acceptstalefeeestimates is not supported on ${network.name} chain.`);
  }
  return accepts;
}

/** What is made anew out of the stored blocks. */
function rebuildOf(args: Arguments): NodeOptions['rebuild'] {
  return args.switch('reindex', false) ? 'index' : args.switch('reindex-chainstate', false) ? 'coins' : undefined;
}

/** What the node itself is started with. @throws ArgumentError in bitcoind's words */
export function planCore(args: Arguments, network: NetworkParams, folder: string): Omit<NodeOptions, 'log' | 'onProgress'> {
  const [listen, ...alsoListen] = listening(args, network);
  return {
    network,
    dataDir: folder,
    listen,
    alsoListen,
    ...calling(args, network),
    ...seedsOf(args, network),
    ...planPeers(args),
    // A bitcoind says nothing to its subnet; seeds are asked as the options above say.
    discovery: false,
    mine: undefined,
    mineTo: undefined,
    networkActive: args.switch('networkactive', true),
    userAgentComments: commentsOf(args),
    ...(args.has('bantime') && { banSeconds: args.whole('bantime', 0) }),
    encryptedTransport: args.switch('v2transport', true),
    dbCacheBytes: Math.min(Math.max(args.whole('dbcache', DB_CACHE_MIB_DEFAULT) * BYTES_PER_MIB, DB_CACHE_BYTES_MIN), DB_CACHE_BYTES_MAX),
    indexes: indexesOf(args),
    servesFilters: servesFilters(args),
    servesBloom: args.switch('peerbloomfilters', false),
    blocksOnly: args.switch('blocksonly', false),
    prune: pruneOf(args),
    fastPrune: args.switch('fastprune', false),
    policy: policyOf(args, network),
    mempool: mempoolOf(args),
    assembly: assemblyOf(args, network),
    persistMempool: args.switch('persistmempool', true),
    acceptStaleFeeEstimates: acceptsStaleEstimates(args, network),
    mockTimeSeconds: mockTimeOf(args, network),
    rebuild: rebuildOf(args),
    secp256k1: 'auto',
    scriptWorkers: workersOf(args),
    wallet: false,
  };
}
