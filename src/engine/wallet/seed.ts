/**
 * The wallet's secret: words of BIP-39, and the seed that follows from them.
 *
 * @module
 */

import { entropyToMnemonic, mnemonicToSeedSync, validateMnemonic } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import type { Random } from '../ports/random.ts';

/** Bytes of chance behind twelve words. */
const ENTROPY_SIZE_BYTES = 16;

/** Longest text taken for words: 24 of at most 8 letters, with room for careless spaces. */
const MNEMONIC_LENGTH_MAX = 400;

/** Twelve new words. */
export function createMnemonic(random: Random): string {
  return entropyToMnemonic(random.bytes(ENTROPY_SIZE_BYTES), wordlist);
}

/** The words in lower case with single spaces, or undefined where they are no BIP-39 mnemonic (unknown word, wrong count, wrong checksum). */
export function parseMnemonic(text: string): string | undefined {
  if (text.length > MNEMONIC_LENGTH_MAX) return undefined;
  const words = text.trim().toLowerCase().split(/\s+/).join(' ');
  return validateMnemonic(words, wordlist) ? words : undefined;
}

/** The 64 bytes that the words stand for, without a passphrase. Slow on purpose, and slower here than with what Node has for it. */
export function seedOf(mnemonic: string): Uint8Array {
  return mnemonicToSeedSync(mnemonic);
}
