/**
 * What a network is, as data. Built-in networks and a user's file give the same object, checked by the same code.
 *
 * @module
 */

import type { Block } from '../primitives/block.ts';
import type { ChainWork, Target } from '../primitives/compact-target.ts';
import type { BlockHash } from '../primitives/ids.ts';

/**
 * How the required `bits` follow from the chain.
 * `none`: every block has `pow.bits`. `bitcoin`: every 2016 blocks. `testnet`: the same, and a block 20 minutes late may have
 * the easiest target. `bip94`: as `testnet`, but a period's first block is what the next one is computed from.
 */
export type RetargetRule = 'none' | 'bitcoin' | 'testnet' | 'bip94';

/** Proof of work: SHA-256d of the header must not exceed the target. */
export interface PowParams {
  readonly retarget: RetargetRule;
  /** Compact form of the easiest target, also the genesis block's and, with `none`, every block's. */
  readonly bits: number;
  /** Easiest target allowed; what `bits` says rounds it down. */
  readonly limit: Target;
  /** Wanted seconds between blocks; used by retargeting, and where a time is estimated. */
  readonly spacingSeconds: number;
  /** Length of a retarget period. */
  readonly timespanSeconds: number;
}

/** New coins per block. */
export interface SubsidyParams {
  /** Base units of the first block. */
  readonly initial: bigint;
  /** Blocks after which it halves; null: never. */
  readonly halvingInterval: number | null;
}

/**
 * The latest time a header may say. `wall-clock`: the node's clock plus `maxSeconds`; a block refused for it may be valid later.
 * `chain`: the median of the last 11 blocks plus `maxStepSeconds`; no clock is asked and the refusal is final.
 */
export type FutureTimeRule =
  | { readonly kind: 'wall-clock'; readonly maxSeconds: number }
  | { readonly kind: 'chain'; readonly maxStepSeconds: number };

/** Height from which a rule holds; Core's buried deployments. */
export interface ActivationHeights {
  /** Height in the coinbase. */
  readonly bip34: number;
  /** OP_CHECKLOCKTIMEVERIFY. */
  readonly bip65: number;
  /** Strict DER signatures. */
  readonly bip66: number;
  /** BIP-68, 112 and 113. */
  readonly csv: number;
  /** BIP-141, 143 and 147. */
  readonly segwit: number;
  /**
   * BIP-341 and 342, and with them the running of witness programs: buried like the others. On Bitcoin's networks it is 0, below segwit, since
   * Core runs every block but listed ones with both. Witnesses themselves and NULLDUMMY still begin with segwit.
   */
  readonly taproot: number;
}

/** A soft fork in scripts that came before heights were known for it, and so can be left out of a block only by naming the block. */
export type ScriptRule = 'p2sh' | 'witness' | 'taproot';

/** One block whose scripts break a rule that holds for all others; it was valid when it came. */
export interface ScriptException {
  readonly blockHash: BlockHash;
  /** What holds there of the three rules; those with a height of their own hold besides. */
  readonly rules: readonly ScriptRule[];
}

/** What happened on a network before its rules were as they are now. */
export interface NetworkHistory {
  /**
   * Hash of the block at `heights.bip34`, null where it is not known. On a chain with this block no coinbase repeats another from there on up
   * to `BIP30_AGAIN_HEIGHT`, so that BIP-30 need not be looked at.
   */
  readonly bip34Hash: BlockHash | null;
  /** Blocks whose coinbase repeats an earlier one that was unspent: BIP-30 does not hold for them. */
  readonly bip30Repeats: readonly BlockHash[];
  readonly scriptExceptions: readonly ScriptException[];
}

/** Everything that makes a block valid or not; all that the rules are given. */
export interface ConsensusParams {
  readonly genesisHash: BlockHash;
  readonly pow: PowParams;
  readonly subsidy: SubsidyParams;
  /** Most base units in one output and in the sums of one transaction. */
  readonly maxMoney: bigint;
  readonly maxBlockWeightWu: number;
  readonly maxBlockSigopsCost: number;
  /** A coinbase's outputs can be spent by a block this many blocks later. */
  readonly coinbaseMaturity: number;
  readonly heights: ActivationHeights;
  readonly futureTime: FutureTimeRule;
  readonly history: NetworkHistory;
  /** Script that a solution in every block but the first must satisfy (BIP-325); null on a network where work alone counts. */
  readonly signetChallenge: Uint8Array | null;
}

