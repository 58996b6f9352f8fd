import type { BlockHash } from '../../primitives/ids.ts';
import type { MessageCodec } from '../codec.ts';
import { codec } from '../codec.ts';
import { readFilterHashes, writeFilterHashes } from '../filter-request.ts';

/** Blocks from one filter header of a `cfcheckpt` to the next (BIP-157). */
export const FILTER_CHECKPOINT_INTERVAL = 1_000;

/** As many as a message of 4,000,000 bytes holds. */
const HEADERS_MAX = 124_998;

/** Filter headers at each thousandth block (BIP-157), lowest first. */
export interface CfcheckptMessage {
  readonly type: 'cfcheckpt';
  readonly filterType: number;
  /** The last block that was asked for. */
  readonly stop: BlockHash;
  readonly filterHeaders: readonly Uint8Array[];
}

/** `cfcheckpt`. */
export const cfcheckptCodec: MessageCodec<CfcheckptMessage> = codec(
  'cfcheckpt',
  (writer, { filterType, stop, filterHeaders }) => {
    writeFilterHashes(writer.u8(filterType).raw(stop), filterHeaders);
  },
  (reader) => ({
    type: 'cfcheckpt',
    filterType: reader.u8('filter type'),
    stop: reader.take(32, 'stop hash') as BlockHash,
    filterHeaders: readFilterHashes(reader, 'filter headers', HEADERS_MAX),
  }),
);
