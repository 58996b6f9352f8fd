import type { MessageCodec } from '../codec.ts';
import { codec } from '../codec.ts';

/** The version of compact blocks that is spoken: short ids of wtxids, transactions with witnesses. Core's CMPCTBLOCKS_VERSION. */
export const COMPACT_VERSION = 2n;

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
