/**
 * Headers as `getblockheader` and `getblock` show them.
 *
 * @module
 */

import type { BlockSummary, ChainService } from '../../../engine/ports/chain-service.ts';
import { Type } from '../../schema.ts';
import { JsonHash } from '../json-number.ts';
import type { JsonOutput } from '../json-write.ts';
import { difficultyOf, hex32, hex256, targetHex } from './numbers.ts';

/** Members of a header, in Core's order. */
export const HEADER_PROPERTIES = {
  hash: Type.String({ description: 'The hash, as it was asked for.' }),
  confirmations: Type.Integer({ description: 'Blocks from this one to the tip, or -1 off the active chain.' }),
  height: Type.Integer(),
  version: Type.Integer(),
  versionHex: Type.String(),
  merkleroot: Type.String(),
  time: Type.Integer({ description: 'Seconds since 1970.' }),
  mediantime: Type.Integer({ description: 'Median of the times of this block and the ten before.' }),
  nonce: Type.Integer(),
  bits: Type.String({ description: 'The target in compact form.' }),
  target: Type.String(),
  difficulty: Type.Number(),
  chainwork: Type.String({ description: 'Hashes that the chain up to here took on average, in hexadecimal.' }),
  nTx: Type.Integer({ description: 'Transactions in the block, 0 while only the header is known.' }),
  previousblockhash: Type.Optional(Type.String()),
  nextblockhash: Type.Optional(Type.String()),
};

/** Blocks from this one to the tip, itself included; -1 where it is not on the active chain. */
export function confirmationsOf(block: BlockSummary, chain: ChainService): number {
  return block.active ? chain.tip().height - block.height + 1 : -1;
}

/** What `bits` say, in each of the forms in which a header shows it. */
interface ShownBits {
  readonly bits: string;
  readonly target: string;
  readonly difficulty: number;
}

let shownLast: readonly [bits: number, shown: ShownBits] | undefined;

/** Headers that follow each other have mostly the same bits, so the last ones are remembered. */
function shownBits(bits: number): ShownBits {
  if (shownLast?.[0] === bits) return shownLast[1];
  const shown = { bits: hex32(bits), target: targetHex(bits), difficulty: difficultyOf(bits) };
  shownLast = [bits, shown];
  return shown;
}

/** A header. */
export function headerJson(block: BlockSummary, chain: ChainService): Record<string, JsonOutput> {
  const { header } = block;
  const shown = shownBits(header.bits);
  return {
    hash: new JsonHash(header.hash),
    confirmations: confirmationsOf(block, chain),
    height: block.height,
    version: header.version,
    versionHex: hex32(header.version),
    merkleroot: new JsonHash(header.merkleRoot),
    time: header.timeSeconds,
    mediantime: block.medianTimeSeconds,
    nonce: header.nonce,
    bits: shown.bits,
    target: shown.target,
    difficulty: shown.difficulty,
    chainwork: hex256(block.chainWork),
    nTx: block.txCount,
    previousblockhash: block.height > 0 ? new JsonHash(header.prevBlockHash) : undefined,
    nextblockhash: block.nextHash === undefined ? undefined : new JsonHash(block.nextHash),
  };
}
