/**
 * Checks that need not be made at once. Whoever runs many scripts goes on as if each signature were good, and has them checked together
 * later, in less time than one after another; a script that came to its end with an answer that turns out wrong is run again.
 *
 * @module
 */

import { schnorrChallenge } from './schnorr-equation.ts';
import type { Secp256k1 } from './secp256k1.ts';
import { CHECKS_MAX, SignatureChecks } from './signature-kernel.ts';

/** How a check is made by itself. */
type Alone = () => boolean;

/** Gathers checks for owners that are numbered by the caller. */
export class PutOffChecks {
  /** Answers yes to what can be put off, and what is true to everything else. Arguments must not be written to before the next `settle`. */
  readonly engine: Secp256k1;
  readonly #atOnce: Secp256k1;
  readonly #checks = new SignatureChecks();
  readonly #owners: number[] = [];
  /** As many as `#checks` has, while they are too few to be made together. */
  readonly #alone: Alone[] = [];
  #failed = new Set<number>();
  #owner = 0;

  constructor(engine: Secp256k1) {
    this.#atOnce = engine;
    this.engine = {
      ...engine,
      atOnce: engine,
      verifyEcdsa: (key, hash, signature) => this.#ecdsa(key, hash, signature),
      verifySchnorr: (key, message, signature) => this.#schnorr(key, message, signature),
      checkTweak: (key, tweak, tweaked, parity) => this.#tweak(key, tweak, tweaked, parity),
    };
  }

  /** How many wait. */
  get count(): number {
    return this.#checks.count;
  }

  /** Whose checks they are that follow. */
  set owner(owner: number) {
    this.#owner = owner;
  }

  /** Makes what waits. @returns the owners of which a check since the last call does not hold, or is not known to */
  settle(): ReadonlySet<number> {
    this.#make();
    const failed = this.#failed;
    this.#failed = new Set();
    return failed;
  }

  #make(): void {
    const { count } = this.#checks;
    if (count === 0) return;
    if (count < (this.#atOnce.togetherFrom ?? Number.POSITIVE_INFINITY)) {
      this.#checks.clear();
      for (let i = 0; i < count; i++) if (!this.#alone[i]!()) this.#failed.add(this.#owners[i]!);
    } else {
      const verdicts = this.#checks.make();
      for (let i = 0; i < count; i++) if (verdicts[i] !== 1) this.#failed.add(this.#owners[i]!);
    }
    this.#alone.length = 0;
  }

  /** Room for one more, which is put off: the answer that its owner goes on with. */
  #putOff(alone: Alone): true {
    const { count } = this.#checks;
    this.#owners[count - 1] = this.#owner;
    if (count <= (this.#atOnce.togetherFrom ?? CHECKS_MAX)) this.#alone.push(alone);
    if (count === CHECKS_MAX) this.#make();
    return true;
  }

  #ecdsa(key: Uint8Array, hash: Uint8Array, signature: Uint8Array): boolean {
    const isShort = key.length === 33 && (key[0] === 2 || key[0] === 3);
    if (!isShort || hash.length !== 32 || signature.length !== 64) return this.#atOnce.verifyEcdsa(key, hash, signature);
    this.#checks.addEcdsa(key, hash, signature);
    return this.#putOff(() => this.#atOnce.verifyEcdsa(key, hash, signature));
  }

  #schnorr(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
    if (key.length !== 32 || message.length !== 32 || signature.length !== 64) return this.#atOnce.verifySchnorr(key, message, signature);
    this.#checks.addSchnorr(key, schnorrChallenge(key, message, signature), signature);
    return this.#putOff(() => this.#atOnce.verifySchnorr(key, message, signature));
  }

  #tweak(key: Uint8Array, tweak: Uint8Array, tweaked: Uint8Array, parity: 0 | 1): boolean {
    if (key.length !== 32 || tweak.length !== 32 || tweaked.length !== 32) return this.#atOnce.checkTweak(key, tweak, tweaked, parity);
    this.#checks.addTweak(key, tweak, tweaked, parity);
    return this.#putOff(() => this.#atOnce.checkTweak(key, tweak, tweaked, parity));
  }
}
