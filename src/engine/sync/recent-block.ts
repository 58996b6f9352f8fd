import { bytesEqual } from '../../core/base/bytes.ts';
import type { Block } from '../../core/primitives/block.ts';
import type { HashKey } from '../../core/primitives/ids.ts';
import { hashKey } from '../../core/primitives/ids.ts';
import type { Transaction } from '../../core/primitives/transaction.ts';
import { COMPACT_TRANSACTIONS_MAX } from '../../core/wire/index-list.ts';
import type { CmpctblockMessage } from '../../core/wire/messages/cmpctblock.ts';
import { shortIdKey, shortIdOf } from '../../core/wire/short-id.ts';

/** A block as a compact one: its coinbase whole, which nobody has, and short ids of all others. At most `COMPACT_TRANSACTIONS_MAX` transactions. */
export function compactBlock({ header, transactions }: Block, nonce: bigint): CmpctblockMessage {
  const key = shortIdKey(header, nonce);
  const shortIds = transactions.slice(1).map((tx) => shortIdOf(key, tx.wtxid));
  return { type: 'cmpctblock', header, nonce, shortIds, prefilled: [{ index: 0, tx: transactions[0]! }] };
}

/** Whether there is a compact form of a block. */
export function fitsCompact({ transactions }: Pick<Block, 'transactions'>): boolean {
  return transactions.length <= COMPACT_TRANSACTIONS_MAX;
}

/** A block and its compact form, worked out once for all who want it. */
export interface CompactPair {
  readonly block: Block;
  readonly compact: CmpctblockMessage;
}

/** The last block on the tip that was found to be sound, while it is of interest to everybody at once: it is not read from the disk. */
export class RecentBlock {
  #pair: CompactPair | undefined;
  /** By txid and wtxid, once somebody asks. */
  #transactions: Map<HashKey, Transaction> | undefined;

  /** Keeps a block that has a compact form instead of the one before it. */
  keep(block: Block, nonce: bigint): CompactPair {
    this.#pair = { block, compact: compactBlock(block, nonce) };
    this.#transactions = undefined;
    return this.#pair;
  }

  get(hash: Uint8Array): CompactPair | undefined {
    return this.#pair !== undefined && bytesEqual(this.#pair.block.header.hash, hash) ? this.#pair : undefined;
  }

  /** A transaction of it by its txid or wtxid: who heard of one just before it was confirmed may ask a moment too late. */
  transaction(hash: Uint8Array): Transaction | undefined {
    const transactions = this.#pair?.block.transactions ?? [];
    this.#transactions ??= new Map(transactions.flatMap((tx) => [tx.txid, tx.wtxid].map((id) => [hashKey(id), tx])));
    return this.#transactions.get(hashKey(hash));
  }
}
