import type { Block } from '../../primitives/block.ts';
import { readBlock } from '../../primitives/block.ts';
import { ByteReader } from '../../primitives/byte-reader.ts';
import type { MessageCodec } from '../codec.ts';

/** A whole block. */
export interface BlockMessage {
  readonly type: 'block';
  readonly block: Block;
  /** Its wire form, exactly what `block` was read from; what is sent. */
  readonly raw: Uint8Array;
}

/** `block`. Encoding hands over `raw` itself. */
export const blockCodec: MessageCodec<BlockMessage> = {
  type: 'block',
  encode: (message: BlockMessage): Uint8Array => message.raw,
  decode: (payload: Uint8Array): BlockMessage => {
    const reader = new ByteReader(payload);
    const block = readBlock(reader);
    return { type: 'block', block, raw: payload.subarray(0, reader.offset) };
  },
};
