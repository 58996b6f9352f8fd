import type { MessageCodec } from '../codec.ts';
import { emptyCodec } from '../codec.ts';

/** Asks which transactions wait (BIP-35). */
export interface MempoolMessage {
  readonly type: 'mempool';
}

/** `mempool`. */
export const mempoolCodec: MessageCodec<MempoolMessage> = emptyCodec('mempool');
