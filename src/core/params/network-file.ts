/**
 * A network as a JSON file: the form a user writes, and the check that the built-in networks pass too.
 *
 * Every field of a built-in network stands in it and every one must be there, but for `magic` (else it follows from the rules),
 * `pow.limit` (else it is what the bits say), `genesis.hash` (if given, it must be right), `pruneAfterHeight` (else `pruneKeepBlocks`), and what few networks have: `history`,
 * `signetChallenge`, `minimumChainWork`, `assumeValid`, `assumeutxo` and `deployments` (else there is none; network-past.ts reads them).
 *
 * @module
 */

import { toHex } from '../base/bytes.ts';
import { deepFreeze } from '../base/deep-freeze.ts';
import type { Block } from '../primitives/block.ts';
import type { Target } from '../primitives/compact-target.ts';
import { decodeBits, encodeBits, hashToNumber } from '../primitives/compact-target.ts';
import { toDisplayHex } from '../primitives/ids.ts';
import type { FieldProblem } from './field-reader.ts';
import { FieldReader, pathOf } from './field-reader.ts';
import { GENESIS_TEXT_WANTED, isGenesisText, makeGenesis, meetsOwnTarget, UNSPENDABLE_SCRIPT } from './genesis.ts';
import { messageStartOf } from './message-start.ts';
import { MINE_ONE, rulesToFile } from './network-json.ts';
import { readHistory, readKnown, readSignetChallenge } from './network-past.ts';
import type { ActivationHeights, ConsensusParams, FutureTimeRule, NetworkParams, PowParams } from './types.ts';

/** Most characters of a network file. */
export const NETWORK_FILE_LENGTH_MAX = 65_536;

/** A network file that cannot be used. `field` and `problem` are the first of its problems. */
export class NetworkFileError extends Error {
  override readonly name = 'NetworkFileError';
  /** Path of the field, for instance `pow.bits`; empty where it is the file as a whole. */
  readonly field: string;
  readonly problem: string;
  /** Everything found wrong, in the order of the fields. */
  readonly problems: readonly FieldProblem[];

  constructor(first: FieldProblem, ...others: readonly FieldProblem[]) {
    super(`${first.field === '' ? 'the network file' : `network file: ${first.field}`} ${first.problem}`);
    this.field = first.field;
    this.problem = first.problem;
    this.problems = [first, ...others];
  }
}

const U32_MAX = 0xffffffff;
const HEIGHT_MAX = 0x7fffffff;
const SAFE_AMOUNT_MAX = 9_007_199_254_740_991n;
const YEAR_SECONDS = 31_536_000;

/** Most difficulty bits: 2^64 tries are more than anybody makes for a network of their own. */
export const DIFFICULTY_BITS_MAX = 64;

/** A block must fit into one peer message, whose limit is 4,000,000 bytes; a template must fit beside its reserve. */
const BLOCK_WEIGHT = { min: 20_000, max: 4_000_000 };
const BLOCK_SIGOPS_COST = { min: 400, max: 4_000_000 };

/** Core keeps 288 blocks at least, and tells its peers so (NODE_NETWORK_LIMITED, BIP-159). */
const PRUNE_KEEP_BLOCKS = { min: 288, max: HEIGHT_MAX };
const PRUNE_AFTER_HEIGHT = { min: 0, max: HEIGHT_MAX };

/** Longest prefix with which a bech32 text of a 40-byte program still has the 90 characters that BIP-173 allows. */
const BECH32_PREFIX_LENGTH_MAX = 18;

/** Compact bits of a difficulty of `n` bits: a hash is at most 2^(256 - n). The built-in network has 26, 0x1d400000. */
export function bitsOfDifficulty(difficultyBits: number): number {
  return encodeBits(1n << BigInt(256 - difficultyBits));
}

