import type { MessageCodec } from '../codec.ts';
import { codec } from '../codec.ts';

/** The sender speaks compact blocks (BIP-152) of this version. */
export interface SendcmpctMessage {
  readonly type: 'sendcmpct';
  /** Whether new blocks shall come unasked. */
  readonly highBandwidth: boolean;
  readonly version: bigint;
}

/** `sendcmpct`. */
export const sendcmpctCodec: MessageCodec<SendcmpctMessage> = codec(
  'sendcmpct',
  (writer, message) => {
    writer.u8(message.highBandwidth ? 1 : 0).u64(message.version);
  },
  (reader) => ({ type: 'sendcmpct', highBandwidth: reader.u8('sendcmpct mode') !== 0, version: reader.u64('sendcmpct version') }),
);
