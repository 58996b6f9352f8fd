/**
 * Blocks that are wrong in one way each: what is in them.
 *
 * @module
 */

import { findWitnessCommitmentIndex } from '../../core/consensus/witness-commitment.ts';
import type { Block } from '../../core/primitives/block.ts';
import { makeBlock } from '../../core/primitives/block.ts';
import type { Txid } from '../../core/primitives/ids.ts';
import { zeroHash } from '../../core/primitives/ids.ts';
import type { Transaction, TxInput, TxOutput } from '../../core/primitives/transaction.ts';
import { makeTransaction, NULL_VOUT } from '../../core/primitives/transaction.ts';
import type { KeyCoin } from '../../core/signing/single-key.ts';
import { OP_RETURN, OP_TRUE, rebuild } from '../build-block.ts';
import type { Scene } from '../scene.ts';
import type { BadBlock } from './bad-block.ts';

const NOWHERE: KeyCoin = { outPoint: { txid: new Uint8Array(32).fill(3) as unknown as Txid, vout: 0 }, value: 1_000n };
const NOTHING_SPENT: KeyCoin = { outPoint: { txid: zeroHash<Txid>(), vout: NULL_VOUT }, value: 1_000n };

/** A coin of the attacker's own. */
async function oneCoin(scene: Scene): Promise<KeyCoin> {
  return (await scene.fund(1))[0] as KeyCoin;
}

const to = (scene: Scene, ...values: readonly bigint[]): TxOutput[] => values.map((value) => scene.purse.output(value));

/** A block with transactions behind its coinbase. */
const holding = (scene: Scene, ...transactions: readonly Transaction[]): Block => scene.build({ transactions });

/** A block whose coinbase is another. */
function withCoinbase(scene: Scene, block: Block, changes: (coinbase: Transaction) => Partial<Transaction>): Block {
  const [coinbase, ...rest] = block.transactions as [Transaction];
  return rebuild(block, { transactions: [makeTransaction({ ...coinbase, ...changes(coinbase) }), ...rest] }, scene.params);
}

const withScript =
  (change: (script: Uint8Array) => Uint8Array) =>
  ({ inputs: [input] }: Transaction): Partial<Transaction> => {
    const { scriptSig, ...rest } = input as TxInput;
    return { inputs: [{ ...rest, scriptSig: change(scriptSig) }] };
  };

/** Most bytes of a coinbase's script. */
const COINBASE_SCRIPT_MAX = 100;
const OP_CHECKSIG = 0xac;

/** Signature operations cost four each where there is no witness; a block may have 80,000. */
const SIGOPS_OVER = 20_001;
const WEIGHT_OVER_BYTES = 1_000_001;

const MAX_INT64 = 2n ** 63n - 1n;

/** Coins that are made or taken against the rules. */
const COINS: readonly BadBlock[] = [
  {
    ...{ name: 'block-spends-input-twice', rows: ['C1', 'S2'], cves: ['CVE-2018-17144'] },
    what: 'sends a block with a transaction that names one coin twice',
    make: async (scene) => {
      const coin = await oneCoin(scene);
      return { bad: holding(scene, scene.purse.spend([coin, coin], to(scene, coin.value * 2n))) };
    },
  },
  {
    ...{ name: 'block-double-spend', rows: ['C1', 'S3'] },
    what: 'sends a block with two transactions that spend one coin',
    make: async (scene) => {
      const coin = await oneCoin(scene);
      const both = [1n, 2n].map((less) => scene.purse.spend([coin], to(scene, coin.value - less)));
      return { bad: holding(scene, ...both) };
    },
  },
  {
    ...{ name: 'block-output-overflow', rows: ['C2'], cves: ['CVE-2010-5139'] },
    what: 'sends a block with a transaction whose outputs run over 64 bits and sum up to a little',
    make: async (scene) => {
      const coin = await oneCoin(scene);
      return { bad: holding(scene, scene.purse.spend([coin], to(scene, MAX_INT64, MAX_INT64, 2n))) };
    },
  },
  {
    ...{ name: 'block-negative-output', rows: ['S5'] },
    what: 'sends a block with a transaction that has a negative output, which makes room for a larger one',
    make: async (scene) => {
      const coin = await oneCoin(scene);
      return { bad: holding(scene, scene.purse.spend([coin], to(scene, -1_000n, coin.value + 1_000n))) };
    },
  },
  {
    ...{ name: 'block-makes-coins', rows: ['C2'] },
    what: 'sends a block with a transaction that pays more than it spends',
    make: async (scene) => {
      const coin = await oneCoin(scene);
      return { bad: holding(scene, scene.purse.spend([coin], to(scene, coin.value + 1n))) };
    },
  },
  {
    ...{ name: 'block-missing-coin', rows: ['C18'] },
    what: 'sends a block with a transaction that spends what nobody has',
    make: async (scene) => ({ bad: holding(scene, scene.purse.spend([NOWHERE], to(scene, 1n))) }),
  },
  {
    ...{ name: 'block-unsigned-outputs', rows: ['S1'] },
    what: 'sends a block with a payment whose outputs were changed under its signature',
    make: async (scene) => {
      const coin = await oneCoin(scene);
      const honest = scene.purse.spend([coin], to(scene, coin.value));
      return { bad: holding(scene, makeTransaction({ ...honest, outputs: [{ value: coin.value, scriptPubKey: OP_TRUE }] })) };
    },
  },
  {
    ...{ name: 'block-immature-spend', rows: ['C11'] },
    what: 'sends a block that spends the reward of the block before it',
    make: async (scene) => {
      const [{ transactions }] = (await scene.mine(1)) as [Block];
      const [coinbase] = transactions as [Transaction];
      const { value } = coinbase.outputs[0] as TxOutput;
      const coin = { outPoint: { txid: coinbase.txid, vout: 0 }, value };
      return { bad: holding(scene, scene.purse.spend([coin], to(scene, value))) };
    },
  },
];

