/**
 * Core's grinding for a short signature: sign again with a counter until r needs no padding byte in DER.
 *
 * @module
 */

/**
 * The first signature whose r is below 2^255, as Core's `CKey::Sign` finds it: the first try is plain RFC 6979, each further one
 * has a counter from 1 on as its extra data (32 bytes, the counter little-endian in the first four). Two tries on average.
 *
 * @param sign - gives the compact signature for that extra data
 */
export function signLowR(sign: (extraData: Uint8Array | undefined) => Uint8Array): Uint8Array {
  let signature = sign(undefined);
  for (let counter = 1; signature[0]! >= 0x80; counter++) {
    const extraData = new Uint8Array(32);
    new DataView(extraData.buffer).setUint32(0, counter, true);
    signature = sign(extraData);
  }
  return signature;
}
