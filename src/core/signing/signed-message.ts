/**
 * Messages that the owner of a P2PKH address has signed, as Bitcoin Core's `signmessage` makes them.
 *
 * @module
 */

import type { WifKey } from '../address/index.ts';
import { bytesEqual, concatBytes, utf8ToBytes } from '../base/bytes.ts';
import { hash160, sha256d } from '../crypto/index.ts';
import { recoverPublicKey, signRecoverable } from '../crypto/recoverable.ts';
import type { Secp256k1 } from '../crypto/secp256k1.ts';
import { ByteWriter } from '../primitives/byte-writer.ts';

/** What keeps a signed message from being anything else that is signed. */
const MAGIC = utf8ToBytes('Bitcoin Signed Message:\n');

/** First byte of a signature: this, the recovery id, and 4 where the key is compressed. */
const HEADER_BASE = 27;
const COMPRESSED = 4;

const SIGNATURE_SIZE_BYTES = 65;

/** What is signed of a message in UTF-8: 32 bytes. Core's `MessageHash`. */
function messageHash(message: Uint8Array): Uint8Array {
  const writer = new ByteWriter(MAGIC.length + message.length + 10);
  return sha256d(writer.varBytes(MAGIC).varBytes(message).finish());
}

/** The signature over a message: 65 bytes. */
export function signMessage(message: Uint8Array, key: WifKey, secp256k1: Pick<Secp256k1, 'publicKeyOf'>): Uint8Array {
  const { recoveryId, signature } = signRecoverable(messageHash(message), key.privateKey, secp256k1);
  return concatBytes(Uint8Array.of(HEADER_BASE + recoveryId + (key.compressed ? COMPRESSED : 0)), signature);
}

/** The key that a signature of 65 bytes is good for. Core's `CPubKey::RecoverCompact`. */
function signerOf(message: Uint8Array, signature: Uint8Array): Uint8Array | undefined {
  if (signature.length !== SIGNATURE_SIZE_BYTES) return undefined;
  // Core takes the header's bits as they are, whatever stands above them.
  const header = (signature[0] as number) - HEADER_BASE;
  return recoverPublicKey(messageHash(message), { signature: signature.subarray(1), recoveryId: header & 3 }, (header & COMPRESSED) !== 0);
}

/** Whether the key behind a hash160 has signed a message; a signature of any length is looked at. Core's `MessageVerify`. */
export function isSignedBy(keyHash: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const key = signerOf(message, signature);
  return key !== undefined && bytesEqual(hash160(key), keyHash);
}
