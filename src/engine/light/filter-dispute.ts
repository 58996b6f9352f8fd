import { toHex } from '../../core/base/bytes.ts';
import { sha256d } from '../../core/crypto/sha256.ts';
import { BASIC_FILTER_TYPE } from '../../core/filters/basic-filter.ts';
import type { Block } from '../../core/primitives/block.ts';
import type { Message, MessageOf } from '../../core/wire/messages/table.ts';
import type { HeaderNode } from '../chain/header-node.ts';
import type { Peer } from '../sync/peer.ts';
import type { BlockFetch } from './block-fetch.ts';
import { isFilterOf } from './filter-messages.ts';
import { type FilterVerdict, judgeFilters } from './judge-filters.ts';
import type { LightContext } from './light-context.ts';
import type { Questions } from './questions.ts';

/** What some peers say of a block: the hash of its filter. */
export interface FilterClaim {
  readonly hash: Uint8Array;
  readonly peers: readonly Peer[];
}

/** What a dispute is settled with. */
export interface DisputeParts {
  readonly context: LightContext;
  readonly questions: Questions;
  readonly blocks: BlockFetch;
}

/**
 * Peers say different things of one block. It is fetched, with the filter of each claim from somebody who stands for it, and judged.
 */
export class FilterDispute {
  readonly #parts: DisputeParts;
  readonly #node: HeaderNode;
  readonly #claims: readonly FilterClaim[];
  readonly #done: (verdicts: ReadonlyMap<string, FilterVerdict>) => void;
  readonly #filters = new Map<string, Uint8Array>();
  #waiting: number;
  #block: Block | undefined;

  /** @param done - told the verdict on each claim, by its hash in hexadecimal; not on claims whose filter nobody sent */
  constructor(
    parts: DisputeParts,
    node: HeaderNode,
    claims: readonly FilterClaim[],
    done: (verdicts: ReadonlyMap<string, FilterVerdict>) => void,
  ) {
    this.#parts = parts;
    this.#node = node;
    this.#claims = claims;
    this.#done = done;
    this.#waiting = claims.length;
  }

  start(): void {
    const { hash, height } = this.#node;
    this.#parts.context.tell({ kind: 'filters-disputed', hash, height, claims: this.#claims.length });
    this.#parts.blocks.want(this.#node, (block) => {
      this.#block = block;
      this.#judge();
    });
    for (const claim of this.#claims) this.#askFor(claim, 0);
  }

  #askFor(claim: FilterClaim, at: number): void {
    const peer = claim.peers[at];
    if (peer === undefined) {
      this.#waiting--;
      this.#judge();
      return;
    }
    if (peer.leaving) {
      this.#askFor(claim, at + 1);
      return;
    }
    const { height, hash: stop } = this.#node;
    this.#parts.questions.ask(peer, {
      message: { type: 'getcfilters', filterType: BASIC_FILTER_TYPE, startHeight: height, stop },
      isAnswer: (message: Message): message is MessageOf<'cfilter'> => isFilterOf(message, stop),
      answered: ({ filter }) => {
        this.#answered(claim, at, filter);
        return false;
      },
      failed: () => this.#askFor(claim, at + 1),
    });
  }

  #answered(claim: FilterClaim, at: number, filter: Uint8Array): void {
    const key = toHex(claim.hash);
    if (toHex(sha256d(filter)) !== key) {
      this.#parts.context.disconnect(claim.peers[at]!, 'filter-headers-broken');
      this.#askFor(claim, at + 1);
      return;
    }
    this.#filters.set(key, filter.slice());
    this.#waiting--;
    this.#judge();
  }

  #judge(): void {
    if (this.#waiting > 0 || this.#block === undefined) return;
    const keys = [...this.#filters.keys()];
    const verdicts = judgeFilters(this.#block, [...this.#filters.values()]);
    const { hash, height } = this.#node;
    const refuted = verdicts.filter((each) => each === 'refuted').length;
    this.#parts.context.tell({ kind: 'filters-judged', hash, height, refuted, open: verdicts.length - refuted });
    this.#done(new Map(keys.map((key, i) => [key, verdicts[i]!])));
  }
}
