import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FIELD, keyTweakedTo } from '../../../test/support/noble-points.ts';
import { ORDER } from '../../../test/support/scalars.ts';
import { scalar } from '../../../test/support/secp256k1-suite.ts';
import { SeededRandom } from '../../../test/support/seeded-random.ts';
import { startKernel } from './kernel.ts';
import { WASM_BASE64 } from './kernels/signatures.wasm.ts';
import { createNobleSecp256k1 } from './noble-secp256k1.ts';
import { schnorrChallenge } from './schnorr-equation.ts';
import { CHECKS_MAX, SignatureChecks } from './signature-kernel.ts';
import { createWasmSecp256k1 } from './wasm-secp256k1.ts';

const engine = createWasmSecp256k1();
const reference = createNobleSecp256k1();

/** A check: its parts in the order in which they are given, and of a tweak the parity. */
interface Check {
  readonly kind: 'ecdsa' | 'schnorr' | 'tweak';
  readonly parts: readonly [Uint8Array, Uint8Array, Uint8Array];
  readonly parity: 0 | 1;
}

const KINDS = ['ecdsa', 'schnorr', 'tweak'] as const;

function drawCheck(random: SeededRandom, kind: Check['kind']): Check {
  const [key, message] = [random.bytes(32), random.bytes(32)];
  const publicKey = engine.publicKeyOf(key)!;
  if (kind === 'ecdsa') return { kind, parts: [publicKey, message, engine.signEcdsa(message, key)], parity: 0 };
  const x = publicKey.slice(1);
  if (kind === 'schnorr') return { kind, parts: [x, message, engine.signSchnorr(message, key, random.bytes(32))], parity: 0 };
  const tweaked = engine.tweakXOnly(x, message)!;
  return { kind, parts: [x, message, tweaked.key], parity: tweaked.parity };
}

function add(checks: SignatureChecks, { kind, parts: [key, message, result], parity }: Check): void {
  if (kind === 'ecdsa') checks.addEcdsa(key, message, result);
  else if (kind === 'schnorr') checks.addSchnorr(key, schnorrChallenge(key, message, result), result);
  else checks.addTweak(key, message, result, parity);
}

function verdicts(of: readonly Check[]): number[] {
  const checks = new SignatureChecks();
  for (const check of of) add(checks, check);
  return [...checks.make()];
}

function holds({ kind, parts: [key, message, result], parity }: Check): boolean {
  if (kind === 'ecdsa') return reference.verifyEcdsa(key, message, result);
  return kind === 'schnorr' ? reference.verifySchnorr(key, message, result) : reference.checkTweak(key, message, result, parity);
}

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const changed = bytes.slice();
  changed[bit >> 3]! ^= 1 << (bit & 7);
  return changed;
}

