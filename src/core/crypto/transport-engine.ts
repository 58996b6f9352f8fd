import type { Aead } from './chacha20-poly1305.ts';

/** What an encrypted connection is made with (BIP-324). */
export interface TransportEngine {
  /** The point of a private key, 33 bytes; undefined where the key is 0, n or more. Takes the same time for every key. */
  publicKeyOf(privateKey: Uint8Array): Uint8Array | undefined;
  /** The x of privateKey·point, 32 bytes. Takes the same time for every key. @param point - 33 bytes, a point of the curve */
  sharedX(point: Uint8Array, privateKey: Uint8Array): Uint8Array;
  readonly aead: Aead;
}
