import type { ActivationHeights, ConsensusParams, ScriptRule } from '../params/types.ts';
import type { BlockHash, HashKey } from '../primitives/ids.ts';
import { hashKey } from '../primitives/ids.ts';
import { FLAG } from '../script/flags.ts';

/** Soft forks in scripts that a height decides alone. */
const FLAGS_FROM: readonly (readonly [keyof ActivationHeights, number])[] = [
  ['bip66', FLAG.DERSIG],
  ['bip65', FLAG.CHECKLOCKTIMEVERIFY],
  ['csv', FLAG.CHECKSEQUENCEVERIFY],
  ['segwit', FLAG.NULLDUMMY],
];

const FLAG_OF_RULE: Readonly<Record<ScriptRule, number>> = { p2sh: FLAG.P2SH, witness: FLAG.WITNESS, taproot: FLAG.TAPROOT };

/** Flags of the three rules in the blocks that a network excepts, by block; made once for each network. */
const exceptionsOf = new WeakMap<ConsensusParams, ReadonlyMap<HashKey, number>>();

function exceptionFlags(params: ConsensusParams, hash: BlockHash): number | undefined {
  const { scriptExceptions } = params.history;
  if (scriptExceptions.length === 0) return undefined;
  let flags = exceptionsOf.get(params);
  if (flags === undefined) {
    const flagsOf = (rules: readonly ScriptRule[]): number => rules.reduce((sum, rule) => sum | FLAG_OF_RULE[rule], 0);
    flags = new Map(scriptExceptions.map(({ blockHash, rules }) => [hashKey(blockHash), flagsOf(rules)]));
    exceptionsOf.set(params, flags);
  }
  return flags.get(hashKey(hash));
}

/** The three rules that hold from the first block on, or on networks that began with none of them, from a height. */
function earlyFlags(height: number, { heights }: ConsensusParams): number {
  const taproot = height >= heights.taproot;
  const witness = taproot || height >= heights.segwit;
  return FLAG.P2SH | (witness ? FLAG.WITNESS : 0) | (taproot ? FLAG.TAPROOT : 0);
}

/**
 * Verification flags of the scripts in a block. Core's `GetBlockScriptFlags`: P2SH (BIP-16) holds from the first block on, witness
 * programs and taproot too on Bitcoin's networks, but for blocks that are named in the network's history.
 *
 * @param hash - the block's; left out where it is not mined yet
 */
export function scriptFlagsAt(height: number, params: ConsensusParams, hash?: BlockHash): number {
  let flags = (hash === undefined ? undefined : exceptionFlags(params, hash)) ?? earlyFlags(height, params);
  for (const [fork, added] of FLAGS_FROM) if (height >= params.heights[fork]) flags |= added;
  return flags;
}
