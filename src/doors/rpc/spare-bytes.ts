/**
 * Memory of long answers, used again.
 *
 * @module
 */

/** What is kept at most. */
const SPARE_SIZE_MAX = 8 * 1024 * 1024;

/** Shorter ones are not worth keeping. */
const SPARE_SIZE_MIN = 64 * 1024;

/**
 * Buffers that answers are written into and that come back when those are sent. A new one for each would cost the system as much to map
 * and the garbage collector as much to forget as writing it does.
 */
export class SpareBytes {
  /** The one that came back first stands first. */
  readonly #spare: Buffer[] = [];
  #sizeBytes = 0;

  /** At least so many bytes, with anything in them. */
  take(sizeBytes: number): Buffer {
    const at = this.#spare.findIndex(({ length }) => length >= sizeBytes);
    const [found] = at < 0 ? [] : this.#spare.splice(at, 1);
    if (found === undefined) return Buffer.allocUnsafeSlow(sizeBytes);
    this.#sizeBytes -= found.length;
    return found;
  }

  /** A buffer that was taken here comes back, and nobody looks at it any more. Over the limit those that have waited longest are let go. */
  give(buffer: Buffer): void {
    if (buffer.length < SPARE_SIZE_MIN || buffer.length > SPARE_SIZE_MAX) return;
    this.#spare.push(buffer);
    this.#sizeBytes += buffer.length;
    while (this.#sizeBytes > SPARE_SIZE_MAX) this.#sizeBytes -= this.#spare.shift()?.length ?? 0;
  }
}
