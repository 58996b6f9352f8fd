/**
 * Arguments of JSON-RPC methods at and beside what they may be: missing, too many, of a wrong type, out of range, no hash, no address.
 *
 * @module
 */

import { descriptorCases } from './rpc-descriptor-cases.ts';

/** Facts of the chain that some arguments name. */
export interface ArgumentFacts {
  /** A block of the active chain. */
  readonly blockHash: string;
  /** A waiting transaction. */
  readonly txid: string;
  /** Its bytes in hexadecimal. */
  readonly hex: string;
}

const ZERO = '0'.repeat(64);
const ONES = '1'.repeat(64);
const ADDRESS = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';
/** 65 bytes in base64, which no key has signed with. */
const SIGNATURE = Buffer.alloc(65, 31).toString('base64');
const KEY = '0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798';
const UNCOMPRESSED_KEY =
  '0479be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8';

/** First arguments that should be a hash. */
const HASHES: readonly unknown[][] = [[], [1], [null], [true], [''], ['zz'], ['g'.repeat(64)], [ZERO], [ONES], [[]], [{}]];

/** Scripts of every kind that there is a word for, and bytes that are none. */
const SCRIPTS: readonly string[] = [
  ...['', '00', '51', '6a', 'ac', '4c', '50', '52', '7e', 'ff', '6a04deadbeef', '51024e73', '6300ac68', '74519287', '0351b275'],
  `0014${'12'.repeat(20)}`,
  `0020${ONES}`,
  `5120${ONES}`,
  `5120${'f'.repeat(64)}`,
  `5214${'11'.repeat(20)}`,
  `76a914${'12'.repeat(20)}88ac`,
  `a914${'12'.repeat(20)}87`,
  `a820${ONES}87`,
  `21${KEY}ac`,
  `41${UNCOMPRESSED_KEY}ac`,
  `5121${KEY}51ae`,
];

const ADDRESSES: readonly string[] = [
  ADDRESS,
  ADDRESS.toUpperCase(),
  'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt081',
  'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygT080',
  'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4',
  'tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx',
  '1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH',
  'mrX9vMRYLfVy1BnZbc5gZjuyaqH3ZW2ZHz',
  'mrX9vMRYLfVy1BnZbc5gZjuyaqH3ZW2ZHy',
  '2N9b8HN4DtvnoBXGY5p3AMVLkM1A1r5fAZc',
  'bcrt1pfeesnyr2tx',
  'bcrt1pqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqs3nq8tk',
  'bcrt1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqf8d0ju',
  'bcrt1',
  '',
  'x',
  'é',
];

