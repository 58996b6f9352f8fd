import type { BlockHeader } from '../../primitives/block.ts';
import { encodeHeader, readHeader } from '../../primitives/block.ts';
import type { ByteReader } from '../../primitives/byte-reader.ts';
import type { ByteWriter } from '../../primitives/byte-writer.ts';
import { DecodeError } from '../../primitives/decode-error.ts';
import type { Transaction } from '../../primitives/transaction.ts';
import { readTransaction, writeTransaction } from '../../primitives/transaction.ts';
import type { MessageCodec } from '../codec.ts';
import { codec } from '../codec.ts';
import { COMPACT_TRANSACTIONS_MAX, readIndex, writeIndex } from '../index-list.ts';
import { SHORT_ID_SIZE_BYTES } from '../short-id.ts';

/** A transaction that a compact block has whole. */
export interface PrefilledTransaction {
  /** Its place in the block. */
  readonly index: number;
  readonly tx: Transaction;
}

/** A block as a header and short names of its transactions (BIP-152). At least one transaction, `COMPACT_TRANSACTIONS_MAX` at most. */
export interface CmpctblockMessage {
  readonly type: 'cmpctblock';
  readonly header: BlockHeader;
  /** Part of the key of the short ids. */
  readonly nonce: bigint;
  /** Of the transactions that are not prefilled, in the block's order; 48 bits each. */
  readonly shortIds: readonly number[];
  /** In the block's order, each at a place that the block has. */
  readonly prefilled: readonly PrefilledTransaction[];
}

const HIGH_UNIT = 0x1_0000_0000;

/** Bytes of a distance and the smallest transaction. */
const PREFILLED_SIZE_MIN = 11;

function write(writer: ByteWriter, { header, nonce, shortIds, prefilled }: CmpctblockMessage): void {
  writer.raw(encodeHeader(header)).u64(nonce).compactSize(shortIds.length);
  for (const id of shortIds) writer.u32(id % HIGH_UNIT).u16(Math.floor(id / HIGH_UNIT));
  writer.compactSize(prefilled.length);
  let before = -1;
  for (const { index, tx } of prefilled) {
    writeIndex(writer, before, index);
    writeTransaction(writer, tx, { witness: true });
    before = index;
  }
}

function read(reader: ByteReader): CmpctblockMessage {
  const header = readHeader(reader);
  const nonce = reader.u64('compact block nonce');
  const what = { what: 'short ids', max: COMPACT_TRANSACTIONS_MAX, itemSizeMin: SHORT_ID_SIZE_BYTES };
  const count = reader.compactSize(what);
  const shortIds: number[] = [];
  for (let i = 0; i < count; i++) shortIds.push(reader.u32('short id') + reader.u16('short id') * HIGH_UNIT);
  const at = reader.offset;
  const prefilledCount = reader.compactSize({
    what: 'prefilled transactions',
    max: COMPACT_TRANSACTIONS_MAX - count,
    itemSizeMin: PREFILLED_SIZE_MIN,
  });
  if (count + prefilledCount === 0) throw new DecodeError('compact block', at, 'it has no transactions');
  const prefilled: PrefilledTransaction[] = [];
  let before = -1;
  for (let i = 0; i < prefilledCount; i++) {
    const index = readIndex(reader, before);
    // Beyond this, places before it would have neither a short id nor a transaction.
    if (index > count + i) throw new DecodeError('prefilled transaction', reader.offset, `there is no place ${index}`);
    prefilled.push({ index, tx: readTransaction(reader) });
    before = index;
  }
  return { type: 'cmpctblock', header, nonce, shortIds, prefilled };
}

/** `cmpctblock`, version 2: with witnesses, and short ids of wtxids. */
export const cmpctblockCodec: MessageCodec<CmpctblockMessage> = codec('cmpctblock', write, read);
