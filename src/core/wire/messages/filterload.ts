import { DecodeError } from '../../primitives/decode-error.ts';
import type { MessageCodec } from '../codec.ts';
import { codec } from '../codec.ts';

/** Most bytes and hash functions of a filter (BIP-37). */
const FILTER_BYTES_MAX = 36_000;
const HASHES_MAX = 50;

/** The sender wants those transactions alone that match a filter (BIP-37). */
export interface FilterloadMessage {
  readonly type: 'filterload';
  readonly bytes: Uint8Array;
  readonly hashCount: number;
  readonly tweak: number;
  readonly flags: number;
}

/** `filterload`. */
export const filterloadCodec: MessageCodec<FilterloadMessage> = codec(
  'filterload',
  (writer, { bytes, hashCount, tweak, flags }) => {
    writer.varBytes(bytes).u32(hashCount).u32(tweak).u8(flags);
  },
  (reader) => {
    const bytes = reader.varBytes({ what: 'filter', max: FILTER_BYTES_MAX });
    const hashCount = reader.u32('hash functions');
    if (hashCount > HASHES_MAX) throw new DecodeError('hash functions', reader.offset, `${hashCount} is over the limit of ${HASHES_MAX}`);
    return { type: 'filterload', bytes, hashCount, tweak: reader.u32('tweak'), flags: reader.u8('flags') };
  },
);
