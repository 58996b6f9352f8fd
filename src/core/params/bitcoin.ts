/**
 * What Bitcoin's own networks have in common.
 *
 * @module
 */

import { assert } from '../base/assert.ts';
import { fromHex } from '../base/bytes.ts';
import type { BlockHash } from '../primitives/ids.ts';
import { fromDisplayHex } from '../primitives/ids.ts';
import type { ConsensusParams, Deployment, NetworkHistory, NetworkParams, SnapshotBase } from './types.ts';
import { ALWAYS_ACTIVE } from './types.ts';

/** Text in the genesis coinbase of main, signet and regtest. */
export const BITCOIN_GENESIS_TEXT = 'The Times 03/Jan/2009 Chancellor on brink of second bailout for banks';

/** Its output: a push of the key of 65 bytes, OP_CHECKSIG. */
export const BITCOIN_GENESIS_SCRIPT: Uint8Array = scriptOfHex(
  '4104678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb6' +
    '49f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac',
);

/** Amount limit, sizes and maturity of every Bitcoin network. */
export const BITCOIN_LIMITS: Pick<ConsensusParams, 'maxMoney' | 'maxBlockWeightWu' | 'maxBlockSigopsCost' | 'coinbaseMaturity'> = {
  // 21 million coins.
  maxMoney: 2_100_000_000_000_000n,
  // BIP-141.
  maxBlockWeightWu: 4_000_000,
  maxBlockSigopsCost: 80_000,
  coinbaseMaturity: 100,
};

/** A network whose rules never were others. */
export const NO_HISTORY: NetworkHistory = { bip34Hash: null, bip30Repeats: [], scriptExceptions: [] };

/** Texts of keys and coin type of every Bitcoin network but main. */
export const TEST_KEYS: Pick<NetworkParams, 'base58' | 'bip32' | 'coinType'> = {
  base58: { pubkeyHash: 111, scriptHash: 196, privateKey: 239 },
  bip32: { public: 0x043587cf, private: 0x04358394 },
  coinType: 1,
};

/** Retargeting every two weeks, a block wanted every ten minutes. */
export const TWO_WEEKS: { readonly spacingSeconds: number; readonly timespanSeconds: number } = {
  spacingSeconds: 600,
  timespanSeconds: 1_209_600,
};

/** Every rule that has a height holds from block 1, those that Core gives none from the genesis block. */
export const FROM_BLOCK_1: ConsensusParams['heights'] = { bip34: 1, bip65: 1, bip66: 1, csv: 1, segwit: 1, taproot: 0 };

/** Taproot where no chain was ever without it. */
export const TAPROOT_ALWAYS: Deployment = {
  name: 'taproot',
  bit: 2,
  startTimeSeconds: ALWAYS_ACTIVE,
  timeoutSeconds: null,
  minActivationHeight: 0,
  periodBlocks: 2_016,
  thresholdBlocks: 1_512,
};

/** A block whose coins may be taken from a file, of constants in display order. */
export function snapshotBase(of: {
  readonly height: number;
  readonly chainTxCount: number;
  readonly block: string;
  readonly coinsHash: string;
}): SnapshotBase {
  const { height, chainTxCount, block, coinsHash } = of;
  return { height, blockHash: blockHashOf(block), coinsHash: blockHashOf(coinsHash), chainTxCount };
}

/** The block hash that a constant says in display order. */
export function blockHashOf(text: string): BlockHash {
  const hash = fromDisplayHex<BlockHash>(text);
  assert(hash !== undefined, 'a constant is a hash');
  return hash;
}

function scriptOfHex(text: string): Uint8Array {
  const script = fromHex(text);
  assert(script !== undefined, 'a constant is hexadecimal');
  return script;
}
