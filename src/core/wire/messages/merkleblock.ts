import { decodeMerkleBlock, encodeMerkleBlock, type MerkleBlock } from '../../primitives/merkle-block.ts';
import type { MessageCodec } from '../codec.ts';

/** A block to one who gave a filter: its header and the proof of the transactions that match (BIP-37). They follow in `tx` messages. */
export interface MerkleblockMessage extends MerkleBlock {
  readonly type: 'merkleblock';
}

/** `merkleblock`. */
export const merkleblockCodec: MessageCodec<MerkleblockMessage> = {
  type: 'merkleblock',
  encode: (message) => encodeMerkleBlock(message),
  decode: (payload) => ({ type: 'merkleblock', ...decodeMerkleBlock(payload) }),
};
