import type { BlockHash, Txid, Wtxid } from '../../core/primitives/ids.ts';
import { hashKey } from '../../core/primitives/ids.ts';
import type { Transaction } from '../../core/primitives/transaction.ts';
import type { InventoryItem } from '../../core/wire/inventory.ts';
import { INVENTORY } from '../../core/wire/inventory.ts';
import type { LocatorRequest } from '../../core/wire/locator.ts';
import { HEADERS_PER_MESSAGE_MAX } from '../../core/wire/messages/headers.ts';
import { offers, SERVICES } from '../../core/wire/services.ts';
import type { HeaderNode } from '../chain/header-node.ts';
import { isFailed, isStored } from '../chain/header-node.ts';
import type { BlockForm } from './actions.ts';
import { CompactServing } from './compact-serving.ts';
import type { SyncContext } from './context.ts';
import { CONNECTION_TRAITS, type Peer } from './peer.ts';
import type { RecentBlock } from './recent-block.ts';
import type { WaitingTransaction } from './views.ts';

/** Hashes in answer to one `getblocks`. Core sends as many. */
export const BLOCKS_PER_INV_MAX = 500;

/**
 * Blocks of other branches are served this deep below the tip: a switch of branches needs them, and somebody who asks for older ones only
 * wants to find out what we have seen.
 */
export const STALE_BLOCK_DEPTH_MAX = 2_016;

/** Depth of the last block that a node serves without NODE_NETWORK: the 288 of BIP-159 and, as in Core, two for blocks under way. */
export const LIMITED_BLOCK_DEPTH_MAX = 290;

/** What others ask of us. */
export class Serving {
  readonly #context: SyncContext;
  readonly #recent: RecentBlock;
  readonly #compact: CompactServing;

  constructor(context: SyncContext, recent: RecentBlock) {
    this.#context = context;
    this.#recent = recent;
    this.#compact = new CompactServing(context, recent, (peer, hash) => this.serveBlock(peer, hash, 'whole'));
  }

  /** Compact blocks and what belongs to them. */
  get compact(): CompactServing {
    return this.#compact;
  }

  /** Headers of our chain after the first that both know; none where the peer has them all. */
  getheaders(peer: Peer, request: LocatorRequest): void {
    const { active, tree } = this.#context.chain;
    const stop = tree.get(request.stop);
    if (request.locator.length === 0) {
      // Without a locator one header is asked for.
      if (stop === undefined || !this.mayTell(stop)) return;
      peer.headers.bestSent = stop;
      this.#context.send(peer, { type: 'headers', headers: [stop.header] });
      return;
    }
    const heights = this.#heights(request, HEADERS_PER_MESSAGE_MAX, stop);
    const last = heights[heights.length - 1];
    peer.headers.bestSent = (last === undefined ? undefined : active.at(last)) ?? active.tip;
    this.#context.send(peer, { type: 'headers', headers: heights.map((height) => active.headerAt(height)) });
  }

