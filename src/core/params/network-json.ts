/**
 * A network as JSON: the shape of a network file, and a network written in it.
 *
 * @module
 */

import { toHex } from '../base/bytes.ts';
import type { Block } from '../primitives/block.ts';
import { toDisplayHex } from '../primitives/ids.ts';
import { genesisFieldsOf } from './genesis.ts';
import { messageStartOf } from './message-start.ts';
import type {
  ActivationHeights,
  ConsensusParams,
  Deployment,
  FilterCheckpoint,
  FutureTimeRule,
  NetworkHistory,
  NetworkParams,
  RetargetRule,
  ScriptRule,
  SnapshotBase,
} from './types.ts';

/** What a definition says in place of a genesis block that is still to be mined. */
export const MINE_ONE = 'mine one';

/** The genesis block in a file. */
export interface GenesisFile {
  readonly text: string;
  readonly timeSeconds: number;
  readonly version: number;
  readonly nonce: number;
  /** Base units. */
  readonly reward: number;
  /** Hexadecimal. */
  readonly outputScript: string;
  /** Display order. */
  readonly hash?: string;
}

/** What happened before the rules were as they are, in a file. What is left out is nothing. */
export interface HistoryFile {
  /** Display order. */
  readonly bip34Hash?: string;
  /** Display order. */
  readonly bip30Repeats?: readonly string[];
  readonly scriptExceptions?: readonly { readonly block: string; readonly rules: readonly ScriptRule[] }[];
}

/** A block whose coins may be taken from a file. */
export interface SnapshotBaseFile {
  readonly height: number;
  /** Display order. */
  readonly block: string;
  /** `txoutset_hash` of `dumptxoutset`. */
  readonly coinsHash: string;
  readonly chainTxCount: number;
}

/** A block whose filter header is known. */
export interface FilterCheckpointFile {
  readonly height: number;
  /** Display order. */
  readonly block: string;
  /** `header` of `getblockfilter`. */
  readonly filterHeader: string;
}

/** What a network file says. Amounts are base units; everything hexadecimal is text. */
export interface NetworkFile {
  readonly name: string;
  /** First four bytes of every peer message, 8 hexadecimal digits. */
  readonly magic?: string;
  readonly ports: { readonly p2p: number; readonly http: number; readonly stratum: number; readonly electrum: number };
  readonly listenOnAllInterfaces: boolean;
  readonly seeds: readonly string[];
  readonly addresses: {
    readonly bech32Prefix: string;
    readonly base58: { readonly pubkeyHash: number; readonly scriptHash: number; readonly privateKey: number };
    /** 8 hexadecimal digits each. */
    readonly bip32: { readonly public: string; readonly private: string };
    readonly coinType: number;
  };
  readonly genesis: GenesisFile | typeof MINE_ONE;
  /** Either `bits`, 8 hexadecimal digits, or `difficultyBits`: a hash is at most 2^(256 - n). */
  readonly pow: {
    readonly retarget: RetargetRule;
    readonly bits?: string;
    readonly difficultyBits?: number;
    /** 64 hexadecimal digits, the most significant first. */
    readonly limit?: string;
    readonly spacingSeconds: number;
    readonly timespanSeconds: number;
  };
  readonly subsidy: { readonly initial: number; readonly halvingInterval: number | null };
  readonly limits: { readonly blockWeight: number; readonly blockSigopsCost: number; readonly maxMoney: number };
  readonly coinbaseMaturity: number;
  readonly activationHeights: ActivationHeights;
  readonly time: { readonly future: FutureTimeRule };
  readonly history?: HistoryFile;
  /** Hexadecimal: the script of BIP-325. */
  readonly signetChallenge?: string;
  readonly pruneKeepBlocks: number;
  readonly pruneAfterHeight?: number;
  /** 64 hexadecimal digits, the most significant first. */
  readonly minimumChainWork?: string;
  /** Display order. */
  readonly assumeValid?: string;
  /** Blocks whose coins may be taken from a file; hashes in display order. */
  readonly assumeutxo?: readonly SnapshotBaseFile[];
  /** Blocks from which on light clients ask for filter headers; hashes in display order. */
  readonly filterCheckpoints?: readonly FilterCheckpointFile[];
  readonly deployments?: readonly Deployment[];
}

/** The fields of a file that make blocks valid or not. */
export type RulesFile = Pick<
  NetworkFile,
  'genesis' | 'pow' | 'subsidy' | 'limits' | 'coinbaseMaturity' | 'activationHeights' | 'time' | 'history' | 'signetChallenge'
>;

/**
 * The rules of a network as a file says them. However the file was written, they come out the same: the message start is made of this.
 * What a network does not have is left out, so that a rule which is new to this program changes no message start.
 */
