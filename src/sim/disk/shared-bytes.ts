import { bytesEqual } from '../../core/base/bytes.ts';

/** Shorter pieces are not worth the looking up. */
const SHARED_BYTES_MIN = 256;

/** Pieces that are remembered: what many nodes write, they write within a short time. */
const PIECES_MAX = 4_096;

/** FNV-1a over the first bytes and the length: blocks differ in their first 80 bytes. */
function keyOf(bytes: Uint8Array): number {
  let hash = 0x811c9dc5 ^ bytes.length;
  for (let i = 0; i < 128; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
  return hash >>> 0;
}

/** Keeps one copy of what many nodes write: hundreds of them in one process store the same blocks. */
export class SharedBytes {
  readonly #pieces = new Map<number, Uint8Array>();

  /** Bytes with the same content that nobody will write to. */
  share(bytes: Uint8Array): Uint8Array {
    if (bytes.length < SHARED_BYTES_MIN) return bytes.slice();
    const key = keyOf(bytes);
    const known = this.#pieces.get(key);
    if (known !== undefined && bytesEqual(known, bytes)) return known;
    const copy = bytes.slice();
    this.#pieces.delete(key);
    this.#pieces.set(key, copy);
    if (this.#pieces.size > PIECES_MAX) this.#forgetOldest();
    return copy;
  }

  #forgetOldest(): void {
    for (const key of this.#pieces.keys()) {
      this.#pieces.delete(key);
      return;
    }
  }
}