describe('checks made together', () => {
  const random = new SeededRandom(20);
  const good = Array.from({ length: CHECKS_MAX }, (_, i) => drawCheck(random, KINDS[i % 3]!));

  it('hold where they should, of any kind and in any number up to 64', () => {
    for (let count = 0; count <= CHECKS_MAX; count++) {
      const some = good.slice(CHECKS_MAX - count);
      assert.deepEqual(
        verdicts(some),
        some.map(() => 1),
      );
    }
  });

  it('hold no longer with one bit of a part changed, and the others beside them do', () => {
    for (const part of [0, 1, 2]) {
      for (let bit = 0; bit < 512; bit += 37) {
        const changed = good.map((check, i): Check => {
          const { length } = check.parts[part]!;
          // The first byte of a compressed key tells its form: one bit of it stands for the other y.
          const at = check.kind === 'ecdsa' && part === 0 && (bit + i) % 264 < 8 ? 0 : (bit + i) % (8 * length);
          return i % 5 === 0
            ? check
            : { ...check, parts: check.parts.with(part, flipped(check.parts[part]!, at)) as unknown as Check['parts'] };
        });
        const expected = changed.map((_, i) => (i % 5 === 0 ? 1 : 0));
        assert.deepEqual(verdicts(changed), expected, `part ${part}, bit ${bit}`);
      }
    }
  });

  it('tell a tweaked key of the other parity', () => {
    const tweaks = good.filter(({ kind }) => kind === 'tweak');
    const other = tweaks.map((check): Check => ({ ...check, parity: check.parity === 0 ? 1 : 0 }));
    assert.ok(verdicts(other).every((verdict) => verdict === 0));
  });

  it('are not led astray by what is out of range, off the curve or infinite beside them', () => {
    const zero = scalar(0n);
    const g = engine.publicKeyOf(scalar(1n))!.slice(1);
    const odd: Check[] = [
      ...[zero, scalar(5n), scalar(FIELD), scalar(FIELD + 1n), new Uint8Array(32).fill(255)].map(
        (x): Check => ({ kind: 'schnorr', parts: [x, zero, new Uint8Array(64)], parity: 0 }),
      ),
      { kind: 'schnorr', parts: [zero, scalar(5n), new Uint8Array([...scalar(7n), ...scalar(9n)])], parity: 0 },
      // G - G, and a signature of zeros, are infinity.
      { kind: 'tweak', parts: [g, scalar(ORDER - 1n), zero], parity: 0 },
      { kind: 'tweak', parts: [g, scalar(ORDER), g], parity: 0 },
      // It does hold, but of nothing there are no digits.
      { kind: 'tweak', parts: [g, zero, g], parity: 0 },
      ...[0n, 1n, ORDER - 1n, ORDER].map(
        (s): Check => ({
          kind: 'ecdsa',
          parts: [engine.publicKeyOf(scalar(1n))!, zero, new Uint8Array([...zero, ...scalar(s)])],
          parity: 0,
        }),
      ),
    ];
    for (let shift = 0; shift < 4; shift++) {
      const mixed = good
        .slice(0, 52 - shift)
        .flatMap((check, i) => (i % 4 === 3 && odd[i >> 2] !== undefined ? [check, odd[i >> 2]!] : [check]));
      const shifted = [...good.slice(60, 60 + shift), ...mixed].slice(0, CHECKS_MAX);
      assert.deepEqual(
        verdicts(shifted),
        shifted.map((check) => (odd.includes(check) ? 0 : 1)),
      );
    }
  });

  it('know an x of the sum from one that is p more', () => {
    let seen = 0;
    for (let x = 1n; x < 40n; x++) {
      const found = keyTweakedTo(x, 1_000_003n + x);
      if (found === undefined) continue;
      const of = (expected: bigint): Check => ({
        kind: 'tweak',
        parts: [found.key, scalar(1_000_003n + x), scalar(expected)],
        parity: found.parity,
      });
      assert.deepEqual(verdicts([of(x), good[0]!, of(x + FIELD), good[1]!]), [1, 1, 0, 1], `${x}`);
      seen++;
    }
    assert.ok(seen > 10);
  });

  it('are not taken to hold where a key that is no point takes others along', () => {
    // Where the key of this x would be, on the twist of the curve, there is a point of order 13: its multiples meet each other.
    const x = scalar(0x5778383ec0507625241cf402a9968111b50269889cd3fd1a8a6efe736116259bn);
    const lost: Check = { kind: 'schnorr', parts: [x, scalar(5n), new Uint8Array([...scalar(7n), ...scalar(9n)])], parity: 0 };
    const bad = good.map((check): Check => ({ ...check, parts: check.parts.with(1, scalar(77n)) as unknown as Check['parts'] }));
    assert.ok(verdicts([lost, ...bad.slice(1)]).every((verdict) => verdict === 0));
    const [verdict, ...others] = verdicts([lost, ...good.slice(1)]);
    assert.equal(verdict, 0);
    // Those in the same lane are not known.
    assert.ok(others.every((each, i) => each === (i % 4 === 3 ? 0 : 1)));
  });

  it('answer as the reference does over small and great numbers, or not at all', () => {
    const corners = [0n, 1n, 2n, 3n, 4n, 15n, 16n, 17n, 2n ** 128n, ORDER / 2n, ORDER - 2n, ORDER - 1n].map(scalar);
    let unknown = 0;
    let right = 0;
    for (const secret of corners.slice(1)) {
      const x = engine.publicKeyOf(secret)!.slice(1);
      const checks = corners.flatMap((message): Check[] => {
        const tweaked = engine.tweakXOnly(x, message) ?? { key: x, parity: 0 as const };
        return [
          { kind: 'ecdsa', parts: [engine.publicKeyOf(secret)!, message, engine.signEcdsa(message, secret)], parity: 0 },
          { kind: 'schnorr', parts: [x, message, engine.signSchnorr(message, secret, scalar(0n))], parity: 0 },
          { kind: 'tweak', parts: [x, message, tweaked.key], parity: tweaked.parity },
        ];
      });
      for (const check of checks) {
        const [verdict] = verdicts([check]);
        const truth = holds(check);
        if (verdict === 1) assert.ok(truth, `${check.kind} that does not hold`);
        if (truth && verdict === 0) unknown++;
        if (truth && verdict === 1) right++;
      }
    }
    // Where both multiples are the same, or the one of G is infinity, nothing is known.
    assert.ok(unknown < 40 && right > 250, `${unknown} not known, ${right} found to hold`);
  });
});

