/**
 * SipHash-2-4 (Aumasson and Bernstein): a short keyed hash, for short ids of transactions (BIP-152), compact filters (BIP-158) and
 * tables that a peer must not be able to fill with collisions.
 *
 * @module
 */

import { assert } from '../base/assert.ts';

/**
 * SipHash-2-4 of any bytes.
 *
 * @param key - 16 bytes: k0 and k1, little-endian each
 * @returns the 64 bits as a number
 */
export function sipHash24(key: Uint8Array, bytes: Uint8Array): bigint {
  const words = new Uint32Array(2);
  sipHash24Into(key, bytes, words);
  return (BigInt(words[1]!) << 32n) | BigInt(words[0]!);
}

/**
 * The same without a bigint, for loops over many: the low 32 bits to `out[0]`, the high ones to `out[1]`. Of a hash of 32 bytes it is
 * Core's `SipHashUint256`.
 */
export function sipHash24Into(key: Uint8Array, bytes: Uint8Array, out: Uint32Array): void {
  assert(key.length === 16, 'a SipHash key is 16 bytes');
  const k0Low = readU32(key, 0);
  const k0High = readU32(key, 4);
  const k1Low = readU32(key, 8);
  const k1High = readU32(key, 12);
  v[0] = k0Low ^ 0x70736575;
  v[1] = k0High ^ 0x736f6d65;
  v[2] = k1Low ^ 0x6e646f6d;
  v[3] = k1High ^ 0x646f7261;
  v[4] = k0Low ^ 0x6e657261;
  v[5] = k0High ^ 0x6c796765;
  v[6] = k1Low ^ 0x79746573;
  v[7] = k1High ^ 0x74656462;
  const whole = bytes.length - (bytes.length % 8);
  for (let at = 0; at < whole; at += 8) takeWord(readU32(bytes, at), readU32(bytes, at + 4));
  tail.fill(0);
  for (let i = whole; i < bytes.length; i++) tail[i - whole] = bytes[i]!;
  tail[7] = bytes.length & 255;
  takeWord(readU32(tail, 0), readU32(tail, 4));
  v[4]! ^= 255;
  rounds(4);
  out[0] = v[0]! ^ v[2]! ^ v[4]! ^ v[6]!;
  out[1] = v[1]! ^ v[3]! ^ v[5]! ^ v[7]!;
}

/** The four 64-bit words at work, low half before high half. Filled anew by each hash, which calls nothing that could hash again. */
const v: Int32Array = new Int32Array(8);
/** The last bytes with the length's lowest byte at the end. */
const tail: Uint8Array = new Uint8Array(8);

function readU32(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

/** Mixes in 8 bytes. */
function takeWord(low: number, high: number): void {
  v[6]! ^= low;
  v[7]! ^= high;
  rounds(2);
  v[0]! ^= low;
  v[1]! ^= high;
}

/** 1 where the 32-bit sum of two numbers, one of which is `b`, went over: it is less than each of them then. */
function carry(sum: number, b: number): number {
  return sum >>> 0 < b >>> 0 ? 1 : 0;
}

/** SipRound, `count` times. 64-bit numbers as pairs of 32 bits: `a` for v0 to `d` for v3, `L` and `H` for low and high. */
function rounds(count: number): void {
  let [aL, aH, bL, bH, cL, cH, dL, dH] = [v[0]!, v[1]!, v[2]!, v[3]!, v[4]!, v[5]!, v[6]!, v[7]!];
  for (let i = 0; i < count; i++) {
    aL = (aL + bL) | 0;
    aH = (aH + bH + carry(aL, bL)) | 0;
    let low = ((bL << 13) | (bH >>> 19)) ^ aL;
    bH = ((bH << 13) | (bL >>> 19)) ^ aH;
    bL = low;
    low = aL;
    aL = aH;
    aH = low;
    cL = (cL + dL) | 0;
    cH = (cH + dH + carry(cL, dL)) | 0;
    low = ((dL << 16) | (dH >>> 16)) ^ cL;
    dH = ((dH << 16) | (dL >>> 16)) ^ cH;
    dL = low;
    aL = (aL + dL) | 0;
    aH = (aH + dH + carry(aL, dL)) | 0;
    low = ((dL << 21) | (dH >>> 11)) ^ aL;
    dH = ((dH << 21) | (dL >>> 11)) ^ aH;
    dL = low;
    cL = (cL + bL) | 0;
    cH = (cH + bH + carry(cL, bL)) | 0;
    low = ((bL << 17) | (bH >>> 15)) ^ cL;
    bH = ((bH << 17) | (bL >>> 15)) ^ cH;
    bL = low;
    low = cL;
    cL = cH;
    cH = low;
  }
  v[0] = aL;
  v[1] = aH;
  v[2] = bL;
  v[3] = bH;
  v[4] = cL;
  v[5] = cH;
  v[6] = dL;
  v[7] = dH;
}
