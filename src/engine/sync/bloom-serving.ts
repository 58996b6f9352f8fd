import { BloomFilter } from '../../core/filters/bloom-filter.ts';
import type { Block } from '../../core/primitives/block.ts';
import { hashKey } from '../../core/primitives/ids.ts';
import { makeMerkleBlock } from '../../core/primitives/merkle-block.ts';
import type { Message, MessageOf } from '../../core/wire/messages/table.ts';
import { offers, SERVICES } from '../../core/wire/services.ts';
import type { SyncContext } from './context.ts';
import type { Peer } from './peer.ts';
import { CONNECTION_TRAITS } from './peer.ts';

/** Filters by which peers tell what they want (BIP-37). Off unless the service bit of BIP-111 is offered: they cost much and tell all. */
export class BloomServing {
  readonly #context: SyncContext;

  constructor(context: SyncContext) {
    this.#context = context;
  }

  filterload(peer: Peer, message: MessageOf<'filterload'>): void {
    if (!this.#isOffered(peer) || !CONNECTION_TRAITS[peer.connectionType].transactions) return;
    peer.transactions.bloom = new BloomFilter(message);
    peer.transactions.isAsked = true;
  }

  /** @see Core's `NetMsgType::FILTERADD`: an element without a filter is held against the sender */
  filteradd(peer: Peer, { data }: MessageOf<'filteradd'>): void {
    if (!this.#isOffered(peer) || !CONNECTION_TRAITS[peer.connectionType].transactions) return;
    if (peer.transactions.bloom === undefined) this.#context.disconnect(peer, 'filter-missing');
    else peer.transactions.bloom.insert(data);
  }

  filterclear(peer: Peer): void {
    if (!this.#isOffered(peer) || !CONNECTION_TRAITS[peer.connectionType].transactions) return;
    peer.transactions.bloom = undefined;
    peer.transactions.isAsked = true;
  }

  #isOffered(peer: Peer): boolean {
    const isOffered = offers(this.#context.options.services, SERVICES.bloom) || peer.permissions.has('bloomfilter');
    if (!isOffered) this.#context.disconnect(peer, 'bloom-not-served');
    return isOffered;
  }
}

/** A block as one sees it through a filter, which changes by it: the proof, then each transaction that matched. */
export function filteredBlock({ header, transactions }: Block, bloom: BloomFilter): readonly Message[] {
  const matched = new Set(transactions.filter((tx) => bloom.matches(tx)).map(({ txid }) => hashKey(txid)));
  const isWanted = (position: number): boolean => matched.has(hashKey(transactions[position]!.txid));
  const txids = transactions.map(({ txid }) => txid);
  const messages: Message[] = [{ type: 'merkleblock', ...makeMerkleBlock(header, txids, isWanted) }];
  for (const tx of transactions) if (matched.has(hashKey(tx.txid))) messages.push({ type: 'tx', tx, stripped: true });
  return messages;
}
