/**
 * Building blocks and finding their proof of work.
 *
 * Owns which transactions go into a block, its coinbase, its time, how extranonce and time roll over, and when the search starts anew. Does not own
 * threads (they are behind the port `BlockSearch`) or validity: a block that was found is handed to the chain as if a stranger had sent it.
 * Begin with `createTemplate`; miner.ts keeps the search going.
 *
 * @module
 */

import { assert } from '../../core/base/assert.ts';
import { bytesEqual, concatBytes } from '../../core/base/bytes.ts';
import { latestHeaderTime, TIMEWARP_SECONDS_MAX } from '../../core/consensus/check-header.ts';
import { coinbaseHeightScript } from '../../core/consensus/coinbase-height.ts';
import { nextBits, retargetInterval } from '../../core/consensus/next-bits.ts';
import { blockSubsidy } from '../../core/consensus/subsidy.ts';
import { VERSION_TOP_BITS } from '../../core/consensus/version-bits.ts';
import { WITNESS_SCALE_FACTOR } from '../../core/consensus/weight.ts';
import { WITNESS_RESERVED_SIZE_BYTES, witnessCommitment, witnessCommitmentOutput } from '../../core/consensus/witness-commitment.ts';
import type { ConsensusParams } from '../../core/params/types.ts';
import type { Block } from '../../core/primitives/block.ts';
import { decodeHeader, encodeHeader, makeBlock, makeHeader } from '../../core/primitives/block.ts';
import { ByteWriter } from '../../core/primitives/byte-writer.ts';
import { decodeBits } from '../../core/primitives/compact-target.ts';
import type { BlockHash, MerkleRoot } from '../../core/primitives/ids.ts';
import { zeroHash } from '../../core/primitives/ids.ts';
import type { Satoshis, Transaction, TxOutput } from '../../core/primitives/transaction.ts';
import { encodeTransactionStripped, makeTransaction, NULL_VOUT, transactionWeightWu } from '../../core/primitives/transaction.ts';
import { countSigops } from '../../core/script/sigops.ts';
import type { Mempool } from '../mempool/mempool.ts';
import type { SearchJob, SearchResult } from '../ports/block-search.ts';
import type { Clock } from '../ports/clock.ts';
import { NodeError } from '../ports/node-error.ts';
import type { Random } from '../ports/random.ts';
import { type AssemblyOptions, assemblyLimits } from './assembly.ts';
import type { MiningChain, MiningTip } from './chain-view.ts';
import { merkleBranch, merkleRootFrom } from './merkle-branch.ts';
import type { BlockRoom } from './select-transactions.ts';
import { selectTransactions } from './select-transactions.ts';

/** Bytes of the extranonce in the coinbase's script: with the nonce, 2^64 tries for one template. */
export const EXTRANONCE_SIZE_BYTES = 4;

/**
 * Bytes of the salt before it. Every template has another: time may stand still between two of them, as where it is clamped to the chain's,
 * and without it the second would be searched through the very same headers as the first, for nothing.
 */
const SALT_SIZE_BYTES = 4;

/** A sequence that leaves lock time in force, so that a coinbase is tied to its height (BIP-54). */
const SEQUENCE_LOCKED = 0xfffffffe;

/** What a template is made with. */
export interface TemplateOptions {
  readonly chain: MiningChain;
  readonly mempool: Mempool;
  readonly params: ConsensusParams;
  readonly clock: Clock;
  /** Gives each template its salt. */
  readonly random: Pick<Random, 'below'>;
  /** Where subsidy and fees go. */
  readonly coinbaseScript: Uint8Array;
  /** How blocks are filled. Default: as Core's. */
  readonly assembly?: AssemblyOptions;
  /** Weight kept free besides, for what is put into the coinbase later. */
  readonly extraWeightWu?: number;
  /** The version of a block on the tip. Default: one that signals nothing. */
  readonly version?: () => number;
  /** Exactly these in this order, whose fees nobody gets. Default: those that wait and pay best. */
  readonly transactions?: readonly Transaction[];
  /** Told of each template. */
  readonly made?: (template: BlockTemplate) => void;
}

/** A waiting transaction in a template. */
export interface TemplateRow {
  readonly tx: Transaction;
  readonly feeSat: Satoshis;
  readonly sigopsCost: number;
}

