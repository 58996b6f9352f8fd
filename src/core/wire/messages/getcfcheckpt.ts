import type { BlockHash } from '../../primitives/ids.ts';
import type { MessageCodec } from '../codec.ts';
import { codec } from '../codec.ts';

/** Asks for the filter headers at every thousandth block up to one. */
export interface GetcfcheckptMessage {
  readonly type: 'getcfcheckpt';
  readonly filterType: number;
  readonly stop: BlockHash;
}

/** `getcfcheckpt`. */
export const getcfcheckptCodec: MessageCodec<GetcfcheckptMessage> = codec(
  'getcfcheckpt',
  (writer, { filterType, stop }) => {
    writer.u8(filterType).raw(stop);
  },
  (reader) => ({ type: 'getcfcheckpt', filterType: reader.u8('filter type'), stop: reader.take(32, 'stop hash') as BlockHash }),
);
