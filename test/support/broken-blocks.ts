/**
 * Blocks on a tip of regtest, each wrong in one way, and two that are right: for nodes that must name the same rule.
 *
 * @module
 */

import { regtest as params } from '../../src/core/params/regtest.ts';
import type { Block, HeaderFields } from '../../src/core/primitives/block.ts';
import { encodeBlock, makeBlock, makeHeader } from '../../src/core/primitives/block.ts';
import type { BlockHash, MerkleRoot, Txid } from '../../src/core/primitives/ids.ts';
import { zeroHash } from '../../src/core/primitives/ids.ts';
import type { Transaction, TransactionFields, TxInput } from '../../src/core/primitives/transaction.ts';
import { makeTransaction, NULL_VOUT } from '../../src/core/primitives/transaction.ts';
import type { BuildOptions, BuildParent } from './chain-builder.ts';
import { buildBlock, childOf, OP_TRUE, rebuild, spend } from './chain-builder.ts';

/** What a block breaks, and its bytes. Blocks come in the order in which they are to be handed in. */
export type NamedBlock = readonly [what: string, hex: string];

const MAX_MONEY = 2_100_000_000_000_000n;

/** Seconds that a node's clock allows a block to be ahead, and some. */
const TOO_FAR_AHEAD_SECONDS = 7_300;

function hexOf(block: Block): string {
  return Buffer.from(encodeBlock(block)).toString('hex');
}

/** A transaction that spends what nobody has. */
function spendsNothing(seed: number, changes: Partial<TransactionFields> = {}): Transaction {
  const input = { outPoint: { txid: new Uint8Array(32).fill(seed) as unknown as Txid, vout: 0 }, value: 1n };
  return makeTransaction({ ...spend({ inputs: [input], outputs: [{ value: 1n, scriptPubKey: OP_TRUE }] }), ...changes });
}

function paying(...values: bigint[]): Transaction {
  return spendsNothing(3, { outputs: values.map((value) => ({ value, scriptPubKey: OP_TRUE })) });
}

/** Puts a witness to the only input of a transaction. */
function withWitness(tx: Transaction, witness: readonly Uint8Array[]): Transaction {
  return makeTransaction({ ...tx, inputs: [{ ...(tx.inputs[0] as TxInput), witness }] });
}

/** A header that misses its target. */
function withoutWork(block: Block): Block {
  for (let nonce = 0; ; nonce++) {
    const header = makeHeader({ ...block.header, nonce });
    if (header.hash[31]! >= 0x80) return makeBlock(header, block.transactions);
  }
}

type Build = (changes?: Partial<BuildOptions>) => Block;

function brokenHeaders(build: Build, { parent, nowSeconds }: BrokenBlocksOptions): NamedBlock[] {
  const good = build();
  const changed = (header: Partial<HeaderFields>): string => hexOf(rebuild(good, { header }, params));
  const orphan = { ...parent, header: { ...parent.header, hash: new Uint8Array(32).fill(5) as unknown as BlockHash } };
  return [
    ['its Merkle root', changed({ merkleRoot: new Uint8Array(32).fill(7) as unknown as MerkleRoot })],
    ['its work', hexOf(withoutWork(good))],
    ['its bits', changed({ bits: 0x207ffffe })],
    ['the median time', hexOf(build({ timeSeconds: parent.medianTimeSeconds }))],
    ['the clock', hexOf(build({ timeSeconds: nowSeconds + TOO_FAR_AHEAD_SECONDS }))],
    ['version 1', hexOf(build({ version: 1 }))],
    ['version 3', hexOf(build({ version: 3 }))],
    ['an unknown parent', hexOf(build({ parent: orphan }))],
    ['bytes that end early', hexOf(good).slice(0, -2)],
    ['a header alone', hexOf(good).slice(0, 160)],
    ['a header with no transactions', `${hexOf(good).slice(0, 160)}00`],
  ];
}

function brokenCoinbases(build: Build, { parent }: BrokenBlocksOptions): NamedBlock[] {
  const good = build();
  const coinbases = [good, build({ extra: Uint8Array.of(9) })].map(({ transactions }) => transactions[0] as Transaction);
  return [
    ['the height in the coinbase', hexOf(build({ parent: { ...parent, height: parent.height + 5 } }))],
    ['the reward', hexOf(build({ reward: 50_0000_0000n }))],
    ['the length of the coinbase', hexOf(build({ extra: new Uint8Array(100) }))],
    ['two coinbases', hexOf(rebuild(good, { transactions: coinbases }, params))],
    ['no coinbase', hexOf(rebuild(good, { transactions: [spendsNothing(3)] }, params))],
  ];
}