/** Names in an object's text, by how often they stand there; `text` is JSON. */
function namesInText(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [token, colon] of text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)) {
    if (colon === undefined) continue;
    const name = JSON.parse(token.slice(0, -colon.length)) as string;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/** A name that stands twice in one object of the text. JSON.parse takes the last of the two without a word. */
function repeatedName(text: string, json: unknown): string | undefined {
  const counts = namesInText(text);
  const values = [json];
  while (values.length > 0) {
    const value = values.pop();
    if (typeof value !== 'object' || value === null) continue;
    for (const [name, inner] of Object.entries(value)) {
      values.push(inner);
      if (!Array.isArray(value)) counts.set(name, counts.get(name)! - 1);
    }
  }
  return [...counts].find(([, count]) => count > 0)?.[0];
}

/** JSON of a network file's text, its fields unchecked. @throws NetworkFileError where it is too long, not JSON, or has a field twice */
export function parseNetworkJson(text: string): unknown {
  if (text.length > NETWORK_FILE_LENGTH_MAX)
    throw new NetworkFileError({ field: '', problem: `has ${text.length} characters; the limit is ${NETWORK_FILE_LENGTH_MAX}` });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    // The engine's message may repeat a piece of the text: it is shown, so only as printable characters.
    const message = error instanceof Error ? error.message.replace(/[^\x20-\x7e]/g, '?') : '';
    throw new NetworkFileError({ field: '', problem: `is not JSON: ${message}` });
  }
  const repeated = repeatedName(text, json);
  if (repeated !== undefined) throw new NetworkFileError({ field: pathOf('', repeated), problem: 'stands there twice' });
  return json;
}

/**
 * The network of a file's content, each field checked.
 *
 * @throws NetworkFileError with every problem found
 */
export function networkFromFile(json: unknown): NetworkParams {
  return deepFreeze(readChecked(json, { mineOne: false }));
}

/**
 * The rules of a definition whose genesis is still to be mined, each field of it checked.
 *
 * @throws NetworkFileError with every problem found; also where it has a genesis block already, or a name that is taken
 */
export function rulesOfDefinition(json: unknown): Omit<ConsensusParams, 'genesisHash'> {
  const { name, consensus } = readChecked(json, { mineOne: true });
  if (isReservedName(name)) throw new NetworkFileError(reservedName(name));
  const { genesisHash: _, ...rules } = consensus;
  return rules;
}

/** Names that only the networks of this house and Bitcoin's may have: a data folder is named after its network. */
const RESERVED_NAMES: readonly string[] = ['quoin', 'regtest', 'signet', 'testnet', 'testnet3', 'testnet4', 'test', 'main', 'bitcoin'];

/** Whether a network of a user's own must not have this name. */
export function isReservedName(name: string): boolean {
  return RESERVED_NAMES.includes(name);
}

/** The problem of a file with such a name. */
export function reservedName(name: string): FieldProblem {
  return { field: 'name', problem: `"${name}" belongs to another network: choose a name of your own` };
}

function readChecked(json: unknown, options: { readonly mineOne: boolean }): NetworkParams {
  const problems: FieldProblem[] = [];
  const reader = new FieldReader(json, '', problems);
  const params = readNetwork(reader, options);
  reader.end();
  const [first, ...others] = problems;
  if (first !== undefined) throw new NetworkFileError(first, ...others);
  return params;
}

function readNetwork(reader: FieldReader, options: { readonly mineOne: boolean }): NetworkParams {
  const name = reader.text('name', isNetworkName, '1 to 32 characters of a-z, 0-9 and -');
  const magic = reader.has('magic') ? reader.hex('magic', { min: 4, max: 4 }) : undefined;
  const ports = readPorts(reader.object('ports'));
  const listenOnAllInterfaces = reader.boolean('listenOnAllInterfaces');
  const dnsSeeds = reader.texts('seeds', isHostName, { countMax: 64, wanted: 'host names' });
  const addresses = readAddresses(reader.object('addresses'));
  const rules = readRules(reader);
  const genesis = options.mineOne ? standInGenesis(reader) : readGenesis(reader, rules.pow.bits);
  const pruneKeepBlocks = reader.integer('pruneKeepBlocks', PRUNE_KEEP_BLOCKS);
  const pruneAfterHeight = reader.has('pruneAfterHeight') ? reader.integer('pruneAfterHeight', PRUNE_AFTER_HEIGHT) : pruneKeepBlocks;
  const known = readKnown(reader);
  const consensus: ConsensusParams = { genesisHash: genesis.header.hash, ...rules };
  return {
    name,
    messageStart: magic ?? messageStartOf(rulesToFile(genesis, consensus)),
    ports,
    dnsSeeds,
    ...addresses,
    genesis,
    pruneKeepBlocks,
    pruneAfterHeight,
    listenOnAllInterfaces,
    ...known,
    consensus,
  };
}