function chainCases({ blockHash }: ArgumentFacts): Readonly<Record<string, readonly unknown[][]>> {
  return {
    getblockcount: [[1], [null], [{}]],
    getbestblockhash: [['x']],
    getblockchaininfo: [[1]],
    getchaintips: [[1]],
    getblockhash: [[], [-1], [100_000], [1.5], ['1'], [null], [true], [2147483647], [2147483648], [-2147483649], [1e20], [1, 2]],
    getblock: [
      ...HASHES,
      ...[`0x${blockHash}`, `${blockHash} `, blockHash.toUpperCase()].map((text) => [text]),
      ...[4, -1, '1', null, 1.5, 2147483648, [], {}, true, false].map((verbosity) => [blockHash, verbosity]),
      [blockHash, 1, 1],
    ],
    getblockheader: [...HASHES, ...[1, 'x', null].map((verbose) => [blockHash, verbose]), [blockHash, true, 1]],
    getindexinfo: [['x'], [1], ['txindex', 1]],
    getblockfilter: [[], ...HASHES, [blockHash], [blockHash, 'basic'], [blockHash, 'x'], [blockHash, 1], [blockHash, 'basic', 1]],
    verifychain: [['x'], [5], [-1], [1, 'x'], [1, -1], [0, 1], [4, 3], [0, 1, 1]],
    pruneblockchain: [[], ['x'], [1], [-1], [1, 1]],
    gettxoutsetinfo: [
      ...['none', 'x', 1, null, 'hash_serialized_2'].map((kind) => [kind]),
      ...[10, blockHash, {}].map((block) => ['hash_serialized_3', block]),
      ...[10, 'x', 10_000].map((block) => ['none', block]),
      ['none', null, false],
      ['none', 10, false],
      ['hash_serialized_3', null, 1],
      ['none', null, true, 1],
    ],
    invalidateblock: [[], [1], ['zz'], [ZERO], ['g'.repeat(64)], [blockHash, 1]],
    reconsiderblock: [[], [1], ['zz'], [ZERO], [blockHash, 1]],
    syncwithvalidationinterfacequeue: [[], [1]],
    preciousblock: [...HASHES, [blockHash, 1], [blockHash]],
    waitforblockheight: [[], ['x'], [1.5], [0, -1], [0, 'x'], [0, 1e10], [-1], [1e9, 1], [0, 1, 1], [null]],
    waitforblock: [...HASHES.filter(([hash]) => hash !== ZERO && hash !== ONES), [ZERO, -1], [ZERO, 1], [ZERO, 'x'], [ZERO, 1, 1]],
    waitfornewblock: [['x'], [-1], [1], [1, 'zz'], [1, 5], [0, ZERO], [1, null], [1, ZERO, 1]],
    getblockfrompeer: [
      ...HASHES.map((args) => (args.length === 0 ? args : [...args, 99_999])),
      [blockHash],
      [blockHash, 'x'],
      [blockHash, 99_999],
    ],
    getchaintxstats: [
      ...[[], [-1], ['x'], [0], [1], [3], [100_000], [1.5], [null], [null, blockHash], [1, blockHash], [1, blockHash, 1]],
      ...HASHES.filter((args) => args.length > 0).map(([hash]) => [1, hash]),
    ],
    getblockstats: [
      ...HASHES,
      ...[-1, 100_000, 1.5, 1e10, 0, 1, 2].map((height) => [height]),
      ...[['x'], [1], [], ['txs', 'height'], ['height', 'height'], ['toString'], 'x', 1, null, {}].map((stats) => [blockHash, stats]),
    ],
    gettxoutproof: [[], [[]], ['x'], [[1]], [['zz']], [[ZERO, ZERO]], [[ZERO], 'zz'], [[ZERO], ZERO], [[ZERO], blockHash], [[ZERO], 1]],
    verifytxoutproof: [[], [1], ['zz'], [''], ['00'], ['00'.repeat(84)], ['00'.repeat(86)], [`${'00'.repeat(80)}01000000010000`]],
    getchainstates: [[1]],
  };
}

