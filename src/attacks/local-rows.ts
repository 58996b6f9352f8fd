/**
 * Rows of the catalogue of attacks that need more than a connection (a clock that is moved, a folder, an interface, many nodes), and the
 * tests of this repository that show them. Rows that are played over the wire too stand here with their tests.
 *
 * @module
 */

/** A test that shows what becomes of an attack. */
export interface TestName {
  /** Path in the repository. */
  readonly file: string;
  /** How the title of the test, or of a group of tests, begins. */
  readonly title: string;
}

/** Where a row of the catalogue stands. */
export interface LocalRow {
  readonly row: string;
  readonly cves?: readonly string[];
  /** The attack, in a few words. */
  readonly what: string;
  /** Outcomes: R, D, I, B, C. */
  readonly expected: string;
  readonly state:
    | { readonly kind: 'tested'; readonly tests: readonly TestName[] }
    /** What would be attacked does not exist. */
    | { readonly kind: 'not-built'; readonly why: string }
    | { readonly kind: 'not-tested'; readonly why: string };
}

type Tests = Readonly<Record<string, string | readonly string[]>>;

/** A row with its tests: by file, how their titles begin. */
function tested(row: string, expected: string, what: string, tests: Tests, cves?: readonly string[]): LocalRow {
  const all = Object.entries(tests).flatMap(([file, titles]) => [titles].flat().map((title) => ({ file, title })));
  return { row, expected, what, state: { kind: 'tested', tests: all }, ...(cves !== undefined && { cves }) };
}

function notBuilt(row: string, expected: string, what: string, why: string): LocalRow {
  return { row, expected, what, state: { kind: 'not-built', why } };
}

const SCENARIOS = 'src/sim/scenarios/adversity.test.ts';
const SYNC = 'src/engine/sync';
const CONSENSUS = 'src/core/consensus';
const HOLES = 'test/functional/prototype-holes.test.ts';
const HOLES_PROCESS = 'test/functional/prototype-holes-process.test.ts';
const MEMPOOL = 'src/engine/mempool/mempool.test.ts';
const CHAIN = 'src/engine/chain/chain.test.ts';
const COMPACT = `${SYNC}/compact-download.test.ts`;
const MESSAGES = `${SYNC}/message-attacks.test.ts`;

const HOLES_OF_PROTOTYPES: readonly LocalRow[] = [
  tested('S1', 'R', 'outputs changed under a signature', { [HOLES]: 'S1: ', [CHAIN]: 'S1, S15: ' }),
  tested('S2', 'R', 'one coin named twice by a transaction', {
    [HOLES]: 'S2: ',
    [`${CONSENSUS}/check-block.test.ts`]: 'S2: ',
    [`${CONSENSUS}/check-transaction.test.ts`]: 'S2: ',
  }),
  tested('S3', 'R', 'one coin spent by two transactions of a block', {
    [HOLES]: 'S3: ',
    [CHAIN]: 'S3: ',
    [`${CONSENSUS}/connect-block.test.ts`]: 'S3: ',
  }),
  tested('S4', 'R', 'the input of a coinbase in an ordinary transaction', {
    [HOLES]: 'S4: ',
    [`${CONSENSUS}/connect-block.test.ts`]: 'S4: ',
    [`${CONSENSUS}/check-transaction.test.ts`]: 'S4: ',
  }),
  tested('S5', 'R', 'a negative output', { [HOLES]: 'S5: ', [`${CONSENSUS}/check-transaction.test.ts`]: 'S5: ' }),
  tested('S6', 'R', 'a coinbase of huge and negative outputs', { [HOLES]: 'S6: ', [`${CONSENSUS}/check-transaction.test.ts`]: 'S6: ' }),
  tested('S7', 'R', 'a block without transactions', {
    [HOLES]: 'S7: ',
    [HOLES_PROCESS]: 'S7: ',
    [CHAIN]: 'S7: ',
    [`${CONSENSUS}/check-block.test.ts`]: 'S7: ',
  }),
  tested('S8', 'R', 'a block dated years ahead, and taken when its time has come', {
    [HOLES]: 'S8: ',
    [CHAIN]: 'S8: ',
    [`${CONSENSUS}/check-header.test.ts`]: 'S8: ',
  }),
  tested('S9', 'C', 'a fork of depth 2', { [CHAIN]: 'S9, S10: ', [HOLES]: 'holes of the prototype: the chain' }),
  tested('S10', 'C', 'forks of depth 3 to 1,000', { [CHAIN]: 'S9, S10: ', [HOLES]: 'holes of the prototype: the chain' }),
  tested('S11', 'B I', 'a million addresses, and addresses inside the network of the node', { [HOLES]: 'S11: ' }),
  tested('S12', 'R', 'strangers, pages of other sites and GET requests that stop the mining or spend', {
    [HOLES_PROCESS]: 'S12: ',
    'test/functional/http-real.test.ts': 'S12: ',
  }),
  tested('S13', 'C', 'a longer branch of less work', { [HOLES]: 'S13: ', [CHAIN]: 'S13: ' }),
  tested('S14', 'C', 'transactions that others have mined', {
    [HOLES]: 'S14: ',
    [MEMPOOL]: 'takes its transactions out, and what spends the same coins otherwise',
  }),
  tested('S15', 'R', 'RSA keys of 512 bits', { [HOLES]: 'S15: ', [CHAIN]: 'S1, S15: ' }),
];

