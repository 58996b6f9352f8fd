/**
 * Every method, by its name. A new one is a file beside this one and a line here.
 *
 * @module
 */

import type { RpcMethod } from '../method.ts';
import { addconnection } from './addconnection.ts';
import { addnode } from './addnode.ts';
import { addpeeraddress } from './addpeeraddress.ts';
import { clearbanned } from './clearbanned.ts';
import { combinerawtransaction } from './combinerawtransaction.ts';
import { createmultisig } from './createmultisig.ts';
import { createrawtransaction } from './createrawtransaction.ts';
import { decoderawtransaction } from './decoderawtransaction.ts';
import { decodescript } from './decodescript.ts';
import { deriveaddresses } from './deriveaddresses.ts';
import { disconnectnode } from './disconnectnode.ts';
import { dumptxoutset } from './dumptxoutset.ts';
import { echo } from './echo.ts';
import { echoipc } from './echoipc.ts';
import { echojson } from './echojson.ts';
import { estimaterawfee } from './estimaterawfee.ts';
import { estimatesmartfee } from './estimatesmartfee.ts';
import { generate } from './generate.ts';
import { generateblock } from './generateblock.ts';
import { generatetoaddress } from './generatetoaddress.ts';
import { generatetodescriptor } from './generatetodescriptor.ts';
import { getaddednodeinfo } from './getaddednodeinfo.ts';
import { getaddrmaninfo } from './getaddrmaninfo.ts';
import { getbestblockhash } from './getbestblockhash.ts';
import { getblock } from './getblock.ts';
import { getblockchaininfo } from './getblockchaininfo.ts';
import { getblockcount } from './getblockcount.ts';
import { getblockfilter } from './getblockfilter.ts';
import { getblockfrompeer } from './getblockfrompeer.ts';
import { getblockhash } from './getblockhash.ts';
import { getblockheader } from './getblockheader.ts';
import { getblockstats } from './getblockstats.ts';
import { getblocktemplate } from './getblocktemplate.ts';
import { getchainstates } from './getchainstates.ts';
import { getchaintips } from './getchaintips.ts';
import { getchaintxstats } from './getchaintxstats.ts';
import { getconnectioncount } from './getconnectioncount.ts';
import { getdeploymentinfo } from './getdeploymentinfo.ts';
import { getdescriptoractivity } from './getdescriptoractivity.ts';
import { getdescriptorinfo } from './getdescriptorinfo.ts';
import { getdifficulty } from './getdifficulty.ts';
import { getindexinfo } from './getindexinfo.ts';
import { getmemoryinfo } from './getmemoryinfo.ts';
import { getmempoolancestors } from './getmempoolancestors.ts';
import { getmempooldescendants } from './getmempooldescendants.ts';
import { getmempoolentry } from './getmempoolentry.ts';
import { getmempoolinfo } from './getmempoolinfo.ts';
import { getmininginfo } from './getmininginfo.ts';
import { getnettotals } from './getnettotals.ts';
import { getnetworkhashps } from './getnetworkhashps.ts';
import { getnetworkinfo } from './getnetworkinfo.ts';
import { getnodeaddresses } from './getnodeaddresses.ts';
import { getorphantxs } from './getorphantxs.ts';
import { getpeerinfo } from './getpeerinfo.ts';
import { getprioritisedtransactions } from './getprioritisedtransactions.ts';
import { getrawaddrman } from './getrawaddrman.ts';
import { getrawmempool } from './getrawmempool.ts';
import { getrawtransaction } from './getrawtransaction.ts';
import { getrpcinfo } from './getrpcinfo.ts';
import { gettxout } from './gettxout.ts';
import { gettxoutproof } from './gettxoutproof.ts';
import { gettxoutsetinfo } from './gettxoutsetinfo.ts';
import { gettxspendingprevout } from './gettxspendingprevout.ts';
import { help } from './help.ts';
import { importmempool } from './importmempool.ts';
import { invalidateblock } from './invalidateblock.ts';
import { listbanned } from './listbanned.ts';
import { loadtxoutset } from './loadtxoutset.ts';
import { logging } from './logging.ts';
import { mockscheduler } from './mockscheduler.ts';
import { ping } from './ping.ts';
import { preciousblock } from './preciousblock.ts';
import { prioritisetransaction } from './prioritisetransaction.ts';
import { pruneblockchain } from './pruneblockchain.ts';
import { reconsiderblock } from './reconsiderblock.ts';
import { rpcDiscover } from './rpc-discover.ts';
import { savemempool } from './savemempool.ts';
import { scanblocks } from './scanblocks.ts';
import { scantxoutset } from './scantxoutset.ts';
import { sendmsgtopeer } from './sendmsgtopeer.ts';
import { sendrawtransaction } from './sendrawtransaction.ts';
import { setban } from './setban.ts';
import { setmocktime } from './setmocktime.ts';
import { setnetworkactive } from './setnetworkactive.ts';
import { signmessagewithprivkey } from './signmessagewithprivkey.ts';
import { signrawtransactionwithkey } from './signrawtransactionwithkey.ts';
import { stop } from './stop.ts';
import { submitblock } from './submitblock.ts';
import { submitheader } from './submitheader.ts';
import { syncwithvalidationinterfacequeue } from './syncwithvalidationinterfacequeue.ts';
import { testmempoolaccept } from './testmempoolaccept.ts';
import { uptime } from './uptime.ts';
import { validateaddress } from './validateaddress.ts';
import { verifychain } from './verifychain.ts';
import { verifymessage } from './verifymessage.ts';
import { verifytxoutproof } from './verifytxoutproof.ts';
import { waitforblock } from './waitforblock.ts';
import { waitforblockheight } from './waitforblockheight.ts';
import { waitfornewblock } from './waitfornewblock.ts';

