/**
 * Every option that the commands share, in one table: what it is called, what it takes, what it does.
 *
 * @module
 */

import { type Option, repeated, single, switchOption } from './option.ts';
import { PEER_OPTIONS } from './peer-options.ts';
import { RELAY_OPTIONS } from './relay-options.ts';
import { parsePeerAddress, parseSocketAddress, parseSwitch, parseText, parseWhole, parseWord, parseWords } from './values.ts';

const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
const SECP256K1_CHOICES = ['auto', 'native', 'prebuilt', 'wasm'] as const;

/** Values of `--index`; the same as src/engine/ports/index-service.ts. */
const INDEX_NAMES = ['tx', 'script', 'filter', 'spent'] as const;

/** Limits of `--db-cache`; src/node/options.ts says them in bytes. */
const DB_CACHE_MIB = { min: 4, max: 16_384, default: 450 };

/** Limits of `--min-free-disk`; 50 MiB is Core's. */
const MIN_FREE_DISK_MIB = { min: 0, max: 1_048_576, default: 50 };

/** Limits of `--prune` beside 0 and 1: Core's least, and one for tests, with small files. */
export const PRUNE_MIB_MIN = 550;
const FAST_PRUNE_MIB_MIN = 18;
const PRUNE_MIB_MAX = 100_000_000;

/** What `--prune` takes. */
export const PRUNE_TAKES: string = `0 to keep all, 1 to delete only when asked by pruneblockchain, or a size in MiB from ${PRUNE_MIB_MIN} on`;

/** Most threads of `--mine`; the same as src/node/options.ts. */
const MINING_WORKERS_MAX = 256;

/** Most threads of `--workers`; the same as src/node/options.ts. */
const SCRIPT_WORKERS_MAX = 64;

/** `--mine` alone: a thread for each core. */
export const ALL_CORES = 'all';

const HOST_PORT = 'HOST:PORT, for instance 127.0.0.1:7333 or [::1]:7333';

/** Which network and which folder: how every command finds the node. */
export const PLACE_OPTIONS = {
  network: single({
    name: 'network',
    placeholder: 'NAME|FILE',
    takes: 'the name of a built-in network or the path of a network file',
    help: 'built-in network (quoin, regtest, signet, testnet4, main) or network file; default quoin',
    parse: parseText,
  }),
  dataDir: single({
    name: 'data-dir',
    placeholder: 'DIR',
    group: 'storage',
    takes: 'the path of a folder',
    help: "the network's data folder; default ~/.quoin/<network>",
    parse: parseText,
  }),
  config: single({
    name: 'config',
    placeholder: 'FILE',
    takes: 'the path of a TOML file',
    help: 'options from a TOML file, each by its name: db-cache = 300',
    parse: parseText,
  }),
};

/** How to log in to a node. */
export const LOGIN_OPTIONS = {
  rpcUser: single({
    name: 'rpc-user',
    placeholder: 'NAME',
    takes: 'a user name without a colon',
    help: 'user name for the HTTP interface, in place of the cookie file; needs --rpc-password',
    parse: (text) => (text === '' || text.includes(':') ? undefined : text),
  }),
  rpcPassword: single({
    name: 'rpc-password',
    placeholder: 'PASSWORD',
    takes: 'a password',
    help: 'its password; others on this machine may see a command line, not the environment or a file',
    parse: parseText,
  }),
};