/** Coinbases that are wrong. */
const COINBASES: readonly BadBlock[] = [
  {
    ...{ name: 'block-greedy-coinbase', rows: ['C11'] },
    what: 'sends a block that pays its miner one base unit too much',
    make: async (scene) => ({ bad: scene.build({ reward: scene.rewardAfter(scene.chain.tip) + 1n }) }),
  },
  {
    ...{ name: 'block-coinbase-overflow', rows: ['S6'] },
    what: 'sends a block whose huge and negative rewards sum up to the right one',
    make: async (scene) => {
      const reward = scene.rewardAfter(scene.chain.tip);
      const { maxMoney } = scene.params.consensus;
      return { bad: withCoinbase(scene, scene.build(), () => ({ outputs: to(scene, maxMoney + 1n, reward - maxMoney - 1n) })) };
    },
  },
  {
    ...{ name: 'block-coinbase-input', rows: ['S4'] },
    what: 'sends a block with a payment that has the input of a coinbase in it',
    make: async (scene) => {
      const coin = await oneCoin(scene);
      return { bad: holding(scene, scene.purse.spend([coin, NOTHING_SPENT], to(scene, coin.value * 2n))) };
    },
  },
  {
    ...{ name: 'block-two-coinbases', rows: ['C11', 'S4'] },
    what: 'sends a block with a second coinbase',
    make: async (scene) => {
      const good = scene.build();
      const [coinbase] = good.transactions as [Transaction];
      const second = makeTransaction({ ...coinbase, ...withScript((script) => Uint8Array.of(...script, 7))(coinbase) });
      return { bad: rebuild(good, { transactions: [coinbase, second] }, scene.params) };
    },
  },
  {
    ...{ name: 'block-no-coinbase', rows: ['C11'] },
    what: 'sends a block whose first transaction is no coinbase',
    make: async (scene) => {
      const coin = await oneCoin(scene);
      const payment = scene.purse.spend([coin], to(scene, coin.value));
      return { bad: rebuild(scene.build(), { transactions: [payment] }, scene.params) };
    },
  },
  {
    ...{ name: 'block-short-coinbase-script', rows: ['C11'] },
    what: 'sends a block whose coinbase has a script of one byte',
    make: async (scene) => ({
      bad: withCoinbase(
        scene,
        scene.build(),
        withScript(() => Uint8Array.of(0x51)),
      ),
    }),
  },
  {
    ...{ name: 'block-long-coinbase-script', rows: ['C11'] },
    what: 'sends a block whose coinbase has a script of 101 bytes',
    make: async (scene) => ({
      bad: withCoinbase(
        scene,
        scene.build(),
        withScript((script) => Uint8Array.of(...script, ...new Uint8Array(COINBASE_SCRIPT_MAX + 1 - script.length))),
      ),
    }),
  },
  {
    ...{ name: 'block-of-another-height', rows: ['C5'], cves: ['CVE-2012-1909'] },
    what: 'sends a block whose coinbase says another height, and so could repeat an earlier one',
    make: async (scene) => {
      const { tip } = scene.chain;
      return { bad: scene.build({ parent: { ...tip, height: tip.height + 5 }, reward: scene.rewardAfter(tip) }) };
    },
  },
];