/** A block without its extranonce and nonce. */
export interface BlockTemplate {
  readonly height: number;
  readonly version: number;
  readonly prevBlockHash: BlockHash;
  readonly bits: number;
  readonly timeSeconds: number;
  /** Times that the header may say. */
  readonly timeSecondsMin: number;
  readonly timeSecondsMax: number;
  /** Without the coinbase. */
  readonly transactions: readonly Transaction[];
  /** What each of them pays, and what its signature operations cost; empty where the transactions were given. */
  readonly rows: readonly TemplateRow[];
  /** Weight of them and of what is kept free. */
  readonly weightWu: number;
  readonly feesSat: Satoshis;
  /** Subsidy and fees. */
  readonly coinbaseValueSat: Satoshis;
  readonly coinbaseOutputs: readonly TxOutput[];
  /** Whether there is a witness commitment, which asks for a coinbase witness. */
  readonly witness: boolean;
  readonly merkleBranch: readonly Uint8Array[];
  /** Chance in the coinbase, 32 bits. */
  readonly salt: number;
  /** Whether coinbase and time are signed (BIP-325): then nothing but the nonce may be searched. */
  readonly signed: boolean;
}

/** The earliest time for a block: after the median, and (BIP-94, kept on every network that retargets) not long before the period's end. */
function earliestTime(tip: MiningTip, { pow }: ConsensusParams): number {
  const afterMedian = tip.medianTimeSeconds + 1;
  if (pow.retarget === 'none' || (tip.height + 1) % retargetInterval(pow) !== 0) return afterMedian;
  return Math.max(afterMedian, tip.prev.timeSeconds - TIMEWARP_SECONDS_MAX);
}

/**
 * The time for a block found now: the clock's, within what the branch allows.
 *
 * @throws NodeError `clock-behind` where every time after the branch's median is too far ahead of the clock, with Core's words
 */
export function templateTimes(
  tip: MiningTip,
  nowSeconds: number,
  params: ConsensusParams,
): Pick<BlockTemplate, 'timeSeconds' | 'timeSecondsMin' | 'timeSecondsMax'> {
  const timeSecondsMin = earliestTime(tip, params);
  const latest = latestHeaderTime({ medianTimeSeconds: tip.medianTimeSeconds, nowSeconds }, params.futureTime);
  if (timeSecondsMin > latest) {
    throw new NodeError('clock-behind', 'CreateNewBlock: TestBlockValidity failed: time-too-new, block timestamp too far in the future');
  }
  const timeSeconds = Math.max(Math.min(nowSeconds, latest), timeSecondsMin);
  // Where a late block may be easier the bits go with the time, so that it stays as it is.
  const fixed = params.pow.retarget === 'testnet' || params.pow.retarget === 'bip94';
  return { timeSeconds, timeSecondsMin, timeSecondsMax: fixed ? timeSeconds : latest };
}

/**
 * A block on the tip with the best-paying transactions. Waits while branches are switched.
 */
export async function createTemplate(options: TemplateOptions): Promise<BlockTemplate> {
  const { chain, mempool, params, clock, coinbaseScript } = options;
  const { weightWuMax, reservedWeightWu, feeRateMinSatPerKvb } = assemblyLimits(options.assembly, params, options.extraWeightWu);
  await mempool.settled();
  const tip = chain.tip();
  const height = tip.height + 1;
  const witness = height >= params.heights.segwit;
  const room: BlockRoom = {
    height,
    medianTimeSeconds: tip.medianTimeSeconds,
    weightWu: weightWuMax - reservedWeightWu,
    sigopsCost: params.maxBlockSigopsCost - countSigops(coinbaseScript, false) * WITNESS_SCALE_FACTOR,
    witness,
    feeRateMinSatPerKvb,
  };
  const rows = options.transactions === undefined ? selectTransactions(mempool.chunks(), room) : [];
  const transactions = options.transactions ?? rows.map(({ tx }) => tx);
  const feesSat = rows.reduce((sum, { feeSat }) => sum + feeSat, 0n);
  const coinbaseValueSat = blockSubsidy(height, params) + feesSat;
  const times = templateTimes(tip, clock.nowSeconds(), params);
  const template: BlockTemplate = {
    height,
    version: options.version?.() ?? VERSION_TOP_BITS,
    prevBlockHash: tip.hash,
    bits: nextBits(times.timeSeconds, tip, params.pow),
    ...times,
    transactions,
    rows,
    weightWu: transactions.reduce((sum, tx) => sum + transactionWeightWu(tx), reservedWeightWu),
    feesSat,
    coinbaseValueSat,
    coinbaseOutputs: coinbaseOutputs(coinbaseScript, coinbaseValueSat, witness ? transactions : undefined),
    witness,
    merkleBranch: merkleBranch(transactions.map((tx) => tx.txid)),
    salt: options.random.below(2 ** 32),
    signed: false,
  };
  options.made?.(template);
  return template;
}

