/**
 * Blocks, transactions, headers, ids, and their exact bytes.
 *
 * Owns data types and serialisation. Does not own validity (consensus). Begin with transaction.ts and block.ts; ids.ts tells the
 * order of bytes.
 *
 * @module
 */

export type { Block, BlockHeader, HeaderFields } from './block.ts';
export {
  blockWeightWu,
  decodeBlock,
  decodeHeader,
  encodeBlock,
  encodeHeader,
  HEADER_SIZE_BYTES,
  makeBlock,
  makeHeader,
  readBlock,
  readHeader,
} from './block.ts';
export type { CountLimits } from './byte-reader.ts';
export { ByteReader, COMPACT_SIZE_MAX } from './byte-reader.ts';
export { ByteWriter, compactSizeLength } from './byte-writer.ts';
export type { ChainWork, DecodedBits, Target } from './compact-target.ts';
export { decodeBits, encodeBits, hashToNumber } from './compact-target.ts';
export { DecodeError } from './decode-error.ts';
export type { BlockHash, HashKey, MerkleRoot, Txid, Wtxid } from './ids.ts';
export { fromDisplayHex, hashKey, hashOfKey, toDisplayHex, zeroHash } from './ids.ts';
export type { MerkleBlock, MerkleMatch } from './merkle-block.ts';
export { decodeMerkleBlock, encodeMerkleBlock, makeMerkleBlock, provenBy } from './merkle-block.ts';
export type { OutPoint, Satoshis, Transaction, TransactionFields, TxInput, TxOutput } from './transaction.ts';
export {
  decodeTransaction,
  encodeTransaction,
  encodeTransactionStripped,
  hasWitness,
  isCoinbase,
  isNullOutPoint,
  makeTransaction,
  NULL_VOUT,
  outPointKey,
  readTransaction,
  strippedSizeOf,
  transactionWeightWu,
  writeTransaction,
  writeTxOutput,
} from './transaction.ts';