/** Blocks that are too much. */
const SIZES: readonly BadBlock[] = [
  {
    ...{ name: 'block-oversize', rows: ['C12'] },
    what: 'sends a block of more weight than 4,000,000',
    make: async (scene) => ({ bad: scene.build({ coinbaseScript: new Uint8Array(WEIGHT_OVER_BYTES).fill(OP_RETURN[0]!) }) }),
  },
  {
    ...{ name: 'block-too-many-sigops', rows: ['C12'] },
    what: 'sends a block whose signature operations cost 80,004',
    make: async (scene) => ({ bad: scene.build({ coinbaseScript: new Uint8Array(SIGOPS_OVER).fill(OP_CHECKSIG) }) }),
  },
  {
    ...{ name: 'block-not-final', rows: ['T11'] },
    what: 'sends a block with a transaction that waits for a height a hundred blocks away',
    make: async (scene) => {
      const coin = await oneCoin(scene);
      const lock = { lockTime: scene.chain.tip.height + 100, sequence: 0 };
      return { bad: holding(scene, scene.purse.spend([coin], to(scene, coin.value), lock)) };
    },
  },
  {
    ...{ name: 'block-fails-early', rows: ['C15'], cves: ['CVE-2024-52911'] },
    what: 'sends a block of many payments, the last of which spends what nobody has, while the scripts of the others are checked',
    make: async (scene) => {
      const coins = await scene.fund(scene.times(500));
      const payments = coins.map((coin) => scene.purse.spend([coin], to(scene, coin.value)));
      return { bad: holding(scene, ...payments, scene.purse.spend([NOWHERE], to(scene, 1n))) };
    },
  },
];

/** A block with a payment, its witnesses committed to. */
async function committed(scene: Scene): Promise<Block> {
  const coin = await oneCoin(scene);
  return scene.build({ transactions: [scene.purse.spend([coin], to(scene, coin.value))] });
}

/** The same transaction with another witness for its first input: its id stays. */
function withWitness(tx: Transaction, witness: readonly Uint8Array[]): Transaction {
  return makeTransaction({ ...tx, inputs: [{ ...(tx.inputs[0] as TxInput), witness }] });
}

/** Copies of a good block that have its hash: refused, and yet the good one must be taken afterwards. */
const MUTATIONS: readonly BadBlock[] = [
  {
    ...{ name: 'block-repeated-tail', rows: ['C3'], cves: ['CVE-2012-2459'] },
    what: 'sends a copy of a good block with its last transactions twice, which has the same Merkle root, before the good one comes',
    make: async (scene) => {
      const coins = await scene.fund(2);
      const good = holding(scene, ...coins.map((coin) => scene.purse.spend([coin], to(scene, coin.value))));
      return { bad: makeBlock(good.header, [...good.transactions, good.transactions.at(-1) as Transaction]), honest: good };
    },
  },
  {
    ...{ name: 'block-stripped-witnesses', rows: ['C6'] },
    what: 'sends a copy of a good block without its witnesses before the good one comes',
    make: async (scene) => {
      const good = await committed(scene);
      const [coinbase, ...rest] = good.transactions as [Transaction];
      return { bad: makeBlock(good.header, [coinbase, ...rest.map((tx) => withWitness(tx, []))]), honest: good };
    },
  },
  {
    ...{ name: 'block-changed-witness', rows: ['C6'] },
    what: 'sends a copy of a good block with another witness before the good one comes',
    make: async (scene) => {
      const good = await committed(scene);
      const [coinbase, payment] = good.transactions as [Transaction, Transaction];
      const [signature, key] = (payment.inputs[0] as TxInput).witness as [Uint8Array, Uint8Array];
      const changed = withWitness(payment, [signature.slice().fill(1, 10, 20), key]);
      return { bad: makeBlock(good.header, [coinbase, changed]), honest: good };
    },
  },
  {
    ...{ name: 'block-changed-reserved-value', rows: ['C6'] },
    what: 'sends a copy of a good block with another reserved value for its commitment before the good one comes',
    make: async (scene) => {
      const good = await committed(scene);
      const [coinbase, ...rest] = good.transactions as [Transaction];
      return { bad: makeBlock(good.header, [withWitness(coinbase, [new Uint8Array(32).fill(1)]), ...rest]), honest: good };
    },
  },
  {
    ...{ name: 'block-without-commitment', rows: ['C6'] },
    what: 'sends a block with witnesses and no commitment to them',
    make: async (scene) => {
      const good = await committed(scene);
      const without = (coinbase: Transaction) => coinbase.outputs.filter((_, index) => index !== findWitnessCommitmentIndex(coinbase));
      return { bad: withCoinbase(scene, good, (coinbase) => ({ outputs: without(coinbase) })) };
    },
  },
];

/** Blocks whose contents are wrong. */
export const BAD_CONTENTS: readonly BadBlock[] = [...COINS, ...COINBASES, ...SIZES, ...MUTATIONS];
