import { concatBytes } from '../base/bytes.ts';
import { sha256d } from '../crypto/sha256.ts';
import type { Block } from '../primitives/block.ts';
import type { BlockHash } from '../primitives/ids.ts';
import { CodedSetBuilder, codedSetMatchesAll, codedSetMatchesAny } from './coded-set.ts';

/** BIP-158's number of basic filters, the only kind there is. */
export const BASIC_FILTER_TYPE = 0;

const OP_RETURN = 0x6a;

/** SipHash's key for a block's filter: the first 16 bytes of its hash in wire order. */
function filterKey(hash: BlockHash): Uint8Array {
  return hash.subarray(0, 16);
}

/** Whether an output's script is in its block's filter: all but empty ones and those that begin with OP_RETURN. */
export function isFilteredOutput(script: Uint8Array): boolean {
  return script.length > 0 && script[0] !== OP_RETURN;
}

/** Builds a block's basic filter (BIP-158): every script that it pays or spends, but those that begin with OP_RETURN and empty ones. */
export class BasicFilterBuilder {
  readonly #set: CodedSetBuilder;

  constructor(hash: BlockHash) {
    this.#set = new CodedSetBuilder(filterKey(hash));
  }

  /** Takes an output of the block. */
  addOutput(script: Uint8Array): void {
    if (isFilteredOutput(script)) this.#set.add(script);
  }

  /** Takes the script of a coin that the block spends. */
  addSpent(script: Uint8Array): void {
    if (script.length > 0) this.#set.add(script);
  }

  finish(): Uint8Array {
    return this.#set.finish();
  }
}

/** The basic filter of a block. `spentScripts` are those of the coins that its inputs spend, in any order. */
export function basicFilter(block: Block, spentScripts: Iterable<Uint8Array>): Uint8Array {
  const builder = new BasicFilterBuilder(block.header.hash);
  for (const { outputs } of block.transactions) for (const { scriptPubKey } of outputs) builder.addOutput(scriptPubKey);
  for (const script of spentScripts) builder.addSpent(script);
  return builder.finish();
}

/** Whether a block may pay or spend any of the scripts; false is certain. @throws DecodeError where the bytes are no filter */
export function basicFilterMatchesAny(filter: Uint8Array, hash: BlockHash, scripts: readonly Uint8Array[]): boolean {
  return codedSetMatchesAny(filter, filterKey(hash), scripts);
}

/** Whether a block may pay or spend each of the scripts; false is certain. @throws DecodeError where the bytes are no filter */
export function basicFilterMatchesAll(filter: Uint8Array, hash: BlockHash, scripts: readonly Uint8Array[]): boolean {
  return codedSetMatchesAll(filter, filterKey(hash), scripts);
}

/** The header of a filter (BIP-157): SHA-256d over the filter's SHA-256d and the header of the filter before, 32 zero bytes for the first. */
export function filterHeader(filter: Uint8Array, previousHeader: Uint8Array): Uint8Array {
  return filterHeaderOfHash(sha256d(filter), previousHeader);
}

/** The same of a filter of which the SHA-256d is known. */
export function filterHeaderOfHash(filterHash: Uint8Array, previousHeader: Uint8Array): Uint8Array {
  return sha256d(concatBytes(filterHash, previousHeader));
}
