import type { MessageCodec } from '../codec.ts';
import { emptyCodec } from '../codec.ts';

/** The sender announces and asks for transactions by wtxid (BIP-339). Only between `version` and `verack`. */
export interface WtxidrelayMessage {
  readonly type: 'wtxidrelay';
}

/** `wtxidrelay`. */
export const wtxidrelayCodec: MessageCodec<WtxidrelayMessage> = emptyCodec('wtxidrelay');
