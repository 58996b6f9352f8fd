import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import {
  buildBlock,
  buildChain,
  childOf,
  genesisParent,
  OP_TRUE,
  outputOf,
  type SpendInput,
  spend,
} from '../../../test/support/chain-builder.ts';
import { acceptAll, coinsHash, nodeOf, openTestChain, quickRegtest, testSecp256k1 } from '../../../test/support/test-chain.ts';
import type { Block } from '../../core/primitives/block.ts';
import { makeBlock } from '../../core/primitives/block.ts';
import type { Transaction } from '../../core/primitives/transaction.ts';
import type { ScriptVerifier } from '../ports/script-verifier.ts';
import type { Chain } from './chain.ts';
import { createInlineVerifier } from './inline-verifier.ts';

const params = quickRegtest;
const base = buildChain({ parent: genesisParent(params), params, count: 5 });
const end = base.reduce(childOf, genesisParent(params));
const FALSE_SCRIPT = Uint8Array.of(0x00);

const pay = (input: SpendInput, scriptPubKey: Uint8Array = OP_TRUE): Transaction =>
  spend({ inputs: [input], outputs: [{ value: input.value, scriptPubKey }] });
const coinbaseOf = (height: number): SpendInput => outputOf(base[height - 1]!.transactions[0]!);
const after = (block: Block): typeof end => childOf(end, block);

/** A verifier as if it were on other threads, whose answers wait until they are let go. */
function heldUp(): ScriptVerifier & { readonly asked: number[]; open(): void } {
  const inline = createInlineVerifier({ secp256k1: testSecp256k1 });
  const asked: number[] = [];
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return {
    isElsewhere: true,
    asked,
    open: () => open(),
    async verify(jobs) {
      asked.push(jobs.length);
      await opened;
      return inline.verify(jobs);
    },
    close: () => inline.close(),
  };
}

/** A chain at the end of the base that knows the headers of two more blocks, of which it expects the second. */
async function openBefore(first: Block, second: Block): Promise<{ chain: Chain; verifier: ReturnType<typeof heldUp> }> {
  const verifier = heldUp();
  const chain = await openTestChain({ verifier });
  assert.deepEqual(await acceptAll(chain, base), []);
  chain.acceptHeaders([first.header, second.header]);
  chain.expect(second);
  return { chain, verifier };
}

/** Lets everything happen that waits for nothing from outside. */
async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await setImmediate();
}

/** The reasons for which two blocks are refused, one after the other, and where the chain is then. */
async function acceptBoth(
  first: Block,
  second: Block,
): Promise<{ reasons: (string | undefined)[]; height: number; chain: Chain; asked: number[] }> {
  const { chain, verifier } = await openBefore(first, second);
  verifier.open();
  const outcomes = [await chain.acceptBlock(first), await chain.acceptBlock(second)];
  return { reasons: outcomes.map(({ rejection }) => rejection?.reason), height: chain.tip.height, chain, asked: verifier.asked };
}

