import { bytesEqual } from '../../core/base/bytes.ts';
import { checkMerkleRoot } from '../../core/consensus/check-block.ts';
import { checkWitnesses } from '../../core/consensus/check-block-in-context.ts';
import { WITNESS_SCALE_FACTOR } from '../../core/consensus/weight.ts';
import type { ConsensusParams } from '../../core/params/types.ts';
import type { Block, BlockHeader } from '../../core/primitives/block.ts';
import { makeBlock } from '../../core/primitives/block.ts';
import type { Transaction } from '../../core/primitives/transaction.ts';
import { isCoinbase } from '../../core/primitives/transaction.ts';
import type { CmpctblockMessage } from '../../core/wire/messages/cmpctblock.ts';
import { shortIdKey, shortIdOf } from '../../core/wire/short-id.ts';
import { ShortIdTable } from './short-id-table.ts';

/** Bytes of the smallest transaction: a block cannot have more of them than its weight allows. Core's MIN_SERIALIZABLE_TRANSACTION_WEIGHT. */
const TRANSACTION_SIZE_MIN = 10;

/** Bytes of two hashes, which a transaction of this size can be taken for. */
const INNER_NODE_SIZE_BYTES = 64;

/**
 * What a compact block came to.
 *
 * `invalid`: no honest peer sends it. `collision`: two transactions may have one short id, which is nobody's fault; the whole block tells.
 */
export type PartialFailure = 'invalid' | 'collision';

/** Transactions that may be in a block. */
export interface AtHand {
  readonly waiting: Iterable<{ readonly tx: Transaction }>;
  /** Others that came of late, looked at after those. */
  readonly extra: Iterable<Transaction>;
}

/** A block of which some transactions may be missing yet. Core's `PartiallyDownloadedBlock`. */
export class PartialBlock {
  readonly header: BlockHeader;
  readonly #transactions: (Transaction | undefined)[];

  private constructor(header: BlockHeader, count: number) {
    this.header = header;
    this.#transactions = new Array<Transaction | undefined>(count).fill(undefined);
  }

  /** Puts together what is known of a block. The message keeps to its own limits. Core's `InitData`. */
  static begin(message: CmpctblockMessage, atHand: AtHand, { maxBlockWeightWu }: ConsensusParams): PartialBlock | PartialFailure {
    const { header, nonce, shortIds, prefilled } = message;
    const count = shortIds.length + prefilled.length;
    if (count * TRANSACTION_SIZE_MIN * WITNESS_SCALE_FACTOR > maxBlockWeightWu) return 'invalid';
    const partial = new PartialBlock(header, count);
    for (const { index, tx } of prefilled) partial.#transactions[index] = tx;
    const table = new ShortIdTable(shortIds, partial.missing());
    if (table.hasTwins) return 'collision';
    partial.#find(table, shortIdKey(header, nonce), atHand);
    return partial;
  }

  /** Places of the transactions that are missing, ascending. */
  missing(): readonly number[] {
    const missing: number[] = [];
    for (let i = 0; i < this.#transactions.length; i++) if (this.#transactions[i] === undefined) missing.push(i);
    return missing;
  }

  /**
   * The block with what was missing; once. Core's `FillBlock`.
   *
   * @param transactions - the missing ones, in their order
   * @param height - of the block: from `segwit` on its witnesses are held against its commitment
   */
  fill(transactions: readonly Transaction[], height: number, params: ConsensusParams): Block | PartialFailure {
    let used = 0;
    const whole: Transaction[] = [];
    for (const known of this.#transactions.splice(0)) {
      const tx = known ?? transactions[used++];
      if (tx === undefined) return 'invalid';
      whole.push(tx);
    }
    if (used !== transactions.length) return 'invalid';
    const block = makeBlock(this.header, whole);
    return isMutated(block, height, params) ? 'collision' : block;
  }

  /** Looks through what is at hand until every place has its transaction. */
  #find(table: ShortIdTable, key: Uint8Array, { waiting, extra }: AtHand): void {
    let lacking = this.missing().length;
    const matched = new Set<number>();
    const offer = (tx: Transaction): boolean => {
      const index = table.find(shortIdOf(key, tx.wtxid));
      if (index === undefined) return false;
      const known = this.#transactions[index];
      if (!matched.has(index)) {
        matched.add(index);
        this.#transactions[index] = tx;
        lacking--;
      } else if (known !== undefined && !bytesEqual(known.wtxid, tx.wtxid)) {
        // Two with one short id: neither is taken, the right one is asked for.
        this.#transactions[index] = undefined;
        lacking++;
      }
      return lacking === 0;
    };
    if (lacking === 0) return;
    for (const { tx } of waiting) if (offer(tx)) return;
    for (const tx of extra) if (offer(tx)) return;
  }
}

/** Whether a block has other transactions or witnesses than its header stands for. Core's `IsBlockMutated`. */
function isMutated(block: Block, height: number, params: ConsensusParams): boolean {
  if (checkMerkleRoot(block) !== undefined) return true;
  if (isCoinbase(block.transactions[0]!)) return checkWitnesses(block, { height, prevMedianTimeSeconds: 0 }, params) !== undefined;
  // What does not begin with a coinbase may be inner nodes of the tree, handed over as transactions.
  return block.transactions.some((tx) => tx.strippedSizeBytes === INNER_NODE_SIZE_BYTES);
}
