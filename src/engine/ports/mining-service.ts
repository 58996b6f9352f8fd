import type { BlockHash } from '../../core/primitives/ids.ts';
import type { CancelSignal } from './cancel-signal.ts';

/** What the miner does. */
export interface MiningState {
  readonly running: boolean;
  readonly workers: number;
  /** Hashes a second over the last seconds, 0 while it is not running. */
  readonly hashRate: number;
  readonly blocksFound: number;
  /** Where the reward goes. */
  readonly address: string | undefined;
}

/** Making blocks. */
export interface MiningService {
  state(): MiningState;
  /** Default: as many workers as cores, to the wallet's address. @throws NodeError `option-invalid` where there is neither address nor wallet */
  start(options?: { readonly workers?: number; readonly script?: Uint8Array }): Promise<void>;
  stop(): Promise<void>;
  /**
   * Mines `count` blocks one after another, whatever `start` does. Ends early when `maxTries` hashes were tried, when `signal` says so
   * or when the node stops; what was mined stays.
   */
  generate(options: {
    readonly count: number;
    readonly script: Uint8Array;
    readonly maxTries?: bigint;
    readonly signal?: CancelSignal;
  }): Promise<readonly BlockHash[]>;
}
