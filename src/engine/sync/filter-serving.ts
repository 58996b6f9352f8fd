import { BASIC_FILTER_TYPE } from '../../core/filters/basic-filter.ts';
import type { BlockHash } from '../../core/primitives/ids.ts';
import { FILTER_CHECKPOINT_INTERVAL } from '../../core/wire/messages/cfcheckpt.ts';
import { FILTER_HASHES_PER_MESSAGE_MAX } from '../../core/wire/messages/cfheaders.ts';
import { FILTERS_PER_REQUEST_MAX } from '../../core/wire/messages/getcfilters.ts';
import type { MessageOf } from '../../core/wire/messages/table.ts';
import { offers, SERVICES } from '../../core/wire/services.ts';
import type { HeaderNode } from '../chain/header-node.ts';
import { ancestorOf } from '../chain/header-tree.ts';
import type { SyncContext } from './context.ts';
import type { Peer } from './peer.ts';
import type { Serving } from './serving.ts';

/** What a peer wants to know of filters, made sure of: what is sent follows from it alone. */
export type FilterAnswer =
  /** The filter of each block, lowest first. */
  | { readonly form: 'filters'; readonly blocks: readonly HeaderNode[] }
  /** Their hashes, with the filter header of the block before the first. */
  | { readonly form: 'hashes'; readonly blocks: readonly HeaderNode[]; readonly before: HeaderNode | undefined; readonly stop: HeaderNode }
  /** The filter headers of blocks. */
  | { readonly form: 'headers'; readonly blocks: readonly HeaderNode[]; readonly stop: HeaderNode };

/** Decides which filters a peer is given (BIP-157). Whoever asks for what we do not offer, or for more than it may, is let go, as by Core. */
export class FilterServing {
  readonly #context: SyncContext;
  readonly #serving: Serving;

  constructor(context: SyncContext, serving: Serving) {
    this.#context = context;
    this.#serving = serving;
  }

  getcfilters(peer: Peer, { filterType, startHeight, stop }: MessageOf<'getcfilters'>): void {
    const last = this.#stopOf(peer, filterType, stop, startHeight, FILTERS_PER_REQUEST_MAX);
    if (last !== undefined) this.#serve(peer, { form: 'filters', blocks: this.#range(startHeight, last) });
  }

  getcfheaders(peer: Peer, { filterType, startHeight, stop }: MessageOf<'getcfheaders'>): void {
    const last = this.#stopOf(peer, filterType, stop, startHeight, FILTER_HASHES_PER_MESSAGE_MAX);
    if (last === undefined) return;
    const before = startHeight === 0 ? undefined : this.#at(startHeight - 1, last);
    this.#serve(peer, { form: 'hashes', blocks: this.#range(startHeight, last), before, stop: last });
  }

  getcfcheckpt(peer: Peer, { filterType, stop }: MessageOf<'getcfcheckpt'>): void {
    const last = this.#stopOf(peer, filterType, stop, 0, Number.POSITIVE_INFINITY);
    if (last === undefined) return;
    const count = Math.floor(last.height / FILTER_CHECKPOINT_INTERVAL);
    const blocks = Array.from({ length: count }, (_, i) => this.#at((i + 1) * FILTER_CHECKPOINT_INTERVAL, last));
    this.#serve(peer, { form: 'headers', blocks, stop: last });
  }

  #serve(peer: Peer, answer: FilterAnswer): void {
    this.#context.emit({ kind: 'serve-filters', peer: peer.id, answer });
  }

  /** The last block of a question that may be asked. */
  #stopOf(peer: Peer, filterType: number, stop: BlockHash, startHeight: number, countMax: number): HeaderNode | undefined {
    const { chain, options } = this.#context;
    const last = chain.tree.get(stop);
    const isOffered = filterType === BASIC_FILTER_TYPE && offers(options.services, SERVICES.compactFilters);
    if (!isOffered || last === undefined || !this.#serving.mayTell(last)) this.#context.disconnect(peer, 'filters-not-served');
    else if (startHeight > last.height || last.height - startHeight >= countMax) this.#context.disconnect(peer, 'filters-out-of-range');
    else return last;
    return undefined;
  }

  #range(startHeight: number, last: HeaderNode): readonly HeaderNode[] {
    return Array.from({ length: last.height - startHeight + 1 }, (_, i) => this.#at(startHeight + i, last));
  }

  /** The block of this height on the branch of another. */
  #at(height: number, last: HeaderNode): HeaderNode {
    const { active } = this.#context.chain;
    return (active.contains(last) ? active.at(height) : undefined) ?? ancestorOf(last, height);
  }
}
