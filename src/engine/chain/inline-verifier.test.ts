import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OP_TRUE, spend, unknownHash } from '../../../test/support/chain-builder.ts';
import { scriptVerifierSuite } from '../../../test/support/script-verifier-suite.ts';
import { testSecp256k1 } from '../../../test/support/test-chain.ts';
import type { Txid } from '../../core/primitives/ids.ts';
import type { ScriptJob } from '../ports/script-verifier.ts';
import { createInlineVerifier } from './inline-verifier.ts';

/** A job with an input for each script. */
function job(...scripts: Uint8Array[]): ScriptJob {
  const inputs = scripts.map((_, vout) => ({ outPoint: { txid: unknownHash() as unknown as Txid, vout }, value: 1n }));
  const tx = spend({ inputs, outputs: [{ value: 0n, scriptPubKey: OP_TRUE }] });
  return { tx, spentOutputs: scripts.map((scriptPubKey) => ({ value: 1n, scriptPubKey })), flags: 0 };
}

const FALSE_SCRIPT = Uint8Array.of(0x00);

describe('createInlineVerifier', () => {
  for (const togetherFrom of [undefined, 1, 12]) {
    describe(`with checks made together from ${togetherFrom ?? 'never'}`, () => {
      scriptVerifierSuite(() => createInlineVerifier({ secp256k1: { ...testSecp256k1, togetherFrom } }));
    });
  }

  it('finds the first failure by the order of jobs and inputs', async () => {
    const verifier = createInlineVerifier({ secp256k1: testSecp256k1 });
    assert.equal(await verifier.verify([]), undefined);
    assert.equal(await verifier.verify([job(OP_TRUE), job(OP_TRUE, OP_TRUE)]), undefined);
    const failure = await verifier.verify([job(OP_TRUE), job(OP_TRUE, FALSE_SCRIPT, Uint8Array.of(0x6a)), job(FALSE_SCRIPT)]);
    assert.deepEqual(failure, { jobIndex: 1, inputIndex: 1, error: 'EVAL_FALSE' });
    await verifier.close();
  });

  it('lets others have their turn when it takes long', async () => {
    let now = 0;
    let turns = 0;
    const clock = {
      // Each look at the clock finds it 3 ms later.
      monotonicMs: () => (now += 3),
      yield: async () => {
        turns++;
      },
    };
    const verifier = createInlineVerifier({ secp256k1: testSecp256k1, clock });
    await verifier.verify(Array.from({ length: 12 }, () => job(OP_TRUE)));
    assert.equal(turns, 4);
    // Inputs of one transaction are no different: it may be as large as a block.
    await verifier.verify([job(...Array.from({ length: 12 }, () => OP_TRUE))]);
    assert.equal(turns, 8);
  });
});
