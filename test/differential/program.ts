/**
 * What a script is to a run: its bytes, what satisfies it, and what it asks of the transaction.
 *
 * @module
 */

import type { Chance } from './chance.ts';
import type { Signer, SpendSite, TestKeys } from './signing.ts';

/** What a spending transaction must say for a script. */
export interface Needs {
  readonly lockTime?: number;
  /** The input's sequence; its coin must be so old. */
  readonly sequence?: number;
}

/** A script and what satisfies it. */
export interface Program {
  readonly kind: string;
  readonly script: Uint8Array;
  readonly needs?: Needs;
  /** Items for the stack, the lowest first. */
  solve(site: SpendSite, signer: Signer): Uint8Array[];
}

/** What a program is made of. */
export interface ProgramSource {
  readonly chance: Chance;
  readonly keys: readonly TestKeys[];
  /** Heights and times that locks may be set to: those of the next block, as yet. */
  readonly height: number;
  readonly medianTimeSeconds: number;
}