const CONTENTS: readonly LocalRow[] = [
  tested(
    'C4',
    'R',
    'a forged proof of payment by an inner node that reads as a transaction',
    {
      [`${CONSENSUS}/transaction-proof.test.ts`]: 'C4: ',
      [MEMPOOL]: 'refuses a stripped size of 64 bytes and takes 65',
      'src/light/light-client.test.ts': 'C4, C6: ',
    },
    ['CVE-2017-12842'],
  ),
  tested('C6', 'R', 'other witnesses than a block commits to, shown to a light client', { 'src/light/light-client.test.ts': 'C4, C6: ' }),
  tested('C7', 'R', 'time warp: a period that begins before the last one ended; accepted on main, as its rules are', {
    [`${CONSENSUS}/check-header.test.ts`]: 'refuses a period that begins more than 600 seconds before the last one ended',
    'src/engine/chain/header-chains.vectors.test.ts': 'are accepted under the rules of main, valid under BIP-54 or not',
  }),
  tested('C13', 'B', 'the real block whose one transaction hashes a gigabyte', {
    'src/core/script/real-blocks.vectors.test.ts': 'verifies each script of',
    [`${CONSENSUS}/real-blocks.vectors.test.ts`]: 'are valid: main 413567',
    'src/platform/workers/verify-slices.test.ts': 'is a few inputs whose signatures hash a large transaction each',
  }),
  tested(
    'C14',
    'R B',
    'the costliest scripts that are relayed',
    {
      'src/engine/policy/policy.test.ts': [
        'run at most 2,500 legacy signature operations together (BIP-54)',
        'have taproot witnesses without annex and with small items for a tapscript',
      ],
      'src/core/script/spend.test.ts': 'begins a tapscript with 1,000 elements and not with 1,001',
    },
    ['CVE-2025-46598'],
  ),
  tested(
    'C15',
    'R',
    'a block that fails while threads still run its scripts',
    { 'src/platform/workers/verifier-pool.test.ts': 'answers at the first failure, while the rest of the jobs is still under way' },
    ['CVE-2024-52911'],
  ),
  tested('C16', 'R', 'one over each limit of scripts', {
    'src/core/script/core-script-tests.vectors.test.ts': 'gives the result of each of',
    'src/core/script/script-assets.vectors.test.ts': 'core script_assets_test.json',
    'src/core/script/spend.test.ts': 'takes items of 520 bytes and not of 521',
    'src/core/script/interpreter.test.ts': 'holds 1,000 elements on both stacks together and not 1,001',
  }),
  tested(
    'C17',
    'C',
    'what other nodes have read otherwise than Core: signed versions, witness sizes, removed signatures',
    {
      'src/core/primitives/transaction.test.ts': 'take a version as unsigned 32 bits',
      'src/core/script/find-and-delete.test.ts': 'findAndDelete',
      'src/core/script/core-script-tests.vectors.test.ts': 'gives the result of each of',
    },
    ['CVE-2024-34478', 'CVE-2022-44797', 'CVE-2022-39389', 'CVE-2024-38365'],
  ),
  tested('C20', 'C', 'a fork deeper than what was pruned', {
    'src/engine/chain/pruner.test.ts': 'refuses a deeper switch, keeps its chain whole, and says so',
  }),
];

