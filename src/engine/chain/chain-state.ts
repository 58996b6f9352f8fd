/**
 * The tip with its coins, and how it moves: forwards by connecting blocks, backwards by their undo records.
 *
 * Each step computes its whole effect first, then makes it at once: the coins are changed, the tip moved and the event sent without
 * waiting for anything in between. A store that fails, wherever that is, leaves a tip that has exactly its coins.
 *
 * Only one call may be under way at a time; `Chain` sees to that.
 *
 * @module
 */

import { assert } from '../../core/base/assert.ts';
import { disconnectBlock } from '../../core/consensus/block-effect.ts';
import { checkBlock, checkMerkleRoot } from '../../core/consensus/check-block.ts';
import { checkBlockInContext, checkWitnesses } from '../../core/consensus/check-block-in-context.ts';
import type { Coin } from '../../core/consensus/coin.ts';
import type { Rejection } from '../../core/consensus/rejection.ts';
import type { NetworkParams } from '../../core/params/types.ts';
import type { Block } from '../../core/primitives/block.ts';
import { decodeBlock } from '../../core/primitives/block.ts';
import { DecodeError } from '../../core/primitives/decode-error.ts';
import type { BlockHash, HashKey } from '../../core/primitives/ids.ts';
import { hashKey, toDisplayHex } from '../../core/primitives/ids.ts';
import type { BlockStore, TakeMemory } from '../ports/block-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { HeaderStore } from '../ports/header-store.ts';
import type { Log } from '../ports/log.ts';
import type { ScriptVerifier } from '../ports/script-verifier.ts';
import type { ActiveChain } from './active-chain.ts';
import type { BlockIndex } from './block-index.ts';
import type { ChainListener } from './chain-event.ts';
import type { CoinCache } from './coin-cache.ts';
import { type Damage, isRecordDamage } from './damage.ts';
import type { HeaderNode } from './header-node.ts';
import { isFailed } from './header-node.ts';
import { ancestorOf, isAncestorOf } from './header-tree.ts';
import { BlockJudge, contextOf } from './judging.ts';
import { betweenStages } from './stages.ts';
import { decodeUndo, encodeUndo } from './undo-codec.ts';
import { WholeBlocks } from './whole-blocks.ts';

/** What a chain's state works with. */
export interface ChainParts {
  readonly params: NetworkParams;
  readonly index: BlockIndex;
  readonly active: ActiveChain;
  readonly cache: CoinCache;
  /** Bytes that the cache may take now. */
  readonly cacheBytesMax: () => number;
  readonly blocks: BlockStore;
  readonly headers: HeaderStore;
  readonly verifier: ScriptVerifier;
  readonly clock: Pick<Clock, 'yield'>;
  readonly log: Log;
  readonly emit: ChainListener;
  /** The block below which there is no way back, since the blocks before it were not connected here. */
  readonly floor: () => HeaderNode | undefined;
  /** Stored blocks and undo records that are not what was written. */
  readonly damage: Damage;
  /** A block that waits to be handled and builds on the one of this hash, if there is one. */
  readonly waitingAfter: (hash: BlockHash) => Block | undefined;
}

/** A block at hand with its node, so that it need not be read again to be connected. */
export interface BlockAtHand {
  readonly node: HeaderNode;
  readonly block: Block;
}

/** A block that was found invalid while it was being connected. */
export interface FailedBlock {
  readonly node: HeaderNode;
  readonly rejection: Rejection;
}

/** What a search for the best block has done. */
interface Progress {
  moved: boolean;
  readonly failed: FailedBlock[];
  readonly atHand: BlockAtHand | undefined;
  readonly onStep: ((height: number, target: number) => void) | undefined;
}

/** Blocks of which it is remembered that their scripts were run: a switch of branches is seldom deeper. */
const SCRIPTS_RUN_MAX = 1_000;

const PRUNED = 'blocks that it needs were pruned: --reindex gets the chain anew';
const BELOW_FLOOR = 'it leaves our chain below the snapshot that was loaded: it can be taken when all blocks up to that are checked';

/** Tip and coins of one chain. */
export class ChainState {
  readonly #parts: ChainParts;
  readonly #judge: BlockJudge;
  readonly #whole = new WholeBlocks();
  /** The last branch that could not be taken for want of blocks that were pruned. */
  #tooDeep: HeaderNode | undefined;
  /** The branch that cannot be taken for want of blocks that are damaged. */
  #heldUpBy: HeaderNode | undefined;
  /** The flags under which the scripts of the blocks that were connected last were run. */
  readonly #scriptsRun = new Map<HashKey, number>();

  constructor(parts: ChainParts) {
    this.#parts = parts;
    this.#judge = new BlockJudge(parts, (node) => this.readBlock(node));
  }

