import { sha3_256 } from '@noble/hashes/sha3.js';

/** SHA3-256 (FIPS 202), of which the names of Tor's onion services take their checksum. */
export function sha3256(bytes: Uint8Array): Uint8Array {
  return sha3_256(bytes);
}
