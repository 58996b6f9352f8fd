/**
 * The figures of `getblockstats`: fees, sizes and outputs of one block.
 *
 * @module
 */

import { isBip30Repeat } from '../../core/consensus/bip30.ts';
import { isUnspendable } from '../../core/consensus/block-effect.ts';
import type { Coin } from '../../core/consensus/coin.ts';
import { blockSubsidy } from '../../core/consensus/subsidy.ts';
import { WITNESS_SCALE_FACTOR } from '../../core/consensus/weight.ts';
import type { ConsensusParams } from '../../core/params/types.ts';
import type { Block } from '../../core/primitives/block.ts';
import { compactSizeLength } from '../../core/primitives/byte-writer.ts';
import { toDisplayHex } from '../../core/primitives/ids.ts';
import { hasWitness, isCoinbase, type Transaction, type TxOutput, transactionWeightWu } from '../../core/primitives/transaction.ts';
import type { BlockSummary } from '../../engine/ports/chain-service.ts';
import { feeOf } from './render/transaction.ts';

/** Bytes that an unspent output costs besides itself: its outpoint, height and whether a coinbase made it. Core's `PER_UTXO_OVERHEAD`. */
const UTXO_OVERHEAD_BYTES = 36 + 4 + 1;

/** Which parts of the block's weight have the fee rates of `feerate_percentiles` below them. */
const PERCENTILES = [0.1, 0.25, 0.5, 0.75, 0.9] as const;

/** A figure. */
export type BlockStat = number | bigint | string | readonly bigint[];

/** What is counted while the block is gone through. */
interface Counts {
  readonly fees: bigint[];
  readonly sizes: number[];
  readonly rates: { readonly rate: bigint; readonly weightWu: number }[];
  inputs: number;
  outputs: number;
  utxos: number;
  utxoBytes: number;
  utxoBytesActual: number;
  totalOut: bigint;
  totalWeight: number;
  witnessTxs: number;
  witnessBytes: number;
  witnessWeight: number;
}

function compare(a: bigint | number, b: bigint | number): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** The middle one, or of two the mean without its fraction. */
function medianOf(values: readonly bigint[]): bigint {
  const sorted = [...values].sort(compare);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return 0n;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2n;
}

/** Fee rates at the percentiles of the weight. Core's `CalculatePercentilesByWeight`. */
export function percentilesByWeight(rates: Counts['rates'], totalWeightWu: number): bigint[] {
  const sorted = [...rates].sort((a, b) => compare(a.rate, b.rate) || a.weightWu - b.weightWu);
  const result: bigint[] = [];
  let weight = 0;
  for (const { rate, weightWu } of sorted) {
    weight += weightWu;
    while (result.length < PERCENTILES.length && weight >= totalWeightWu * PERCENTILES[result.length]!) result.push(rate);
  }
  while (result.length < PERCENTILES.length) result.push(sorted.at(-1)?.rate ?? 0n);
  return result;
}

function utxoSize({ scriptPubKey }: TxOutput): number {
  return 8 + compactSizeLength(scriptPubKey.length) + scriptPubKey.length + UTXO_OVERHEAD_BYTES;
}

/** Counts what a transaction makes. `isKept` false: its outputs are no part of the coin set. */
function countOutputs(counts: Counts, tx: Transaction, isKept: boolean): void {
  counts.outputs += tx.outputs.length;
  for (const output of tx.outputs) {
    const size = utxoSize(output);
    counts.utxoBytes += size;
    if (!isKept || isUnspendable(output)) continue;
    counts.utxos++;
    counts.utxoBytesActual += size;
  }
}

