import type { Subnet } from '../../core/wire/subnet.ts';

/** Addresses that may not connect, by the wall clock. */
export interface Ban {
  readonly subnet: Subnet;
  readonly createdSeconds: number;
  readonly untilSeconds: number;
}

/** Where bans are kept. */
export interface BanStore {
  /** Nothing where there is nothing yet, or what is there cannot be understood. */
  load(): Promise<readonly Ban[]>;
  /** Replaces what was kept, in one step. */
  save(bans: readonly Ban[]): Promise<void>;
}
