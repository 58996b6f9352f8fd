import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import {
  type BuildParent,
  buildBlock,
  buildChain,
  mineHeader,
  OP_TRUE,
  outputOf,
  rebuild,
  spend,
  unknownHash,
} from '../../../test/support/chain-builder.ts';
import { FakeClock } from '../../../test/support/fake-clock.ts';
import { acceptAll, nodeOf, openTestChain, quickRegtest, testSecp256k1 } from '../../../test/support/test-chain.ts';
import { concatBytes } from '../../core/base/bytes.ts';
import { type Block, makeBlock } from '../../core/primitives/block.ts';
import type { TxOutput } from '../../core/primitives/transaction.ts';
import type { Chain } from '../chain/chain.ts';
import { createInlineVerifier } from '../chain/inline-verifier.ts';
import type { Refused, Verdict } from '../ports/explanation.ts';
import { WALK_BLOCKS_MAX } from './coins-before.ts';
import { explainBlock, explainBlockAlone } from './explain-block.ts';

const params = quickRegtest;
const ALL = ['alone', 'header', 'context', 'coins', 'scripts'];
const OP_FALSE: Uint8Array = Uint8Array.of(0x00);

let chain: Chain;
let first: Block[];

beforeEach(async () => {
  chain = await openTestChain();
  first = buildChain({ parent: chain.tip, params, count: 5 });
  assert.deepEqual(await acceptAll(chain, first), []);
});

function explain(block: Block): Promise<Verdict> {
  const clock = { nowSeconds: () => new FakeClock().nowSeconds(), yield: async () => {} };
  return explainBlock(block, { chain, clock, secp256k1: testSecp256k1, verifier: createInlineVerifier({ secp256k1: testSecp256k1 }) });
}

async function refusal(block: Block): Promise<Refused> {
  const verdict = await explain(block);
  assert.equal(verdict.accepted, false);
  return verdict as Refused;
}

async function assertHolds(block: Block): Promise<void> {
  assert.deepEqual(await explain(block), { accepted: true, checked: ALL, unchecked: undefined });
}

/** A transaction that spends the coinbase of one of the first blocks. */
function spendingFirst(height: number, scriptPubKey: Uint8Array = OP_TRUE) {
  const input = outputOf(first[height - 1]!.transactions[0]!);
  const output: TxOutput = { value: input.value, scriptPubKey };
  return spend({ inputs: [input], outputs: [output] });
}

describe('a block on the tip', () => {
  it('is accepted, and nothing of it is kept', async () => {
    const block = buildBlock({ parent: chain.tip, params, transactions: [spendingFirst(1)] });
    await assertHolds(block);
    assert.equal(chain.tree.get(block.header.hash), undefined);
  });

  it('has a mutated list of transactions', async () => {
    const block = buildBlock({ parent: chain.tip, params, transactions: [spendingFirst(1), spendingFirst(2)] });
    const [coinbase, one, two] = block.transactions as [never, never, never];
    const verdict = await refusal(makeBlock(block.header, [coinbase, one, two, two]));
    assert.deepEqual(
      [verdict.kind, verdict.reason, verdict.blame, verdict.source],
      ['mutated', 'bad-txns-duplicate', 'sender', 'CheckMerkleRoot, CVE-2012-2459'],
    );
    assert.equal((await refusal(makeBlock(block.header, [coinbase, two, one]))).reason, 'bad-txnmrklroot');
  });

  it('pays its miner too much', async () => {
    const verdict = await refusal(buildBlock({ parent: chain.tip, params, reward: 5_000_000_001n }));
    assert.deepEqual(
      [verdict.reason, verdict.detail, verdict.position, verdict.blame],
      ['bad-cb-amount', { paid: 5_000_000_001n, reward: 5_000_000_000n }, {}, 'maker'],
    );
  });

  it('spends what is not there: the transaction, its input and what that names', async () => {
    const known = spendingFirst(1);
    const bad = spend({
      inputs: [outputOf(first[1]!.transactions[0]!), { outPoint: { txid: known.txid, vout: 5 }, value: 1n }],
      outputs: known.outputs,
    });
    const verdict = await refusal(buildBlock({ parent: chain.tip, params, transactions: [known, bad] }));
    assert.deepEqual([verdict.kind, verdict.reason], ['consensus', 'bad-txns-inputs-missingorspent']);
    assert.deepEqual(verdict.position, { transaction: 2, txid: bad.txid, input: 1, prevout: { txid: known.txid, vout: 5 } });
  });

  it('has a script that fails: the trace of the input', async () => {
    const locked = spendingFirst(1, concatBytes(Uint8Array.of(0x76), OP_FALSE, Uint8Array.of(0x88)));
    const tx = spend({ inputs: [outputOf(locked)], outputs: locked.outputs });
    const good = spendingFirst(2);
    const verdict = await refusal(buildBlock({ parent: chain.tip, params, transactions: [good, locked, tx] }));
    assert.equal(verdict.reason, 'block-script-verify-flag-failed (Operation not valid with the current stack size)');
    assert.deepEqual(verdict.position, { transaction: 3, txid: tx.txid, input: 0, prevout: { txid: locked.txid, vout: 0 } });
    assert.deepEqual(
      verdict.script?.steps.map(({ role, opcode, error }) => [role, opcode, error]),
      [['scriptPubKey', 'OP_DUP', 'INVALID_STACK_OPERATION']],
    );
    assert.deepEqual([verdict.validInBlock, verdict.script?.flags.includes('CLEANSTACK')], [undefined, false]);
  });

  it('shows no work, comes too early, is of the wrong height', async () => {
    const block = buildBlock({ parent: chain.tip, params });
    const early = rebuild(block, { header: { timeSeconds: chain.tip.medianTimeSeconds } }, params);
    const other = buildBlock({ parent: { header: chain.tip.header, medianTimeSeconds: chain.tip.medianTimeSeconds, height: 8 }, params });
    const verdicts = [await refusal(early), await refusal(other)];
    assert.deepEqual(
      verdicts.map(({ reason, source }) => [reason, source]),
      [
        ['time-too-old', 'ContextualCheckBlockHeader, BIP-113'],
        ['bad-cb-height', 'BIP-34'],
      ],
    );
    const hard = explainBlockAlone(makeBlock({ ...block.header, bits: 0x1d00ffff }, block.transactions), params.consensus);
    assert.deepEqual([hard.accepted, !hard.accepted && hard.reason], [false, 'high-hash']);
  });

  it('is judged by itself where no chain is asked', () => {
    const verdict = explainBlockAlone(buildBlock({ parent: chain.tip, params }), params.consensus);
    assert.deepEqual([verdict.accepted, verdict.accepted && verdict.checked], [true, ['alone']]);
  });
});