/** Counts a transaction that is no coinbase. */
function countPayment(counts: Counts, tx: Transaction, spent: readonly Coin[]): void {
  const weightWu = transactionWeightWu(tx);
  const fee = feeOf(tx, spent);
  counts.inputs += tx.inputs.length;
  counts.sizes.push(tx.sizeBytes);
  counts.totalWeight += weightWu;
  counts.fees.push(fee);
  counts.rates.push({ rate: (fee * BigInt(WITNESS_SCALE_FACTOR)) / BigInt(weightWu), weightWu });
  for (const { value } of tx.outputs) counts.totalOut += value;
  for (const coin of spent) {
    const size = utxoSize(coin);
    counts.utxoBytes -= size;
    counts.utxoBytesActual -= size;
  }
  if (!hasWitness(tx)) return;
  counts.witnessTxs++;
  counts.witnessBytes += tx.sizeBytes;
  counts.witnessWeight += weightWu;
}

function countBlock(block: Block, height: number, spent: readonly (readonly Coin[])[], params: ConsensusParams): Counts {
  const counts: Counts = {
    ...{ fees: [], sizes: [], rates: [], inputs: 0, outputs: 0, utxos: 0, utxoBytes: 0, utxoBytesActual: 0 },
    ...{ totalOut: 0n, totalWeight: 0, witnessTxs: 0, witnessBytes: 0, witnessWeight: 0 },
  };
  const isRepeat = isBip30Repeat(block.header.hash, params);
  for (const [index, tx] of block.transactions.entries()) {
    countOutputs(counts, tx, height > 0 && !(isRepeat && isCoinbase(tx)));
    if (index > 0) countPayment(counts, tx, spent[index - 1] ?? []);
  }
  return counts;
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}

/** The least and the greatest; 0 where there is none. */
function rangeOf(values: readonly bigint[]): { readonly min: bigint; readonly max: bigint } {
  const sorted = [...values].sort(compare);
  return { min: sorted[0] ?? 0n, max: sorted.at(-1) ?? 0n };
}

/** What `getblockstats` is asked about. */
export interface BlockStatsInput {
  readonly block: Block;
  readonly summary: BlockSummary;
  /** What each transaction but the coinbase spends. */
  readonly spent: readonly (readonly Coin[])[];
  readonly params: ConsensusParams;
}

/** Every figure by its name, in Core's order. */
export function blockStats({ block, params, spent, summary }: BlockStatsInput): Readonly<Record<string, BlockStat>> {
  const { height } = summary;
  const counts = countBlock(block, height, spent, params);
  const sizes = counts.sizes.map(BigInt);
  const payments = BigInt(sizes.length);
  const totalFee = sum(counts.fees);
  const totalSize = sum(sizes);
  const fees = rangeOf(counts.fees);
  const rates = rangeOf(counts.rates.map(({ rate }) => rate));
  const sizeRange = rangeOf(sizes);
  return {
    avgfee: payments === 0n ? 0 : totalFee / payments,
    avgfeerate: counts.totalWeight === 0 ? 0 : (totalFee * BigInt(WITNESS_SCALE_FACTOR)) / BigInt(counts.totalWeight),
    avgtxsize: payments === 0n ? 0 : totalSize / payments,
    blockhash: toDisplayHex(block.header.hash),
    feerate_percentiles: percentilesByWeight(counts.rates, counts.totalWeight),
    height,
    ins: counts.inputs,
    maxfee: fees.max,
    maxfeerate: rates.max,
    maxtxsize: sizeRange.max,
    medianfee: medianOf(counts.fees),
    mediantime: summary.medianTimeSeconds,
    mediantxsize: medianOf(sizes),
    minfee: fees.min,
    minfeerate: rates.min,
    mintxsize: sizeRange.min,
    outs: counts.outputs,
    subsidy: blockSubsidy(height, params),
    swtotal_size: counts.witnessBytes,
    swtotal_weight: counts.witnessWeight,
    swtxs: counts.witnessTxs,
    time: block.header.timeSeconds,
    total_out: counts.totalOut,
    total_size: totalSize,
    total_weight: counts.totalWeight,
    totalfee: totalFee,
    txs: block.transactions.length,
    utxo_increase: counts.outputs - counts.inputs,
    utxo_size_inc: counts.utxoBytes,
    utxo_increase_actual: counts.utxos - counts.inputs,
    utxo_size_inc_actual: counts.utxoBytesActual,
  };
}
