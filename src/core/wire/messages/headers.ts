import type { BlockHeader, HeaderFields } from '../../primitives/block.ts';
import { encodeHeader, HEADER_SIZE_BYTES, readHeader } from '../../primitives/block.ts';
import type { ByteReader } from '../../primitives/byte-reader.ts';
import type { ByteWriter } from '../../primitives/byte-writer.ts';
import type { MessageCodec } from '../codec.ts';
import { codec } from '../codec.ts';

/** Most headers in one message. Core's MAX_HEADERS_RESULTS; more is a breach, fewer tell that the sender has no more. */
export const HEADERS_PER_MESSAGE_MAX = 2_000;

/** Consecutive headers, in answer to `getheaders` or to announce new blocks. */
export interface HeadersMessage {
  readonly type: 'headers';
  readonly headers: readonly BlockHeader[];
}

function write(writer: ByteWriter, message: { readonly headers: readonly HeaderFields[] }): void {
  writer.compactSize(message.headers.length);
  // The count of transactions behind each header is always sent as zero.
  for (const header of message.headers) writer.raw(encodeHeader(header)).u8(0);
}

function read(reader: ByteReader): HeadersMessage {
  const count = reader.compactSize({ what: 'headers', max: HEADERS_PER_MESSAGE_MAX, itemSizeMin: HEADER_SIZE_BYTES + 1 });
  const headers: BlockHeader[] = [];
  for (let i = 0; i < count; i++) {
    headers.push(readHeader(reader));
    reader.compactSize({ what: 'transaction count of a header' });
  }
  return { type: 'headers', headers };
}

/** `headers`. */
export const headersCodec: MessageCodec<HeadersMessage> = codec('headers', write, read);
