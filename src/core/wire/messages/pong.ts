import type { MessageCodec } from '../codec.ts';
import { codec } from '../codec.ts';

/** Answers a `ping` with its nonce. */
export interface PongMessage {
  readonly type: 'pong';
  /** Unsigned 64 bits. */
  readonly nonce: bigint;
}

/** `pong`. */
export const pongCodec: MessageCodec<PongMessage> = codec(
  'pong',
  (writer, message) => {
    writer.u64(message.nonce);
  },
  (reader) => ({ type: 'pong', nonce: reader.u64('pong nonce') }),
);
