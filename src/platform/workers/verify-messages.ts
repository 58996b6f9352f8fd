import { ByteReader } from '../../core/primitives/byte-reader.ts';
import { ByteWriter } from '../../core/primitives/byte-writer.ts';
import { readTransactionFields, writeTransaction, writeTxOutput } from '../../core/primitives/transaction.ts';
import type { PartOfJob, PlainJob } from '../../engine/chain/verify-job.ts';
import type { ScriptFailure, ScriptJob } from '../../engine/ports/script-verifier.ts';

/** What a verifying worker is given when it starts. */
export interface VerifyWorkerData {
  /** The engine that the node itself works with: no worker judges by another. */
  readonly secp256k1: 'native' | 'prebuilt' | 'wasm';
  /** Its `togetherFrom`. */
  readonly togetherFrom: number | undefined;
}

/** Jobs in bytes, which change hands without being copied; or the end of the work. */
export type VerifyOrder = Uint8Array | 'end';

/** The first failure among the jobs of one order; orders are answered in turn. */
export type VerifyReport = ScriptFailure | undefined;

/** Stands for no flags: more than any are. */
const NO_FLAGS = 0xffffffff;

/** Bytes of an ordinary input with its share of outputs and of what it spends: the first guess of a message's size. */
const INPUT_SIZE_USUAL = 256;

/**
 * Jobs in bytes with memory of their own: for each, which inputs are meant, its flags, those of the block and those that it holds under, its transaction in wire form,
 * and the outputs that it spends. Every job must have an input, since the wire form of a transaction without any reads as another.
 */
export function encodeJobs(parts: readonly PartOfJob<ScriptJob>[]): Uint8Array<ArrayBuffer> {
  const inputs = parts.reduce((sum, { job }) => sum + job.tx.inputs.length, 0);
  const writer = new ByteWriter(8 + inputs * INPUT_SIZE_USUAL);
  writer.u32(parts.length);
  for (const { job, from, to } of parts) {
    writer
      .u32(from)
      .u32(to)
      .u32(job.flags)
      .u32(job.blockFlags ?? NO_FLAGS)
      .u32(job.heldUnder ?? NO_FLAGS);
    writeTransaction(writer, job.tx, { witness: true });
    for (const output of job.spentOutputs) writeTxOutput(writer, output);
  }
  return writer.finish() as Uint8Array<ArrayBuffer>;
}

/** What `encodeJobs` wrote. @throws DecodeError for anything else */
export function decodeJobs(bytes: Uint8Array): PartOfJob<PlainJob>[] {
  const reader = new ByteReader(bytes);
  const parts: PartOfJob<PlainJob>[] = [];
  for (let left = reader.u32('job count'); left > 0; left--) {
    const [from, to] = [reader.u32('first input'), reader.u32('end of the inputs')];
    const flags = reader.u32('flags');
    const [blockFlags, heldUnder] = [reader.u32('flags of the block'), reader.u32('flags that it holds under')];
    const tx = readTransactionFields(reader);
    const spentOutputs = tx.inputs.map(() => ({ value: reader.i64('value'), scriptPubKey: reader.varBytes({ what: 'script' }) }));
    const more = { ...(blockFlags === NO_FLAGS ? {} : { blockFlags }), ...(heldUnder === NO_FLAGS ? {} : { heldUnder }) };
    parts.push({ job: { tx, spentOutputs, flags, ...more }, from, to });
  }
  reader.end('jobs');
  return parts;
}