/** Whether a text can name a network, and with it a folder. */
export function isNetworkName(text: string): boolean {
  return /^[a-z0-9-]{1,32}$/.test(text);
}

function isHostName(text: string): boolean {
  return text.length <= 253 && /^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.?$/.test(text);
}

function readPorts(reader: FieldReader): NetworkParams['ports'] {
  const limits = { min: 0, max: 65_535 };
  const ports = {
    p2p: reader.integer('p2p', limits),
    http: reader.integer('http', limits),
    stratum: reader.integer('stratum', limits),
    electrum: reader.integer('electrum', limits),
  };
  const used = new Set<number>();
  for (const [key, port] of Object.entries(ports)) {
    if (port !== 0 && used.has(port)) reader.refuse(key, `is ${port}, which another port of this network has already`);
    used.add(port);
  }
  reader.end();
  return ports;
}

function readAddresses(reader: FieldReader): Pick<NetworkParams, 'bech32Prefix' | 'base58' | 'bip32' | 'coinType'> {
  const version = { min: 0, max: 255 };
  const bech32Prefix = reader.text(
    'bech32Prefix',
    (text) => text.length <= BECH32_PREFIX_LENGTH_MAX && /^[a-z0-9]+$/.test(text),
    `1 to ${BECH32_PREFIX_LENGTH_MAX} characters of a-z and 0-9`,
  );
  const base58Reader = reader.object('base58');
  const base58 = {
    pubkeyHash: base58Reader.integer('pubkeyHash', version),
    scriptHash: base58Reader.integer('scriptHash', version),
    privateKey: base58Reader.integer('privateKey', version),
  };
  if (base58.pubkeyHash === base58.scriptHash) base58Reader.refuse('scriptHash', 'must differ from pubkeyHash');
  base58Reader.end();
  const bip32Reader = reader.object('bip32');
  const bip32 = { public: bip32Reader.hexU32('public'), private: bip32Reader.hexU32('private') };
  if (bip32.public === bip32.private) bip32Reader.refuse('private', 'must differ from public');
  bip32Reader.end();
  const coinType = reader.integer('coinType', { min: 0, max: HEIGHT_MAX });
  reader.end();
  return { bech32Prefix, base58, bip32, coinType };
}

function readRules(reader: FieldReader): Omit<ConsensusParams, 'genesisHash'> {
  const pow = readPow(reader.object('pow'));
  const limits = reader.object('limits');
  const maxBlockWeightWu = limits.integer('blockWeight', BLOCK_WEIGHT);
  const maxBlockSigopsCost = limits.integer('blockSigopsCost', BLOCK_SIGOPS_COST);
  const maxMoney = limits.amount('maxMoney', SAFE_AMOUNT_MAX);
  limits.end();
  const subsidyReader = reader.object('subsidy');
  const initial = subsidyReader.amount('initial', SAFE_AMOUNT_MAX);
  if (initial > maxMoney) subsidyReader.refuse('initial', `is ${initial}, over limits.maxMoney, ${maxMoney}`);
  const subsidy = { initial, halvingInterval: subsidyReader.integerOrNull('halvingInterval', { min: 1, max: HEIGHT_MAX }) };
  subsidyReader.end();
  const coinbaseMaturity = reader.integer('coinbaseMaturity', { min: 1, max: 1_000_000 });
  const heights = readHeights(reader.object('activationHeights'));
  const time = reader.object('time');
  const futureTime = readFutureTime(time.object('future'));
  time.end();
  const history = readHistory(reader);
  const signetChallenge = readSignetChallenge(reader);
  const sizes = { maxMoney, maxBlockWeightWu, maxBlockSigopsCost };
  return { pow, subsidy, ...sizes, coinbaseMaturity, heights, futureTime, history, signetChallenge };
}

function readPow(reader: FieldReader): PowParams {
  const retarget = reader.word('retarget', ['none', 'bitcoin', 'testnet', 'bip94']);
  const bits = readBits(reader);
  const limit = reader.has('limit') ? readTarget(reader, 'limit') : decodeBits(bits).target;
  if (reader.sound && encodeBits(limit) !== bits) reader.refuse('limit', 'does not round to the target that the bits say');
  const spacingSeconds = reader.integer('spacingSeconds', { min: 1, max: YEAR_SECONDS });
  const timespanSeconds = reader.integer('timespanSeconds', { min: 1, max: YEAR_SECONDS });
  if (timespanSeconds % spacingSeconds !== 0) reader.refuse('timespanSeconds', 'must be a multiple of spacingSeconds');
  reader.end();
  return { retarget, bits, limit, spacingSeconds, timespanSeconds };
}

