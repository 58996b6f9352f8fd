/**
 * A short proof that an engine is what it says, before anything depends on it.
 *
 * @module
 */

import { bytesEqual, fromHex } from '../base/bytes.ts';
import { negateScalar } from './scalar.ts';
import type { Secp256k1 } from './secp256k1.ts';

const bytes = (hex: string): Uint8Array => fromHex(hex)!;

/** What private key 1 signs over 32 zero bytes by RFC 6979 with r ground low; three implementations agree on it. */
const ECDSA_SIGNATURE: Uint8Array = bytes(
  '060067d74aea6a4f1a91427070c41e8f7a04cf55f0653b97b1188e93a1445bf308c8f87359415e2081e45308117362ed16d55b774f5dfdf89d1b686acfe2b44c',
);

/** BIP-340's first vector: private key 3, everything else zero. */
const SCHNORR = {
  publicKey: bytes('f9308a019258c31049344f85f89d5229b531c845836f99b08601f113bce036f9'),
  message: new Uint8Array(32),
  signature: bytes(
    'e907831f80848d1069a5371b402410364bdf1c5f8307b0084c55f1ce2dca821525f66a4a85ea8b71e482a74f382d2ce5ebeee8fdb2172f477df4900d310536c0',
  ),
};

/** BIP-341's second wallet vector: an output with one script. */
const TWEAK = {
  internalKey: bytes('187791b6f712a8ea41c8ecdd0ee77fab3e85263b37e1ec18a3651926b3a6cf27'),
  tweak: bytes('cbd8679ba636c1110ea247542cfbd964131a6be84f873f7f3b62a777528ed001'),
  key: bytes('147c9c57132f6e7ecddba9800bb0c4449251c92a1e60371ee77557b6620f3ea3'),
  parity: 1,
} as const;

/** Which of the checks an engine fails, or undefined where it passes all. They take under a millisecond. */
export function failedEngineCheck(engine: Secp256k1): string | undefined {
  if (!signsAndVerifiesEcdsa(engine)) return 'ECDSA';
  if (!verifiesSchnorr(engine)) return 'Schnorr';
  if (!tweaks(engine)) return 'tweak';
  return undefined;
}

/** The known signature is made, and verifies as it is and with high s; not for another message, and zeros never do. */
function signsAndVerifiesEcdsa(engine: Secp256k1): boolean {
  const privateKey = new Uint8Array(32).fill(1, 31);
  const messageHash = new Uint8Array(32);
  const publicKey = engine.publicKeyOf(privateKey);
  if (publicKey === undefined) return false;
  const signature = ECDSA_SIGNATURE;
  const high = signature.slice();
  high.set(negateScalar(signature.subarray(32)), 32);
  return (
    bytesEqual(engine.signEcdsa(messageHash, privateKey), signature) &&
    engine.verifyEcdsa(publicKey, messageHash, signature) &&
    engine.verifyEcdsa(publicKey, messageHash, high) &&
    !engine.verifyEcdsa(publicKey, new Uint8Array(32).fill(1), signature) &&
    !engine.verifyEcdsa(publicKey, messageHash, new Uint8Array(64))
  );
}

/** The known signature verifies; not with one bit flipped, nor by a key that is no x. */
function verifiesSchnorr(engine: Secp256k1): boolean {
  const flipped = SCHNORR.signature.slice();
  flipped[63]! ^= 1;
  return (
    engine.verifySchnorr(SCHNORR.publicKey, SCHNORR.message, SCHNORR.signature) &&
    !engine.verifySchnorr(SCHNORR.publicKey, SCHNORR.message, flipped) &&
    !engine.verifySchnorr(new Uint8Array(32).fill(255), SCHNORR.message, SCHNORR.signature)
  );
}

/** The known tweak is worked out and confirmed, and the other parity is refused. */
function tweaks(engine: Secp256k1): boolean {
  const tweaked = engine.tweakXOnly(TWEAK.internalKey, TWEAK.tweak);
  return (
    tweaked !== undefined &&
    bytesEqual(tweaked.key, TWEAK.key) &&
    tweaked.parity === TWEAK.parity &&
    engine.checkTweak(TWEAK.internalKey, TWEAK.tweak, TWEAK.key, TWEAK.parity) &&
    !engine.checkTweak(TWEAK.internalKey, TWEAK.tweak, TWEAK.key, 0)
  );
}
