import type { Satoshis } from '../../primitives/transaction.ts';
import type { MessageCodec } from '../codec.ts';
import { codec } from '../codec.ts';

/** The sender wants no transaction announced that pays less (BIP-133). */
export interface FeefilterMessage {
  readonly type: 'feefilter';
  /** Base units for 1,000 virtual bytes. Signed 64 bits. */
  readonly feeRateSatPerKvb: Satoshis;
}

/** `feefilter`. */
export const feefilterCodec: MessageCodec<FeefilterMessage> = codec(
  'feefilter',
  (writer, message) => {
    writer.u64(message.feeRateSatPerKvb);
  },
  (reader) => ({ type: 'feefilter', feeRateSatPerKvb: reader.i64('fee rate') }),
);
