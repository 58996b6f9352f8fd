/**
 * The engine of encrypted connections in a page: nothing of it is Node's.
 *
 * @module
 */

import { secp256k1 } from '@noble/curves/secp256k1.js';
import { portableAead } from '../../../src/core/crypto/chacha20-poly1305.ts';
import type { Secp256k1 } from '../../../src/core/crypto/secp256k1.ts';
import type { TransportEngine } from '../../../src/core/crypto/transport-engine.ts';

/** Stands for the choice that Node has. */
export function chooseTransportEngine(engine: Pick<Secp256k1, 'publicKeyOf'>): TransportEngine {
  return {
    publicKeyOf: (privateKey) => engine.publicKeyOf(privateKey),
    sharedX: (point, privateKey) => secp256k1.getSharedSecret(privateKey, point).slice(1),
    aead: portableAead,
  };
}
