/**
 * Signatures by chance for the kernel that checks them 64 at a time: `node dist/tools/signatures.js [--seed N] [--count N] [--engine NAME]`.
 *
 * Valid ones, and such as were changed in a bit, a number or a part, are checked by the kernel and by an engine. A verdict that something holds which
 * does not is a failure; one that something is not known to hold which does is counted, and must be rare. Ends with 1 where something failed.
 *
 * @module
 */

import { parseArgs } from 'node:util';
import { SeededRandom } from '../src/attacks/seeded-random.ts';
import { concatBytes, toHex } from '../src/core/base/bytes.ts';
import { chooseSecp256k1, type Secp256k1Preference } from '../src/core/crypto/node/choose-secp256k1.ts';
import { schnorrChallenge } from '../src/core/crypto/schnorr-equation.ts';
import { CHECKS_MAX, SignatureChecks } from '../src/core/crypto/signature-kernel.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    count: { type: 'string', default: '1000000' },
    engine: { type: 'string', default: 'auto' },
  },
});
const seed = Number(values.seed);
const count = Number(values.count);
if (!Number.isSafeInteger(seed) || !Number.isSafeInteger(count) || count < 1) throw new Error('--seed and --count are whole numbers');
const engine = chooseSecp256k1(values.engine as Secp256k1Preference);
const random = new SeededRandom(seed);

/** A check: its key, what is signed or the tweak, and the signature or the tweaked key. */
interface Check {
  readonly kind: 'ecdsa' | 'schnorr' | 'tweak';
  readonly parts: readonly [Uint8Array, Uint8Array, Uint8Array];
  readonly parity: 0 | 1;
}

const KINDS = ['ecdsa', 'schnorr', 'tweak'] as const;

/** Keys that are used again and again, as many are on a real chain. */
const KEYS = Array.from({ length: 512 }, () => random.bytes(32));

function drawGood(): Check {
  const kind = KINDS[random.below(KINDS.length)]!;
  const key = KEYS[random.below(KEYS.length)]!;
  const publicKey = engine.publicKeyOf(key)!;
  const message = random.bytes(32);
  if (kind === 'ecdsa') return { kind, parts: [publicKey, message, engine.signEcdsa(message, key)], parity: 0 };
  const x = publicKey.slice(1);
  if (kind === 'schnorr') return { kind, parts: [x, message, engine.signSchnorr(message, key, random.bytes(32))], parity: 0 };
  const tweaked = engine.tweakXOnly(x, message)!;
  return { kind, parts: [x, message, tweaked.key], parity: tweaked.parity };
}

/** A bit, a byte, or 32 bytes at an end set to anything, to nothing or to the most. */
function changed(bytes: Uint8Array, from: number): Uint8Array {
  const result = bytes.slice();
  const at = from + random.below(bytes.length - from);
  const how = random.below(4);
  if (how === 0) result[at]! ^= 1 << random.below(8);
  else if (how === 1) result[at] = random.below(256);
  else if (how === 2) result.set(random.bytes(32), random.below(2) === 0 ? from : bytes.length - 32);
  else result.fill(random.below(2) === 0 ? 0 : 255, random.below(2) === 0 ? from : bytes.length - 32);
  return result;
}

function drawCheck(): Check {
  const good = drawGood();
  if (random.below(2) === 0) return good;
  const part = random.below(3);
  // The form of a compressed key stays one that the kernel takes.
  const parts = good.parts.map((bytes, i) => (i === part ? changed(bytes, bytes.length % 32) : bytes));
  return { ...good, parts: parts as unknown as Check['parts'] };
}

function add(checks: SignatureChecks, { kind, parts: [key, message, result], parity }: Check): void {
  if (kind === 'ecdsa') checks.addEcdsa(key, message, result);
  else if (kind === 'schnorr') checks.addSchnorr(key, schnorrChallenge(key, message, result), result);
  else checks.addTweak(key, message, result, parity);
}

function holds({ kind, parts: [key, message, result], parity }: Check): boolean {
  if (kind === 'ecdsa') return engine.verifyEcdsa(key, message, result);
  return kind === 'schnorr' ? engine.verifySchnorr(key, message, result) : engine.checkTweak(key, message, result, parity);
}

const found = { held: 0, refused: 0, unknown: 0, wrong: 0 };
const checks = new SignatureChecks();
for (let done = 0; done < count; done += CHECKS_MAX) {
  const drawn = Array.from({ length: CHECKS_MAX }, drawCheck);
  for (const check of drawn) add(checks, check);
  for (const [i, verdict] of checks.make().entries()) {
    const truth = holds(drawn[i]!);
    if (verdict === 1 && !truth) {
      found.wrong++;
      console.log(`${drawn[i]!.kind} that does not hold: ${toHex(concatBytes(...drawn[i]!.parts))}`);
    } else if (truth) found[verdict === 1 ? 'held' : 'unknown']++;
    else found.refused++;
  }
}
console.log(`seed ${seed}, beside ${engine.name}: ${JSON.stringify(found)}`);
if (found.wrong > 0 || found.unknown > found.held / 1_000) process.exitCode = 1;
