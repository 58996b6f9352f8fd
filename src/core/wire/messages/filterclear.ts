import type { MessageCodec } from '../codec.ts';
import { emptyCodec } from '../codec.ts';

/** The sender wants every transaction again (BIP-37). */
export interface FilterclearMessage {
  readonly type: 'filterclear';
}

/** `filterclear`. */
export const filterclearCodec: MessageCodec<FilterclearMessage> = emptyCodec('filterclear');
