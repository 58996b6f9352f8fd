/**
 * bitcoind's options: which there are, and what this node makes of each.
 *
 * @module
 */

/** What becomes of an option. */
export interface KnownOption {
  /**
   * `used`: it does what bitcoind's does. `none`: taken without a word, since nothing here depends on it (logs, the wallet, speed). `absent`:
   * this node cannot do it yet, so it is refused unless its value is off.
   */
  readonly effect: 'used' | 'none' | 'absent';
  /** In a file it counts only in the network's own section, but on `main`. */
  readonly networkOnly: boolean;
  /** `-nodatadir` makes no sense. */
  readonly negatable: boolean;
}

const USED = `help h ? version regtest signet testnet testnet4 chain datadir conf includeconf server port rpcport rpcbind rpcallowip rpcuser
  rpcpassword rpcauth rpcwhitelist rpcwhitelistdefault rpccookiefile rpccookieperms rpcworkqueue rpcthreads rpcservertimeout rest listen bind
  connect addnode whitelist whitebind whitelistrelay whitelistforcerelay proxy proxyrandomize onion onlynet maxuploadtarget
  txindex blockfilterindex peerblockfilters peerbloomfilters txospenderindex blocksonly prune fastprune reindex reindex-chainstate par dbcache assumevalid
  minimumchainwork maxmempool mempoolexpiry minrelaytxfee acceptnonstdtxn permitbaremultisig datacarrier datacarriersize dustrelayfee
  incrementalrelayfee bytespersigop blockmaxweight blockmintxfee blockreservedweight blockversion testactivationheight vbparams mocktime
  stopatheight uacomment bantime v2transport dnsseed forcednsseed seednode persistmempool acceptstalefeeestimates signetchallenge blocknotify startupnotify
  shutdownnotify pid debuglogfile printtoconsole debug debugexclude loglevel maxconnections networkactive daemon daemonwait`;

/** Where the log says more or less, how much memory or time something takes, a wallet that is not there, a network that is never dialled. */
const WITHOUT_EFFECT = `logips logratelimit logsourcelocations logthreadnames logtimemicros logtimestamps
  loglevelalways shrinkdebugfile printpriority help-debug settings rpcdoccheck deprecatedrpc
  addresstype avoidpartialspends changetype consolidatefeerate disablewallet discardfee fallbackfee keypool maxapsfee maxtxfee mintxfee
  paytxfee signer spendzeroconfchange txconfirmtarget wallet walletbroadcast walletdir walletrbf unsafesqlitesync walletcrosschain
  walletrejectlongchains walletnotify
  dbbatchsize maxsigcachesize prevoutfetchthreads blockreconstructionextratxn maxreceivebuffer maxsendbuffer timeout blocksxor
  checkblockindex checkmempool checkaddrman checkblocks checklevel checkpoints maxorphantx mempoolfullrbf
  discover dns fixedseeds listenonion torcontrol torpassword natpmp upnp
  feefilter maxtipage alertnotify limitancestorcount limitancestorsize limitdescendantcount limitdescendantsize
  peertimeout test txreconciliation`;

const ABSENT = `allowignoredconf asmap blocksdir capturemessages
  cjdnsreachable coinstatsindex externalip i2pacceptincoming i2psam inboundrelaypercent ipcbind limitclustercount limitclustersize loadblock
  privatebroadcast signetseednode stopafterblockimport txsendrate zmqpubhashblock zmqpubhashblockhwm zmqpubhashtx zmqpubhashtxhwm
  zmqpubrawblock
  zmqpubrawblockhwm zmqpubrawtx zmqpubrawtxhwm zmqpubsequence zmqpubsequencehwm`;

const NETWORK_ONLY: ReadonlySet<string> = new Set(['addnode', 'bind', 'connect', 'port', 'rpcbind', 'rpcport', 'wallet', 'whitebind']);

const NOT_NEGATABLE: ReadonlySet<string> = new Set([
  'datadir',
  'chain',
  'conf',
  'loglevel',
  'rpccookieperms',
  'signetchallenge',
  'testactivationheight',
]);

function namesIn(text: string): readonly string[] {
  return text.split(/\s+/);
}

function rowsOf(effect: KnownOption['effect'], names: readonly string[]): [string, KnownOption][] {
  return names.map((name) => [name, { effect, networkOnly: NETWORK_ONLY.has(name), negatable: !NOT_NEGATABLE.has(name) }]);
}

/** Names without dashes, by what becomes of them. */
export const OPTION_NAMES: Readonly<Record<KnownOption['effect'], readonly string[]>> = {
  used: namesIn(USED),
  none: namesIn(WITHOUT_EFFECT),
  absent: namesIn(ABSENT),
};

/** By name, without dashes. */
export const BITCOIND_OPTIONS: ReadonlyMap<string, KnownOption> = new Map([
  ...rowsOf('used', OPTION_NAMES.used),
  ...rowsOf('none', OPTION_NAMES.none),
  ...rowsOf('absent', OPTION_NAMES.absent),
]);

const CLIENT = `help h ? version regtest signet testnet testnet4 chain datadir conf includeconf rpcconnect rpcport rpcuser rpcpassword
  rpccookiefile rpcclienttimeout rpcwait rpcwaittimeout rpcwallet named stdin stdinrpcpass getinfo generate color signetchallenge`;

/** Those of bitcoin-cli. What is bitcoind's may stand in the file that both read; it is passed over there. */
export const CLIENT_OPTIONS: ReadonlyMap<string, KnownOption> = new Map(rowsOf('used', namesIn(CLIENT)));
