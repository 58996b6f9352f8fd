/**
 * What Bitcoin's own networks have in common.
 *
 * @module
 */

import { assert } from '../base/assert.ts';
import { fromHex } from '../base/bytes.ts';
import type { ConsensusParams } from './types.ts';

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

function scriptOfHex(text: string): Uint8Array {
  const script = fromHex(text);
  assert(script !== undefined, 'a constant is hexadecimal');
  return script;
}