describe('beginning with a block while the scripts of the one before it run elsewhere', () => {
  const first = buildBlock({ parent: end, params, transactions: [pay(coinbaseOf(1))] });
  const second = buildBlock({ parent: after(first), params, transactions: [pay(coinbaseOf(2)), pay(coinbaseOf(3))] });

  it('has its scripts wait in line, and runs none twice', async () => {
    const { chain, verifier } = await openBefore(first, second);
    const accepted = chain.acceptBlock(first);
    await settled();
    assert.deepEqual([verifier.asked, chain.tip.height], [[1, 2], 5]);
    verifier.open();
    assert.equal((await accepted).rejection, undefined);
    assert.equal(chain.tip.height, 6);
    assert.equal((await chain.acceptBlock(second)).rejection, undefined);
    assert.deepEqual([verifier.asked, chain.tip.height], [[1, 2], 7]);
  });

  it('is of a stored block, too, where several follow', async () => {
    const { chain, verifier } = await openBefore(first, second);
    const third = buildBlock({ parent: childOf(after(first), second), params, transactions: [pay(coinbaseOf(4))] });
    assert.deepEqual(await acceptAll(chain, [second, third]), []);
    const accepted = chain.acceptBlock(first);
    await settled();
    assert.deepEqual([verifier.asked, chain.tip.height], [[1, 2], 5]);
    verifier.open();
    await accepted;
    assert.deepEqual([verifier.asked, chain.tip.height], [[1, 2, 1], 8]);
    const reference = await openTestChain();
    assert.deepEqual(await acceptAll(reference, [...base, first, second, third]), []);
    assert.equal(await coinsHash(chain), await coinsHash(reference));
  });

  it('is of no block whose header is not known, nor of one that is not what its header commits to', async () => {
    const stranger = buildBlock({ parent: after(first), params, transactions: [pay(coinbaseOf(4))] });
    const claimed = makeBlock(second.header, [second.transactions[0]!, pay(coinbaseOf(4))]);
    for (const expected of [stranger, claimed]) {
      const { chain, verifier } = await openBefore(first, second);
      chain.expect(expected);
      const accepted = chain.acceptBlock(first);
      await settled();
      verifier.open();
      await accepted;
      assert.deepEqual(verifier.asked, [1]);
      assert.equal((await chain.acceptBlock(second)).rejection, undefined);
      assert.deepEqual(verifier.asked, [1, 2]);
    }
  });

  it('knows the coins as the one before leaves them', async () => {
    const [made] = [outputOf(first.transactions[1]!)];
    const next = buildBlock({ parent: after(first), params, transactions: [pay(made)] });
    const { reasons, height, chain, asked } = await acceptBoth(first, next);
    assert.deepEqual([reasons, height, asked], [[undefined, undefined], 7, [1, 1]]);
    const reference = await openTestChain();
    assert.deepEqual(await acceptAll(reference, [...base, first, next]), []);
    assert.equal(await coinsHash(chain), await coinsHash(reference));
  });

  it('refuses what the one before has spent', async () => {
    const again = buildBlock({ parent: after(first), params, transactions: [pay(coinbaseOf(1), Uint8Array.of(0x51, 0x51))] });
    const { reasons, height } = await acceptBoth(first, again);
    assert.deepEqual([reasons, height], [[undefined, 'bad-txns-inputs-missingorspent'], 6]);
  });

  it('names the script that fails in its turn', async () => {
    const never = buildBlock({ parent: end, params, transactions: [pay(coinbaseOf(1), FALSE_SCRIPT)] });
    const next = buildBlock({ parent: after(never), params, transactions: [pay(outputOf(never.transactions[1]!))] });
    const { reasons, height } = await acceptBoth(never, next);
    assert.deepEqual([reasons[0], height], [undefined, 6]);
    assert.match(reasons[1]!, /^block-script-verify-flag-failed/);
  });

  it('is in vain where the one before it turns out to be invalid', async () => {
    const made = buildBlock({ parent: end, params, transactions: [pay(coinbaseOf(1), FALSE_SCRIPT)] });
    const bad = buildBlock({ parent: after(made), params, transactions: [pay(outputOf(made.transactions[1]!))] });
    const onBad = buildBlock({ parent: childOf(after(made), bad), params, transactions: [pay(coinbaseOf(2))] });
    const { chain, verifier } = await openBefore(made, bad);
    verifier.open();
    await chain.acceptBlock(made);
    const before = await coinsHash(chain);
    chain.acceptHeaders([onBad.header]);
    chain.expect(onBad);
    assert.match((await chain.acceptBlock(bad)).rejection!.reason, /^block-script-verify-flag-failed/);
    assert.notEqual((await chain.acceptBlock(onBad)).rejection, undefined);
    assert.deepEqual([chain.tip.height, await coinsHash(chain)], [6, before]);
  });

  it('still counts when the one before it was taken back and came again', async () => {
    const { chain, verifier } = await openBefore(first, second);
    verifier.open();
    await chain.acceptBlock(first);
    await chain.invalidateBlock(nodeOf(chain, first));
    assert.notEqual((await chain.acceptBlock(second)).rejection, undefined);
    await chain.reconsiderBlock(nodeOf(chain, first));
    assert.equal((await chain.acceptBlock(second)).rejection, undefined);
    const reference = await openTestChain();
    assert.deepEqual(await acceptAll(reference, [...base, first, second]), []);
    assert.deepEqual([chain.tip.height, await coinsHash(chain)], [7, await coinsHash(reference)]);
  });
});