function transactionCases({ blockHash, hex, txid }: ArgumentFacts): Readonly<Record<string, readonly unknown[][]>> {
  return {
    getrawtransaction: [
      ...HASHES,
      ...[3, -1, '1', null, 1.5, true, false].map((verbosity) => [txid, verbosity]),
      ...[ZERO, 'zz', blockHash, 5].map((block) => [txid, 1, block]),
      [txid, 1, blockHash, 1],
      ['4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b'],
    ],
    gettxout: [
      ...[[], [ZERO], ['zz', 0], [1, 0], [ZERO, 0, 1], [ZERO, 0, true, 1]],
      ...[0, -1, 4294967295, 4294967296, '0', 1.5, null].map((n) => [ZERO, n]),
    ],
    getrawmempool: [[true, true], [1], ['x'], [false, 1], [false, false, 1]],
    getmempoolentry: [...HASHES, [txid, 1]],
    getmempoolancestors: [...HASHES, [txid, 1], [txid, true, 1]],
    getmempooldescendants: [...HASHES, [txid, 'x'], [txid, true, 1]],
    gettxspendingprevout: [
      ...[[], [[]], ['x'], [[1]], [[{}]], [[{ txid }]], [[{ vout: 0 }]], [[{ txid: 1, vout: 0 }]], [[{ txid, vout: '0' }]]],
      ...[[[{ txid, vout: -1 }]], [[{ txid: 'zz', vout: 0 }]], [[{ txid, vout: 0, x: 1 }]], [[{ txid, vout: 4294967296 }]]],
      ...[[[{ txid, vout: 0 }]], [[{ txid: ONES, vout: 7 }]], [[{ txid, vout: 1 }], {}, 1]],
    ],
    createrawtransaction: [
      ...[[], [[]], ['x', []], [[], 'x'], [[], 1], [[], []], [[], {}], [null, {}], [[], null], [[1], {}], [[{}], {}]],
      ...[{ txid }, { vout: 0 }, { txid: 'zz', vout: 0 }, { txid: 1, vout: 0 }, { txid, vout: '0' }, { txid, vout: -1 }].map((input) => [
        [input],
        {},
      ]),
      ...[0, 4294967295, 4294967296, -1, '1', 1.5].map((sequence) => [[{ txid, vout: 0, sequence }], {}]),
      ...[
        { txid, vout: 2147483648 },
        { txid, vout: 7 },
        { txid, vout: 0, other: 1 },
      ].map((input) => [[input], {}]),
      ...[{ [ADDRESS]: 1 }, { [ADDRESS]: '0.1' }, { [ADDRESS]: 'x' }, { [ADDRESS]: -1 }, { [ADDRESS]: 22e6 }, { [ADDRESS]: null }].flatMap(
        (output) => [
          [[], output],
          [[], [output]],
        ],
      ),
      ...[{ x: 1 }, { x: 'y' }, { data: '00' }, { data: '' }, { data: 'zz' }, { data: 99 }, { data: 'ab'.repeat(90) }].map((output) => [
        [],
        [output],
      ]),
      ...[[1], [{}], [{ data: '00', [ADDRESS]: 1 }], [{ data: '00' }, { data: '01' }], [{ [ADDRESS]: 1 }, { [ADDRESS]: 2 }]].map(
        (outputs) => [[], outputs],
      ),
      ...ADDRESSES.map((address) => [[], [{ [address]: 1 }]]),
      ...[0, 1, -1, 4294967295, 4294967296, '1', null].map((lockTime) => [[{ txid, vout: 0 }], {}, lockTime]),
      ...[true, false, 1, null].map((replaceable) => [[{ txid, vout: 0 }], {}, 5, replaceable]),
      [[{ txid, vout: 0, sequence: 4294967295 }], {}, 0, true],
      [[{ txid, vout: 0, sequence: 4294967295 }], {}, 0],
    ],
    savemempool: [[1]],
    logging: [
      ...[[], [[]], [null, []], [['net'], ['net', 'http']], [['all'], ['net']], [[], ['1']], [[''], []], [[], ['all']]],
      ...[['net'], ['foo'], ['0'], ['none'], ['NET'], [1], [null], 'net', 1, {}].flatMap((words) => [[words], [[], words]]),
      [['net', 'foo']],
      [[], ['net', 1]],
      [[], [], 1],
    ],
    dumptxoutset: [
      ...[[], [1], ['x'], ['x', 1], ['x', ''], ['x', 'other'], ['x', 'rollback']],
      ...[-1, 100_000, 4_294_967_296, 1.5, true, null, [], {}, 'x', 'ab', 'zz'.repeat(32), 'ee'.repeat(32)].flatMap((rollback) => [
        ['x', '', { rollback }],
        ['x', 'rollback', { rollback }],
      ]),
      ...['latest', 'other'].map((type) => ['x', type, { rollback: 1 }]),
      ...[0, 'x', []].map((inMemory) => ['x', '', { rollback: 1, in_memory: inMemory }]),
      ['/nowhere/file', 'latest'],
    ],
    loadtxoutset: [[], [1], [null], [true], [''], ['x', 1], ['/nowhere/file'], [[]], [{}]],
    importmempool: [[], [1], ['/nowhere/mempool.dat'], ['x', 1], ['x', { x: true }], ['x', { use_current_time: 1 }], ['x', {}, 1]],
    getorphantxs: [[], [0], [1], [2], [3], [-1], [true], ['1'], [1, 1]],
    testmempoolaccept: [
      ...[[], [[]], ['x'], [['x']], [[1]], [['']], [[hex.slice(0, -2)]], [[`${hex}00`]], [Array(26).fill(hex)]],
      ...['x', -1, 0, '0.1', 1.1, 1, null, true, []].map((rate) => [[hex], rate]),
      [['02000000000000000000']],
      [[hex, hex]],
    ],
    sendrawtransaction: [
      ...[[], [1], ['x'], [''], ['00'], [hex.slice(0, -2)], [`${hex}00`], ['02000000000000000000']],
      ...['x', -1, 2, 1e-9, {}, ''].map((rate) => [hex, rate]),
      ...['x', -1, 22_000_000].map((burned) => [hex, null, burned]),
    ],
    decoderawtransaction: [
      ...[[], [1], ['x'], [''], ['00'], [hex.slice(2)], [hex, 1], [hex, false], [hex, true], [hex, null], [hex, true, 1]],
      ...['02000000000000000000', '0100000000010000000000000000026a0000000000'].flatMap((bare) => [[bare], [bare, true], [bare, false]]),
    ],
    signrawtransactionwithkey: [
      [],
      [1, []],
      ['x', []],
      [hex],
      [hex, 1],
      [hex, [1]],
      [hex, ['x']],
      [hex, [], 1],
      [hex, [], [], 1],
      [hex, []],
    ],
    combinerawtransaction: [[], [1], [[]], [[1]], [['x']], [[hex]], [[hex], 1]],
    decodescript: [[], [1], ['x'], ['51', 'x'], ...SCRIPTS.map((script) => [script])],
  };
}

