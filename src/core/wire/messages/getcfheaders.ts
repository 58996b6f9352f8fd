import type { MessageCodec } from '../codec.ts';
import { codec } from '../codec.ts';
import { type FilterRange, readFilterRange, writeFilterRange } from '../filter-request.ts';

/** Asks for the hashes of the filters of some blocks, at most `FILTER_HASHES_PER_MESSAGE_MAX`. */
export interface GetcfheadersMessage extends FilterRange {
  readonly type: 'getcfheaders';
}

/** `getcfheaders`. */
export const getcfheadersCodec: MessageCodec<GetcfheadersMessage> = codec(
  'getcfheaders',
  (writer, message) => writeFilterRange(writer, message),
  (reader) => ({ type: 'getcfheaders', ...readFilterRange(reader) }),
);
