import type { MessageCodec } from '../codec.ts';
import { emptyCodec } from '../codec.ts';

/** The sender understands `addrv2` (BIP-155). Only between `version` and `verack`. */
export interface Sendaddrv2Message {
  readonly type: 'sendaddrv2';
}

/** `sendaddrv2`. */
export const sendaddrv2Codec: MessageCodec<Sendaddrv2Message> = emptyCodec('sendaddrv2');
