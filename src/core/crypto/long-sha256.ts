/**
 * SHA-256 of long messages by what knows the processor's own instructions for it, where the platform has such a thing. The kernel takes
 * 3.2 ns a byte; OpenSSL with these instructions 0.55, but a microsecond or two for each message.
 *
 * @module
 */

/** A SHA-256 that is under way. Digests are those of `sha256`, or it must not be used. */
export interface LongSha256 {
  /** Takes the next bytes, which are not kept. */
  update(bytes: Uint8Array): unknown;
  /** The same hash up to here, to be gone on with apart from this one. */
  copy(): LongSha256;
  /** The digest, 32 bytes. Ends this hash. */
  digest(): Uint8Array;
}

/** From so many bytes on a hash, or a part of one, is long: well above 750, where both ways take as long. */
export const LONG_BYTES_MIN = 4_096;

let begin: (() => LongSha256) | undefined;

/** Sets what begins the long hashes of this thread; undefined: the kernel does them as well, which is so at first. Changes no digest. */
export function useLongSha256(create: (() => LongSha256) | undefined): void {
  begin = create;
}

/** Begins a long hash; undefined where this thread has nothing better than the kernel. */
export function beginLongSha256(): LongSha256 | undefined {
  return begin?.();
}