const NODE_CASES: Readonly<Record<string, readonly unknown[][]>> = {
  getconnectioncount: [[1]],
  getnettotals: [[1]],
  ping: [[1]],
  getmemoryinfo: [['x'], [''], [1], ['stats', 1]],
  echoipc: [[], [1], ['x'], ['x', 1]],
  estimatesmartfee: [
    ...[[], ['x'], [null], [true], [0], [-1], [1_009], [1.5], [2147483648], [1e20], [1, 2, 3]],
    ...[1, null, '', 'x', 'ECONOMICAL', 'Unset', 'conservative ', {}].map((mode) => [0, mode]),
    ...[1, '', 'x', 'conservative ', 'ECONOMICALE', {}, []].map((mode) => [1, mode]),
    [1, 'economical', 1],
  ],
  estimaterawfee: [
    ...[[], ['x'], [null], [true], [0], [-1], [1_009], [1.5], [2147483648], [1e20], [1, 2, 3]],
    ...['x', '0.5', -0.000001, 1.000001, -1, 2, 1e20, -1e20, true, {}].map((threshold) => [1, threshold]),
    [1, 1, 1],
  ],
  scanblocks: [
    [],
    ['x'],
    ['status'],
    ['abort'],
    ['start', [], 0, 0, 'x'],
    ['start', [], 0, 0, 'basic'],
    ['start', [], 'x'],
    ['start', [], 0, 0, 'basic', {}, 1],
  ],
  addconnection: [
    ...[
      [],
      ['a'],
      ['a', 'feeler'],
      [1, 'feeler', false],
      ['a', 1, false],
      ['127.0.0.1:1', 'feeler', 1],
      ['127.0.0.1:1', 'feeler', false, 1],
    ],
  ],
  addpeeraddress: [
    ...[[], ['1.2.3.4'], [1, 1], ['1.2.3.4', 'x'], ['1.2.3.4', 1, 1], ['1.2.3.4', 1, true, 1, 1, 1, 1]],
    ...[-1, 65536, 1.5].map((port) => ['1.2.3.4', port]),
    ...['127.0.0.1', '10.0.0.1', '::1', '0.0.0.0', '192.168.1.1', 'fe80::1', '2001:db8::1', '100.64.0.1'].map((address) => [address, 1]),
  ],
  getaddrmaninfo: [[1]],
  setban: [
    ...[[], ['1.2.3.4'], [1, 'add'], ['1.2.3.4', 1], ['1.2.3.4', 'x'], ['1.2.3.4', 'remove'], ['1.2.3.0/24', 'remove'], ['x', 'remove']],
    ...['', 'x', '1.2.3.4/33', '1.2.3.4/255.0.255.0', '::1/129', '1.2.3.4/', '/8', '0.0.0.0', '::', '1.2.3.4/8/8'].map((text) => [
      text,
      'add',
    ]),
    ...['x', 1.5, 1e18, 1e30].map((time) => ['x', 'add', time]),
    ...[
      ['1.2.3.4', 'add', 1, true],
      ['1.2.3.4', 'add', -1, true],
      ['1.2.3.4', 'add', 1, 'x'],
      ['1.2.3.4', 'add', 1, true, 1],
    ],
  ],
  listbanned: [[1]],
  clearbanned: [[1]],
  setnetworkactive: [[], [1], ['x'], [true], [true, 1]],
  getaddednodeinfo: [[1], ['10.9.8.7'], ['x', 1]],
  getnodeaddresses: [[], [0], [-1], ['1'], [1.5], [2147483648], [1, 'ipv4'], [1, 'x'], [1, 1], [1, 'IPV6', 1]],
  sendmsgtopeer: [
    ...[[], [0], [0, 'a'], ['0', 'a', ''], [0, 1, ''], [0, 'a', 1], [0, 'a', 'z'], [0, 'abcdefghijklm', ''], [99_999, 'a', '00']],
    [0, 'a', '', 1],
  ],
  echo: [[], [1, 'x', null, [1.5], { a: [] }], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]],
  echojson: [[], [{ b: 1, a: '2' }]],
  getmininginfo: [[1]],
  getnetworkinfo: [[1]],
  getpeerinfo: [[1]],
  getrpcinfo: [[1]],
  uptime: [[1]],
  submitblock: [[], [1], ['x'], [''], ['00']],
  addnode: [[], ['a'], ['127.0.0.1:1', 'x'], [1, 'add'], ['127.0.0.1:1', 1], ['127.0.0.1:1', 'remove'], ['1', 'remove']],
  disconnectnode: [
    ...[[], [''], ['1.2.3.4:5'], ['x'], [1], ['1.2.3.4:5', 1], [null, 99], ['', 1, 1]],
    ...[99, '1', 1.5, -1].map((id) => ['', id]),
  ],
  generatetoaddress: [
    ...[[], [1], [1, 'x'], ['1', 'x'], [1, 1], [0, ADDRESS], [-1, ADDRESS], [1.5, ADDRESS], [1e10, ADDRESS]],
    [1, 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4'],
    ...[0, 'x', 1.5].map((tries) => [1, ADDRESS, tries]),
    ...[-1, 2 ** 31 - 1, 2 ** 31, 1e20].map((tries) => [0, ADDRESS, tries]),
    [1, ADDRESS, 1, 1],
  ],
  getblocktemplate: [
    ...[[], [1], ['x'], [null], [[]], [{}], [{ rules: ['segwit'] }, 1], [{ mode: 1 }], [{ mode: 'x' }], [{ mode: 'x', rules: [1] }]],
    ...[[1], [null], [true], [{}], ['x'], [], 'segwit', null].map((rules) => [{ rules }]),
    ...['x', '', `${'0'.repeat(63)}g5`].map((longpollid) => [{ rules: ['segwit'], longpollid }]),
    ...[undefined, 1, null, '', 'zz', '00'].map((data) => [{ mode: 'proposal', data }]),
  ],
  generateblock: [
    ...[[], ['raw(51)'], [1, []], ['raw(51)', 'x'], ['raw(51)', [1]], ['raw(51)', ['x']], ['raw(51)', ['']], ['raw(51)', [ONES]]],
    ...['', 'x', 'raw(zz)', 'raw(5)', 'addr()', 'addr(x)', 'nosuch(51)', 'raw(51', 'raw(51))'].map((output) => [output, []]),
    ...[
      ['raw(51)', [], 'x'],
      ['raw(51)', [], true, 1],
      [ADDRESS, ['00'], false],
    ],
  ],
  submitheader: [[], [1], ['x'], [''], ['00'], ['00'.repeat(79)], ['00'.repeat(80)], ['11'.repeat(81)], ['00'.repeat(80), 1]],
  getnetworkhashps: [
    ...[[], [1], [2], [-1], [100_000], [120, 10], [-1, 10], [5, 0], [5, 1], [null, null], [1.5], ['x'], [1, 'x'], [1, 1, 1]],
    ...[[0], [-2], [5, -2], [5, 100_000], [2147483648]],
  ],
  generate: [[], [1]],
  prioritisetransaction: [
    ...[
      [1, 0, 1],
      ['00', 0, 1],
      ['g'.repeat(64), 0, 1],
      [null, 0, 1],
      [ZERO, 'x', 1],
      [ZERO, 0, 'x'],
      [ZERO, 0, 1.5],
      [ZERO, 0, 1e20],
    ],
    ...[
      [ZERO, 0, true],
      [ZERO, 0, 1, 1],
      [ZERO, 0, 0],
      [ZERO, null, 0],
    ],
  ],
  getprioritisedtransactions: [[], [1]],
  mockscheduler: [[], ['1'], [null], [0], [-1], [3601], [1.5], [1e20], [1, 1], [1]],
  setmocktime: [[], ['1'], [-1], [1e10], [null], [0, 1], [1.5], [0]],
  signmessagewithprivkey: [[], [1], ['x', ''], [1, 'x'], ['x', 1], ['x', 'x', 1]],
  verifymessage: [
    [],
    [1, 2, 3],
    ['x', 'QQ==', ''],
    ['mrX9vMRYLfVy1BnZbc5gZjuyaqH3ZW2ZHz', SIGNATURE, ''],
    [ADDRESS, 1, ''],
    [ADDRESS, SIGNATURE, '', 1],
  ],
  validateaddress: [[], [1], ...ADDRESSES.map((address) => [address])],
  help: [['x'], [1], ['getblockcount', 'x']],
  stop: [['x'], [{}], [1, 2]],
  nosuchmethod: [[], [1]],
};