/** Whether bits say a target, in the one form that `encodeBits` gives it. */
function areTargetBits(bits: number): boolean {
  const { target, negative, overflow } = decodeBits(bits);
  return !negative && !overflow && target > 0n && encodeBits(target) === bits;
}

function readBits(reader: FieldReader): number {
  if (reader.has('difficultyBits')) {
    if (reader.has('bits')) reader.refuse('difficultyBits', 'and bits say the same thing: leave one of them out');
    return bitsOfDifficulty(reader.integer('difficultyBits', { min: 1, max: DIFFICULTY_BITS_MAX }));
  }
  const accepts = (text: string): boolean => /^[0-9a-fA-F]{8}$/.test(text) && areTargetBits(Number.parseInt(text, 16));
  return Number.parseInt(reader.text('bits', accepts, '8 hexadecimal digits, the compact form of a target'), 16) >>> 0;
}

function readTarget(reader: FieldReader, key: string): Target {
  return hashToNumber(reader.hex(key, { min: 32, max: 32 }).reverse()) as Target;
}

function readHeights(reader: FieldReader): ActivationHeights {
  const limits = { min: 0, max: HEIGHT_MAX };
  const heights = {
    bip34: reader.integer('bip34', limits),
    bip65: reader.integer('bip65', limits),
    bip66: reader.integer('bip66', limits),
    csv: reader.integer('csv', limits),
    segwit: reader.integer('segwit', limits),
    taproot: reader.integer('taproot', limits),
  };
  reader.end();
  return heights;
}

function readFutureTime(reader: FieldReader): FutureTimeRule {
  const limits = { min: 1, max: YEAR_SECONDS };
  const kind = reader.word('kind', ['wall-clock', 'chain']);
  const rule: FutureTimeRule =
    kind === 'chain'
      ? { kind, maxStepSeconds: reader.integer('maxStepSeconds', limits) }
      : { kind, maxSeconds: reader.integer('maxSeconds', limits) };
  reader.end();
  return rule;
}

/** A block in the place of one that is still to be mined; nothing but the rules beside it is kept. */
function standInGenesis(parent: FieldReader): Block {
  if (parent.value('genesis') !== MINE_ONE) parent.refuse('genesis', `must be "${MINE_ONE}" in a definition`);
  return makeGenesis({ text: '-', timeSeconds: 0, bits: 0, nonce: 0, version: 1, reward: 0n, outputScript: UNSPENDABLE_SCRIPT });
}

function readGenesis(parent: FieldReader, bits: number): Block {
  if (parent.value('genesis') === MINE_ONE) {
    parent.refuse('genesis', 'is still to be mined: `quoin network create` does it');
    return standInGenesis(parent);
  }
  const reader = parent.object('genesis');
  const text = reader.text('text', isGenesisText, GENESIS_TEXT_WANTED);
  const block = makeGenesis({
    text: text === '' ? '-' : text,
    timeSeconds: reader.integer('timeSeconds', { min: 0, max: U32_MAX }),
    bits,
    nonce: reader.integer('nonce', { min: 0, max: U32_MAX }),
    version: reader.integer('version', { min: -0x80000000, max: 0x7fffffff }),
    reward: reader.amount('reward', SAFE_AMOUNT_MAX),
    outputScript: reader.hex('outputScript', { min: 1, max: 10_000 }),
  });
  const hash = toDisplayHex(block.header.hash);
  const wanted = reader.has('hash') ? toHex(reader.hex('hash', { min: 32, max: 32 })) : hash;
  // Where something else is wrong, the block is not the one that was meant.
  if (reader.sound && wanted !== hash) reader.refuse('hash', `is not that of the block which the other fields make, ${hash}`);
  if (reader.sound && !meetsOwnTarget(block.header)) reader.refuse('nonce', `does not meet pow: the block's hash is ${hash}`);
  reader.end();
  return block;
}
