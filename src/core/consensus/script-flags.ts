import type { ActivationHeights, ConsensusParams } from '../params/types.ts';
import { FLAG } from '../script/flags.ts';

/** Each soft fork in scripts with the height it holds from. P2SH (BIP-16) holds from the first block on, as in Core. */
const FLAGS_FROM: readonly (readonly [keyof ActivationHeights, number])[] = [
  ['bip66', FLAG.DERSIG],
  ['bip65', FLAG.CHECKLOCKTIMEVERIFY],
  ['csv', FLAG.CHECKSEQUENCEVERIFY],
  ['segwit', FLAG.WITNESS | FLAG.NULLDUMMY],
  ['taproot', FLAG.TAPROOT],
];

/** Verification flags of the scripts in a block at a height. Core's `GetBlockScriptFlags`. */
export function scriptFlagsAt(height: number, { heights }: ConsensusParams): number {
  let flags: number = FLAG.P2SH;
  for (const [fork, added] of FLAGS_FROM) if (height >= heights[fork]) flags |= added;
  return flags;
}
