import type { MessageCodec } from '../codec.ts';
import { codec } from '../codec.ts';
import { type FilterRange, readFilterRange, writeFilterRange } from '../filter-request.ts';

/** Most blocks in one question (BIP-157). */
export const FILTERS_PER_REQUEST_MAX = 1_000;

/** Asks for the filters of some blocks, each of which comes in a `cfilter` of its own. At most `FILTERS_PER_REQUEST_MAX` blocks. */
export interface GetcfiltersMessage extends FilterRange {
  readonly type: 'getcfilters';
}

/** `getcfilters`. */
export const getcfiltersCodec: MessageCodec<GetcfiltersMessage> = codec(
  'getcfilters',
  (writer, message) => writeFilterRange(writer, message),
  (reader) => ({ type: 'getcfilters', ...readFilterRange(reader) }),
);
