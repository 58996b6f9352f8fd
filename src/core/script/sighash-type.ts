/**
 * The last byte of a signature: which parts of the transaction it commits to.
 *
 * @module
 */

/** Hash types. ALL, NONE and SINGLE say which outputs, ANYONECANPAY that only this input; DEFAULT is taproot's short form of ALL. */
export const SIGHASH = {
  DEFAULT: 0x00,
  ALL: 0x01,
  NONE: 0x02,
  SINGLE: 0x03,
  ANYONECANPAY: 0x80,
} as const;

/** Bits of a hash type of before taproot that choose outputs; the bits between mean nothing but are hashed. */
const OUTPUT_BITS = 0x1f;

/** Whether such a hash type commits to the output beside the input only. */
export function signsSingle(hashType: number): boolean {
  return (hashType & OUTPUT_BITS) === SIGHASH.SINGLE;
}

/** Whether such a hash type commits to no output. */
export function signsNone(hashType: number): boolean {
  return (hashType & OUTPUT_BITS) === SIGHASH.NONE;
}

/** Whether such a hash type commits to no other input. */
export function signsOneInput(hashType: number): boolean {
  return (hashType & SIGHASH.ANYONECANPAY) !== 0;
}

/** Names of the six hash types with a meaning, as scripts that are shown have them. */
export const SIGHASH_NAMES: ReadonlyMap<number, string> = new Map([
  [SIGHASH.ALL, 'ALL'],
  [SIGHASH.ALL | SIGHASH.ANYONECANPAY, 'ALL|ANYONECANPAY'],
  [SIGHASH.NONE, 'NONE'],
  [SIGHASH.NONE | SIGHASH.ANYONECANPAY, 'NONE|ANYONECANPAY'],
  [SIGHASH.SINGLE, 'SINGLE'],
  [SIGHASH.SINGLE | SIGHASH.ANYONECANPAY, 'SINGLE|ANYONECANPAY'],
]);