/** Everything else about a node. */
const RUNNING_OPTIONS = {
  memory: switchOption({
    name: 'memory',
    group: 'storage',
    help: 'keep everything in memory: nothing is written, all is gone at the end',
    parse: parseSwitch,
  }),
  listen: single({
    name: 'listen',
    placeholder: 'HOST:PORT',
    group: 'listening',
    takes: HOST_PORT,
    help: "accept peers here; port 0 takes a free one; default the network's port",
    parse: parseSocketAddress,
  }),
  noListen: switchOption({ name: 'no-listen', group: 'listening', help: 'accept no peers', parse: parseSwitch }),
  http: single({
    name: 'http',
    placeholder: 'HOST:PORT',
    group: 'http',
    takes: HOST_PORT,
    help: "serve HTTP here; port 0 takes a free one; default 127.0.0.1 and the network's port",
    parse: parseSocketAddress,
  }),
  noHttp: switchOption({ name: 'no-http', group: 'http', help: 'serve no HTTP', parse: parseSwitch }),
  p2pWs: single({
    name: 'p2p-ws',
    placeholder: 'HOST:PORT',
    takes: HOST_PORT,
    help: 'serve peers over WebSocket alone here, at /p2p; they are served at /p2p of the HTTP interface too',
    parse: parseSocketAddress,
  }),
  connect: repeated({
    name: 'connect',
    placeholder: 'HOST:PORT',
    takes: HOST_PORT,
    help: 'connect to this peer and only to those named so; may be repeated',
    parse: parsePeerAddress,
  }),
  peer: repeated({
    name: 'peer',
    placeholder: 'HOST:PORT',
    takes: HOST_PORT,
    help: 'stay connected to this peer, beside others; may be repeated',
    parse: parsePeerAddress,
  }),
  noDiscovery: switchOption({
    name: 'no-discovery',
    help: 'do not look for peers on the subnet nor by DNS seeds: dial those named here, those known and those that peers tell of',
    parse: parseSwitch,
  }),
  noV2: switchOption({
    name: 'no-v2',
    help: 'speak the first transport alone, in the clear, and not the encrypted one (BIP-324)',
    parse: parseSwitch,
  }),
  mine: single<number | typeof ALL_CORES | false>({
    name: 'mine',
    placeholder: 'WORKERS',
    bareText: ALL_CORES,
    takes: `the number of threads, 1 to ${MINING_WORKERS_MAX}, or nothing for one on each core`,
    help: 'mine from the start, on so many threads; default one on each core',
    parse: parseMine,
  }),
  mineTo: single({
    name: 'mine-to',
    placeholder: 'ADDRESS',
    takes: 'an address of the network',
    help: "address for mined coins; default the wallet's next one",
    parse: parseText,
  }),
  signetKeyFile: single({
    name: 'signet-key-file',
    placeholder: 'FILE',
    takes: 'the path of a file with private keys, one a line',
    help: 'keys that sign the blocks mined here, on a signet: one a line, in wallet import format (WIF)',
    parse: parseText,
  }),
  dbCache: single({
    name: 'db-cache',
    placeholder: 'MIB',
    takes: `a size in MiB, ${DB_CACHE_MIB.min} to ${DB_CACHE_MIB.max}`,
    help: `memory for coins that are not yet on disk; default ${DB_CACHE_MIB.default}`,
    parse: (text) => parseWhole(text, DB_CACHE_MIB),
  }),
  minFreeDisk: single({
    name: 'min-free-disk',
    placeholder: 'MIB',
    takes: `a size in MiB, ${MIN_FREE_DISK_MIB.min} to ${MIN_FREE_DISK_MIB.max}`,
    help: `stop in order when the disk has less room left; 0 for as long as it lasts; default ${MIN_FREE_DISK_MIB.default}`,
    parse: (text) => parseWhole(text, MIN_FREE_DISK_MIB),
  }),
  index: single({
    name: 'index',
    placeholder: 'NAME,...',
    takes: `names of indexes with commas between them (${INDEX_NAMES.join(', ')}), or none`,
    help: `what to build beside the chain: ${INDEX_NAMES.join(', ')}, or none; default tx,script on quoin and regtest, else none`,
    parse: (text) => (text === 'none' ? [] : parseWords(text, INDEX_NAMES)),
  }),
  prune: single({
    name: 'prune',
    placeholder: 'MIB',
    takes: PRUNE_TAKES,
    help: `delete the oldest blocks above so many MiB; 1 only when asked by pruneblockchain; default 0, keep all`,
    parse: (text) => (text === '0' || text === '1' ? Number(text) : parseWhole(text, { min: FAST_PRUNE_MIB_MIN, max: PRUNE_MIB_MAX })),
  }),
  fastPrune: switchOption({
    name: 'fast-prune',
    help: `for tests of pruning: block files of 64 KiB, and --prune from ${FAST_PRUNE_MIB_MIN} on`,
    parse: parseSwitch,
  }),
  reindex: switchOption({
    name: 'reindex',
    group: 'rebuild',
    help: 'first make the block index and the coins anew out of the block files',
    parse: parseSwitch,
  }),
  reindexChainstate: switchOption({
    name: 'reindex-chainstate',
    group: 'rebuild',
    help: 'first make the coins anew out of the blocks that are indexed',
    parse: parseSwitch,
  }),
  secp256k1: single({
    name: 'secp256k1',
    placeholder: SECP256K1_CHOICES.join('|'),
    takes: `one of ${SECP256K1_CHOICES.join(', ')}`,
    help: 'engine for signatures; default auto: many together by a kernel of our own, others by the fastest library that loads',
    parse: (text) => parseWord(text, SECP256K1_CHOICES),
  }),
  workers: single({
    name: 'workers',
    placeholder: 'N',
    takes: `the number of threads, 0 to ${SCRIPT_WORKERS_MAX}`,
    help: 'threads that check the scripts of blocks; 0 for none of their own; default one on each core',
    parse: (text) => parseWhole(text, { min: 0, max: SCRIPT_WORKERS_MAX }),
  }),
  logLevel: single({
    name: 'log-level',
    placeholder: LOG_LEVELS.join('|'),
    takes: `one of ${LOG_LEVELS.join(', ')}`,
    help: 'least level that is shown; default info',
    parse: (text) => parseWord(text, LOG_LEVELS),
  }),
  logJson: switchOption({ name: 'log-json', help: 'one JSON object a line in place of text', parse: parseSwitch }),
};

