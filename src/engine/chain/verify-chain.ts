import { bytesEqual } from '../../core/base/bytes.ts';
import { isBip30Repeat } from '../../core/consensus/bip30.ts';
import type { CoinChanges } from '../../core/consensus/block-effect.ts';
import { disconnectBlock } from '../../core/consensus/block-effect.ts';
import { checkBlock } from '../../core/consensus/check-block.ts';
import type { Block } from '../../core/primitives/block.ts';
import { decodeBlock } from '../../core/primitives/block.ts';
import { DecodeError } from '../../core/primitives/decode-error.ts';
import type { HashKey } from '../../core/primitives/ids.ts';
import { hashKey, toDisplayHex } from '../../core/primitives/ids.ts';
import type { OutPoint } from '../../core/primitives/transaction.ts';
import { outPointKey } from '../../core/primitives/transaction.ts';
import { NodeError } from '../ports/node-error.ts';
import { ActiveChain } from './active-chain.ts';
import type { ChainParts } from './chain-state.ts';
import { ChainState } from './chain-state.ts';
import type { CoinCache } from './coin-cache.ts';
import type { HeaderNode } from './header-node.ts';
import { isStored } from './header-node.ts';

/** Highest level of `verifyChain`. */
export const VERIFY_LEVEL_MAX = 4;

/** What is looked at. */
export interface VerifyOptions {
  /**
   * 0: the blocks can be read; 1: and are valid by themselves; 2: and their undo records can be read; 3: and taking them back one after
   * another meets exactly the coins that should be there; 4: and connecting them again passes every rule, scripts included.
   */
  readonly level: number;
  /** Blocks from the tip downwards; 0 for all. */
  readonly depth: number;
}

/**
 * Looks through the last blocks of the chain and changes nothing. Core's `CVerifyDB::VerifyDB`.
 *
 * @param parts - of the chain; `cache` is one of its own over the coins as they are stored, which are the tip's
 * @returns what is wrong, or why not all of it could be looked at; undefined where all is well
 */
export async function verifyChain(parts: ChainParts, { level, depth }: VerifyOptions): Promise<string | undefined> {
  try {
    return await new Verification(parts, level).run(depth);
  } catch (error) {
    // A record that cannot be read is what is looked for, not a failure of the looking.
    if (error instanceof NodeError && (error.code === 'block-file-damaged' || error.code === 'undo-file-damaged')) return error.message;
    throw error;
  }
}

class Verification {
  readonly #parts: ChainParts;
  readonly #level: number;
  readonly #state: ChainState;
  #lacking: string | undefined;
  /** Coinbases that a later block repeated (BIP-30's two on main): their coins were replaced, and taking that block back left none. */
  readonly #repeated = new Set<HashKey>();

  constructor(parts: ChainParts, level: number) {
    this.#parts = parts;
    this.#level = level;
    this.#state = new ChainState(parts);
  }

  async run(depth: number): Promise<string | undefined> {
    const { tip } = this.#parts.active;
    const stop = depth <= 0 || depth > tip.height ? 0 : tip.height - depth;
    let node = tip;
    for (; node.height > stop && node.parent !== undefined; node = node.parent) {
      if (node === this.#parts.floor()) {
        this.#lacking ??= `block ${node.height} and those before it are not checked yet: the chain goes on from a snapshot of it`;
        break;
      }
      if (!isStored(node)) {
        this.#lacking ??= `block ${node.height} and those before it were pruned`;
        break;
      }
      const problem = await this.#look(node);
      if (problem !== undefined) return `block ${toDisplayHex(node.hash)} at height ${node.height}: ${problem}`;
      if (this.#level >= 3 && this.#parts.cache.sizeBytes > this.#parts.cacheBytesMax()) {
        this.#lacking ??= `there is no memory to take back the blocks before height ${node.height}`;
        node = node.parent;
        break;
      }
    }
    return (this.#level >= 4 ? await this.#connectAgain(node, tip) : undefined) ?? this.#lacking;
  }

  async #look(node: HeaderNode): Promise<string | undefined> {
    const block = await this.#read(node);
    if (block === undefined) return 'its bytes are not the block';
    const wrong = this.#level >= 1 ? checkBlock(block, this.#parts.params.consensus) : undefined;
    if (wrong !== undefined) return wrong.reason;
    if (this.#level < 2) return undefined;
    const spentCoins = await this.#state.readUndo(node);
    if (this.#level < 3) return undefined;
    const changes = this.#withoutReplaced(disconnectBlock(block, spentCoins), block);
    const problem = await coinProblem(this.#parts.cache, changes, block, node.height);
    if (problem === undefined) this.#parts.cache.apply(changes);
    return problem;
  }

  /** Leaves out the coins of a coinbase that were replaced by those of a later one. Core's `DisconnectBlock` passes over them as well. */
  #withoutReplaced({ removed, added }: CoinChanges, block: Block): CoinChanges {
    const { consensus } = this.#parts.params;
    const coinbase = hashKey(block.transactions[0]!.txid);
    const isReplaced = this.#repeated.has(coinbase);
    if (isBip30Repeat(block.header.hash, consensus)) this.#repeated.add(coinbase);
    return isReplaced ? { removed: removed.filter(({ txid }) => hashKey(txid) !== coinbase), added } : { removed, added };
  }

  async #read(node: HeaderNode): Promise<Block | undefined> {
    const bytes = await this.#state.readBytes(node);
    try {
      const block = decodeBlock(bytes);
      return hashKey(block.header.hash) === hashKey(node.hash) ? block : undefined;
    } catch (error) {
      if (error instanceof DecodeError) return undefined;
      throw error;
    }
  }

  /** Connects every block again that was taken back. */
  async #connectAgain(from: HeaderNode, tip: HeaderNode): Promise<string | undefined> {
    const active = new ActiveChain(from);
    const state = new ChainState({ ...this.#parts, active });
    for (let height = from.height + 1; height <= tip.height; height++) {
      const node = this.#parts.active.at(height)!;
      const block = await this.#read(node);
      if (block === undefined) return `block ${toDisplayHex(node.hash)} at height ${height}: its bytes are not the block`;
      const judged = await state.judge(block);
      if (judged.rejection !== undefined) return `block ${toDisplayHex(node.hash)} at height ${height}: ${judged.rejection.reason}`;
      this.#parts.cache.apply(judged.effect);
      active.push(node);
    }
    return undefined;
  }
}

/** Whether the coins are those that a block left: its outputs as it made them, and none that it spent. */
async function coinProblem(cache: CoinCache, changes: CoinChanges, block: Block, height: number): Promise<string | undefined> {
  const { removed, added } = changes;
  const wanted = new Map<HashKey, OutPoint>();
  for (const outPoint of [...removed, ...added.map((each) => each.outPoint)]) wanted.set(outPointKey(outPoint), outPoint);
  const coins = await cache.load(wanted);
  if (added.some(({ outPoint }) => coins.has(outPointKey(outPoint)))) return 'a coin that it spent is still there';
  const transactions = new Map(block.transactions.map((tx) => [hashKey(tx.txid), tx]));
  for (const outPoint of removed) {
    const coin = coins.get(outPointKey(outPoint));
    const output = transactions.get(hashKey(outPoint.txid))?.outputs[outPoint.vout];
    if (coin === undefined || output === undefined) return 'a coin that it made is missing';
    const isSame = coin.height === height && coin.value === output.value && bytesEqual(coin.scriptPubKey, output.scriptPubKey);
    if (!isSame) return 'a coin is not as it made it';
  }
  return undefined;
}
