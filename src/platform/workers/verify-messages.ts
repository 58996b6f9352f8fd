import { ByteReader } from '../../core/primitives/byte-reader.ts';
import { ByteWriter } from '../../core/primitives/byte-writer.ts';
import { readTransactionFields, writeTransaction, writeTxOutput } from '../../core/primitives/transaction.ts';
import type { PlainJob } from '../../engine/chain/verify-job.ts';
import type { ScriptFailure, ScriptJob } from '../../engine/ports/script-verifier.ts';

/** What a verifying worker is given when it starts. */
export interface VerifyWorkerData {
  /** The engine that the node itself works with: no worker judges by another. */
  readonly secp256k1: 'native' | 'prebuilt' | 'wasm';
}

/** Jobs in bytes, which change hands without being copied; or the end of the work. */
export type VerifyOrder = Uint8Array | 'end';

/** The first failure among the jobs of one order; orders are answered in turn. */
export type VerifyReport = ScriptFailure | undefined;

/** Stands for no flags of a block: more than any flags are. */
const NO_BLOCK_FLAGS = 0xffffffff;

/** Bytes of an ordinary input with its share of outputs and of what it spends: the first guess of a message's size. */
const INPUT_SIZE_USUAL = 256;

/**
 * Jobs in bytes with memory of their own: each its flags and those of the block, its transaction in wire form, and the outputs that it spends. Every job must
 * have an input, since the wire form of a transaction without any reads as another.
 */
export function encodeJobs(jobs: readonly ScriptJob[]): Uint8Array<ArrayBuffer> {
  const inputs = jobs.reduce((sum, { tx }) => sum + tx.inputs.length, 0);
  const writer = new ByteWriter(8 + inputs * INPUT_SIZE_USUAL);
  writer.u32(jobs.length);
  for (const { tx, spentOutputs, flags, blockFlags } of jobs) {
    writeTransaction(writer.u32(flags).u32(blockFlags ?? NO_BLOCK_FLAGS), tx, { witness: true });
    for (const output of spentOutputs) writeTxOutput(writer, output);
  }
  return writer.finish() as Uint8Array<ArrayBuffer>;
}

/** What `encodeJobs` wrote. @throws DecodeError for anything else */
export function decodeJobs(bytes: Uint8Array): PlainJob[] {
  const reader = new ByteReader(bytes);
  const jobs: PlainJob[] = [];
  for (let left = reader.u32('job count'); left > 0; left--) {
    const flags = reader.u32('flags');
    const blockFlags = reader.u32('flags of the block');
    const tx = readTransactionFields(reader);
    const spentOutputs = tx.inputs.map(() => ({ value: reader.i64('value'), scriptPubKey: reader.varBytes({ what: 'script' }) }));
    jobs.push({ tx, spentOutputs, flags, ...(blockFlags === NO_BLOCK_FLAGS ? {} : { blockFlags }) });
  }
  reader.end('jobs');
  return jobs;
}
