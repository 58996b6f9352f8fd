/**
 * Poly1305 (RFC 8439, section 2.5): a one-time authenticator modulo 2^130 − 5.
 *
 * Numbers are six limbs of 22 bits, so that every product and sum of them is exact in a JavaScript number (below 2^52). No branch and no
 * index depends on a secret.
 *
 * @module
 */

const LIMBS = 6;
const LIMB = 2 ** 22;
const LIMB_MASK = LIMB - 1;
/** The last limb ends at bit 130. */
const LAST_LIMB = 2 ** 20;
const BLOCK_SIZE_BYTES = 16;
/** 2^132, where the limbs wrap around, is 4·2^130, so 4·5 modulo the prime. */
const WRAP = 20;

/** A message under way. */
export class Poly1305 {
  readonly #r = new Float64Array(LIMBS);
  readonly #s: Uint8Array;
  readonly #h = new Float64Array(LIMBS);
  readonly #product = new Float64Array(LIMBS);
  readonly #tail = new Uint8Array(BLOCK_SIZE_BYTES + 1);
  #tailLength = 0;

  /** @param key - 32 bytes, for one message alone */
  constructor(key: Uint8Array) {
    const r = key.slice(0, BLOCK_SIZE_BYTES + 1);
    for (const at of [3, 7, 11, 15]) r[at]! &= 15;
    for (const at of [4, 8, 12]) r[at]! &= 252;
    r[BLOCK_SIZE_BYTES] = 0;
    addLimbs(this.#r, r, 0, 0);
    this.#s = key.slice(BLOCK_SIZE_BYTES, 2 * BLOCK_SIZE_BYTES);
  }

  /** Takes the next bytes. */
  update(bytes: Uint8Array): void {
    let at = 0;
    if (this.#tailLength > 0) {
      at = Math.min(BLOCK_SIZE_BYTES - this.#tailLength, bytes.length);
      this.#tail.set(bytes.subarray(0, at), this.#tailLength);
      this.#tailLength += at;
      if (this.#tailLength < BLOCK_SIZE_BYTES) return;
      this.#absorb(this.#tail, 0, 1);
      this.#tailLength = 0;
    }
    for (; at + BLOCK_SIZE_BYTES <= bytes.length; at += BLOCK_SIZE_BYTES) this.#absorb(bytes, at, 1);
    this.#tail.set(bytes.subarray(at));
    this.#tailLength = bytes.length - at;
  }

  /** Fills up to a whole block with zeros, as the message of ChaCha20-Poly1305 wants it after each of its parts. */
  pad(): void {
    if (this.#tailLength > 0) this.update(new Uint8Array(BLOCK_SIZE_BYTES - this.#tailLength));
  }

  /** The tag, 16 bytes. Ends this message. */
  finish(): Uint8Array {
    if (this.#tailLength > 0) {
      this.#tail.fill(0, this.#tailLength);
      this.#tail[this.#tailLength] = 1;
      this.#absorb(this.#tail, 0, 0);
    }
    const h = this.#h;
    carry(h, h);
    subtractPrime(h);
    const tag = new Uint8Array(BLOCK_SIZE_BYTES);
    let sum = 0;
    for (let i = 0; i < BLOCK_SIZE_BYTES; i++) {
      const limb = Math.floor((8 * i) / 22);
      const offset = (8 * i) % 22;
      const byte = (h[limb]! >>> offset) | ((h[limb + 1] ?? 0) << (22 - offset));
      sum += (byte & 255) + this.#s[i]!;
      tag[i] = sum;
      sum >>>= 8;
    }
    return tag;
  }

  /** h = (h + block)·r. */
  #absorb(bytes: Uint8Array, at: number, top: number): void {
    const [h, r, product] = [this.#h, this.#r, this.#product];
    addLimbs(h, bytes, at, top);
    for (let k = 0; k < LIMBS; k++) {
      let low = 0;
      let high = 0;
      for (let i = 0; i <= k; i++) low += h[i]! * r[k - i]!;
      for (let i = k + 1; i < LIMBS; i++) high += h[i]! * r[LIMBS + k - i]!;
      product[k] = low + WRAP * high;
    }
    carry(product, h);
  }
}

/** Adds 16 bytes, with one more bit or none above them, to a number. */
function addLimbs(h: Float64Array, bytes: Uint8Array, at: number, top: number): void {
  h[0]! += readU32(bytes, at) & LIMB_MASK;
  h[1]! += (readU32(bytes, at + 2) >>> 6) & LIMB_MASK;
  h[2]! += (readU32(bytes, at + 5) >>> 4) & LIMB_MASK;
  h[3]! += (readU32(bytes, at + 8) >>> 2) & LIMB_MASK;
  h[4]! += readU32(bytes, at + 11) & LIMB_MASK;
  h[5]! += (readU32(bytes, at + 12) >>> 14) + top * 2 ** 18;
}

function readU32(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

/** Brings the limbs of a number below their size again; the second holds some eight bits of overflow at most. */
function carry(from: Float64Array, to: Float64Array): void {
  let over = 0;
  for (let i = 0; i < LIMBS - 1; i++) {
    const value = from[i]! + over;
    over = Math.floor(value / LIMB);
    to[i] = value - over * LIMB;
  }
  const value = from[LIMBS - 1]! + over;
  over = Math.floor(value / LAST_LIMB);
  to[LIMBS - 1] = value - over * LAST_LIMB;
  const first = to[0]! + 5 * over;
  over = Math.floor(first / LIMB);
  to[0] = first - over * LIMB;
  to[1]! += over;
}

/** Makes a number below 2^130 one below the prime, whether it was or not, in the same time. */
function subtractPrime(h: Float64Array): void {
  carry(h, h);
  const less = new Float64Array(LIMBS);
  let over = 5;
  for (let i = 0; i < LIMBS - 1; i++) {
    const value = h[i]! + over;
    over = Math.floor(value / LIMB);
    less[i] = value - over * LIMB;
  }
  const last = h[LIMBS - 1]! + over;
  const isAbove = Math.floor(last / LAST_LIMB);
  less[LIMBS - 1] = last - isAbove * LAST_LIMB;
  for (let i = 0; i < LIMBS; i++) h[i] = isAbove * less[i]! + (1 - isAbove) * h[i]!;
}
