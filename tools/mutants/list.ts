/**
 * The bugs that are planted on purpose, room by room.
 *
 * @module
 */

import { CHAIN_MUTANTS } from './list/chain.ts';
import { CONSENSUS_MUTANTS } from './list/consensus.ts';
import { CRYPTO_MUTANTS } from './list/crypto.ts';
import { DOORS_MUTANTS } from './list/doors.ts';
import { LIGHT_MUTANTS } from './list/light.ts';
import { MEMPOOL_MUTANTS } from './list/mempool.ts';
import { SCRIPT_MUTANTS } from './list/script.ts';
import { STORE_MUTANTS } from './list/store.ts';
import { SYNC_MUTANTS } from './list/sync.ts';
import { WIRE_MUTANTS } from './list/wire.ts';
import type { ListedMutant } from './mutant.ts';

/** All of them. */
export const LISTED_MUTANTS: readonly ListedMutant[] = [
  ...CONSENSUS_MUTANTS,
  ...CRYPTO_MUTANTS,
  ...SCRIPT_MUTANTS,
  ...WIRE_MUTANTS,
  ...CHAIN_MUTANTS,
  ...MEMPOOL_MUTANTS,
  ...SYNC_MUTANTS,
  ...LIGHT_MUTANTS,
  ...STORE_MUTANTS,
  ...DOORS_MUTANTS,
];