/** Each method's arguments. None of them changes anything. */
export function argumentCases(facts: ArgumentFacts): [method: string, params: readonly unknown[]][] {
  const cases = { ...chainCases(facts), ...transactionCases(facts), ...NODE_CASES, ...descriptorCases() };
  return Object.entries(cases).flatMap(([method, lists]) => lists.map((params): [string, readonly unknown[]] => [method, params]));
}

/** Bodies in every form and half form of JSON-RPC. */
export const REQUEST_BODIES: readonly string[] = [
  '{"method":"getblockcount","id":1}',
  '{"method":"getblockcount","params":[],"id":"x"}',
  '{"method":"getblockcount","params":{},"id":1}',
  '{"jsonrpc":"1.0","method":"getblockcount"}',
  '{"jsonrpc":"1.1","method":"getblockcount","id":[1]}',
  '{"jsonrpc":"2.0","method":"getblockcount","id":1}',
  '{"jsonrpc":"2.0","method":"getblockcount"}',
  '{"jsonrpc":"3.0","method":"getblockcount","id":1}',
  '{"jsonrpc":2,"method":"getblockcount","id":1}',
  '{"jsonrpc":"2.0","method":"nosuch","id":null}',
  '{"jsonrpc":"2.0","method":"nosuch"}',
  '{"method":"nosuch"}',
  '{"jsonrpc":"2.0","method":1,"id":1}',
  '{"method":"getblockhash","params":{"height":0},"id":1}',
  '{"method":"getblockhash","params":{"hight":0},"id":1}',
  '{"method":"getblockhash","params":{"args":[0]},"id":1}',
  '{"method":"getblockhash","params":{"args":[0],"height":0},"id":1}',
  '{"method":"getblockhash","params":{"height":0,"height":1},"id":1}',
  '{"method":"getblockhash","params":"x","id":1}',
  '{"method":"getblockhash","params":[-1],"id":1}',
  '{"jsonrpc":"2.0","method":"getblockhash","params":[-1],"id":1}',
  ...['1e0', '1.0', '01', '-0'].map((number) => `{"method":"getblockhash","params":[${number}],"id":1}`),
  '{"method":"getblock","params":{"verbose":0,"verbosity":1,"blockhash":"x"},"id":1}',
  '{"method":"getblock","params":{"args":["x"],"verbosity":0},"id":1}',
  '{"method":"getblockcount","id":123456789012345678901234567890.10}',
  '{"method":"getblockcount","id":{"a":1.50}}',
  '{"method":"getblockcount","id":"é\\u0000\\n\\/<"}',
  '{"method":"getblockcount","id":1,"id":2}',
  ' \n{"method":"getblockcount","id":1}\n\n',
  '{"method":"getblockcount","id":1}x',
  ...['{"id":1}', '{}', '[]', '[1]', '[[]]', '[{}]', '1', '"x"', 'null', '', '{'],
  '[{"method":"getblockcount","id":1},{"method":"nosuch","id":2}]',
  '[{"jsonrpc":"2.0","method":"getblockcount"}]',
  '[{"jsonrpc":"2.0","method":"getblockcount"},{"method":"getblockcount"}]',
];