/** `startTimeSeconds` of a deployment that is active from the first block on. Core's `ALWAYS_ACTIVE`. */
export const ALWAYS_ACTIVE = -1;

/** A soft fork that miners signal for with a bit of the version (BIP-9). */
export interface Deployment {
  readonly name: string;
  /** 0 to 28. */
  readonly bit: number;
  /** Median time past from which it can be signalled, or `ALWAYS_ACTIVE`. */
  readonly startTimeSeconds: number;
  /** Median time past at which it has failed; null: never. */
  readonly timeoutSeconds: number | null;
  /** Locked in, it waits for this height (BIP-8's addition, first used for taproot). */
  readonly minActivationHeight: number;
  /** Blocks over which signals are counted. */
  readonly periodBlocks: number;
  /** Signals in one period that lock it in. */
  readonly thresholdBlocks: number;
}

/** A block whose coins may be taken from a file, since whoever made this version knows their hash. Core's `AssumeutxoData`. */
export interface SnapshotBase {
  readonly height: number;
  readonly blockHash: BlockHash;
  /** Core's `hash_serialized_3` of the coins of the block, wire order. */
  readonly coinsHash: Uint8Array;
  /** Transactions of the chain up to it, the genesis block's among them. */
  readonly chainTxCount: number;
}

/** A block whose filter header is known to whoever made this version, so that those below need not be asked for (BIP-157). */
export interface FilterCheckpoint {
  readonly height: number;
  readonly blockHash: BlockHash;
  /** Of the basic filter, 32 bytes in wire order. */
  readonly filterHeader: Uint8Array;
}

/** Version bytes of Base58Check text. */
export interface Base58Prefixes {
  readonly pubkeyHash: number;
  readonly scriptHash: number;
  readonly privateKey: number;
}

/** Versions of BIP-32 extended keys. */
export interface Bip32Versions {
  readonly public: number;
  readonly private: number;
}

/** Default ports; 0 where a network has none of that kind. */
export interface NetworkPorts {
  readonly p2p: number;
  readonly http: number;
  readonly stratum: number;
  readonly electrum: number;
}

/** One network. Frozen; a variant is made by spreading. */
export interface NetworkParams {
  readonly name: string;
  /** First four bytes of every peer message. */
  readonly messageStart: Uint8Array;
  readonly ports: NetworkPorts;
  /** Host names that answer with addresses of nodes. */
  readonly dnsSeeds: readonly string[];
  readonly bech32Prefix: string;
  readonly base58: Base58Prefixes;
  readonly bip32: Bip32Versions;
  /** BIP-44 coin type, not hardened. */
  readonly coinType: number;
  readonly genesis: Block;
  /** Blocks that pruning always keeps. */
  readonly pruneKeepBlocks: number;
  /** Nothing is pruned while the chain is not longer. Core's `nPruneAfterHeight`. */
  readonly pruneAfterHeight: number;
  /** Whether P2P listens on all interfaces unless told otherwise; else on 127.0.0.1. */
  readonly listenOnAllInterfaces: boolean;
  /** Work that the network's best chain is known to have; a chain with less is not it. 0: nothing is known. */
  readonly minimumChainWork: ChainWork;
  /** A block whose scripts, and those of all before it, were run by whoever made this version; null: none. */
  readonly assumeValid: BlockHash | null;
  /** Blocks whose coins `loadtxoutset` takes from a file. */
  readonly assumeUtxo: readonly SnapshotBase[];
  /** Blocks from which on a light client asks for filter headers, by rising heights. */
  readonly filterCheckpoints: readonly FilterCheckpoint[];
  /** What miners may signal. No rule here depends on it: those that came into force have heights. */
  readonly deployments: readonly Deployment[];
  readonly consensus: ConsensusParams;
}