/** The products of the kernel, over numbers whose digits the test sets itself: 20 of 13 bits, in four lanes. */
class Products {
  readonly #kernel = startKernel<{
    readonly memory: WebAssemblyMemory;
    inputOffset(): number;
    product(out: number, a: number, b: number): void;
    square(out: number, a: number): void;
  }>(WASM_BASE64);
  readonly #digits = new Int16Array(this.#kernel.memory.buffer, this.#kernel.inputOffset(), 240);

  #put(number: number, lane: number, digits: readonly number[]): void {
    for (const [i, digit] of digits.entries()) this.#digits[number * 80 + (i >> 1) * 8 + 2 * lane + (i & 1)] = digit;
  }

  #result(lane: number): number[] {
    return Array.from({ length: 20 }, (_, i) => this.#digits[160 + (i >> 1) * 8 + 2 * lane + (i & 1)]!);
  }

  /** Products of four pairs of numbers, as digits; squares where there is one number each. */
  of(pairs: readonly (readonly (readonly number[])[])[]): number[][] {
    for (const [lane, numbers] of pairs.entries()) for (const [i, digits] of numbers.entries()) this.#put(i, lane, digits);
    const at = this.#kernel.inputOffset();
    if (pairs[0]!.length === 1) this.#kernel.square(at + 320, at);
    else this.#kernel.product(at + 320, at, at + 160);
    return pairs.map((_, lane) => this.#result(lane));
  }
}

const numberOf = (digits: readonly number[]): bigint => digits.reduceRight((sum, digit) => sum * 8192n + BigInt(digit), 0n);
/** Of 13 bits; digit 5 may have a little more. */
const isOfSizeOne = (digit: number, place: number): boolean => {
  const more = place === 5 ? 260 : 0;
  return digit >= -4096 - more && digit <= 4095 + more;
};
const modulo = (value: bigint): bigint => ((value % FIELD) + FIELD) % FIELD;

describe('the products of the field', () => {
  const products = new Products();
  const random = new SeededRandom(21);
  /** Digits of a size: at the limit, at the other, of either sign in turn, or anything between. */
  const digitsOf = (size: number, form: number): number[] =>
    Array.from({ length: 20 }, (_, i) => {
      const limit = Math.floor(4096 * size);
      if (form === 0) return limit;
      if (form === 1) return -limit;
      if (form === 2) return i % 2 === 0 ? limit : -limit;
      return random.below(2 * limit + 1) - limit;
    });

  it('are right for digits of every size that is allowed, and come out of size 1', () => {
    for (const [a, b] of [
      [1, 1],
      [2, 2],
      [2.5, 2.2],
      [5.5, 1],
      [1, 5.5],
      [3, 1.8],
    ] as const) {
      for (let form = 0; form < 16; form++) {
        const pairs = Array.from({ length: 4 }, (_, lane) => [digitsOf(a, form >> 2 || lane), digitsOf(b, form & 3)]);
        for (const [lane, digits] of products.of(pairs).entries()) {
          assert.equal(modulo(numberOf(digits)), modulo(numberOf(pairs[lane]![0]!) * numberOf(pairs[lane]![1]!)), `sizes ${a} and ${b}`);
          assert.ok(digits.every(isOfSizeOne), digits.join(' '));
        }
      }
    }
  });

  it('are right for squares, too', () => {
    for (const size of [1, 2, 2.3]) {
      for (let form = 0; form < 16; form++) {
        const numbers = Array.from({ length: 4 }, (_, lane) => [digitsOf(size, (form + lane) % 5)]);
        for (const [lane, digits] of products.of(numbers).entries()) {
          assert.equal(modulo(numberOf(digits)), modulo(numberOf(numbers[lane]![0]!) ** 2n), `size ${size}`);
          assert.ok(digits.every(isOfSizeOne), digits.join(' '));
        }
      }
    }
  });
});
