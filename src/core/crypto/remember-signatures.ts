import type { Secp256k1 } from './secp256k1.ts';

/** What was checked, as text: each part behind its length, so that no two checks read alike. */
function keyOf(kind: string, parts: readonly Uint8Array[]): string {
  let key = kind;
  for (const part of parts) key += `${part.length}:${String.fromCharCode(...part)}`;
  return key;
}

/** Longer messages are not remembered: no consensus rule signs any. */
const PART_SIZE_MAX = 65;

/**
 * The same engine, which does not check again a signature or tweak that it has found good: for scripts that are run twice. It remembers
 * as many as it is asked, so it is made for one transaction and dropped with it.
 */
export function rememberSignatures(engine: Secp256k1): Secp256k1 {
  const good = new Set<string>();
  const once = (kind: string, parts: readonly Uint8Array[], check: () => boolean): boolean => {
    if (parts.some(({ length }) => length > PART_SIZE_MAX)) return check();
    const key = keyOf(kind, parts);
    if (good.has(key)) return true;
    const isGood = check();
    if (isGood) good.add(key);
    return isGood;
  };
  return {
    ...engine,
    verifyEcdsa: (key, hash, signature) => once('ecdsa', [key, hash, signature], () => engine.verifyEcdsa(key, hash, signature)),
    verifySchnorr: (key, message, signature) =>
      once('schnorr', [key, message, signature], () => engine.verifySchnorr(key, message, signature)),
    checkTweak: (key, tweak, tweaked, parity) =>
      once(`tweak${parity}`, [key, tweak, tweaked], () => engine.checkTweak(key, tweak, tweaked, parity)),
  };
}
