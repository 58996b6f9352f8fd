import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OP_TRUE, spend, unknownHash } from '../../../test/support/chain-builder.ts';
import { testSecp256k1 } from '../../../test/support/test-chain.ts';
import { concatBytes } from '../../core/base/bytes.ts';
import { encodeDer } from '../../core/crypto/der.ts';
import type { Secp256k1 } from '../../core/crypto/secp256k1.ts';
import type { Txid } from '../../core/primitives/ids.ts';
import { makeTransaction } from '../../core/primitives/transaction.ts';
import { NO_FLAGS } from '../../core/script/flags.ts';
import { OP } from '../../core/script/opcodes.ts';
import { precomputeSighash } from '../../core/script/precomputed-sighash.ts';
import { sighashLegacy } from '../../core/script/sighash-legacy.ts';
import { type PlainJob, verifyJobs } from './verify-job.ts';

const SIGHASH_ALL = 1;
const [FIRST, SECOND] = [1, 2].map((fill) => new Uint8Array(32).fill(fill)) as [Uint8Array, Uint8Array];

const push = (bytes: Uint8Array): Uint8Array => concatBytes(Uint8Array.of(bytes.length), bytes);
const keyOf = (secret: Uint8Array): Uint8Array => testSecp256k1.publicKeyOf(secret)!;

/** A job of one input, which answers a script of before segwit with a signature by a key; before it stands what OP_CHECKMULTISIG takes too much. */
function jobOf(scriptPubKey: Uint8Array, secret: Uint8Array, before: Uint8Array = new Uint8Array()): PlainJob {
  const outPoint = { txid: unknownHash() as unknown as Txid, vout: 0 };
  const unsigned = spend({ inputs: [{ outPoint, value: 1n }], outputs: [{ value: 0n, scriptPubKey: OP_TRUE }] });
  const spentOutputs = [{ value: 1n, scriptPubKey }];
  const hash = sighashLegacy(precomputeSighash(unsigned, spentOutputs), 0, scriptPubKey, SIGHASH_ALL);
  const signature = concatBytes(encodeDer(testSecp256k1.signEcdsa(hash, secret)), Uint8Array.of(SIGHASH_ALL));
  const inputs = unsigned.inputs.map((input) => ({ ...input, scriptSig: concatBytes(before, push(signature)) }));
  return { tx: makeTransaction({ ...unsigned, inputs }), spentOutputs, flags: NO_FLAGS };
}

/** The error at the one input of a job, by an engine that makes many checks together; and how many it made by itself. */
function verify(job: PlainJob, togetherFrom: number | undefined): { error: string | undefined; alone: number } {
  let alone = 0;
  const engine: Secp256k1 = {
    ...testSecp256k1,
    togetherFrom,
    verifyEcdsa: (...check) => {
      alone++;
      return testSecp256k1.verifyEcdsa(...check);
    },
  };
  const failures = [...verifyJobs([{ job, from: 0, to: 1 }], engine)].filter((each) => each !== undefined);
  assert.ok(failures.length <= 1);
  return { error: failures[0]?.error, alone };
}

describe('running scripts whose signatures are checked later', () => {
  const checkSig = (secret: Uint8Array, ...more: number[]): Uint8Array =>
    concatBytes(push(keyOf(secret)), Uint8Array.of(OP.OP_CHECKSIG, ...more));

  it('checks none by itself that the kernel finds good', () => {
    assert.deepEqual(verify(jobOf(checkSig(FIRST), FIRST), 1), { error: undefined, alone: 0 });
    assert.deepEqual(verify(jobOf(checkSig(FIRST), FIRST), 2), { error: undefined, alone: 1 });
    assert.deepEqual(verify(jobOf(checkSig(FIRST), FIRST), undefined), { error: undefined, alone: 1 });
  });

  it('finds out by the engine alone what does not hold, and with which error', () => {
    assert.deepEqual(verify(jobOf(checkSig(FIRST), SECOND), 1), { error: 'EVAL_FALSE', alone: 1 });
  });

  it('takes a script that holds because a signature does not, and runs it once: what may fail is checked at once', () => {
    assert.deepEqual(verify(jobOf(checkSig(FIRST, OP.OP_NOT), SECOND), 1), { error: undefined, alone: 1 });
    assert.deepEqual(verify(jobOf(checkSig(FIRST, OP.OP_NOT), FIRST), 1), { error: 'EVAL_FALSE', alone: 1 });
    assert.deepEqual(verify(jobOf(concatBytes(checkSig(FIRST, OP.OP_VERIFY), OP_TRUE), FIRST), 1), { error: undefined, alone: 1 });
    const verified = concatBytes(push(keyOf(FIRST)), Uint8Array.of(OP.OP_CHECKSIGVERIFY), OP_TRUE);
    assert.deepEqual(verify(jobOf(verified, FIRST), 1), { error: undefined, alone: 0 });
    assert.deepEqual(verify(jobOf(verified, SECOND), 1), { error: 'CHECKSIGVERIFY', alone: 1 });
  });

  it('tries the keys of OP_CHECKMULTISIG at once while there are more of them than signatures', () => {
    const oneOfTwo = concatBytes(
      ...[Uint8Array.of(OP.OP_1), push(keyOf(FIRST)), push(keyOf(SECOND)), Uint8Array.of(OP.OP_2, OP.OP_CHECKMULTISIG)],
    );
    // The key that was pushed last is tried first.
    assert.deepEqual(verify(jobOf(oneOfTwo, FIRST, Uint8Array.of(0)), 1), { error: undefined, alone: 1 });
    assert.deepEqual(verify(jobOf(oneOfTwo, SECOND, Uint8Array.of(0)), 1), { error: undefined, alone: 1 });
    const oneOfOne = (...more: number[]): Uint8Array =>
      concatBytes(...[Uint8Array.of(OP.OP_1), push(keyOf(FIRST)), Uint8Array.of(OP.OP_1, OP.OP_CHECKMULTISIG, ...more)]);
    assert.deepEqual(verify(jobOf(oneOfOne(), FIRST, Uint8Array.of(0)), 1), { error: undefined, alone: 0 });
    assert.deepEqual(verify(jobOf(oneOfOne(OP.OP_NOT), SECOND, Uint8Array.of(0)), 1), { error: undefined, alone: 1 });
  });
});