const WAITING: readonly LocalRow[] = [
  tested('T4', 'R B', 'replacing again and again, pinning', {
    [MEMPOOL]: [
      'takes place for the fee of all that leaves and its own relay, not one base unit less',
      'does not take place where the pool would pay worse',
    ],
    'src/engine/policy/policy.test.ts': 'touches at most 100 clusters with its conflicts',
  }),
  tested('T5', 'R', 'clusters of 65 transactions, and of too much weight', {
    [MEMPOOL]: ['hold 64 transactions and no more (T5)', 'weigh 404,000 at most (T5)'],
  }),
  tested('T6', 'B', 'filling the room of those that wait at the least fee', {
    [MEMPOOL]: ['let go what pays least, then ask for more than it paid', 'lower the minimum by half in 12 hours after a block'],
  }),
  tested('T7', 'R', 'dust, data and bare multisignatures', {
    'src/engine/policy/policy.test.ts': [
      'has at most one output of dust',
      'carries as much data as the option says',
      'has bare multisignature outputs',
    ],
  }),
  notBuilt('T9', 'C', 'a parent of too low a fee with a child that pays for it', 'transactions are not taken in packages yet'),
  tested('T10', 'C', 'a double spend to two halves of the network', {
    [MEMPOOL]: 'of a double spend leaves exactly one of the two (T10)',
    'test/functional/mempool-reorg.test.ts': 'a branch that confirms a double spend takes the other',
    [`${SYNC}/split-brain.test.ts`]: 'a partition',
    [SCENARIOS]: 'of two spendings of a coin exactly one counts',
  }),
  tested('T11', 'R', 'what is not final any more after a fork', { [MEMPOOL]: 'evicts what is not final any more (T11)' }),
  tested('T12', 'R', 'spends of a reward that a fork makes immature', {
    [MEMPOOL]: 'evicts spends of a coinbase that is immature again (T12)',
  }),
  tested('T13', 'I', 'a file of waiting transactions that is damaged or hostile', {
    'src/node/waiting-file.test.ts': 'T13: ',
    'src/engine/mempool/mempool-file.test.ts': 'is refused where it is cut short anywhere before the end of its rows, or hostile (T13)',
  }),
];

