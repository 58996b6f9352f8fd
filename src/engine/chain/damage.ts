/**
 * Stored blocks and undo records that are not what was written: the disk lost or changed them.
 *
 * Owns which they are, and the words about each. Does not own how they come back: blocks from peers (`sync`) through `Chain.acceptBlock`,
 * undo records out of other blocks (`undo-repair.ts`).
 *
 * @module
 */

import type { HashKey } from '../../core/primitives/ids.ts';
import { hashKey, toDisplayHex } from '../../core/primitives/ids.ts';
import type { FilePosition } from '../ports/block-store.ts';
import type { Log } from '../ports/log.ts';
import type { NodeErrorCode } from '../ports/node-error.ts';
import { NodeError } from '../ports/node-error.ts';
import type { HeaderNode } from './header-node.ts';
import { isAncestorOf } from './header-tree.ts';

/** Damaged blocks that are known at once; where more are, the next ones are looked for when these are mended. */
export const DAMAGED_BLOCKS_MAX = 100_000;

/** Failures of a record, as a store tells them. */
const RECORD_FAILURES: ReadonlySet<NodeErrorCode> = new Set<NodeErrorCode>(['block-file-damaged', 'undo-file-damaged']);

/** Whether a failure is that of one record: what needs it can wait until it is mended. */
export function isRecordDamage(error: unknown): error is NodeError {
  return error instanceof NodeError && RECORD_FAILURES.has(error.code);
}

interface DamagedBlock {
  readonly node: HeaderNode;
  readonly why: string;
  /** How often a peer was asked for it. */
  asked: number;
}

interface DamagedUndo {
  readonly node: HeaderNode;
  advice: string;
}

/** How a file of blocks is called, for the words. */
function fileName(kind: 'blk' | 'rev', { file }: FilePosition): string {
  return `blocks/${kind}${String(file).padStart(5, '0')}.dat`;
}

function nameOf(node: HeaderNode): string {
  return `block ${toDisplayHex(node.hash)} at height ${node.height}`;
}

const NOBODY_ASKED = 'no peer that has it is connected: connect one that has all blocks, or hand the block in by "submitblock"';
const ASKED = 'a peer was asked for it and it is stored anew when it comes: ask again soon';
const UNDO_ADVICE = 'it is made anew out of the blocks before it: ask again later';

/** What is damaged in one chain. */
export class Damage {
  readonly #log: Log;
  readonly #changed: () => void;
  readonly #blocks = new Map<HashKey, DamagedBlock>();
  readonly #undos = new Map<HashKey, DamagedUndo>();
  /** Set where there are more than are known. */
  #more = false;

  /** @param changed - told when there is something new to mend */
  constructor(log: Log, changed: () => void) {
    this.#log = log;
    this.#changed = changed;
  }

  /** Whether a block is known to be damaged: it counts as not stored for whoever needs it. */
  hasBlock(node: HeaderNode): boolean {
    return this.#blocks.size > 0 && this.#blocks.has(hashKey(node.hash));
  }

  /** Whether a block's undo record is known to be damaged. */
  hasUndo(node: HeaderNode): boolean {
    return this.#undos.size > 0 && this.#undos.has(hashKey(node.hash));
  }

  /** Whether anything is damaged. */
  get any(): boolean {
    return this.#blocks.size > 0 || this.#undos.size > 0;
  }

  /** The lowest damaged block above one and up to another that builds on it. */
  lowestBetween(from: HeaderNode, to: HeaderNode): HeaderNode | undefined {
    let lowest: HeaderNode | undefined;
    for (const { node } of this.#blocks.values()) {
      if (node.height > from.height && node.height < (lowest?.height ?? Number.POSITIVE_INFINITY) && isAncestorOf(node, to)) lowest = node;
    }
    return lowest;
  }