export function rulesToFile(genesis: Block, consensus: Omit<ConsensusParams, 'genesisHash'>): RulesFile {
  const { pow, subsidy, heights, futureTime, history, signetChallenge } = consensus;
  return {
    genesis: genesisToFile(genesis),
    pow: {
      retarget: pow.retarget,
      bits: hexU32(pow.bits),
      limit: hexU256(pow.limit),
      spacingSeconds: pow.spacingSeconds,
      timespanSeconds: pow.timespanSeconds,
    },
    subsidy: { initial: Number(subsidy.initial), halvingInterval: subsidy.halvingInterval },
    limits: {
      blockWeight: consensus.maxBlockWeightWu,
      blockSigopsCost: consensus.maxBlockSigopsCost,
      maxMoney: Number(consensus.maxMoney),
    },
    coinbaseMaturity: consensus.coinbaseMaturity,
    activationHeights: { ...heights },
    time: { future: { ...futureTime } },
    ...historyToFile(history),
    ...(signetChallenge === null ? {} : { signetChallenge: toHex(signetChallenge) }),
  };
}

function historyToFile({ bip34Hash, bip30Repeats, scriptExceptions }: NetworkHistory): { readonly history?: HistoryFile } {
  if (bip34Hash === null && bip30Repeats.length === 0 && scriptExceptions.length === 0) return {};
  return {
    history: {
      ...(bip34Hash === null ? {} : { bip34Hash: toDisplayHex(bip34Hash) }),
      ...(bip30Repeats.length === 0 ? {} : { bip30Repeats: bip30Repeats.map(toDisplayHex) }),
      ...(scriptExceptions.length === 0
        ? {}
        : { scriptExceptions: scriptExceptions.map(({ blockHash, rules }) => ({ block: toDisplayHex(blockHash), rules: [...rules] })) }),
    },
  };
}

/** A genesis block as a file says it. */
export function genesisToFile(block: Block): GenesisFile {
  const { text, timeSeconds, version, nonce, reward, outputScript } = genesisFieldsOf(block);
  const hash = toDisplayHex(block.header.hash);
  return { text, timeSeconds, version, nonce, reward: Number(reward), outputScript: toHex(outputScript), hash };
}

/** A network as a file; reading it gives an equal network. The magic is written only where it does not follow from the rules. */
export function networkToFile(params: NetworkParams): NetworkFile {
  const { base58, bip32 } = params;
  const rules = rulesToFile(params.genesis, params.consensus);
  const magic = toHex(params.messageStart);
  return {
    name: params.name,
    ...(magic === toHex(messageStartOf(rules)) ? {} : { magic }),
    ports: { ...params.ports },
    listenOnAllInterfaces: params.listenOnAllInterfaces,
    seeds: [...params.dnsSeeds],
    addresses: {
      bech32Prefix: params.bech32Prefix,
      base58: { ...base58 },
      bip32: { public: hexU32(bip32.public), private: hexU32(bip32.private) },
      coinType: params.coinType,
    },
    ...rules,
    pruneKeepBlocks: params.pruneKeepBlocks,
    ...(params.pruneAfterHeight === params.pruneKeepBlocks ? {} : { pruneAfterHeight: params.pruneAfterHeight }),
    ...(params.minimumChainWork === 0n ? {} : { minimumChainWork: hexU256(params.minimumChainWork) }),
    ...(params.assumeValid === null ? {} : { assumeValid: toDisplayHex(params.assumeValid) }),
    ...(params.assumeUtxo.length === 0 ? {} : { assumeutxo: params.assumeUtxo.map(snapshotBaseToFile) }),
    ...(params.filterCheckpoints.length === 0 ? {} : { filterCheckpoints: params.filterCheckpoints.map(filterCheckpointToFile) }),
    ...(params.deployments.length === 0 ? {} : { deployments: params.deployments.map((deployment) => ({ ...deployment })) }),
  };
}

function snapshotBaseToFile({ height, blockHash, coinsHash, chainTxCount }: SnapshotBase): SnapshotBaseFile {
  return { height, block: toDisplayHex(blockHash), coinsHash: toDisplayHex(coinsHash), chainTxCount };
}

function filterCheckpointToFile({ height, blockHash, filterHeader }: FilterCheckpoint): FilterCheckpointFile {
  return { height, block: toDisplayHex(blockHash), filterHeader: toDisplayHex(filterHeader) };
}

function hexU256(value: bigint): string {
  return value.toString(16).padStart(64, '0');
}

function hexU32(value: number): string {
  return value.toString(16).padStart(8, '0');
}
