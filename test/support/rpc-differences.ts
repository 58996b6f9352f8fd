/**
 * What may differ between our JSON-RPC answers and those of the C++ node beside it, each with its reason, and the document that tells it.
 * The comparison takes every line of these tables into account, and fails where it did not need one.
 *
 * @module
 */

import { join } from 'node:path';
import { METHODS } from '../../src/doors/rpc/methods/table.ts';
import { repositoryRoot } from './vectors.ts';

/** A difference that is meant: of which methods, where in the answer, and why. */
export interface Reason {
  readonly methods: RegExp;
  /** Fits `path: ours | theirs`. */
  readonly where: RegExp;
  /** The same for a reader. */
  readonly what: string;
  readonly why: string;
  /** Whether chance decides if it shows. */
  readonly chance?: boolean;
}

const RELATIVES = /^getrawmempool$|^getmempool(entry|ancestors|descendants)$/;
const HANDED_IN = /^(testmempoolaccept|sendrawtransaction)$/;

/** The first line that fits a difference is its reason. */
export const REASONS: readonly Reason[] = [
  {
    methods: /^getblock(header)?$/,
    where: /\.(txcount|header_version): nothing \| /,
    what: '`txcount` and `header_version` there',
    why: "Knots' own members",
  },
  {
    methods: /^getmempoolinfo$/,
    where: /\.(dustrelayfee|dustrelayfeefloor|dustdynamic|rbf_policy|truc_policy): nothing/,
    what: '`dustrelayfee`, `dustrelayfeefloor`, `dustdynamic`, `rbf_policy` and `truc_policy` there',
    why: "Knots' own members",
  },
  {
    methods: /^getmempoolinfo$/,
    where: /\.(limitcluster\w+|optimal): .* \| nothing$/,
    what: '`limitclustercount`, `limitclustersize` and `optimal` here',
    why: 'new in Core 31',
  },
  {
    methods: /^getmempoolinfo$/,
    where: /\.(permitbaremultisig|maxdatacarriersize): .* \| nothing$/,
    what: '`permitbaremultisig` and `maxdatacarriersize` here',
    why: 'new in Core 30',
  },
  { methods: /^getmempoolinfo$/, where: /\.usage: /, what: 'the value of `usage`', why: 'memory of two programs' },
  {
    methods: RELATIVES,
    where: /\.(startingpriority|currentpriority|hash): nothing/,
    what: '`startingpriority`, `currentpriority` and `hash` there',
    why: "Knots' own members",
  },
  { methods: RELATIVES, where: /\.time: /, what: 'the value of `time`', why: 'when it reached each node', chance: true },
  {
    methods: /^getrawmempool$/,
    where: / in another order: |^\.result(\.txids)?\.\d+: /,
    what: 'the order',
    why: 'ours by arrival, theirs by fee',
    chance: true,
  },
  {
    methods: /^getrawmempool$/,
    where: /\.mempool_sequence: /,
    what: 'the value of `mempool_sequence`',
    why: 'counts what each node has seen',
    chance: true,
  },
  { methods: /^testmempoolaccept$/, where: /\.usage: nothing/, what: '`usage` there', why: "Knots' own member" },
  {
    methods: /^getmininginfo$/,
    where: /\.currentblocksize: nothing/,
    what: '`currentblocksize` there',
    why: "Knots' own member",
  },
  {
    methods: /^getmininginfo$/,
    where: /\.currentblock(weight|tx): /,
    what: 'the values of `currentblockweight` and `currentblocktx`',
    why: "of each node's last template; compared where both have made the same",
  },
  { methods: /^getmininginfo$/, where: /\.blockmintxfee: .* \| nothing$/, what: '`blockmintxfee` here', why: 'new in Core 30' },
  {
    methods: /^getblocktemplate$/,
    where: /\.(longpollid|curtime): /,
    what: 'the values of `longpollid` and `curtime`',
    why: 'each counts changes and seconds for itself',
    chance: true,
  },
  {
    methods: /^generateblock$/,
    where: /"TestBlockValidity failed: ([\w-]+)" \| "TestBlockValidity failed: \1, /,
    what: 'words behind the reason there',
    why: 'what Core adds for people to a reason is left out',
  },
  {
    methods: /^prioritisetransaction$/,
    where: /Position 2 \(dummy\).*Position 2 \(priority_delta\)/,
    what: 'what the second argument is called in the message about its type',
    why: "Knots' own name",
  },
  {
    methods: /^getprioritisedtransactions$/,
    where: /\.priority_delta: nothing/,
    what: '`priority_delta` there',
    why: "Knots' own member",
  },
  {
    methods: /^getnetworkinfo$/,
    where: /\.(version|subversion): /,
    what: 'the values of `version` and `subversion`',
    why: 'two programs',
  },
  {
    methods: /^getnetworkinfo$/,
    where: /\.localservices(names\.\d)?: /,
    what: 'the values of `localservices` and `localservicesnames`',
    why: 'each says what it serves',
  },
  {
    methods: /^getnetworkinfo$/,
    where: /\.connections_(in|out): /,
    what: 'the values of `connections_in` and `connections_out`',
    why: 'in the test, the peer has called us',
  },
  { methods: /^gettxoutsetinfo$/, where: /\.disk_size: /, what: 'the value of `disk_size`', why: 'two databases' },
  {
    methods: /^getnettotals$/,
    where: /\.(totalbytes\w+|timemillis): /,
    what: 'the values of `totalbytesrecv`, `totalbytessent` and `timemillis`',
    why: 'two ends, two clocks',
  },
  {
    methods: /^getchainstates$/,
    where: /\.coins_(db|tip)_cache_bytes: /,
    what: 'the values of `coins_db_cache_bytes` and `coins_tip_cache_bytes`',
    why: 'caches of two programs',
  },
  {
    methods: /^getblockfrompeer$/,
    where: /Position 2 \(peer_id\)/,
    what: 'what the second argument is called in the message about its type',
    why: 'Knots has a second name for it',
  },
  {
    methods: /^getblockfrompeer$/,
    where: /"Block header missing" \| "Peer does not exist"/,
    what: 'the message about a block without a header',
    why: 'Knots asks for any hash',
  },
  {
    methods: /^dumptxoutset$/,
    where: /Position 2 \(type\).*Position 2 \(type\|format\)/,
    what: 'what the second argument is called in the message about its type',
    why: 'Knots has a second name for it',
  },
  {
    methods: /^logging$/,
    where: /\.(kernel|privatebroadcast): .* \| nothing/,
    what: '`kernel` and `privatebroadcast` here',
    why: 'new in Core 31',
  },
  { methods: /^uptime$/, where: /^\.result: /, what: 'the value', why: 'two processes', chance: true },
  {
    methods: /^getrpcinfo$/,
    where: /\.(duration|logpath): /,
    what: 'the values of `duration` and `logpath`',
    why: 'two processes, two folders',
  },
  { methods: /^getdifficulty$/, where: /^\.error|^\.result: .* \| nothing/, what: 'not there', why: 'Knots has removed it' },
  {
    methods: /^decodescript$/,
    where: /\.segwit\.desc: "addr\(.* \| "wsh\(/,
    what: '`segwit.desc` of scripts that are no known kind is `addr(…)` here and `wsh(…)` there',
    why: 'needs miniscript',
  },
  {
    methods: /^getdescriptorinfo$/,
    where: /is invalid due to whitespace/,
    what: 'the message about white space around a key',
    why: 'words of Core 30',
  },
  {
    methods: /^getdescriptorinfo$/,
    where: /not a valid descriptor function" \| "Miniscript expressions/,
    what: 'the message about an expression that stands alone',
    why: 'needs miniscript',
  },
  {
    methods: /^sendmsgtopeer$/,
    where: /"Error: msg_type must be ASCII" \| |^\.error\.code: "#-8" \| "#-1"$/,
    what: 'the error about a name beyond ASCII',
    why: 'no message has such a name',
  },
  {
    methods: /^help$/,
    where: /^\.result: "== Blockchain ==/,
    what: 'the list of methods',
    why: 'each program has its own',
  },
  {
    methods: /^help$/,
    where: /^\.error: nothing \| .*type null is not of expected type string/,
    what: 'a `null` is no method here, and refused there',
    why: 'an argument that is null counts as left out everywhere here',
  },
  {
    methods: /^createmultisig$/,
    where: /options\|address_type/,
    what: 'what the third argument is called in the message about its type',
    why: 'Knots has a second name for it',
  },
  { methods: /^validateaddress$/, where: /\.error_index: nothing/, what: '`error_index` there', why: "Knots' own member" },
  {
    methods: HANDED_IN,
    where: /dust(\.|"|, ).*\| ".*dust-nonanchor/,
    what: 'the reason `dust` is `dust-nonanchor` there',
    why: "Knots' own word",
  },
  {
    methods: HANDED_IN,
    where: /insufficient fee, rejecting replacement .*\| ".*insufficient fee, rejecting replacement/,
    what: 'the sentence behind `insufficient fee` about a refused replacement',
    why: 'the rules are those of Core 31',
  },
];

/** What the two say of one another cannot be the same, so only names, types and order are held against each other. */
export const PEER_INFO_NAMES_ONLY = 'getpeerinfo';

/** Members of it that are Knots' own, and one that needs the other side to say how it sees us, which the peer does not on loopback. */
export const THEIR_PEER_MEMBERS: readonly string[] = [
  'last_block_announcement',
  'cpu_load',
  'misbehavior_score',
  'forced_inbound',
  'addrlocal',
];

/** Members of it that are new in Core 30. */
export const OUR_PEER_MEMBERS: readonly string[] = ['last_inv_sequence', 'inv_to_send'];

/** Methods that the peer has, or had, without its `help` telling so. */
export const HIDDEN_METHODS: readonly string[] = [
  'addconnection',
  'addpeeraddress',
  'echo',
  'echoipc',
  'echojson',
  'estimaterawfee',
  'generate',
  'generateblock',
  'generatetoaddress',
  'generatetodescriptor',
  'getdifficulty',
  'getorphantxs',
  'invalidateblock',
  'mockscheduler',
  'reconsiderblock',
  'rpc.discover',
  'sendmsgtopeer',
  'setmocktime',
  'syncwithvalidationinterfacequeue',
  'waitforblock',
  'waitforblockheight',
  'waitfornewblock',
  'getrawaddrman',
];

/** Methods whose wrong arguments are not sent to both here, in the order of the table of methods, and why. */
export const ARGUMENTS_ELSEWHERE: Readonly<Record<string, string>> = {
  getdeploymentinfo: 'compared in `test/interop/peer-networks.test.ts`',
  getdifficulty: 'not there',
  getmempoolinfo: 'takes none here; Knots takes one',
  getrawaddrman: 'takes none',
  'rpc.discover': 'not there',
};

/** What the comparisons of a few methods allow that stand in files of their own. */
const OTHER_COMPARISONS: readonly (readonly [method: string, what: string, why: string, file: string])[] = [
  ['signrawtransactionwithkey', '`fee` and `feerate` there', "Knots' own members", 'rpc-signing'],
  [
    'verifymessage',
    'a signature of another length or header is malformed there, and addresses that are not P2PKH are taken',
    "Knots reads BIP-322's as well",
    'rpc-signing',
  ],
  ['addpeeraddress', 'a text that is no IP is `{"success":false}` there', 'words of Core 30', 'rpc-node-state'],
  ['getmemoryinfo', 'all numbers', 'the C++ node locks memory for its keys', 'rpc-node-state'],
];

/** The document, for `tools/rpc-differences.ts` and the tests. */
export const DIFFERENCES_DOCUMENT = join(repositoryRoot(), 'docs/rpc-differences.md');

const INTRODUCTION = `# Where JSON-RPC differs from the C++ node

Made out of the tables of the comparison by \`node dist/tools/rpc-differences.js\`; changes belong there (\`test/support/rpc-differences.ts\`).

\`npm run test:interop\` (\`test/interop/rpc-compare.test.ts\`) connects this node with Bitcoin Knots 29.4 and gives both the same chain on
regtest and the same waiting transactions. Then both are asked the same: every answer is compared member by member, in its order, with every
digit, every error by its code and message. The help that comes with a wrong number of arguments is each program's own and not compared.
What differs all the same stands here; anything else fails the test, and so does a line that nothing needs any more.

Differences from Bitcoin Core that this comparison cannot show, since they need other circumstances, stand in
[the guide](guides/rpc.md#where-it-differs-from-bitcoin-core).
`;

/** The methods that a pattern means, as code. */
function methodsOf(pattern: RegExp): string[] {
  return [...METHODS.keys()].filter((name) => pattern.test(name)).map((name) => `\`${name}\``);
}

function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [heading, heading.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return lines.join('\n');
}

/** What the document says. A line of the table that means no method is a mistake in it. */
export function differencesText(reasons: readonly Reason[] = REASONS): string {
  const rows = reasons.map(({ methods, what, why, chance }) => {
    const names = methodsOf(methods);
    if (names.length === 0) throw new Error(`${methods} is no method's`);
    return [names.join(', '), what, chance === true ? `${why} (shows by chance)` : why];
  });
  const members = THEIR_PEER_MEMBERS.map((name) => `\`${name}\``).join(', ');
  const others = OTHER_COMPARISONS.map(([name, what, why, file]) => [`\`${name}\``, what, why, `\`test/interop/${file}.test.ts\``]);
  const elsewhere = Object.entries(ARGUMENTS_ELSEWHERE).map(([name, why]) => [`\`${name}\``, why]);
  return `${INTRODUCTION}
## Answers and errors

${table(['method', 'what differs', 'why'], rows)}

## In comparisons of their own

${table(['method', 'what differs', 'why', 'where'], others)}

## What is compared in part

Of \`${PEER_INFO_NAMES_ONLY}\` the names, types and order of its members are compared, not the values, since each node tells of the other.
These members are only there, or only where the other side says how it sees one:
${members}.
These are new in Core 30 and only here: ${OUR_PEER_MEMBERS.map((name) => `\`${name}\``).join(', ')}.

Of \`getblocktemplate\` the transactions are compared without their order, which is that of chunks here and that of ancestors there, and so without
the commitment to it.

## Wrong arguments that are not sent to both

${table(['method', 'why'], elsewhere)}
`;
}
