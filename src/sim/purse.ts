import type { Secp256k1 } from '../core/crypto/secp256k1.ts';
import { SingleKey } from '../core/signing/single-key.ts';
import type { SimRandom } from './sim-random.ts';

/** A key by chance. All but about one of 2^128 numbers are one. */
function drawKey(secp256k1: Secp256k1, random: SimRandom): Uint8Array {
  for (;;) {
    const key = random.bytes(32);
    if (secp256k1.publicKeyOf(key) !== undefined) return key;
  }
}

/** A user of the simulated network. */
export class Purse extends SingleKey {
  constructor(secp256k1: Secp256k1, random: SimRandom) {
    super(secp256k1, drawKey(secp256k1, random));
  }
}