describe('a block elsewhere', () => {
  it('lacks its parent', async () => {
    const header = mineHeader({ ...buildBlock({ parent: chain.tip, params }).header, prevBlockHash: unknownHash() }, params.consensus);
    const verdict = await refusal(makeBlock(header, buildBlock({ parent: chain.tip, params }).transactions));
    assert.deepEqual([verdict.kind, verdict.reason, verdict.blame], ['missing-prev', 'prev-blk-not-found', 'nobody']);
  });

  it('is held to the coins of its own parent, not of the tip', async () => {
    const spent = spendingFirst(1);
    assert.deepEqual(await acceptAll(chain, [buildBlock({ parent: chain.tip, params, transactions: [spent] })]), []);
    const third = nodeOf(chain, first[2]!);
    await assertHolds(buildBlock({ parent: third, params, transactions: [spent], extra: Uint8Array.of(9) }));
    const young = await refusal(buildBlock({ parent: third, params, transactions: [spendingFirst(3)], extra: Uint8Array.of(9) }));
    assert.deepEqual([young.reason, young.detail.depth], ['bad-txns-premature-spend-of-coinbase', 1]);
    const unmade = await refusal(buildBlock({ parent: third, params, transactions: [spendingFirst(4)], extra: Uint8Array.of(9) }));
    assert.equal(unmade.reason, 'bad-txns-inputs-missingorspent');
  });

  it('is held to the coins of its own branch', async () => {
    const spent = spendingFirst(1);
    const third = nodeOf(chain, first[2]!);
    const side = buildBlock({ parent: third, params, transactions: [spent], extra: Uint8Array.of(9) });
    assert.deepEqual(await acceptAll(chain, [side]), []);
    const parent = nodeOf(chain, side);
    const made = spend({ inputs: [outputOf(spent)], outputs: spent.outputs });
    await assertHolds(buildBlock({ parent, params, transactions: [made] }));
    const again = await refusal(buildBlock({ parent, params, transactions: [spent] }));
    assert.deepEqual([again.reason, again.position.transaction], ['bad-txns-inputs-missingorspent', 1]);
    assert.equal(chain.tip.hash, nodeOf(chain, first[4]!).hash);
  });

  it('is judged anew where it was refused, and where it is the tip', async () => {
    const bad = buildBlock({ parent: chain.tip, params, reward: 5_000_000_001n });
    assert.deepEqual(await acceptAll(chain, [bad]), ['bad-cb-amount']);
    assert.equal((await refusal(bad)).reason, 'bad-cb-amount');
    const child = await refusal(buildBlock({ parent: nodeOf(chain, bad), params }));
    assert.deepEqual([child.kind, child.reason], ['invalid-prev', 'bad-prevblk']);
    await assertHolds(first[4]!);
    await assertHolds(first[0]!);
  });

  it('breaks no rule and was marked by hand', async () => {
    await chain.invalidateBlock(chain.tip);
    assert.equal((await refusal(first[4]!)).reason, 'duplicate-invalid');
  });

  it('builds on a branch that breaks the rules when it is looked at', async () => {
    const third = nodeOf(chain, first[2]!);
    const bad = buildBlock({ parent: third, params, reward: 5_000_000_001n, extra: Uint8Array.of(9) });
    assert.deepEqual(await acceptAll(chain, [bad]), []);
    assert.equal((await refusal(buildBlock({ parent: nodeOf(chain, bad), params }))).reason, 'bad-prevblk');
  });

  it('is not followed further than the bound, and is to the bound', async () => {
    const genesis = chain.tree.genesis;
    const more = buildChain({ parent: chain.tip, params, count: WALK_BLOCKS_MAX - 5 });
    assert.deepEqual(await acceptAll(chain, more), []);
    const at = (parent: BuildParent): Block => buildBlock({ parent, params, extra: Uint8Array.of(9) });
    await assertHolds(at(genesis));
    assert.deepEqual(await acceptAll(chain, [buildBlock({ parent: chain.tip, params })]), []);
    const verdict = await explain(at(genesis));
    assert.ok(verdict.accepted);
    assert.deepEqual(verdict.checked, ['alone', 'header', 'context']);
    assert.match(verdict.unchecked ?? '', /more than 100 blocks away/);
  });

  it('is the first of the network', async () => {
    const verdict = await explain(params.genesis);
    assert.deepEqual([verdict.accepted, verdict.accepted && verdict.checked], [true, ['alone']]);
  });
});
