import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type BuildOptions,
  buildBlock,
  buildChain,
  childOf,
  genesisParent,
  outputOf,
  rebuild,
  spend,
} from '../../test/support/chain-builder.ts';
import { type Block, encodeBlock } from '../core/primitives/block.ts';
import type { LedgerBlock } from './reference-ledger.ts';
import { forkOf, ReferenceLedger } from './reference-ledger.ts';
import { simParams } from './sim-params.ts';

const REWARD = simParams.consensus.subsidy.initial;
const OP_TRUE = Uint8Array.of(0x51);
const OP_RETURN = Uint8Array.of(0x6a);

/** A ledger, and blocks that were stored in order. */
function ledgerOf(blocks: readonly Block[]): ReferenceLedger {
  const ledger = new ReferenceLedger(simParams);
  for (const block of blocks) ledger.stored(encodeBlock(block));
  return ledger;
}

function known(ledger: ReferenceLedger, block: Block): LedgerBlock {
  const found = ledger.block(block.header.hash);
  assert.ok(found !== undefined, 'the block was judged');
  return found;
}

/** Enough blocks for the first reward to mature in the next, and that next block as its builder wants it. */
const CHAIN = buildChain({ parent: genesisParent(simParams), params: simParams, count: simParams.consensus.coinbaseMaturity });
const TIP = CHAIN.reduce((parent, block) => childOf(parent, block), genesisParent(simParams));
const FIRST = CHAIN[0]?.transactions[0];
const MATURE = outputOf(FIRST!);

const next = (options: Partial<BuildOptions> = {}): Block => buildBlock({ parent: TIP, params: simParams, ...options });

/** Why the block after the chain is invalid. */
function flawOf(block: Block): string | undefined {
  return known(ledgerOf([...CHAIN, block]), block).flaw;
}

test('a chain of rewards is worth a reward a block, and its coins are there', () => {
  const ledger = ledgerOf(CHAIN);
  const tip = known(ledger, CHAIN.at(-1)!);
  assert.deepEqual([tip.height, tip.coins.count, tip.coins.total, tip.burnt], [10, 10, 10n * REWARD, 0n]);
  assert.equal(ledger.since(1).length, 10);
});

test('a payment moves coins: fees are claimed or burnt, and outputs that nobody can spend are burnt', () => {
  const outputs = [
    { value: REWARD - 1_000n, scriptPubKey: OP_TRUE },
    { value: 400n, scriptPubKey: OP_RETURN },
  ];
  const tx = spend({ inputs: [MATURE], outputs });
  const claimed = next({ transactions: [tx], fees: 600n });
  const left = next({ transactions: [tx], fees: 0n });
  const ledger = ledgerOf([...CHAIN, claimed, left]);
  assert.deepEqual([known(ledger, claimed).flaw, known(ledger, claimed).burnt], [undefined, 400n]);
  assert.deepEqual([known(ledger, left).flaw, known(ledger, left).burnt], [undefined, 1_000n]);
  assert.equal(known(ledger, left).coins.total, 11n * REWARD - 1_000n);
});

test('a coin that is made and spent in one block is none afterwards', () => {
  const first = spend({ inputs: [MATURE], outputs: [{ value: REWARD, scriptPubKey: OP_TRUE }] });
  const second = spend({ inputs: [outputOf(first)], outputs: [{ value: REWARD, scriptPubKey: OP_TRUE }] });
  const block = next({ transactions: [first, second] });
  const ledger = ledgerOf([...CHAIN, block]);
  const { flaw, coins } = known(ledger, block);
  assert.deepEqual([flaw, coins.count, coins.total], [undefined, 11, 11n * REWARD]);
});

test('what breaks a rule is named', () => {
  const pay = (value: bigint): ReturnType<typeof spend> => spend({ inputs: [MATURE], outputs: [{ value, scriptPubKey: OP_TRUE }] });
  const good = next();
  assert.equal(flawOf(good), undefined);
  assert.match(flawOf(next({ reward: REWARD + 1n })) ?? '', /takes too much/);
  assert.match(flawOf(next({ transactions: [pay(REWARD + 1n)] })) ?? '', /more than it has/);
  assert.match(flawOf(next({ transactions: [pay(REWARD), pay(REWARD - 1n)] })) ?? '', /not there/);
  const early = spend({ inputs: [outputOf(CHAIN[1]!.transactions[0]!)], outputs: [{ value: REWARD, scriptPubKey: OP_TRUE }] });
  assert.match(flawOf(next({ transactions: [early] })) ?? '', /too early/);
  assert.match(flawOf(next({ timeSeconds: CHAIN[4]!.header.timeSeconds })) ?? '', /time is too early/);
  assert.match(flawOf(next({ timeSeconds: CHAIN[4]!.header.timeSeconds + 7_200 + 10 })) ?? '', /time is too late/);
  const otherRoot = rebuild(good, { header: { merkleRoot: new Uint8Array(32) as unknown as Block['header']['merkleRoot'] } }, simParams);
  assert.match(flawOf(otherRoot) ?? '', /root/);
  const twoCoinbases = rebuild(good, { transactions: [good.transactions[0]!, CHAIN[3]!.transactions[0]!] }, simParams);
  assert.match(flawOf(twoCoinbases) ?? '', /coinbase/);
  assert.match(flawOf(rebuild(good, { header: { bits: 0x2000ffff } }, simParams)) ?? '', /work/);
});

test('what is named as broken, and what builds on it, is invalid', () => {
  const ledger = ledgerOf(CHAIN);
  const bad = next();
  const child = buildBlock({ parent: childOf(TIP, bad), params: simParams });
  ledger.taint(bad.header.hash, 'its scripts fail');
  for (const block of [bad, child]) ledger.stored(encodeBlock(block));
  assert.deepEqual([known(ledger, bad).flaw, known(ledger, child).flaw], ['its scripts fail', 'it builds on an invalid block']);
});

test('a block that is stored before its parent is judged when that comes', () => {
  const ledger = new ReferenceLedger(simParams);
  for (const block of [...CHAIN].reverse()) ledger.stored(encodeBlock(block));
  assert.equal(known(ledger, CHAIN.at(-1)!).coins.total, 10n * REWARD);
});

test('branches have coins of their own, whatever was looked at last', () => {
  const tx = spend({ inputs: [MATURE], outputs: [{ value: REWARD, scriptPubKey: OP_TRUE }] });
  const spent = next({ transactions: [tx] });
  const kept = next({ extra: Uint8Array.of(9) });
  const ledger = ledgerOf([...CHAIN, spent, kept]);
  const [a, b] = [known(ledger, spent), known(ledger, kept)];
  const [coin] = known(ledger, CHAIN[0]!).made;
  for (let i = 0; i < 3; i++) {
    assert.equal(ledger.coinAt(a, coin!.outPoint), undefined);
    assert.equal(ledger.coinAt(b, coin!.outPoint)?.value, REWARD);
  }
  assert.equal(forkOf(a, b), known(ledger, CHAIN.at(-1)!));
  assert.ok(!a.coins.equals(b.coins));
});
