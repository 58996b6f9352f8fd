import type { Scene } from './scene.ts';

/**
 * What came of an attack. `R`: what was sent was refused. `D`: who sent it was let go. `I`: it was passed over, and the connection goes on.
 * `B`: what it cost stayed within the bound. `C`: the target is on the chain that an honest node is on.
 */
export type Outcome = 'R' | 'D' | 'I' | 'B' | 'C';

/** What an attacker saw: the outcomes that hold, and in a sentence what they follow from. */
export interface Sight {
  readonly outcomes: readonly Outcome[];
  readonly seen: string;
}

/**
 * What an attack needs before it begins: `nothing` but the target; `tip`, a chain whose tip is known and, where that can be mined, fresh;
 * `blocks`, that blocks of the network can be mined here.
 */
export type AttackNeed = 'nothing' | 'tip' | 'blocks';

/** An adversary that speaks the wire protocol. */
export interface Attack {
  /** In small letters with hyphens. */
  readonly name: string;
  /** Rows of the catalogue of attacks that it plays: P for peers, C for blocks, T for transactions, S for holes of prototypes, N for mining. */
  readonly rows: readonly string[];
  /** Published faults of other nodes that it would bring about. */
  readonly cves?: readonly string[];
  /** What is done, in a sentence. */
  readonly what: string;
  /** Outcomes that must all hold; `D|I` is either. */
  readonly expected: string;
  /** The bound that is asserted, in words. */
  readonly bound: string;
  readonly needs: AttackNeed;
  /** It waits for time-outs of a minute and more. */
  readonly isSlow?: boolean;
  /** Plays it to its end. @throws Unclear where nothing can be said */
  play(scene: Scene): Promise<Sight>;
}

/** Nothing can be said of the target: it does not offer what is attacked, or does not get as far. */
export class Unclear extends Error {
  override readonly name = 'Unclear';
}

/** What was seen, with the outcomes that hold. */
export function sight(seen: string, ...outcomes: readonly (Outcome | undefined)[]): Sight {
  return { seen, outcomes: outcomes.filter((each) => each !== undefined) };
}

/** Expected outcomes that do not hold, as they were written. */
export function missingOutcomes(expected: string, outcomes: readonly Outcome[]): readonly string[] {
  return expected.split(' ').filter((each) => !each.split('|').some((code) => outcomes.includes(code as Outcome)));
}
