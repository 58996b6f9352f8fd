import type { Transaction, TxOutput } from '../../core/primitives/transaction.ts';

/** All inputs of one transaction. */
export interface ScriptJob {
  readonly tx: Transaction;
  /** The output that each input spends, in order. */
  readonly spentOutputs: readonly TxOutput[];
  /** Verification flags, as `script` defines them. */
  readonly flags: number;
  /**
   * For a transaction that waits: the flags of the next block, under which it is verified as well, so that it need not be when a block has
   * it. No signature is checked twice for it.
   */
  readonly blockFlags?: number;
  /**
   * Flags under which all its scripts are known to hold, since they were run under these before. What follows from that is not computed
   * again: a run under the same flags, and a signature without which an input could not have held.
   */
  readonly heldUnder?: number;
}

/** The first input that fails, by order of jobs and inputs. */
export interface ScriptFailure {
  readonly jobIndex: number;
  readonly inputIndex: number;
  /** Core's name of the script error, for instance `EVAL_FALSE`. */
  readonly error: string;
}

/** Runs scripts. Answers are the same whatever stands behind it: the calling thread or many workers. */
export interface ScriptVerifier {
  /** Whether large jobs run on other threads, so that the caller may do something else meanwhile. */
  readonly isElsewhere?: boolean;
  verify(jobs: readonly ScriptJob[]): Promise<ScriptFailure | undefined>;
  close(): Promise<void>;
}