/** What `quoin node` takes. */
export const NODE_OPTIONS = { ...PLACE_OPTIONS, ...RUNNING_OPTIONS, ...PEER_OPTIONS, ...RELAY_OPTIONS, ...LOGIN_OPTIONS };

/** What `quoin import` takes. */
export const IMPORT_OPTIONS = {
  ...PLACE_OPTIONS,
  dbCache: RUNNING_OPTIONS.dbCache,
  minFreeDisk: RUNNING_OPTIONS.minFreeDisk,
  secp256k1: RUNNING_OPTIONS.secp256k1,
  workers: RUNNING_OPTIONS.workers,
};

/** What `quoin light` takes beside its own. */
export const LIGHT_OPTIONS = { ...PLACE_OPTIONS, memory: RUNNING_OPTIONS.memory, peer: RUNNING_OPTIONS.peer };

/** What commands that talk to a running node take. */
export const CLIENT_OPTIONS = {
  ...PLACE_OPTIONS,
  rpcConnect: single({
    name: 'rpc-connect',
    placeholder: 'HOST:PORT',
    takes: "HOST:PORT of a node's HTTP interface, for instance 127.0.0.1:7332",
    help: "the node's HTTP interface; default what its data folder says",
    parse: parsePeerAddress,
  }),
  ...LOGIN_OPTIONS,
};

/** Names that may stand in a configuration file: one file serves every command, and none names another. */
export const FILE_KEYS: readonly string[] = Object.values<Option<unknown>>({ ...NODE_OPTIONS, ...CLIENT_OPTIONS })
  .map(({ name }) => name)
  .filter((name) => name !== 'config');

/** Threads, all of them, or none: as a switch where it is written as one. */
function parseMine(text: string): number | typeof ALL_CORES | false | undefined {
  if (text === ALL_CORES || text === 'true') return ALL_CORES;
  if (text === 'false') return false;
  return parseWhole(text, { min: 1, max: MINING_WORKERS_MAX });
}
