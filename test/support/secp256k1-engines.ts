/**
 * Every signature engine this machine has. Vectors that say what is valid run with each: a difference between two would split a chain.
 *
 * @module
 */

import { chooseSecp256k1, Secp256k1UnavailableError } from '../../src/core/crypto/node/choose-secp256k1.ts';
import type { Secp256k1 } from '../../src/core/crypto/secp256k1.ts';

/** The system's library, which a machine need not have. */
function nativeEngines(): Secp256k1[] {
  try {
    return [chooseSecp256k1('native')];
  } catch (error) {
    if (error instanceof Secp256k1UnavailableError) return [];
    throw error;
  }
}

/** The engines, by the names under which they are chosen. */
export const engines: readonly Secp256k1[] = [chooseSecp256k1('prebuilt'), chooseSecp256k1('wasm'), ...nativeEngines()];
