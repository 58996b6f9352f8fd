import type { BlockHash } from '../../primitives/ids.ts';
import type { MessageCodec } from '../codec.ts';
import { codec } from '../codec.ts';
import { readFilterHashes, writeFilterHashes } from '../filter-request.ts';

/** Most hashes in one message (BIP-157). */
export const FILTER_HASHES_PER_MESSAGE_MAX = 2_000;

/** Hashes of the filters of successive blocks, with the filter header before the first: enough to work out the header of each. */
export interface CfheadersMessage {
  readonly type: 'cfheaders';
  readonly filterType: number;
  /** The last block. */
  readonly stop: BlockHash;
  /** 32 bytes, wire order; zeros before the first block of all. */
  readonly previousHeader: Uint8Array;
  readonly filterHashes: readonly Uint8Array[];
}

/** `cfheaders`. */
export const cfheadersCodec: MessageCodec<CfheadersMessage> = codec(
  'cfheaders',
  (writer, { filterType, stop, previousHeader, filterHashes }) => {
    writeFilterHashes(writer.u8(filterType).raw(stop).raw(previousHeader), filterHashes);
  },
  (reader) => ({
    type: 'cfheaders',
    filterType: reader.u8('filter type'),
    stop: reader.take(32, 'stop hash') as BlockHash,
    previousHeader: reader.take(32, 'previous filter header'),
    filterHashes: readFilterHashes(reader, 'filter hashes', FILTER_HASHES_PER_MESSAGE_MAX),
  }),
);
