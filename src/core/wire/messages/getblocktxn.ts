import type { ByteReader } from '../../primitives/byte-reader.ts';
import type { ByteWriter } from '../../primitives/byte-writer.ts';
import type { BlockHash } from '../../primitives/ids.ts';
import type { MessageCodec } from '../codec.ts';
import { codec } from '../codec.ts';
import { COMPACT_TRANSACTIONS_MAX, readIndex, writeIndex } from '../index-list.ts';

/** Asks for some transactions of a block that was announced by `cmpctblock`. */
export interface GetblocktxnMessage {
  readonly type: 'getblocktxn';
  readonly blockHash: BlockHash;
  /** Their places in the block, ascending. Whether the block has them is for its owner to say. */
  readonly indexes: readonly number[];
}

function write(writer: ByteWriter, { blockHash, indexes }: GetblocktxnMessage): void {
  writer.raw(blockHash).compactSize(indexes.length);
  let before = -1;
  for (const index of indexes) {
    writeIndex(writer, before, index);
    before = index;
  }
}

function read(reader: ByteReader): GetblocktxnMessage {
  const blockHash = reader.take(32, 'block hash') as BlockHash;
  const count = reader.compactSize({ what: 'transaction indexes', max: COMPACT_TRANSACTIONS_MAX + 1, itemSizeMin: 1 });
  const indexes: number[] = [];
  let before = -1;
  for (let i = 0; i < count; i++) {
    before = readIndex(reader, before);
    indexes.push(before);
  }
  return { type: 'getblocktxn', blockHash, indexes };
}

/** `getblocktxn`. */
export const getblocktxnCodec: MessageCodec<GetblocktxnMessage> = codec('getblocktxn', write, read);
