/** Memory taken for a payload at first; it doubles as the bytes really come, so that an announced length costs nothing. */
const PAYLOAD_CAPACITY_BYTES_MIN = 16_384;

/** Bytes that came in pieces and wait to be taken in order. */
export class ByteQueue {
  #pieces: Uint8Array[] = [];
  #length = 0;

  /** Bytes that wait. */
  get length(): number {
    return this.#length;
  }

  /** Pieces that wait; each takes memory of its own, however small it is. */
  get pieces(): number {
    return this.#pieces.length;
  }

  /** Keeps a view of the bytes until they are taken; whoever pushes them leaves them alone. */
  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#pieces.push(bytes);
    this.#length += bytes.length;
  }

  /** Moves bytes to `target[from..to)`, as many as there are, and says how many. */
  take(target: Uint8Array, from: number, to: number): number {
    let at = from;
    while (at < to) {
      const piece = this.#pieces[0];
      if (piece === undefined) break;
      const count = Math.min(piece.length, to - at);
      target.set(count === piece.length ? piece : piece.subarray(0, count), at);
      at += count;
      if (count === piece.length) this.#pieces.shift();
      else this.#pieces[0] = piece.subarray(count);
    }
    this.#length -= at - from;
    return at - from;
  }

  /** Forgets what waits. */
  clear(): void {
    this.#pieces = [];
    this.#length = 0;
  }

  /** Hands what waits to another, in order, and forgets it. */
  moveTo(push: (bytes: Uint8Array) => void): void {
    const pieces = this.#pieces;
    this.clear();
    for (const piece of pieces) push(piece);
  }
}

/** A stretch of bytes of a known length that is filled from a queue; it takes memory only as the bytes come. */
export class GrowingBytes {
  #bytes: Uint8Array | undefined;
  #filled = 0;

  /** Bytes that are here. */
  get filled(): number {
    return this.#filled;
  }

  /** All of `length` bytes, the caller's own, once they are here; then it begins anew. The length is the same in each call until then. */
  fill(queue: ByteQueue, length: number): Uint8Array | undefined {
    let bytes = this.#bytes ?? new Uint8Array(Math.min(length, PAYLOAD_CAPACITY_BYTES_MIN));
    for (;;) {
      this.#bytes = bytes;
      this.#filled += queue.take(bytes, this.#filled, bytes.length);
      if (this.#filled < bytes.length) return undefined;
      if (this.#filled === length) break;
      const larger = new Uint8Array(Math.min(length, bytes.length * 2));
      larger.set(bytes);
      bytes = larger;
    }
    this.#bytes = undefined;
    this.#filled = 0;
    return bytes;
  }
}