  /** Hashes of our chain after the first block that both know. */
  getblocks(peer: Peer, request: LocatorRequest): void {
    const { active, tree } = this.#context.chain;
    const heights = this.#heights(request, BLOCKS_PER_INV_MAX, tree.get(request.stop));
    if (heights.length === 0) return;
    this.#context.send(peer, {
      type: 'inv',
      items: heights.map((height) => ({ kind: INVENTORY.block, hash: active.headerAt(height).hash })),
    });
  }

  /** Blocks and transactions, in the order of the question; what is not here is named in one `notfound` at the end. */
  getdata(peer: Peer, items: readonly InventoryItem[]): void {
    const missing: InventoryItem[] = [];
    for (const item of items) {
      const serve = SERVERS[item.kind];
      // A kind that is not known is not answered at all, as Core does.
      if (serve !== undefined && !serve(this, peer, item.hash)) missing.push(item);
    }
    if (missing.length > 0) this.#context.send(peer, { type: 'notfound', items: missing });
  }

  /** @returns whether it is sent */
  serveBlock(peer: Peer, hash: Uint8Array, form: BlockForm): boolean {
    return this.#serve(peer, hash, (node) => this.#context.emit({ kind: 'serve-block', peer: peer.id, node, form }));
  }

  /** @returns whether it is sent, compact or whole */
  serveCompactBlock(peer: Peer, hash: Uint8Array): boolean {
    return this.#serve(peer, hash, (node) => this.#compact.serve(peer, node));
  }

  /** @returns false where the peer is to be told that there is no such block */
  #serve(peer: Peer, hash: Uint8Array, send: (node: HeaderNode) => void): boolean {
    const node = this.#context.chain.tree.get(hash as BlockHash);
    if (node === undefined || !this.mayTell(node)) return false;
    if (this.#isTooDeep(node)) {
      this.#context.disconnect(peer, 'block-not-served');
      return true;
    }
    // One that is being stored this moment may have been announced already.
    const isHere = isStored(node) || this.#recent.get(node.hash) !== undefined;
    if (!isHere || this.#context.chain.isDamaged(node)) return false;
    send(node);
    return true;
  }

  /** Whether a peer may ask for transactions at all: not over a connection for blocks, nor where it wanted to hear of none. */
  asksTransactions({ connectionType, version }: Peer): boolean {
    if (!CONNECTION_TRAITS[connectionType].transactions) return false;
    return version?.relay === true || offers(this.#context.options.services, SERVICES.bloom);
  }

  /** @returns whether it is sent */
  serveTransaction(peer: Peer, tx: Transaction | undefined, witness: boolean): boolean {
    if (tx === undefined) return false;
    peer.transactions.known.add(hashKey(tx.wtxid));
    this.#context.send(peer, witness ? { type: 'tx', tx } : { type: 'tx', tx, stripped: true });
    return true;
  }

  /** The transaction of a txid that waits, as far as the peer may know of it, or was in the last block. */
  byTxid(peer: Peer, hash: Uint8Array): Transaction | undefined {
    return mayKnow(peer, this.#context.mempool.get(hash as Txid)) ?? this.#recent.transaction(hash);
  }

  /** The same of a wtxid. */
  byWtxid(peer: Peer, hash: Uint8Array): Transaction | undefined {
    return mayKnow(peer, this.#context.mempool.getByWtxid(hash as Wtxid)) ?? this.#recent.transaction(hash);
  }

  /** Heights of our chain after the first block that both know, to `stop` or as many as are wanted. */
  #heights(request: LocatorRequest, count: number, stop: HeaderNode | undefined): number[] {
    const { active, tree } = this.#context.chain;
    const from = active.locate(request.locator, tree).height;
    const stopsAt = stop !== undefined && stop.height > from && active.contains(stop) ? stop.height : active.height;
    return Array.from({ length: Math.min(count, stopsAt - from) }, (_, index) => from + 1 + index);
  }

  /** BIP-159: who serves the last blocks only does not serve others that it happens to have, which would tell it from its like. */
  #isTooDeep(node: HeaderNode): boolean {
    const { chain, options } = this.#context;
    return !offers(options.services, SERVICES.network) && chain.active.height - node.height > LIMITED_BLOCK_DEPTH_MAX;
  }

  /** Whether a block is one that everybody may know that we have. */
  mayTell(node: HeaderNode): boolean {
    const { active } = this.#context.chain;
    return active.contains(node) || (!isFailed(node) && node.height + STALE_BLOCK_DEPTH_MAX > active.height);
  }
}

/**
 * A waiting transaction that was here when announcements to the peer were last due and is not still to be announced to it. Whoever could ask
 * for others would learn when we got them, and so where they came from. Core's `FindTxForGetData`.
 */
function mayKnow({ transactions }: Peer, waiting: WaitingTransaction | undefined): Transaction | undefined {
  if (waiting === undefined || waiting.sequence >= transactions.announcedSequence) return undefined;
  return transactions.toAnnounce.has(hashKey(waiting.tx.wtxid)) ? undefined : waiting.tx;
}

/** Serves transactions by a name of theirs; who may not ask for any is not answered, as Core does. */
function transactions(by: 'byTxid' | 'byWtxid', witness: boolean): Server {
  return (serving, peer, hash) => !serving.asksTransactions(peer) || serving.serveTransaction(peer, serving[by](peer, hash), witness);
}

type Server = (serving: Serving, peer: Peer, hash: Uint8Array) => boolean;

/** How each kind of entry in a `getdata` is answered. */
const SERVERS: Readonly<Record<number, Server>> = {
  [INVENTORY.block]: (serving, peer, hash) => serving.serveBlock(peer, hash, 'stripped'),
  [INVENTORY.witnessBlock]: (serving, peer, hash) => serving.serveBlock(peer, hash, 'whole'),
  // Without a filter there is nothing to answer, as in Core.
  [INVENTORY.filteredBlock]: (serving, peer, hash) =>
    peer.transactions.bloom === undefined || serving.serveBlock(peer, hash, peer.transactions.bloom),
  [INVENTORY.compactBlock]: (serving, peer, hash) => serving.serveCompactBlock(peer, hash),
  [INVENTORY.tx]: transactions('byTxid', false),
  [INVENTORY.witnessTx]: transactions('byTxid', true),
  [INVENTORY.wtx]: transactions('byWtxid', true),
};