  get tip(): HeaderNode {
    return this.#parts.active.tip;
  }

  /**
   * Moves to the best block there is: back to where the branches part, then forwards block by block. A block that fails on the way is
   * marked and the best block looked for again, which may lead back to where it began.
   *
   * @param atHand - a block that is likely to be connected
   * @param onStep - told after each block, with the height and that of the block it goes to
   * @returns the blocks that failed
   */
  async activateBest(atHand?: BlockAtHand, onStep?: (height: number, target: number) => void): Promise<readonly FailedBlock[]> {
    const { active, index, emit } = this.#parts;
    const from = this.tip;
    const failed: FailedBlock[] = [];
    const progress = { moved: false, failed, atHand, onStep };
    /** Branches that cannot be taken now. */
    const refused = new Set<HeaderNode>();
    if (isFailed(from)) index.refreshCandidates();
    for (let best = index.bestCandidate(); best !== this.tip; best = index.bestCandidate()) {
      if (refused.has(best) || (!isFailed(this.tip) && !index.tree.isBetter(best.row, this.tip.row))) break;
      const fork = active.fork(best);
      const canMove = this.#canMove(fork, best);
      if (canMove) {
        try {
          await this.#move(fork, best, progress);
          continue;
        } catch (error) {
          // What cannot be read is known to be damaged now, and each step is whole: the chain stays where it got to, or takes another way.
          if (!isRecordDamage(error)) throw error;
        }
      }
      refused.add(best);
      this.#refuse(fork, best);
    }
    index.dropWorse(this.tip);
    // A branch that failed may have led back to where it began: who followed the blocks is told all the same that it is over.
    if (progress.moved) emit({ kind: 'tip-changed', tip: this.tip, fork: active.fork(from) });
    return failed;
  }

