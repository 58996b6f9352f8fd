import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseSecp256k1 } from '../core/crypto/node/choose-secp256k1.ts';
import type { Txid } from '../core/primitives/ids.ts';
import { FLAG } from '../core/script/flags.ts';
import { createInlineVerifier } from '../engine/chain/inline-verifier.ts';
import type { ScriptJob, ScriptVerifier } from '../engine/ports/script-verifier.ts';
import { Purse } from './purse.ts';
import { createSharedVerifier } from './shared-verifier.ts';
import { SimRandom } from './sim-random.ts';

const secp256k1 = chooseSecp256k1('auto');
const purse = new Purse(secp256k1, new SimRandom(1));
const FLAGS = FLAG.P2SH | FLAG.WITNESS;
const COIN = { outPoint: { txid: new Uint8Array(32).fill(1) as unknown as Txid, vout: 0 }, value: 5_000n };

function job(spentValue = COIN.value): ScriptJob {
  const tx = purse.spend([COIN], [{ value: 4_000n, scriptPubKey: purse.script }]);
  return { tx, spentOutputs: [{ value: spentValue, scriptPubKey: purse.script }], flags: FLAGS };
}

/** The inline verifier, and how many jobs it had. */
function counted(): { inner: ScriptVerifier; jobs: () => number } {
  const inline = createInlineVerifier({ secp256k1 });
  let count = 0;
  const verify: ScriptVerifier['verify'] = (jobs) => {
    count += jobs.length;
    return inline.verify(jobs);
  };
  return { inner: { verify, close: () => inline.close() }, jobs: () => count };
}

test('what one node has verified another need not run again, good or bad', async () => {
  const { inner, jobs } = counted();
  const shared = createSharedVerifier(inner);
  assert.equal(await shared.verify([job()]), undefined);
  assert.equal(await shared.verify([job()]), undefined);
  assert.equal(jobs(), 1);
  const bad = await shared.verify([job(), job(4_999n)]);
  assert.deepEqual([bad?.jobIndex, bad?.inputIndex], [1, 0]);
  assert.deepEqual(await shared.verify([job(4_999n)]), { ...bad, jobIndex: 0 });
  assert.equal(jobs(), 2);
  assert.deepEqual([shared.asked, shared.shared], [5, 3]);
});

test('another flag, or another output that is spent, is another question', async () => {
  const { inner, jobs } = counted();
  const shared = createSharedVerifier(inner);
  await shared.verify([job()]);
  await shared.verify([{ ...job(), flags: FLAG.P2SH }]);
  await shared.verify([{ ...job(), blockFlags: FLAG.P2SH }]);
  await shared.verify([job(4_999n)]);
  assert.equal(jobs(), 4);
});
