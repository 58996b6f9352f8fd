import type { MessageCodec } from '../codec.ts';
import { codec } from '../codec.ts';

/** Asks whether the other side is still there (BIP-31). */
export interface PingMessage {
  readonly type: 'ping';
  /** Unsigned 64 bits. */
  readonly nonce: bigint;
}

/** `ping`. */
export const pingCodec: MessageCodec<PingMessage> = codec(
  'ping',
  (writer, message) => {
    writer.u64(message.nonce);
  },
  (reader) => ({ type: 'ping', nonce: reader.u64('ping nonce') }),
);
