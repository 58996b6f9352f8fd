/**
 * Each argument of each JSON-RPC method as every kind of JSON, the others as they should be: what a client's mistakes look like.
 *
 * @module
 */

import type { ArgumentFacts } from './rpc-argument-cases.ts';

const ADDRESS = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';
const KEY = '0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798';
const FIRST_TXID = '11'.repeat(32);

/** Of every kind, and at the ends of what it may be. */
const VALUES: readonly unknown[] = [
  ...[null, true, false, 0, 1, -1, 1.5, 4_294_967_296, 1e20],
  ...['', '0', 'x', 'true', 'é', [], [null], [1], ['x'], [[]], [{}], {}, { x: 1 }],
];

/** Arguments that each method takes, where changing one of them changes nothing else. What the peer reads in a way of its own is left out. */
function goodArguments({ blockHash, hex, txid }: ArgumentFacts): Readonly<Record<string, readonly unknown[]>> {
  return {
    getblock: [blockHash, 1],
    getblockheader: [blockHash, true],
    getblockhash: [1],
    getblockfilter: [blockHash, 'basic'],
    getblockstats: [blockHash, ['txs']],
    getchaintxstats: [1, blockHash],
    getblockfrompeer: [blockHash, 99_999],
    gettxout: [txid, 0, true],
    gettxoutsetinfo: ['none', null, true],
    gettxoutproof: [[FIRST_TXID], blockHash],
    verifytxoutproof: ['00'],
    gettxspendingprevout: [[{ txid, vout: 0 }]],
    getdescriptoractivity: [[blockHash], ['raw(51)'], true],
    getindexinfo: ['txindex'],
    verifychain: [1, 1],
    pruneblockchain: [1],
    invalidateblock: [FIRST_TXID],
    reconsiderblock: [FIRST_TXID],
    preciousblock: [FIRST_TXID],
    scantxoutset: ['start', ['raw(51)']],
    getrawmempool: [false, false],
    getmempoolentry: [txid],
    getmempoolancestors: [txid, false],
    getmempooldescendants: [txid, false],
    getorphantxs: [0],
    importmempool: ['/nowhere/mempool.dat', {}],
    getrawtransaction: [txid, 0, blockHash],
    createrawtransaction: [[{ txid, vout: 0 }], [{ [ADDRESS]: 1 }], 0, true],
    decoderawtransaction: [hex, true],
    decodescript: ['51'],
    testmempoolaccept: [[hex], 0.1],
    sendrawtransaction: [hex],
    submitblock: ['00', ''],
    addnode: ['127.0.0.1:1', 'remove'],
    getnodeaddresses: [1, 'ipv4'],
    sendmsgtopeer: [99_999, 'a', ''],
    createmultisig: [1, [KEY]],
    deriveaddresses: ['raw(51)#8lvh9jxk', [0, 1]],
    getdescriptorinfo: ['raw(51)'],
    validateaddress: [ADDRESS],
    help: ['getblockcount'],
  };
}

/** Calls with one argument changed. */
export function wrongKinds(facts: ArgumentFacts): [method: string, params: readonly unknown[]][] {
  return Object.entries(goodArguments(facts)).flatMap(([method, good]) =>
    good.flatMap((_, place) => VALUES.map((value): [string, readonly unknown[]] => [method, good.with(place, value)])),
  );
}
