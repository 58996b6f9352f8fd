/** Bugs in checks of signatures that are made together. */

import type { ListedMutant } from '../mutant.ts';

/** Bugs in checks of signatures that are made together. */
export const CRYPTO_MUTANTS: readonly ListedMutant[] = [
  {
    id: 'crypto/put-off-verdict',
    file: 'core/crypto/put-off-checks.ts',
    what: 'what the kernel does not know to hold passes',
    find: 'if (verdicts[i] !== 1) this',
    replace: 'if (verdicts[i] === undefined) this',
  },
  {
    id: 'crypto/put-off-alone',
    file: 'core/crypto/put-off-checks.ts',
    what: 'too few checks for the kernel are not made',
    find: 'if (!this.#alone[i]!()) this.#failed',
    replace: 'if (!this.#alone[i]) this.#failed',
  },
  {
    id: 'crypto/put-off-owner',
    file: 'core/crypto/put-off-checks.ts',
    what: 'a check that does not hold is blamed on the input after its own',
    find: 'this.#owners[count - 1] = this.#owner;',
    replace: 'this.#owners[count - 1] = this.#owner + 1;',
  },
  {
    id: 'crypto/put-off-rest',
    file: 'core/crypto/put-off-checks.ts',
    what: 'the last checks, which do not fill a call, are not made',
    find: '    this.#make();\n    const failed',
    replace: '    const failed',
  },
  {
    id: 'crypto/settle-certain',
    file: 'engine/chain/verify-job.ts',
    what: 'an input of which a check does not hold counts as run',
    find: 'failed?.has(owner) !== true',
    replace: 'failed !== null',
    test: 'inline-verifier',
  },
  {
    id: 'crypto/guess',
    file: 'core/script/opcodes/signatures.ts',
    what: 'OP_CHECKMULTISIG never tries a key at once',
    find: '!isVital || signaturesLeft < keysLeft',
    replace: '!isVital',
  },
];
