import type { MessageCodec } from '../codec.ts';
import { emptyCodec } from '../codec.ts';

/** Asks for addresses of nodes. */
export interface GetaddrMessage {
  readonly type: 'getaddr';
}

/** `getaddr`. */
export const getaddrCodec: MessageCodec<GetaddrMessage> = emptyCodec('getaddr');
