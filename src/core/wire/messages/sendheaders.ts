import type { MessageCodec } from '../codec.ts';
import { emptyCodec } from '../codec.ts';

/** The sender wants new blocks announced by their headers (BIP-130). */
export interface SendheadersMessage {
  readonly type: 'sendheaders';
}

/** `sendheaders`. */
export const sendheadersCodec: MessageCodec<SendheadersMessage> = emptyCodec('sendheaders');
