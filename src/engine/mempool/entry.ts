import type { Satoshis, Transaction } from '../../core/primitives/transaction.ts';
import { ownCopy, transactionWeightWu } from '../../core/primitives/transaction.ts';
import { sigopsAdjustedWeight, virtualSizeOf } from '../policy/fee-rate.ts';
import type { Cluster } from './cluster.ts';

/** One waiting transaction. */
export interface MempoolEntry {
  /** A copy that owns its bytes. */
  readonly tx: Transaction;
  readonly feeSat: Satoshis;
  /** The fee that counts in the order, in limits and in what a replacement must beat: with what the operator added to it. Core's modified fee. */
  readonly modifiedFeeSat: Satoshis;
  readonly weightWu: number;
  /** Weight that counts in the order and in limits: at least 20 (`bytesPerSigop`) times the signature operations cost. */
  readonly adjustedWeightWu: number;
  /** Virtual bytes of the adjusted weight. */
  readonly vsizeBytes: number;
  readonly sigopsCost: number;
  /** When it entered, by the wall clock. */
  readonly timeSeconds: number;
  /** Height of the tip when it entered. */
  readonly height: number;
  /** Where the pool's sequence stood when it entered; 0 for one that came back from a block, which was public before. Core's entry sequence. */
  readonly sequence: number;
  /** Estimate of the memory it takes. */
  readonly usageBytes: number;
  /** Greatest height of a confirmed coin that it spends; -1 where it spends none. */
  readonly coinHeightMax: number;
  readonly spendsCoinbase: boolean;
  /** Waiting transactions whose outputs it spends, and those that spend its outputs. */
  readonly parents: ReadonlySet<MempoolEntry>;
  readonly children: ReadonlySet<MempoolEntry>;
  /** Transactions connected with it, in the order in which they would be mined. */
  readonly cluster: Cluster;
}

/** The same, as the graph may change it. */
export interface GraphEntry extends MempoolEntry {
  coinHeightMax: number;
  modifiedFeeSat: Satoshis;
  sequence: number;
  readonly parents: Set<GraphEntry>;
  readonly children: Set<GraphEntry>;
  cluster: Cluster;
}

/**
 * Estimates of what V8 takes, in bytes: for the entry with its sets and map rows, for an input with its row in the map of spent outputs, for an
 * output, and for one witness item. Measured on Node 20 with 8,000 waiting transactions each: one input and one output took 3,200 bytes
 * (99 of them its own), one input and eleven outputs 5,196 (529), five inputs and one output 6,248 (275).
 */
const ENTRY_BYTES = 2_220;
const INPUT_BYTES = 610;
const OUTPUT_BYTES = 160;
const WITNESS_ITEM_BYTES = 110;

/** Memory that one waiting transaction takes, estimated. */
export function usageBytesOf(tx: Transaction): number {
  let bytes = ENTRY_BYTES + tx.sizeBytes + INPUT_BYTES * tx.inputs.length + OUTPUT_BYTES * tx.outputs.length;
  for (const { witness } of tx.inputs) bytes += WITNESS_ITEM_BYTES * witness.length;
  return bytes;
}

/** What an entry is made of. */
export interface EntryFacts {
  readonly tx: Transaction;
  readonly feeSat: Satoshis;
  /** Added to the fee by the operator. */
  readonly feeDeltaSat: Satoshis;
  readonly sigopsCost: number;
  readonly bytesPerSigop: number;
  readonly timeSeconds: number;
  readonly height: number;
  readonly coinHeightMax: number;
  readonly spendsCoinbase: boolean;
}

/** An entry without neighbours. Its bytes are copied, so that it does not hold the message or the block that brought it. */
export function makeEntry(facts: EntryFacts): GraphEntry {
  const tx = ownCopy(facts.tx);
  const weightWu = transactionWeightWu(tx);
  const adjustedWeightWu = sigopsAdjustedWeight(weightWu, facts.sigopsCost, facts.bytesPerSigop);
  return {
    tx,
    feeSat: facts.feeSat,
    modifiedFeeSat: facts.feeSat + facts.feeDeltaSat,
    weightWu,
    adjustedWeightWu,
    vsizeBytes: virtualSizeOf(adjustedWeightWu),
    sigopsCost: facts.sigopsCost,
    timeSeconds: facts.timeSeconds,
    height: facts.height,
    sequence: 0,
    usageBytes: usageBytesOf(tx),
    coinHeightMax: facts.coinHeightMax,
    spendsCoinbase: facts.spendsCoinbase,
    parents: new Set(),
    children: new Set(),
    cluster: EMPTY_CLUSTER,
  };
}

/** Where an entry stands before the graph has it. */
const EMPTY_CLUSTER: Cluster = Object.freeze({ entries: [], chunks: [], adjustedWeightWu: 0 });
