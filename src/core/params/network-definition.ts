/**
 * Making a network of one's own: a definition from a few choices, and the mining of its first block.
 *
 * The search for the nonce is the caller's: this room has neither threads nor a clock.
 *
 * @module
 */

import { assert } from '../base/assert.ts';
import type { Block, BlockHeader } from '../primitives/block.ts';
import type { Target } from '../primitives/compact-target.ts';
import { decodeBits } from '../primitives/compact-target.ts';
import type { Satoshis } from '../primitives/transaction.ts';
import { GENESIS_TEXT_WANTED, isGenesisText, makeGenesis, meetsOwnTarget, UNSPENDABLE_SCRIPT } from './genesis.ts';
import { NetworkFileError, rulesOfDefinition } from './network-file.ts';
import type { NetworkFile } from './network-json.ts';
import { genesisToFile, MINE_ONE, networkToFile } from './network-json.ts';
import { quoin } from './quoin.ts';
import type { FutureTimeRule, NetworkPorts } from './types.ts';

/** Choices for a new network; what is left out is as on the `quoin` network. */
export interface NetworkChoices {
  /** 1 to 32 characters of a-z, 0-9 and -; not a built-in network's. */
  readonly name: string;
  /** A hash is at most 2^(256 - n): 2^n tries a block on average. 1 to 64. */
  readonly difficultyBits: number;
  /** Base units that a block creates. */
  readonly reward: Satoshis;
  /** Blocks after which the reward halves; null: never. */
  readonly halvingInterval?: number | null;
  readonly coinbaseMaturity?: number;
  readonly blockWeightWu?: number;
  readonly maxMoney?: Satoshis;
  readonly futureTime?: FutureTimeRule;
  readonly spacingSeconds?: number;
  readonly ports?: NetworkPorts;
  readonly bech32Prefix?: string;
  readonly seeds?: readonly string[];
}

/** What the first block is to say. */
export interface GenesisChoices {
  readonly timeSeconds: number;
  /** `<name> genesis` unless given. */
  readonly text?: string;
}

/** A first block that is still to be mined. */
export interface GenesisPlan {
  /** The header with nonce 0. */
  readonly header: BlockHeader;
  readonly target: Target;
  /** The definition with its genesis block. The nonce must meet the target; no nonce does: plan again with another time. */
  finish(nonce: number): NetworkFile;
}

/** Blocks in a retarget period, Bitcoin's number. */
const BLOCKS_PER_PERIOD = 2016;

/**
 * The file of a new network, its genesis still to be mined.
 *
 * @throws NetworkFileError for a choice that is out of range
 */
export function createNetworkDefinition(choices: NetworkChoices): NetworkFile {
  const { magic: _, ...base } = networkToFile(quoin);
  const spacingSeconds = choices.spacingSeconds ?? base.pow.spacingSeconds;
  const file: NetworkFile = {
    ...base,
    name: choices.name,
    ports: choices.ports ?? base.ports,
    seeds: choices.seeds ?? base.seeds,
    addresses: { ...base.addresses, bech32Prefix: choices.bech32Prefix ?? base.addresses.bech32Prefix },
    genesis: MINE_ONE,
    pow: {
      retarget: 'none',
      difficultyBits: choices.difficultyBits,
      spacingSeconds,
      timespanSeconds: spacingSeconds * BLOCKS_PER_PERIOD,
    },
    subsidy: {
      initial: Number(choices.reward),
      halvingInterval: choices.halvingInterval === undefined ? base.subsidy.halvingInterval : choices.halvingInterval,
    },
    limits: {
      ...base.limits,
      blockWeight: choices.blockWeightWu ?? base.limits.blockWeight,
      maxMoney: choices.maxMoney === undefined ? base.limits.maxMoney : Number(choices.maxMoney),
    },
    coinbaseMaturity: choices.coinbaseMaturity ?? base.coinbaseMaturity,
    time: { future: choices.futureTime ?? base.time.future },
  };
  rulesOfDefinition(file);
  return file;
}

/**
 * The first block of a definition whose genesis says `mine one`, ready for the search of its nonce.
 *
 * @param definition - content of a file, as `createNetworkDefinition` gives it or a user wrote it
 * @throws NetworkFileError for a definition that is wrong in any field, and for a text or time that cannot stand in a block
 */
export function planGenesis(definition: unknown, choices: GenesisChoices): GenesisPlan {
  const { pow, subsidy } = rulesOfDefinition(definition);
  const file = definition as NetworkFile;
  const { timeSeconds, text = `${file.name} genesis` } = choices;
  if (!isGenesisText(text)) throw new NetworkFileError({ field: 'genesis.text', problem: `must be ${GENESIS_TEXT_WANTED}` });
  if (!Number.isInteger(timeSeconds) || timeSeconds < 0 || timeSeconds > 0xffffffff)
    throw new NetworkFileError({ field: 'genesis.timeSeconds', problem: 'must be a whole number from 0 to 4294967295' });
  const blockWith = (nonce: number): Block =>
    makeGenesis({ text, timeSeconds, bits: pow.bits, nonce, version: 1, reward: subsidy.initial, outputScript: UNSPENDABLE_SCRIPT });
  return {
    header: blockWith(0).header,
    target: decodeBits(pow.bits).target,
    finish(nonce: number): NetworkFile {
      const block = blockWith(nonce);
      assert(meetsOwnTarget(block.header), 'the search gave a nonce that meets the target');
      return { ...file, genesis: genesisToFile(block) };
    },
  };
}