const PEERS: readonly LocalRow[] = [
  tested('P1', 'B', 'announcing transactions for an hour', { [MESSAGES]: 'P1: ' }, ['CVE-2018-17145']),
  tested('P2', 'B', 'naming unknown blocks, and reading nothing until pings time out', { [`${SYNC}/connection-attacks.test.ts`]: 'P2: ' }, [
    'CVE-2024-52915',
  ]),
  tested('P3', 'D B', 'malformed and huge questions, and the queue that they fill', { [MESSAGES]: 'P3: ' }, ['CVE-2024-52920']),
  tested('P4', 'D B', 'a hundred callers who trickle', { [`${SYNC}/connection-attacks.test.ts`]: 'P4: ' }, ['CVE-2015-3641']),
  tested('P5', 'I B', 'a million headers of too little work where much is known', {
    [`${SYNC}/low-work.test.ts`]: 'P5: ',
    [`${SYNC}/header-presync.test.ts`]: 'P5: ',
  }),
  tested('P6', 'C', 'a mutated block while others are asked', { [`${SYNC}/block-download.test.ts`]: 'P6: ' }, ['CVE-2024-52921']),
  tested('P7', 'C', 'stalling a download', { [`${SYNC}/block-download.test.ts`]: 'P7: ', [COMPACT]: 'P7: ' }, ['CVE-2024-52922']),
  tested('P8', 'C', 'short ids that collide', { [COMPACT]: 'P8: ' }, ['CVE-2024-35202']),
  tested('P9', 'R D B', 'abuse of compact blocks', {
    [COMPACT]: 'P9: ',
    [`${SYNC}/compact-serving.test.ts`]: 'P9: ',
    [`${SYNC}/short-id-table.test.ts`]: 'P9: ',
    'src/core/wire/messages/compact.test.ts': 'P9: ',
  }),
  tested(
    'P10',
    'B',
    'addresses at full speed for long',
    { [`${SYNC}/address-gossip.test.ts`]: 'P10: ', [`${SYNC}/address-manager.test.ts`]: 'P10: ' },
    ['CVE-2024-52919'],
  ),
  tested('P11', 'C', 'eclipse: an attacker fills what a node knows, and has it start again and again', {
    [`${SYNC}/feelers.test.ts`]: 'P11: ',
    [`${SYNC}/address-manager.test.ts`]: 'P11: ',
    [SCENARIOS]: 'a node that liars surround stays with the honest chain',
  }),
  tested('P12', 'C', 'taking all places, 500 callers', { [`${SYNC}/inbound-slots.test.ts`]: 'P12: ' }),
  tested('P13', 'B', 'false services on the subnet', {
    'src/platform/discovery/dns-message.test.ts': 'P13: ',
    'src/platform/discovery/links.test.ts': 'P13: ',
    'src/platform/discovery/dns-sd.test.ts': 'P13: ',
    [`${SYNC}/seeds.test.ts`]: 'P13: ',
    [`${SYNC}/subnet-peers.test.ts`]: 'P13: ',
    'test/subnet/subnet.test.ts': 'P13: ',
  }),
  tested('P14', 'C', 'two hundred peers with wild clocks', { [MESSAGES]: 'P14: ' }, ['CVE-2024-52912']),
  tested('P15', 'B', 'a million bans', { [`${SYNC}/bans.test.ts`]: 'P15: ' }, ['CVE-2020-14198']),
  tested('P16', 'B', 'filling the log', { 'src/platform/system/log.test.ts': 'P16: ' }, ['CVE-2025-54604', 'CVE-2025-54605']),
  tested('P17', 'D', 'abuse of the handshake, and a node that calls itself', { [`${SYNC}/handshake.test.ts`]: 'P17: ' }),
  tested('P18', 'D I', 'bytes that are no messages, for every parser', {
    [`${SYNC}/network.test.ts`]: 'P18: ',
    'src/core/wire/frame.test.ts': 'P18: ',
    'test/fuzz/conversation.test.ts': 'P18: ',
    'test/fuzz/fuzz.test.ts': 'P18: ',
  }),
  tested('P19', 'D', 'abuse of the encrypted transport, and downgrades', {
    [`${SYNC}/encrypted-transport.test.ts`]: 'P19: ',
    'src/core/wire/v2/encrypted-stream.test.ts': 'P19: ',
  }),
  tested('P20', 'D', 'one over each limit of messages', { [MESSAGES]: 'P20: ' }),
  tested('P21', 'I', 'finding out who a node is', { [`${SYNC}/network.test.ts`]: 'P21: ', [`${SYNC}/address-gossip.test.ts`]: 'P21: ' }),
  tested('P22', 'B', '50,000 waiting transactions and peers that only listen', { [`${SYNC}/relay-attacks.test.ts`]: 'P22: ' }),
  tested('P23', 'I', 'blocks that nobody asked for', { [`${SYNC}/block-attacks.test.ts`]: 'P23: ' }),
  tested('P24', 'C D', 'false filters for a light client, from seven of eight peers', { 'src/light/light-client.test.ts': 'P24: ' }),
  tested('P25', 'D B', 'one invalid block from two hundred peers', { [`${SYNC}/block-attacks.test.ts`]: 'P25: ', [COMPACT]: 'P25: ' }),
  tested('P26', 'I', 'asking for what was not announced', { [`${SYNC}/relay-attacks.test.ts`]: 'P26: ' }),
  tested('P27', 'B', 'going away at any step', { [`${SYNC}/connection-attacks.test.ts`]: 'P27: ' }),
];

const NETWORKS: readonly LocalRow[] = [
  tested('N1', 'C', 'splits of 2 to 5 sides and up to 500 blocks', {
    [`${SYNC}/split-brain.test.ts`]: 'a partition',
    'test/functional/process-agree.test.ts': 'heal a split of depth',
    'src/sim/scenarios/scenarios.test.ts': 'three sides of a split come together on the longest of their chains',
    [SCENARIOS]: ['N1: ', 'N1, N5: '],
  }),
  tested('N2', 'C', 'selfish mining', { [SCENARIOS]: 'N2: ' }),
  tested('N3', 'C', 'blocks that are kept back, and empty ones', { [SCENARIOS]: 'N3: ' }),
  tested('N4', 'C', 'a payment that a fork takes back is told of, with what took its place', {
    'src/doors/http/event-stream.test.ts': 'tells of a reorganisation with both branches and the fate of its transactions',
    [SCENARIOS]: 'N4: ',
  }),
  tested('N5', 'C', 'tips of the same work, in turn', { [SCENARIOS]: 'N1, N5: ' }),
  tested('N6', 'C', 'most of the work mines an invalid chain', { [SCENARIOS]: 'N6: ' }),
  tested('N7', 'C', 'a miner whose clock is wrong', {
    'src/engine/mining/block-template.test.ts': 'takes its time from the clock, within what the chain allows (N7)',
    [SCENARIOS]: 'N7: ',
  }),
  tested('N8', 'C B', 'liars by chance among many nodes, with a split, a restart and crashes', {
    'src/sim/scenarios/scenarios.test.ts': 'payments, a split, a restart and crashes among liars end in one chain with the right coins',
  }),
  tested('N9', 'C', 'tips that change while miners begin anew', {
    'src/engine/mining/miner.test.ts': 'drops its job at once when another block comes, and takes no result of it any more',
    'src/platform/workers/mining-pool.test.ts': 'puts another worker in the place of one that ended, once, and then says so',
    [SCENARIOS]: 'N9: ',
  }),
  notBuilt('N10', 'B R', 'abuse of Stratum', 'there is no Stratum server yet'),
];

