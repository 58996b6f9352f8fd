import type { BlockHash } from '../../primitives/ids.ts';
import type { MessageCodec } from '../codec.ts';
import { codec } from '../codec.ts';

/** No message holds more. */
const FILTER_SIZE_BYTES_MAX = 4_000_000;

/** The filter of one block (BIP-157). */
export interface CfilterMessage {
  readonly type: 'cfilter';
  readonly filterType: number;
  readonly block: BlockHash;
  readonly filter: Uint8Array;
}

/** `cfilter`. */
export const cfilterCodec: MessageCodec<CfilterMessage> = codec(
  'cfilter',
  (writer, { filterType, block, filter }) => {
    writer.u8(filterType).raw(block).varBytes(filter);
  },
  (reader) => ({
    type: 'cfilter',
    filterType: reader.u8('filter type'),
    block: reader.take(32, 'block hash') as BlockHash,
    filter: reader.varBytes({ what: 'filter', max: FILTER_SIZE_BYTES_MAX }),
  }),
);
