import type { MessageCodec } from '../codec.ts';
import { codec } from '../codec.ts';

/** Most bytes of one element: what a script can push (BIP-37). */
const ELEMENT_BYTES_MAX = 520;

/** One more thing for the filter that the sender gave before (BIP-37). */
export interface FilteraddMessage {
  readonly type: 'filteradd';
  readonly data: Uint8Array;
}

/** `filteradd`. */
export const filteraddCodec: MessageCodec<FilteraddMessage> = codec(
  'filteradd',
  (writer, { data }) => {
    writer.varBytes(data);
  },
  (reader) => ({ type: 'filteradd', data: reader.varBytes({ what: 'filter element', max: ELEMENT_BYTES_MAX }) }),
);
