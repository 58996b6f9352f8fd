import type { Block } from '../../core/primitives/block.ts';
import { hashKey } from '../../core/primitives/ids.ts';
import type { Transaction } from '../../core/primitives/transaction.ts';
import type { CmpctblockMessage } from '../../core/wire/messages/cmpctblock.ts';
import type { HeaderNode } from '../chain/header-node.ts';
import { isFailed, isPruned, isStored } from '../chain/header-node.ts';
import type { BlockDownload } from './block-download.ts';
import { BLOCKS_IN_FLIGHT_PER_PEER } from './block-download.ts';
import type { SyncContext } from './context.ts';
import type { ExtraTransactions } from './extra-transactions.ts';
import type { HeaderSync } from './header-sync.ts';
import { PartialBlock, type PartialFailure } from './partial-block.ts';
import type { Peer } from './peer.ts';
import { isInbound } from './peer.ts';

/** Peers of whom one block is put together at the same time. Core's MAX_CMPCTBLOCKS_INFLIGHT_PER_BLOCK. */
export const COMPACT_PARALLEL_MAX = 3;

/** A compact block further above our tip is taken for no more than its header: what waits here says nothing of it. Core's value. */
export const COMPACT_AHEAD_MAX = 2;

/** What compact blocks are taken with. */
export interface CompactParts {
  readonly headers: HeaderSync;
  readonly blocks: BlockDownload;
  readonly extra: ExtraTransactions;
  /** Told of a block that has all its transactions; its header has been taken. */
  readonly complete: (peer: Peer, block: Block) => void;
}

/**
 * Blocks put together of compact ones and the transactions that wait here; what is missing is asked for, and where that fails the whole
 * block is. Core's handling of `cmpctblock` and `blocktxn`.
 */
export class CompactDownload {
  readonly #context: SyncContext;
  readonly #parts: CompactParts;

  constructor(context: SyncContext, parts: CompactParts) {
    this.#context = context;
    this.#parts = parts;
  }

  /** A compact block came, asked for or not. */
  cmpctblock(peer: Peer, message: CmpctblockMessage): void {
    const { headers, blocks } = this.#parts;
    const { header } = message;
    const { tree } = this.#context.chain;
    if (tree.get(header.prevBlockHash) === undefined) {
      headers.named(peer, header.hash);
      return;
    }
    const known = tree.get(header.hash);
    // Whoever passes on compact blocks before judging them cannot know what we have found out since.
    if (headers.refuses(header) || (known !== undefined && isFailed(known))) return;
    const node = headers.take(peer, header);
    if (node === undefined || isStored(node) || blocks.isProcessing(node)) return;
    const wasAsked = blocks.askedFor(node).includes(peer.id);
    const { tip } = this.#context.chain.active;
    if (node.chainWork > tip.chainWork && !isPruned(node) && node.height <= tip.height + COMPACT_AHEAD_MAX) {
      this.#take(peer, node, message);
    } else if (wasAsked) {
      // It was asked for, but what waits here is of no use for it.
      blocks.askWhole(peer, node);
    }
  }

  /** Transactions came that a compact block lacked. */
  blocktxn(peer: Peer, blockHash: Uint8Array, transactions: readonly Transaction[]): void {
    const key = hashKey(blockHash);
    const node = peer.blocks.inFlight.get(key);
    if (node === undefined || !peer.blocks.partial.has(key)) return;
    const partial = peer.blocks.partial.get(key);
    if (partial === undefined) this.#refuse(peer, node);
    else this.#fill(peer, node, partial, transactions);
  }

  #take(peer: Peer, node: HeaderNode, message: CmpctblockMessage): void {
    const { blocks } = this.#parts;
    const asked = blocks.askedFor(node);
    const isAsked = asked.includes(peer.id);
    if (!isAsked && (asked.length >= COMPACT_PARALLEL_MAX || peer.blocks.inFlight.size >= BLOCKS_IN_FLIGHT_PER_PEER)) {
      this.#tryAtOnce(peer, node, message);
      return;
    }
    const key = hashKey(node.hash);
    // A second one of the same peer tells nothing new.
    if (peer.blocks.partial.has(key)) return;
    blocks.expect(peer, node);
    const partial = this.#begin(message);
    if (!(partial instanceof PartialBlock)) {
      this.#failed(peer, node, partial);
      return;
    }
    const indexes = partial.missing();
    if (indexes.length === 0) {
      this.#fill(peer, node, partial, []);
    } else if (isFirst(peer, asked) || this.#mayJoin(peer, node, asked.length)) {
      peer.blocks.partial.set(key, partial);
      this.#context.send(peer, { type: 'getblocktxn', blockHash: node.hash, indexes });
    } else {
      blocks.release(peer, node);
    }
  }

  /** The block is on its way from enough others: it is only taken where nothing is missing. */
  #tryAtOnce(peer: Peer, node: HeaderNode, message: CmpctblockMessage): void {
    const partial = this.#begin(message);
    if (!(partial instanceof PartialBlock) || partial.missing().length > 0) return;
    const block = partial.fill([], node.height, this.#context.params.consensus);
    if (typeof block !== 'string') this.#parts.complete(peer, block);
  }

  #begin(message: CmpctblockMessage): PartialBlock | PartialFailure {
    const { mempool, params } = this.#context;
    return PartialBlock.begin(message, { waiting: mempool.entries(), extra: this.#parts.extra.all() }, params.consensus);
  }

  #fill(peer: Peer, node: HeaderNode, partial: PartialBlock, transactions: readonly Transaction[]): void {
    const block = partial.fill(transactions, node.height, this.#context.params.consensus);
    if (typeof block === 'string') this.#failed(peer, node, block);
    else this.#parts.complete(peer, block);
  }

  /** No block came of it. Of a collision nobody is guilty: whoever was asked first sends all of it, and others are waited for no more. */
  #failed(peer: Peer, node: HeaderNode, why: PartialFailure): void {
    const { blocks } = this.#parts;
    if (why === 'invalid') {
      this.#refuse(peer, node);
    } else if (isFirst(peer, blocks.askedFor(node))) {
      // That it failed is remembered, or the same compact block would be tried again.
      peer.blocks.partial.set(hashKey(node.hash), undefined);
      blocks.askWhole(peer, node);
    } else {
      blocks.release(peer, node);
    }
  }

  #refuse(peer: Peer, node: HeaderNode): void {
    this.#parts.blocks.release(peer, node);
    this.#context.disconnect(peer, 'compact-block-invalid');
  }

  /**
   * Whether a peer may be asked for what is missing although another was asked first: only one that was chosen to send blocks unasked, and the
   * last place is kept for one whom we called, as long as none is among them.
   */
  #mayJoin(peer: Peer, node: HeaderNode, before: number): boolean {
    if (!peer.compact.chosen) return false;
    if (!isInbound(peer) || before < COMPACT_PARALLEL_MAX - 1) return true;
    return this.#parts.blocks.askedFor(node).some((id) => {
      const other = this.#context.peers.get(id);
      return other !== undefined && !isInbound(other);
    });
  }
}

/** Whether nobody was asked for a block before this peer. */
function isFirst(peer: Peer, asked: readonly Peer['id'][]): boolean {
  return asked.length === 0 || asked[0] === peer.id;
}
