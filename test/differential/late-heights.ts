import { Chance } from './chance.ts';
import type { ToldHeights } from './nodes.ts';

const NAMES = ['bip34', 'bip66', 'bip65', 'csv', 'segwit'] as const;

/** First height at which a rule begins, and how many blocks later the next one does. */
const FIRST = 125;
const STRIDE = 20;

/** Heights of the rules, one after another in an order that a seed decides, all above the first blocks of a run. */
export function lateHeights(seed: number): ToldHeights {
  const chance = new Chance(seed);
  const heights: Partial<Record<(typeof NAMES)[number], number>> = {};
  const left: string[] = [...NAMES];
  for (let at = FIRST; left.length > 0; at += chance.between(1, STRIDE)) {
    const [name] = left.splice(chance.below(left.length), 1);
    heights[name as (typeof NAMES)[number]] = at;
  }
  return heights;
}