const PROCESS: readonly LocalRow[] = [
  tested('A1', 'C', 'a cut at every call of the disk, kill -9', {
    'test/faults/port-matrix.test.ts': 'a fault at any call of the stores',
    'test/faults/process-faults.test.ts': 'whose power is cut during',
    'test/functional/process-crash.test.ts': 'a node that is killed',
  }),
  tested('A2', 'C', 'torn records and flipped bits', {
    'test/faults/port-matrix.test.ts': 'a wrong bit in a block or undo file',
    'test/faults/table-flips.test.ts': 'a wrong bit in a database',
    'src/platform/store/level-damage.test.ts': 'is as after some batch, or damaged, whatever bit of its log is flipped',
  }),
  tested('A3', 'C', 'a full disk, one that may not be written, no more files', {
    'test/functional/bad-input-disk-full.test.ts': 'ends the node in order with one line',
    'test/faults/process-faults.test.ts': 'that is struck during',
    'src/platform/store/block-files.test.ts': 'on a full disk keep what was there',
  }),
  tested('A4', 'R', 'two processes, one folder', {
    'src/platform/store/data-folder.test.ts': 'is refused while another process has it, by number, and free the moment that is killed',
  }),
  tested('A5', 'R', 'coins from a file with one changed, of another height, cut short', {
    'src/engine/chain/read-snapshot.test.ts': 'has as many coins as it says, of the chain below its block',
    'src/engine/chain/snapshots.test.ts': 'of other coins than the blocks leave ends the node',
  }),
  tested('A6', 'R B', 'guessed passwords, huge and deep bodies, slow clients, rebound names, pages of other sites', {
    'src/doors/http/auth.test.ts': 'tells a missing login at once and a wrong one after a while',
    'src/doors/http/guard.test.ts': ['refuses a name that may have been made to point here', 'refuses what pages of other sites fetch'],
    'src/doors/http/server.test.ts': [
      'takes a body at the limit and refuses one byte more',
      'answers so many requests at once and refuses one more',
    ],
    'src/doors/rpc/json.test.ts': 'accepts the deepest nesting and refuses one level more',
    'test/functional/bad-input-ports.test.ts': 'garbage on the port for HTTP',
  }),
  tested('A7', 'B', 'readers of events that do not read, and too many of them', {
    'src/doors/http/event-stream.test.ts': ['cuts off who does not read', 'has 32 places, which are free again when their clients go'],
  }),
  notBuilt('A8', 'B', 'abuse of the Electrum protocol', 'there is no Electrum server yet'),
  tested('A9', 'R', 'markup in what others say of themselves, shown by a page', {
    'web/light/html.test.ts': 'escapes every text that is put into it, in quoted attributes too',
    'web/light/view.test.ts': 'shows nothing of what others say as markup',
    'test/browser/light-page.test.ts': 'asked nobody but the node for anything but the chain, and its policy had nothing to forbid',
  }),
  tested('A10', 'R', 'names of every object in JSON, texts that take a parser long', {
    'src/doors/rpc/json.test.ts': 'holds names such as __proto__ as any other',
    'src/core/params/network-file.test.ts': 'is not led astray by names of every object',
    'test/fuzz/fuzz.test.ts': 'P18: ',
  }),
  tested('A11', 'C', 'clocks that jump, and sleep', {
    'src/platform/system/system.test.ts':
      'has a settable time that stands with the wall clock, goes on by each step forward and never back',
    [`${SYNC}/network.test.ts`]: 'go on after thirty idle days and a restart of all',
  }),
  tested('A12', 'B', 'the largest blocks while many clients ask', {
    'src/engine/chain/stages.test.ts': 'leave turns to others where the block is large',
  }),
];

/** Rows that need more than a connection, and what shows them. */
export const LOCAL_ROWS: readonly LocalRow[] = [...HOLES_OF_PROTOTYPES, ...CONTENTS, ...WAITING, ...PEERS, ...NETWORKS, ...PROCESS];