function brokenTransactions(build: Build): NamedBlock[] {
  const holding = (tx: Transaction): string => hexOf(build({ transactions: [tx] }));
  const nothing = spendsNothing(3);
  const input = nothing.inputs[0] as TxInput;
  const nullInput = { ...input, prevout: { txid: zeroHash() as Txid, vout: NULL_VOUT } };
  const pair = build({ transactions: [spendsNothing(6), spendsNothing(7)] });
  const missing = build({ transactions: [nothing] });
  const manySigops = { value: 1n, scriptPubKey: new Uint8Array(20_001).fill(0xac) };
  return [
    ['coins that are not there', hexOf(missing)],
    ['the same again', hexOf(missing)],
    ['an invalid parent', hexOf(build({ parent: childOf({ header: missing.header, height: 0, medianTimeSeconds: 0 }, missing) }))],
    ['the last transaction twice, under the same root', hexOf(makeBlock(pair.header, [...pair.transactions, pair.transactions[2]!]))],
    ['a lock time', holding(spendsNothing(3, { lockTime: 100_000, inputs: [{ ...input, sequence: 0 }] }))],
    ['a null outpoint', holding(spendsNothing(3, { inputs: [input, nullInput] }))],
    ['one output spent twice by a transaction', holding(spendsNothing(3, { inputs: [input, input] }))],
    ['no outputs', holding(paying())],
    ['a negative value', holding(paying(-1n))],
    ['a value above all money', holding(paying(MAX_MONEY + 1n))],
    ['a sum above all money', holding(paying(MAX_MONEY, 1n))],
    ['too many signature operations', holding(spendsNothing(3, { outputs: [manySigops] }))],
  ];
}

function brokenWitnesses(build: Build): NamedBlock[] {
  const good = build();
  const tx = withWitness(spendsNothing(8), [Uint8Array.of(1)]);
  const committed = build({ transactions: [tx] });
  const coinbase = committed.transactions[0] as Transaction;
  // Each coinbase has another time, since a block whose bytes alone are wrong leaves its header known.
  const carrying = (witness: readonly Uint8Array[], timeSeconds: number): string =>
    hexOf(rebuild(committed, { transactions: [withWitness(coinbase, witness), tx], header: { timeSeconds } }, params));
  const { timeSeconds } = good.header;
  return [
    ['a witness without a commitment', hexOf(rebuild(good, { transactions: [good.transactions[0]!, tx] }, params))],
    ['the length of the reserved value', carrying([new Uint8Array(31)], timeSeconds + 1)],
    ['the commitment', carrying([new Uint8Array(32).fill(1)], timeSeconds + 2)],
    ['coins that are not there, the reserved value left out', carrying([], timeSeconds + 3)],
    ['coins that are not there, with a commitment', hexOf(committed)],
  ];
}

/** Branches beside the tip: valid so far, or only looked at once they have more work. */
function branches(build: Build, { grandparent }: BrokenBlocksOptions): NamedBlock[] {
  const beside = { parent: grandparent, timeSeconds: grandparent.medianTimeSeconds + 2 };
  const side = hexOf(build({ ...beside, extra: Uint8Array.of(1, 2, 3) }));
  const greedy = hexOf(build({ ...beside, extra: Uint8Array.of(4, 5, 6), reward: 1n << 50n }));
  return [
    ['nothing, beside the tip', side],
    ['nothing, beside the tip, again', side],
    ['the reward, beside the tip', greedy],
    ['the reward, beside the tip, again', greedy],
  ];
}

/** Where the blocks are to stand. */
export interface BrokenBlocksOptions {
  readonly parent: BuildParent;
  /** The block before the parent. */
  readonly grandparent: BuildParent;
  /** The nodes' clock. */
  readonly nowSeconds: number;
}

/** All of them; the last two are the same good block. */
export function brokenBlocks(options: BrokenBlocksOptions): NamedBlock[] {
  const build: Build = (changes = {}) => buildBlock({ params, parent: options.parent, ...changes });
  const good = `${hexOf(build({ extra: Uint8Array.of(42) }))}00`;
  return [
    ...brokenHeaders(build, options),
    ...brokenCoinbases(build, options),
    ...brokenTransactions(build),
    ...brokenWitnesses(build),
    ...branches(build, options),
    ['nothing, with a byte too many behind it', good],
    ['nothing, again', good],
  ];
}