const ALL: readonly RpcMethod[] = [
  addconnection,
  addnode,
  addpeeraddress,
  clearbanned,
  combinerawtransaction,
  createmultisig,
  createrawtransaction,
  decoderawtransaction,
  decodescript,
  deriveaddresses,
  disconnectnode,
  dumptxoutset,
  echo,
  echoipc,
  echojson,
  estimaterawfee,
  estimatesmartfee,
  generate,
  generateblock,
  generatetoaddress,
  generatetodescriptor,
  getaddednodeinfo,
  getaddrmaninfo,
  getbestblockhash,
  getblock,
  getblockchaininfo,
  getblockcount,
  getblockfilter,
  getblockfrompeer,
  getblockhash,
  getblockheader,
  getblockstats,
  getblocktemplate,
  getchainstates,
  getchaintips,
  getchaintxstats,
  getconnectioncount,
  getdeploymentinfo,
  getdescriptoractivity,
  getdescriptorinfo,
  getdifficulty,
  getindexinfo,
  getmemoryinfo,
  getmempoolancestors,
  getmempooldescendants,
  getmempoolentry,
  getmempoolinfo,
  getmininginfo,
  getnettotals,
  getnetworkhashps,
  getnetworkinfo,
  getnodeaddresses,
  getorphantxs,
  getpeerinfo,
  getprioritisedtransactions,
  getrawaddrman,
  getrawmempool,
  getrawtransaction,
  getrpcinfo,
  gettxout,
  gettxoutproof,
  gettxoutsetinfo,
  gettxspendingprevout,
  help,
  importmempool,
  invalidateblock,
  listbanned,
  loadtxoutset,
  logging,
  mockscheduler,
  ping,
  preciousblock,
  prioritisetransaction,
  pruneblockchain,
  reconsiderblock,
  rpcDiscover,
  savemempool,
  scanblocks,
  scantxoutset,
  sendmsgtopeer,
  sendrawtransaction,
  setban,
  setmocktime,
  setnetworkactive,
  signmessagewithprivkey,
  signrawtransactionwithkey,
  stop,
  submitblock,
  submitheader,
  syncwithvalidationinterfacequeue,
  testmempoolaccept,
  uptime,
  validateaddress,
  verifychain,
  verifymessage,
  verifytxoutproof,
  waitforblock,
  waitforblockheight,
  waitfornewblock,
];

export const METHODS: ReadonlyMap<string, RpcMethod> = new Map(ALL.map((method) => [method.name, method]));
