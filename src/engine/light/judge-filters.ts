/**
 * Which of several filters that peers stand for is not a block's, as far as the block itself tells.
 *
 * @module
 */

import { bytesEqual } from '../../core/base/bytes.ts';
import { BasicFilterBuilder, basicFilterMatchesAll, isFilteredOutput } from '../../core/filters/basic-filter.ts';
import { codedSetCount } from '../../core/filters/coded-set.ts';
import type { Block } from '../../core/primitives/block.ts';
import { DecodeError } from '../../core/primitives/decode-error.ts';
import { type HashKey, hashKey } from '../../core/primitives/ids.ts';
import { isCoinbase, outPointKey } from '../../core/primitives/transaction.ts';
import { spentScriptOf } from './spent-script.ts';

/** `refuted`: it is not the block's filter. `open`: nothing speaks against it; of several that stay open at most one is right. */
export type FilterVerdict = 'refuted' | 'open';

/** What a block tells of its filter. */
interface BlockScripts {
  /** Scripts that are in it for certain: of outputs, and of those that the block itself spends again. */
  readonly certain: readonly Uint8Array[];
  /** Scripts that inputs show, of coins of earlier blocks. */
  readonly derived: readonly Uint8Array[];
  /** Inputs that spend coins of earlier blocks: each can bring one script more, whatever it looks like. */
  readonly outerInputs: number;
  /** Whether each of them shows what it spends. */
  readonly isComplete: boolean;
}

function scriptsOf({ transactions }: Block): BlockScripts {
  const certain = new Map<HashKey, Uint8Array>();
  const derived = new Map<HashKey, Uint8Array>();
  const made = new Map<HashKey, Uint8Array>();
  let outerInputs = 0;
  let isComplete = true;
  for (const tx of transactions) {
    tx.outputs.forEach(({ scriptPubKey }, vout) => {
      made.set(outPointKey({ txid: tx.txid, vout }), scriptPubKey);
      if (isFilteredOutput(scriptPubKey)) certain.set(hashKey(scriptPubKey), scriptPubKey);
    });
  }
  for (const tx of transactions) {
    if (isCoinbase(tx)) continue;
    for (const input of tx.inputs) {
      const known = made.get(outPointKey(input.prevout));
      if (known === undefined) outerInputs++;
      const script = known ?? spentScriptOf(input);
      if (script === undefined) isComplete = false;
      else if (script.length > 0) (known === undefined ? derived : certain).set(hashKey(script), script);
    }
  }
  for (const key of certain.keys()) derived.delete(key);
  return { certain: [...certain.values()], derived: [...derived.values()], outerInputs, isComplete };
}

/** Whether a filter can be read, has each of the scripts, and no more than so many. */
function holds(filter: Uint8Array, block: Block, scripts: readonly Uint8Array[], countMax: number): boolean {
  try {
    return codedSetCount(filter) <= countMax && basicFilterMatchesAll(filter, block.header.hash, scripts);
  } catch (error) {
    if (error instanceof DecodeError) return false;
    throw error;
  }
}

/**
 * Judges filters that differ by the block that they are said to be of.
 *
 * A filter is refuted that lacks a script which is in it for certain, has more than the block can give it, or cannot be read. So is one that
 * lacks a script which an input shows, if another has them all; and where every input shows what it spends, one that is not the filter which
 * follows from them, if another is. An input can be dressed up (`spentScriptOf`): therefore what only derived scripts speak against is refuted
 * in favour of another filter alone.
 */
export function judgeFilters(block: Block, filters: readonly Uint8Array[]): readonly FilterVerdict[] {
  const { certain, derived, outerInputs, isComplete } = scriptsOf(block);
  const countMax = certain.length + outerInputs;
  let standing = filters.filter((filter) => holds(filter, block, certain, countMax));
  const whole = standing.filter((filter) => holds(filter, block, derived, countMax));
  if (whole.length > 0) standing = whole;
  if (isComplete) {
    const builder = new BasicFilterBuilder(block.header.hash);
    for (const script of [...certain, ...derived]) builder.addSpent(script);
    const expected = builder.finish();
    const exact = standing.filter((filter) => bytesEqual(filter, expected));
    if (exact.length > 0) standing = exact;
  }
  return filters.map((filter) => (standing.includes(filter) ? 'open' : 'refuted'));
}