  /** Goes back to a fork and forwards to the end of its other branch, or as far as its blocks are valid. */
  async #move(fork: HeaderNode, best: HeaderNode, progress: Progress): Promise<void> {
    while (this.tip !== fork) {
      await this.#disconnectTip();
      progress.moved = true;
      progress.onStep?.(this.tip.height, best.height);
    }
    while (this.tip !== best) {
      const next = ancestorOf(best, this.tip.height + 1);
      const following = next === best ? undefined : ancestorOf(best, next.height + 1);
      const rejection = await this.#connectNext(next, progress.atHand?.node === next ? progress.atHand.block : undefined, following);
      if (rejection !== undefined) {
        this.#fail(next, rejection);
        progress.failed.push({ node: next, rejection });
        return;
      }
      progress.moved = true;
      progress.onStep?.(this.tip.height, best.height);
    }
  }

  /** Whether every block on the way is there, with the undo record where it is to be taken back. Pruning leaves gaps, and damage does. */
  #canMove(fork: HeaderNode, best: HeaderNode): boolean {
    return this.#firstLacking(fork, best) === undefined && this.#canGoBack(fork);
  }

  #canGoBack(fork: HeaderNode): boolean {
    const { damage, index } = this.#parts;
    if (this.#isBelowFloor(fork)) return false;
    const { table } = index.tree;
    // By rows: there may be millions.
    for (let row = this.tip.row; row !== fork.row; row = table.parent(row)) if (!table.isStored(row)) return false;
    return !damage.any || !damage.hindersReturn(fork, this.tip);
  }

  #isBelowFloor({ height }: HeaderNode): boolean {
    return height < (this.#parts.floor()?.height ?? 0);
  }

  /** The lowest block above a fork that is not there, on the way to another. */
  #firstLacking(fork: HeaderNode, best: HeaderNode): HeaderNode | undefined {
    const { damage, index } = this.#parts;
    const { nodes, table } = index.tree;
    let lowest: number | undefined;
    for (let row = best.row; row !== fork.row; row = table.parent(row)) if (!table.isStored(row)) lowest = row;
    const damaged = damage.any ? damage.lowestBetween(fork, best) : undefined;
    if (lowest === undefined || (damaged !== undefined && damaged.height < table.height(lowest))) return damaged;
    return nodes.of(lowest);
  }

  /** Stays where it is, though another branch has more work: the blocks that a switch needs were pruned, or have to be mended first. */
  #refuse(fork: HeaderNode, best: HeaderNode): void {
    const { damage, index, log } = this.#parts;
    // What builds on a block that is not there cannot be taken either; the one before it may be.
    const lacking = this.#firstLacking(fork, best) ?? best;
    for (let node: HeaderNode | undefined = best; node !== undefined && node.height >= lacking.height; node = node.parent) {
      index.dropCandidate(node);
    }
    const facts = { fork: fork.height, tip: this.tip.height, branch: best.height, branchTip: toDisplayHex(best.hash) };
    const isBelowFloor = this.#isBelowFloor(fork);
    if (!isBelowFloor && !this.#isPrunedBetween(fork, best)) {
      if (this.#heldUpBy === best) return;
      this.#heldUpBy = best;
      log.error('chain-waits-for-damaged-blocks', { ...facts, blocks: damage.blockCount });
      return;
    }
    const isTold = this.refusedAt === fork;
    this.#tooDeep = best;
    if (isTold) return;
    log.error('reorganisation-too-deep', { ...facts, note: isBelowFloor ? BELOW_FLOOR : PRUNED });
  }

  #isPrunedBetween(fork: HeaderNode, best: HeaderNode): boolean {
    const { table } = this.#parts.index.tree;
    for (const end of [this.tip, best]) {
      for (let { row } = end; row !== fork.row; row = table.parent(row)) if (!table.isStored(row)) return true;
    }
    return false;
  }

  /** Something that was damaged is mended: branches that waited for it may be taken. */
  mended(): void {
    if (this.#heldUpBy === undefined) return;
    this.#heldUpBy = undefined;
    this.#parts.index.refreshCandidates();
  }

  /**
   * Where a branch of more work leaves ours that cannot be taken, for want of blocks that were pruned; undefined once ours has more, or the
   * other one failed.
   */
  get refusedAt(): HeaderNode | undefined {
    const { active, index } = this.#parts;
    const branch = this.#tooDeep;
    if (branch === undefined || isFailed(branch) || !index.tree.isBetter(branch.row, this.tip.row)) return undefined;
    return active.fork(branch);
  }

  /** One block nearer to another: back where it is of another branch, else forwards. @returns why the next block is invalid, if it is */
  async stepTo(target: HeaderNode): Promise<Rejection | undefined> {
    if (isAncestorOf(this.tip, target)) return this.#connectNext(ancestorOf(target, this.tip.height + 1));
    await this.#disconnectTip();
    return undefined;
  }

  #fail(node: HeaderNode, rejection: Rejection): void {
    const { index, log } = this.#parts;
    index.setFailed(node);
    log.warn('block-invalid', { hash: toDisplayHex(node.hash), height: node.height, reason: rejection.reason });
  }

  /** Connects the block after the tip, or says why it cannot be. `following` is the stored block that will be connected to it. */
  async #connectNext(node: HeaderNode, atHand?: Block, following?: HeaderNode): Promise<Rejection | undefined> {
    const { active, blocks, cache, clock, damage, emit, index } = this.#parts;
    assert(node.parent === this.tip, 'a block is connected to its parent');
    const block = atHand ?? this.#judge.blockAhead(node) ?? (await this.readBlock(node));
    const begun = await this.#judge.begin(node, block);
    if (begun.rejection !== undefined) return begun.rejection;
    await this.#judge.workAhead(begun, following);
    const rejection = await begun.scripts;
    if (rejection !== undefined) return rejection;
    const { effect } = begun;
    if (begun.scriptFlags !== undefined) this.#noteScriptsRun(node, begun.scriptFlags);
    await betweenStages(block, clock);
    if (node.undo === undefined || !(await this.#hasUndo(node))) {
      const { parent, block: position } = node;
      assert(position !== undefined, 'a block that is connected is stored');
      index.setUndo(node, await blocks.appendUndo(position.file, encodeUndo(effect.spentCoins), parent.hash));
      damage.undoDone(node);
    }
    cache.apply(effect);
    active.push(node);
    index.setValid(node);
    emit({ kind: 'block-connected', node, block, spentCoins: effect.spentCoins });
    await this.#keepWithinBudget();
    return undefined;
  }

  #noteScriptsRun({ hash }: HeaderNode, flags: number): void {
    this.#scriptsRun.set(hashKey(hash), flags);
    if (this.#scriptsRun.size <= SCRIPTS_RUN_MAX) return;
    for (const oldest of this.#scriptsRun.keys()) {
      this.#scriptsRun.delete(oldest);
      break;
    }
  }

  /** Whether the record of a block that was connected before can still be read. */
  async #hasUndo({ undo, parent }: HeaderNode): Promise<boolean> {
    try {
      await this.#parts.blocks.readUndo(undo!, parent!.hash);
      return true;
    } catch (error) {
      if (isRecordDamage(error)) return false;
      throw error;
    }
  }

  /** What a block does on the tip, or why it is refused, its scripts included. `checkBlock` and `checkBlockInContext` must have passed. */
  judge(block: Block): ReturnType<BlockJudge['judge']> {
    return this.#judge.judge(block, this.tip);
  }

  /** Whether `checkBlock` and `checkBlockInContext` have passed already. */
  isSound(block: Block): boolean {
    return this.#judge.isSound(block);
  }

  /** Takes the tip back to its parent. */
  async #disconnectTip(): Promise<void> {
    const { active, cache, clock, emit } = this.#parts;
    const node = this.tip;
    const block = await this.readBlock(node);
    const spentCoins = await this.readUndo(node);
    await betweenStages(block, clock);
    const changes = disconnectBlock(block, spentCoins);
    cache.apply(changes);
    active.pop();
    emit({ kind: 'block-disconnected', node, block, spentCoins, scriptFlags: this.#scriptsRun.get(hashKey(node.hash)) });
    await this.#keepWithinBudget();
  }

  /**
   * A stored block in wire form, whole: what its header commits to is computed, unless that was done lately with bytes of the same
   * checksum. A disk that lies must not be taken for a bad block, nor must a peer be sent something else.
   *
   * @throws NodeError `block-file-damaged`
   */
  async readBytes(node: HeaderNode, take?: TakeMemory): Promise<Uint8Array> {
    const bytes = await this.#readStored(node, take);
    const checksum = this.#parts.blocks.checksum(bytes);
    if (this.#whole.has(node, checksum)) return bytes;
    const block = orUndefined(() => decodeBlock(bytes));
    if (block === undefined || !this.#isWhole(node, block)) throw this.#parts.damage.blockFailed(node);
    this.#whole.add(node, checksum);
    return bytes;
  }

  #isWhole(node: HeaderNode, block: Block): boolean {
    if (hashKey(block.header.hash) !== hashKey(node.hash)) return false;
    return checkMerkleRoot(block) === undefined && checkWitnesses(block, contextOf(node), this.#parts.params.consensus) === undefined;
  }

  /** The bytes that are stored for a block, whatever they are. @throws NodeError `block-file-damaged` where there are none */
  async #readStored(node: HeaderNode, take?: TakeMemory): Promise<Uint8Array> {
    const { blocks, damage } = this.#parts;
    assert(node.block !== undefined, 'a block that is read is stored');
    if (damage.hasBlock(node)) throw damage.blockError(node);
    try {
      return await blocks.read(node.block, take);
    } catch (error) {
      throw isRecordDamage(error) ? damage.blockFailed(node, error) : error;
    }
  }

  /**
   * Reads a block to connect or disconnect it, and makes sure that it is what was stored: a bad disk must not be taken for a bad block.
   *
   * @throws NodeError `block-file-damaged`
   */
  async readBlock(node: HeaderNode): Promise<Block> {
    const { clock, params, damage } = this.#parts;
    const bytes = await this.#readStored(node);
    const block = orUndefined(() => decodeBlock(bytes));
    await betweenStages({ sizeBytes: bytes.length }, clock);
    const damaged =
      block === undefined ||
      hashKey(block.header.hash) !== hashKey(node.hash) ||
      checkBlock(block, params.consensus) !== undefined ||
      checkBlockInContext(block, contextOf(node), params.consensus) !== undefined;
    if (damaged) throw damage.blockFailed(node);
    return block;
  }

  /** The coins that a connected block spent. @throws NodeError `undo-file-damaged` */
  async readUndo(node: HeaderNode): Promise<Coin[][]> {
    const { blocks, damage } = this.#parts;
    const { undo, parent } = node;
    if (parent === undefined) return [];
    if (undo === undefined) throw damage.undoFailed(node);
    let bytes: Uint8Array;
    try {
      bytes = await blocks.readUndo(undo, parent.hash);
    } catch (error) {
      throw isRecordDamage(error) ? damage.undoFailed(node, error) : error;
    }
    const spentCoins = orUndefined(() => decodeUndo(bytes));
    if (spentCoins === undefined) throw damage.undoFailed(node);
    return spentCoins;
  }

  async #keepWithinBudget(): Promise<void> {
    const { cache, cacheBytesMax } = this.#parts;
    if (!cache.isFull(cacheBytesMax())) return;
    await this.flush();
    cache.trim(cacheBytesMax());
  }

  /** Writes the header rows that changed, after the blocks and undo records that they point to are safe. */
  async flushHeaders(): Promise<void> {
    const { blocks, headers, index } = this.#parts;
    if (index.dirtyPages === 0) return;
    const { pages, restore } = index.takeDirty();
    try {
      await blocks.sync();
      await headers.put(pages);
    } catch (error) {
      restore();
      throw error;
    }
  }

  /** Writes everything. Whatever is cut short in between, the stored tip has its coins, its header and all files that these need. */
  async flush(): Promise<void> {
    await this.flushHeaders();
    await this.#parts.cache.flush(this.tip.hash);
  }
}

/** What a decoder gives, undefined where the bytes make no sense to it. */
function orUndefined<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
