/**
 * What Bitcoin asks of the curve secp256k1, behind one interface. A difference between two engines would split the chain, so each
 * passes the same suite (test/support/secp256k1-suite.ts) and a differential test before it may be used.
 *
 * Verification never throws: whatever is malformed is false. Signatures are compact, r and s of 32 bytes each, big-endian; DER is
 * taken apart above this interface, in der.ts.
 *
 * @module
 */

/** Result of a tweak: an x-only key and whether the y it stands for is odd. */
export interface TweakedKey {
  /** x, 32 bytes big-endian. */
  readonly key: Uint8Array;
  /** 1 where y is odd. */
  readonly parity: 0 | 1;
}

/** An engine. Results are new arrays; arguments are not written to and not kept. */
export interface Secp256k1 {
  /** For the start-up line: `native`, `prebuilt`, `wasm`, … */
  readonly name: string;

  /**
   * Where an answer may come later (put-off-checks.ts), so many checks and more are made together by the kernel, which then takes less
   * time than this engine; undefined where every check is to be made by this engine.
   */
  readonly togetherFrom?: number | undefined;

  /** Of an engine whose answers may come later: the one that answers at once. */
  readonly atOnce?: Secp256k1 | undefined;

  /** Whether `verifySchnorr` takes messages of other lengths than 32 bytes (BIP-340 allows them, consensus never needs them). */
  readonly anyMessageLength: boolean;

  /** Whether it is a point, as libsecp256k1's `secp256k1_ec_pubkey_parse` reads it: 33 bytes 02/03, or 65 bytes 04 or hybrid 06/07. */
  isPublicKey(key: Uint8Array): boolean;

  /** Whether 32 bytes are the x of a point (BIP-340's lift_x succeeds). */
  isXOnlyPublicKey(key: Uint8Array): boolean;

  /** ECDSA over a hash of 32 bytes. A high s is taken as its low twin, as Core's `CPubKey::Verify` does; r or s of 0 or from n on fail. */
  verifyEcdsa(publicKey: Uint8Array, messageHash: Uint8Array, compactSignature: Uint8Array): boolean;

  /** BIP-340. A message of another length than 32 bytes is false unless `anyMessageLength`. */
  verifySchnorr(xOnlyPublicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;

  /** Whether internalKey + tweak·G is the point with this x and parity (`secp256k1_xonly_pubkey_tweak_add_check`, BIP-341). */
  checkTweak(internalKey: Uint8Array, tweak: Uint8Array, tweakedKey: Uint8Array, parity: 0 | 1): boolean;

  /** internalKey + tweak·G, or undefined where the key is no x, the tweak is n or more, or the sum is infinity. */
  tweakXOnly(internalKey: Uint8Array, tweak: Uint8Array): TweakedKey | undefined;

  /** The point of a private key, 33 bytes unless `compressed` is false (65); undefined where the key is 0, n or more, or not 32 bytes. */
  publicKeyOf(privateKey: Uint8Array, compressed?: boolean): Uint8Array | undefined;

  /** privateKey + tweak modulo n; undefined where the key is none, the tweak is n or more or not 32 bytes, or the sum is 0. */
  tweakPrivate(privateKey: Uint8Array, tweak: Uint8Array): Uint8Array | undefined;

  /** n − privateKey. Throws an AssertionError where the key is none. */
  negatePrivate(privateKey: Uint8Array): Uint8Array;

  /**
   * ECDSA over a hash of 32 bytes: 64 bytes, low s, the nonce by RFC 6979, and again with a counter as extra data until r is below
   * 2^255, as Core's `CKey::Sign` grinds, so that every engine gives the same bytes. Throws an AssertionError on arguments of a wrong form.
   */
  signEcdsa(messageHash: Uint8Array, privateKey: Uint8Array): Uint8Array;

  /** BIP-340 over a message of 32 bytes with 32 bytes of auxiliary randomness. Throws an AssertionError on arguments of a wrong form. */
  signSchnorr(message: Uint8Array, privateKey: Uint8Array, auxRand: Uint8Array): Uint8Array;
}

/** An engine as a start-up line shows it: its name, and `+lanes` where many checks are made together by the kernel of four lanes. */
export function engineTitle({ name, togetherFrom }: Pick<Secp256k1, 'name' | 'togetherFrom'>): string {
  return togetherFrom === undefined ? name : `${name}+lanes`;
}
