import type { Block } from '../../core/primitives/block.ts';
import type { Transaction } from '../../core/primitives/transaction.ts';
import { INVENTORY } from '../../core/wire/inventory.ts';
import type { GetblocktxnMessage } from '../../core/wire/messages/getblocktxn.ts';
import type { HeaderNode } from '../chain/header-node.ts';
import { isStored } from '../chain/header-node.ts';
import type { ReadPurpose } from './actions.ts';
import type { SyncContext } from './context.ts';
import type { Peer } from './peer.ts';
import { compactBlock, fitsCompact, type RecentBlock } from './recent-block.ts';

/** A block deeper than this is sent whole: whoever lacks it has not waited for its transactions. Core's MAX_CMPCTBLOCK_DEPTH. */
export const COMPACT_DEPTH_MAX = 5;

/** Single transactions of a block deeper than this are not looked up: all of it is sent, for which it must be taken. Core's MAX_BLOCKTXN_DEPTH. */
export const BLOCKTXN_DEPTH_MAX = 10;

/** Compact blocks, and the transactions that somebody lacks for one. */
export class CompactServing {
  readonly #context: SyncContext;
  readonly #recent: RecentBlock;
  readonly #serveIfAllowed: (peer: Peer, hash: Uint8Array) => void;

  /** @param serveIfAllowed - sends a whole block as if it had been asked for */
  constructor(context: SyncContext, recent: RecentBlock, serveIfAllowed: (peer: Peer, hash: Uint8Array) => void) {
    this.#context = context;
    this.#recent = recent;
    this.#serveIfAllowed = serveIfAllowed;
  }

  /** Sends a compact block that may be sent, whole where it is too deep. */
  serve(peer: Peer, node: HeaderNode): void {
    const recent = this.#recent.get(node.hash);
    if (recent !== undefined) this.#context.send(peer, recent.compact);
    else if (node.height < this.#context.chain.active.height - COMPACT_DEPTH_MAX) this.#serveWhole(peer, node);
    else this.#read(peer, node, { kind: 'compact' });
  }

  /** Some transactions of a block are asked for. What is not known is not answered, as in Core. */
  getblocktxn(peer: Peer, { blockHash, indexes }: GetblocktxnMessage): void {
    const { chain } = this.#context;
    const recent = this.#recent.get(blockHash);
    if (recent !== undefined) {
      this.#answer(peer, recent.block, indexes);
      return;
    }
    const node = chain.tree.get(blockHash);
    if (node === undefined || !isStored(node) || chain.isDamaged(node)) return;
    if (node.height < chain.active.height - BLOCKTXN_DEPTH_MAX) this.#serveIfAllowed(peer, node.hash);
    else this.#read(peer, node, { kind: 'transactions', indexes });
  }

  /** A block was read; undefined where it is gone or damaged. */
  read(peer: Peer, node: HeaderNode, purpose: ReadPurpose, block: Block | undefined): void {
    if (purpose.kind === 'transactions') {
      if (block !== undefined) this.#answer(peer, block, purpose.indexes);
    } else if (block === undefined) {
      if (purpose.kind === 'compact') {
        this.#context.send(peer, { type: 'notfound', items: [{ kind: INVENTORY.compactBlock, hash: node.hash }] });
      }
    } else if (fitsCompact(block)) {
      this.#context.send(peer, compactBlock(block, this.#context.nonce()));
    } else {
      this.#serveWhole(peer, node);
    }
  }

  #read(peer: Peer, node: HeaderNode, purpose: ReadPurpose): void {
    this.#context.emit({ kind: 'read-block', peer: peer.id, node, purpose });
  }

  #serveWhole(peer: Peer, node: HeaderNode): void {
    this.#context.emit({ kind: 'serve-block', peer: peer.id, node, form: 'whole' });
  }

  #answer(peer: Peer, block: Block, indexes: readonly number[]): void {
    const transactions: Transaction[] = [];
    for (const index of indexes) {
      const tx = block.transactions[index];
      if (tx === undefined) {
        this.#context.disconnect(peer, 'transaction-index-invalid');
        return;
      }
      transactions.push(tx);
    }
    this.#context.send(peer, { type: 'blocktxn', blockHash: block.header.hash, transactions });
  }
}
