import { concatBytes } from '../base/bytes.ts';
import { sha256 } from '../crypto/sha256.ts';
import { sipHash24Into } from '../crypto/siphash.ts';
import type { HeaderFields } from '../primitives/block.ts';
import { encodeHeader } from '../primitives/block.ts';
import { ByteWriter } from '../primitives/byte-writer.ts';
import type { Wtxid } from '../primitives/ids.ts';

/** Bytes of a short id on the wire. Core's SHORTTXIDS_LENGTH. */
export const SHORT_ID_SIZE_BYTES = 6;

/** Bits of the lower half of a short id. */
const LOW_RANGE = 0x1_0000_0000;

/**
 * The key of a compact block's short ids (BIP-152, "Short transaction IDs"): the first 16 bytes of the single SHA-256 of its header and its
 * nonce. Nobody can look for transactions that collide before both are known.
 */
export function shortIdKey(header: HeaderFields, nonce: bigint): Uint8Array {
  return sha256(concatBytes(encodeHeader(header), new ByteWriter(8).u64(nonce).finish())).slice(0, 16);
}

/** Filled anew by each call, which makes nothing that outlives it but a number. */
const words: Uint32Array = new Uint32Array(2);

/** The short id of a transaction: the low 48 bits of SipHash-2-4 of its wtxid, as version 2 of BIP-152 has it. */
export function shortIdOf(key: Uint8Array, wtxid: Wtxid): number {
  sipHash24Into(key, wtxid, words);
  return (words[1]! & 0xffff) * LOW_RANGE + words[0]!;
}
