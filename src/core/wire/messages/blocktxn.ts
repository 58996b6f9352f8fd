import type { ByteReader } from '../../primitives/byte-reader.ts';
import type { ByteWriter } from '../../primitives/byte-writer.ts';
import type { BlockHash } from '../../primitives/ids.ts';
import type { Transaction } from '../../primitives/transaction.ts';
import { readTransactions, writeTransaction } from '../../primitives/transaction.ts';
import type { MessageCodec } from '../codec.ts';
import { codec } from '../codec.ts';
import { COMPACT_TRANSACTIONS_MAX } from '../index-list.ts';

/** The transactions of a block that `getblocktxn` asked for, in that order. */
export interface BlocktxnMessage {
  readonly type: 'blocktxn';
  readonly blockHash: BlockHash;
  readonly transactions: readonly Transaction[];
}

/** Bytes of the smallest transaction. */
const TRANSACTION_SIZE_MIN = 10;

function write(writer: ByteWriter, { blockHash, transactions }: BlocktxnMessage): void {
  writer.raw(blockHash).compactSize(transactions.length);
  for (const tx of transactions) writeTransaction(writer, tx, { witness: true });
}

function read(reader: ByteReader): BlocktxnMessage {
  const blockHash = reader.take(32, 'block hash') as BlockHash;
  const limits = { what: 'block transactions', max: COMPACT_TRANSACTIONS_MAX + 1, itemSizeMin: TRANSACTION_SIZE_MIN };
  const count = reader.compactSize(limits);
  return { type: 'blocktxn', blockHash, transactions: readTransactions(reader, count) };
}

/** `blocktxn`, with witnesses. */
export const blocktxnCodec: MessageCodec<BlocktxnMessage> = codec('blocktxn', write, read);
