import { fromHex } from '../../../core/base/bytes.ts';
import { DecodeError } from '../../../core/primitives/decode-error.ts';
import { toDisplayHex } from '../../../core/primitives/ids.ts';
import { decodeMerkleBlock, type MerkleBlock, provenBy } from '../../../core/primitives/merkle-block.ts';
import { Type } from '../../schema.ts';
import { RpcError } from '../errors.ts';
import type { RpcMethod } from '../method.ts';

/** Weight of the smallest transaction that a block can have: 60 bytes without witness. Core's `MIN_TRANSACTION_WEIGHT`. */
const TRANSACTION_WEIGHT_MIN = 240;

function parseProof(hex: string): MerkleBlock {
  const bytes = fromHex(hex);
  if (bytes === undefined || bytes.length === 0) {
    throw new RpcError('INVALID_PARAMETER', `proof must be hexadecimal string (not '${hex}')`);
  }
  try {
    return decodeMerkleBlock(bytes);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new RpcError('MISC_ERROR', 'DataStream::read(): end of data: iostream error');
  }
}

export const verifytxoutproof: RpcMethod = {
  name: 'verifytxoutproof',
  category: 'Blockchain',
  description: 'The transactions that a proof of gettxoutproof proves to be in a block of the active chain.',
  params: [{ name: 'proof', schema: Type.String(), required: true, description: 'The proof in hexadecimal.' }],
  result: Type.Array(Type.String(), { description: 'Their ids; none where nothing is proved.' }),
  run: ({ node }, args) => {
    const proof = parseProof(args.string(0));
    const matches = provenBy(proof, Math.floor(node.params.consensus.maxBlockWeightWu / TRANSACTION_WEIGHT_MIN));
    if (matches === undefined) return [];
    const block = node.chain.block(proof.header.hash);
    if (block === undefined || !block.active || block.txCount === 0) {
      throw new RpcError('INVALID_ADDRESS_OR_KEY', 'Block not found in chain');
    }
    // The number of transactions fixes how deep the tree is: no inner node, which is 64 bytes, passes for a transaction.
    return block.txCount === proof.transactionCount ? matches.map(({ hash }) => toDisplayHex(hash)) : [];
  },
};