  /** Whether a block above one and up to another cannot be taken back: itself or its undo record is damaged. */
  hindersReturn(from: HeaderNode, to: HeaderNode): boolean {
    if (this.lowestBetween(from, to) !== undefined) return true;
    for (const { node } of this.#undos.values()) if (node.height > from.height && isAncestorOf(node, to)) return true;
    return false;
  }

  get blockCount(): number {
    return this.#blocks.size;
  }

  /** The damaged blocks, those that were found first before others. */
  *blocks(): Generator<HeaderNode> {
    for (const { node } of this.#blocks.values()) yield node;
  }

  /** Blocks whose undo records are damaged. */
  *undos(): Generator<HeaderNode> {
    for (const { node } of this.#undos.values()) yield node;
  }

  /** Whether there may be damaged blocks that are not listed, now that all that were are mended. */
  takeMore(): boolean {
    const more = this.#more && this.#blocks.size === 0;
    if (more) this.#more = false;
    return more;
  }

  /** Notes many blocks of a file that is missing or cut, without a word about each. */
  noteAll(nodes: Iterable<HeaderNode>, why: string): void {
    for (const node of nodes) if (!this.#add(node, why)) break;
    this.#changed();
  }

  /** @returns whether there was room */
  #add(node: HeaderNode, why: string): boolean {
    if (this.#blocks.size >= DAMAGED_BLOCKS_MAX) {
      this.#more = true;
      return false;
    }
    const key = hashKey(node.hash);
    if (!this.#blocks.has(key)) this.#blocks.set(key, { node, why, asked: 0 });
    return true;
  }

  /** Whether a peer was asked for a block. */
  wasAsked(node: HeaderNode): boolean {
    return (this.#blocks.get(hashKey(node.hash))?.asked ?? 0) > 0;
  }

  /** A peer is asked for a block. */
  noteAsked(node: HeaderNode): void {
    const key = hashKey(node.hash);
    const block = this.#blocks.get(key);
    if (block === undefined) return;
    block.asked++;
    // Behind the others, so that one which nobody has does not keep them waiting.
    this.#blocks.delete(key);
    this.#blocks.set(key, block);
  }

  /** A block cannot be read. @returns the words about it, to be thrown */
  blockFailed(node: HeaderNode, cause?: NodeError): NodeError {
    const key = hashKey(node.hash);
    const isNew = !this.#blocks.has(key);
    const position = node.block;
    const where =
      position === undefined ? '' : `${fileName('blk', position)}: the ${position.sizeBytes} bytes at ${position.offset} are not it`;
    const why = cause?.message ?? where;
    this.#add(node, why);
    if (isNew) {
      this.#log.error('block-damaged', { hash: toDisplayHex(node.hash), height: node.height, ...positionFields('blk', position), why });
      this.#changed();
    }
    return this.blockError(node);
  }

  /** The words about a block that is known to be damaged. */
  blockError(node: HeaderNode): NodeError {
    const block = this.#blocks.get(hashKey(node.hash));
    const what = `${nameOf(node)} is damaged (${block?.why ?? 'it cannot be read'})`;
    return new NodeError('block-file-damaged', `${what}: ${(block?.asked ?? 0) > 0 ? ASKED : NOBODY_ASKED}`);
  }

  /** A block is stored anew. */
  blockMended(node: HeaderNode): void {
    if (!this.#blocks.delete(hashKey(node.hash))) return;
    this.#log.info('block-mended', { hash: toDisplayHex(node.hash), height: node.height, ...positionFields('blk', node.block) });
  }

  /** An undo record cannot be read. @returns the words about it, to be thrown */
  undoFailed(node: HeaderNode, cause?: NodeError): NodeError {
    const key = hashKey(node.hash);
    const why = cause?.message ?? (node.undo === undefined ? 'there is none' : `${fileName('rev', node.undo)}: its bytes make no sense`);
    if (!this.#undos.has(key) && this.#undos.size < DAMAGED_BLOCKS_MAX) {
      this.#undos.set(key, { node, advice: UNDO_ADVICE });
      this.#log.error('undo-damaged', { hash: toDisplayHex(node.hash), height: node.height, ...positionFields('rev', node.undo), why });
      this.#changed();
    }
    const advice = this.#undos.get(key)?.advice ?? UNDO_ADVICE;
    return new NodeError('undo-file-damaged', `the undo record of ${nameOf(node)} is damaged (${why}): ${advice}`);
  }

  /** An undo record cannot be made anew, and what to do instead. */
  undoLost(node: HeaderNode, advice: string): void {
    const undo = this.#undos.get(hashKey(node.hash));
    if (undo !== undefined) undo.advice = advice;
  }

  /** An undo record was made anew, or cannot be, and is looked at again when it is needed. */
  undoDone(node: HeaderNode): void {
    this.#undos.delete(hashKey(node.hash));
  }
}

function positionFields(kind: 'blk' | 'rev', position: FilePosition | undefined): Record<string, string | number> {
  return position === undefined ? {} : { file: fileName(kind, position), offset: position.offset, sizeBytes: position.sizeBytes };
}
