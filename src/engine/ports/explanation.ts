/**
 * Why a transaction or a block is refused, in full: what `explain` answers.
 *
 * @module
 */

import type { Rejection, RejectionKind } from '../../core/consensus/rejection.ts';
import type { Blame } from '../../core/consensus/rules.ts';
import type { Block } from '../../core/primitives/block.ts';
import type { BlockHash, Txid } from '../../core/primitives/ids.ts';
import type { OutPoint, Satoshis, Transaction, TxOutput } from '../../core/primitives/transaction.ts';
import type { FlagName } from '../../core/script/flags.ts';
import type { ScriptError } from '../../core/script/script-error.ts';
import type { ScriptRole } from '../../core/script/trace.ts';

/** Bytes of which perhaps only the first are shown. */
export interface CutBytes {
  readonly sizeBytes: number;
  /** The first of them. */
  readonly bytes: Uint8Array;
}

/** A stack of which perhaps only the top is shown. */
export interface StackView {
  /** How many elements it has. */
  readonly count: number;
  /** The topmost of them, the top last. */
  readonly top: readonly CutBytes[];
}

/** One operation, and the stacks that it found. */
export interface ExplainedStep {
  readonly role: ScriptRole;
  /** Where it begins in its script, in bytes. */
  readonly offset: number;
  /** Its position among the operations of its script, from 0. */
  readonly position: number;
  /** Core's name; pushes of 1 to 75 bytes are `PUSH`. */
  readonly opcode: string;
  /** What it pushes from the script, if it is such a push. */
  readonly data: CutBytes | undefined;
  /** False in a branch that was not taken. */
  readonly executed: boolean;
  readonly stack: StackView;
  /** As it was after the operation: few operations change it. */
  readonly altStack: StackView;
  /** Why it failed the script. */
  readonly error: ScriptError | undefined;
}

/** How the scripts of one input ran, to where they failed. */
export interface ScriptTrace {
  readonly inputIndex: number;
  readonly prevout: OutPoint;
  readonly value: Satoshis;
  readonly scriptPubKey: CutBytes;
  /** The rules that the scripts were held to. */
  readonly flags: readonly FlagName[];
  readonly error: ScriptError;
  /** Core's sentence for it. */
  readonly text: string;
  /** How many operations ran; `steps` has the last of them. */
  readonly stepCount: number;
  readonly steps: readonly ExplainedStep[];
  /** The stack when it ended; undefined where no operation ran. */
  readonly end: StackView | undefined;
}

/** Where in a transaction or a block a rule is broken, as far as one place is to name. */
export interface Position {
  /** In a block: which transaction, from 0. */
  readonly transaction?: number;
  readonly txid?: Txid;
  readonly input?: number;
  readonly output?: number;
  /** What the input spends. */
  readonly prevout?: OutPoint;
}

/**
 * What was looked at, in order: `alone` needs nothing else; `header` needs the blocks before it; `context` its place in the chain and the
 * mempool; `coins` what it spends; `scripts` runs them.
 */
export type Stage = 'alone' | 'header' | 'context' | 'coins' | 'scripts';

/** It breaks no rule that could be looked at. */
export interface Accepted {
  readonly accepted: true;
  /** Rules of these stages hold. */
  readonly checked: readonly Stage[];
  /** Why further stages were not looked at; undefined where all were. */
  readonly unchecked: string | undefined;
}

/** It breaks a rule. */
export interface Refused {
  readonly accepted: false;
  readonly kind: RejectionKind;
  /** Core's word. */
  readonly reason: string;
  /** The rule in a sentence, and where it is written. */
  readonly rule: string;
  readonly source: string;
  readonly blame: Blame;
  readonly position: Position;
  readonly detail: NonNullable<Rejection['detail']>;
  /** Where a script fails. */
  readonly script: ScriptTrace | undefined;
  /** Of a transaction whose script policy refuses: whether the scripts hold under the rules of blocks. Else undefined. */
  readonly validInBlock: boolean | undefined;
}

/** What is said of a transaction or a block. */
export type Verdict = Accepted | Refused;

/** A verdict and what it is about. */
export type Explanation =
  | { readonly kind: 'transaction'; readonly txid: Txid; readonly verdict: Verdict }
  | { readonly kind: 'block'; readonly hash: BlockHash; readonly verdict: Verdict };

/** Says why. Nothing is kept, and nobody is told. */
export interface ExplainService {
  /**
   * Why the mempool would refuse a transaction; with `spentOutputs` (one for each input) as if these were there and old enough, whatever
   * the chain has.
   */
  transaction(tx: Transaction, spentOutputs?: readonly TxOutput[]): Promise<Explanation>;
  /** Why the chain would refuse a block, on whichever known block it builds. One that was refused before is judged anew. */
  block(block: Block): Promise<Explanation>;
}