/** The payment and, where there are witnesses to commit to, the commitment. */
function coinbaseOutputs(script: Uint8Array, value: Satoshis, committed: readonly Transaction[] | undefined): readonly TxOutput[] {
  const payment: TxOutput = { value, scriptPubKey: script };
  if (committed === undefined) return [payment];
  // Any transaction may stand in the coinbase's place: it counts as zeros.
  const place = makeTransaction({ version: 2, inputs: [], outputs: [], lockTime: 0 });
  return [payment, witnessCommitmentOutput(witnessCommitment([place, ...committed], new Uint8Array(WITNESS_RESERVED_SIZE_BYTES)))];
}

/** Salt and extranonce as the coinbase's script pushes them. */
function encodeSearchBytes(salt: number, extranonce: number): Uint8Array {
  return new ByteWriter(SALT_SIZE_BYTES + EXTRANONCE_SIZE_BYTES).u32(salt).u32(extranonce).finish();
}

/** The coinbase for an extranonce. */
function makeCoinbase(template: BlockTemplate, extranonce: number): Transaction {
  const bytes = encodeSearchBytes(template.salt, extranonce);
  const scriptSig = concatBytes(coinbaseHeightScript(template.height), Uint8Array.of(bytes.length), bytes);
  const witness = template.witness ? [new Uint8Array(WITNESS_RESERVED_SIZE_BYTES)] : [];
  return makeTransaction({
    version: 2,
    inputs: [{ prevout: { txid: zeroHash(), vout: NULL_VOUT }, scriptSig, sequence: SEQUENCE_LOCKED, witness }],
    outputs: template.coinbaseOutputs,
    lockTime: template.height - 1,
  });
}

/** The template as data for a search. */
export function searchJobOf(template: BlockTemplate, id: number): SearchJob {
  const coinbase = encodeTransactionStripped(makeCoinbase(template, 0));
  // Version, count of inputs, outpoint and length of the script stand before the script, height and salt before the extranonce.
  const at = 4 + 1 + 36 + 1 + coinbaseHeightScript(template.height).length + 1 + SALT_SIZE_BYTES;
  const extranonceSizeBytes = template.signed ? 0 : EXTRANONCE_SIZE_BYTES;
  const { version, prevBlockHash, bits, timeSeconds } = template;
  const target = new Uint8Array(32);
  let rest: bigint = decodeBits(bits).target;
  for (let i = 31; i >= 0; i--, rest >>= 8n) target[i] = Number(rest & 0xffn);
  return {
    id,
    header: encodeHeader({ version, prevBlockHash, merkleRoot: zeroHash<MerkleRoot>(), timeSeconds, bits, nonce: 0 }),
    coinbaseHead: coinbase.slice(0, at),
    coinbaseTail: coinbase.slice(at + extranonceSizeBytes),
    extranonceSizeBytes,
    merkleBranch: template.merkleBranch,
    target,
    timeSecondsMax: template.timeSecondsMax,
  };
}

/** The block of a template as it is before any search: extranonce and nonce are 0. */
export function blockOfTemplate(template: BlockTemplate): Block {
  const { version, prevBlockHash, timeSeconds, bits, transactions } = template;
  const coinbase = makeCoinbase(template, 0);
  const merkleRoot = merkleRootFrom(coinbase.txid, template.merkleBranch) as MerkleRoot;
  return makeBlock(makeHeader({ version, prevBlockHash, merkleRoot, timeSeconds, bits, nonce: 0 }), [coinbase, ...transactions]);
}

/** The block of a search's result. */
export function assembleBlock(template: BlockTemplate, result: Pick<SearchResult, 'header' | 'extranonce'>): Block {
  const coinbase = makeCoinbase(template, result.extranonce);
  const header = decodeHeader(result.header);
  assert(bytesEqual(header.merkleRoot, merkleRootFrom(coinbase.txid, template.merkleBranch)), 'a search keeps to its template');
  return makeBlock(header, [coinbase, ...template.transactions]);
}
