import type { MessageCodec } from '../codec.ts';
import { emptyCodec } from '../codec.ts';

/** The sender has accepted the other's `version`. */
export interface VerackMessage {
  readonly type: 'verack';
}

/** `verack`. */
export const verackCodec: MessageCodec<VerackMessage> = emptyCodec('verack');
