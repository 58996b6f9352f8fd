import { BASIC_FILTER_TYPE, filterHeaderOfHash } from '../../core/filters/basic-filter.ts';
import { FILTER_CHECKPOINT_INTERVAL } from '../../core/wire/messages/cfcheckpt.ts';
import type { Message, MessageOf } from '../../core/wire/messages/table.ts';
import type { HeaderNode } from '../chain/header-node.ts';
import { findFork, isAncestorOf } from '../chain/header-tree.ts';
import type { Peer, PeerId } from '../sync/peer.ts';
import { areCheckpointsTo, areHashesTo } from './filter-messages.ts';
import type { LightContext } from './light-context.ts';
import type { Questions } from './questions.ts';

/** The filter hashes of successive blocks, as a peer tells them. */
export interface FilterHashes {
  readonly previousHeader: Uint8Array;
  readonly hashes: readonly Uint8Array[];
  /** The filter header of each block, worked out. */
  readonly headers: readonly Uint8Array[];
}

/** The filter headers at every thousandth block of a branch. */
interface Checkpoints {
  readonly stop: HeaderNode;
  readonly headers: readonly Uint8Array[];
}

/** Asks peers what they say of filters. */
export class FilterClaims {
  readonly #context: LightContext;
  readonly #questions: Questions;
  readonly #checkpoints = new Map<PeerId, Checkpoints>();

  constructor(context: LightContext, questions: Questions) {
    this.#context = context;
    this.#questions = questions;
  }

  gone(peer: Peer): void {
    this.#checkpoints.delete(peer.id);
  }

  /**
   * The filter header that a peer stands for at a block; by its checkpoints where that serves many blocks at once.
   *
   * @param far - whether many blocks more come after it
   * @param told - undefined where the peer is gone
   */
  headerAt(peer: Peer, node: HeaderNode, far: boolean, told: (header: Uint8Array | undefined) => void): void {
    const isCheckpoint = node.height > 0 && node.height % FILTER_CHECKPOINT_INTERVAL === 0;
    const known = isCheckpoint ? this.#checkpointAt(peer, node) : undefined;
    if (known !== undefined) told(known);
    else if (isCheckpoint && far) this.#askCheckpoints(peer, node, told);
    else this.hashes(peer, node, node, (answer) => told(answer?.headers[0]));
  }

  #checkpointAt(peer: Peer, node: HeaderNode): Uint8Array | undefined {
    const known = this.#checkpoints.get(peer.id);
    if (known === undefined || known.stop.height < node.height || !isAncestorOf(node, known.stop)) return undefined;
    return known.headers[node.height / FILTER_CHECKPOINT_INTERVAL - 1];
  }

  #askCheckpoints(peer: Peer, node: HeaderNode, told: (header: Uint8Array | undefined) => void): void {
    const stop = peer.headers.bestKnown ?? node;
    this.#questions.ask(peer, {
      message: { type: 'getcfcheckpt', filterType: BASIC_FILTER_TYPE, stop: stop.hash },
      isAnswer: (message: Message): message is MessageOf<'cfcheckpt'> => areCheckpointsTo(message, stop.hash),
      answered: ({ filterHeaders }) => {
        if (filterHeaders.length === Math.floor(stop.height / FILTER_CHECKPOINT_INTERVAL)) {
          this.#checkpoints.set(peer.id, { stop, headers: filterHeaders.map((each) => each.slice()) });
          told(this.#checkpointAt(peer, node));
        } else {
          this.#context.disconnect(peer, 'filter-headers-broken');
          told(undefined);
        }
        return false;
      },
      failed: () => told(undefined),
    });
  }

  /**
   * What a peer says of the filters of successive blocks.
   *
   * @param told - undefined where the peer is gone
   */
  hashes(peer: Peer, from: HeaderNode, to: HeaderNode, told: (answer: FilterHashes | undefined) => void): void {
    const count = to.height - from.height + 1;
    this.#questions.ask(peer, {
      message: { type: 'getcfheaders', filterType: BASIC_FILTER_TYPE, startHeight: from.height, stop: to.hash },
      isAnswer: (message: Message): message is MessageOf<'cfheaders'> => areHashesTo(message, to.hash, count),
      answered: ({ previousHeader, filterHashes }) => {
        const hashes = filterHashes.map((each) => each.slice());
        let header: Uint8Array = previousHeader.slice();
        const headers: Uint8Array[] = [];
        for (const hash of hashes) {
          header = filterHeaderOfHash(hash, header);
          headers.push(header);
        }
        told({ previousHeader: previousHeader.slice(), hashes, headers });
        return false;
      },
      failed: () => told(undefined),
    });
  }
}

/** The last block that a peer has shown on the branch of another. */
export function sharedWith({ headers: { bestKnown } }: Peer, tip: HeaderNode): HeaderNode | undefined {
  return bestKnown === undefined ? undefined : findFork(bestKnown, tip);
}
