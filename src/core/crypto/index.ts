/**
 * Hashes, Merkle roots and the curve.
 *
 * Owns SHA-256 and its kin with their WebAssembly kernels, the kernel for hexadecimal digits, SipHash, the nonce search, DER, and secp256k1
 * behind one interface. Does not own what is hashed or signed. Begin with sha256.ts and secp256k1.ts; the faster engines of Node are in `node/`.
 *
 * @module
 */

export { encodeDer, isLowS, isStrictDer, parseLaxDer } from './der.ts';
export { merkleRootOf } from './merkle.ts';
export { createNonceSearch } from './search-nonce.ts';
export type { Secp256k1, TweakedKey } from './secp256k1.ts';
export { createSha256, hash160, ripemd160, sha1, sha256, sha256d, sha256dMany, taggedHash } from './sha256.ts';
export { sipHash24, sipHash24Into } from './siphash.ts';
export { createWasmSecp256k1 } from './wasm-secp256k1.ts';
