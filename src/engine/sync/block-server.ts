import { decodeBlock, encodeBlock } from '../../core/primitives/block.ts';
import { INVENTORY } from '../../core/wire/inventory.ts';
import { encodeMessage, type Message } from '../../core/wire/messages/table.ts';
import { isRecordDamage } from '../chain/damage.ts';
import type { HeaderNode } from '../chain/header-node.ts';
import { isFailed, isStored } from '../chain/header-node.ts';
import type { Clock } from '../ports/clock.ts';
import type { SyncAction } from './actions.ts';
import { filteredBlock } from './bloom-serving.ts';
import type { SyncOptions } from './context.ts';
import { type FilterWay, sendFilters } from './filter-sender.ts';
import type { Link } from './link.ts';
import type { PeerId } from './peer.ts';

/** What a block was asked for by. */
const KIND_OF_FORM = { whole: INVENTORY.witnessBlock, stripped: INVENTORY.block, filtered: INVENTORY.filteredBlock } as const;

/** What serving is done with. */
export interface BlockServerParts {
  readonly chain: SyncOptions['chain'];
  readonly clock: Pick<Clock, 'yield'>;
  readonly filters: FilterWay['find'] | undefined;
  readonly link: (peer: PeerId) => Link | undefined;
  readonly send: (peer: PeerId, command: string, payload: Uint8Array) => void;
  /** Whether a block is none that this peer gets now: it is being let go. */
  readonly refuses: (peer: PeerId, node: HeaderNode) => boolean;
  readonly stopped: () => boolean;
}

/** Reads what is stored and sends it, as fast as each peer takes it: whoever asks for many blocks holds one of them in memory at most. */
export class BlockServer {
  readonly #parts: BlockServerParts;

  constructor(parts: BlockServerParts) {
    this.#parts = parts;
  }

  /** Sends a block in the form that was asked for, or says that there is none. */
  async serve({ peer, node, form }: SyncAction & { readonly kind: 'serve-block' }): Promise<void> {
    const { chain, send } = this.#parts;
    const link = this.#parts.link(peer);
    if (link === undefined) return;
    // Before a block is read there must be room for it: whoever asks for many must take them.
    if (link.full) await link.drained();
    // One that was announced before it was judged is not sent whole before: its sender answers for that it holds.
    if (node.chainWork > chain.active.tip.chainWork) await chain.run(() => undefined);
    if (link.closed || this.#parts.refuses(peer, node)) return;
    const raw = isFailed(node) ? undefined : await this.read(node);
    if (raw === undefined) {
      const items = [{ kind: KIND_OF_FORM[typeof form === 'string' ? form : 'filtered'], hash: node.hash }];
      send(peer, 'notfound', encodeMessage({ type: 'notfound', items }));
    } else if (form === 'whole') send(peer, 'block', raw);
    else if (form === 'stripped') send(peer, 'block', encodeBlock(decodeBlock(raw), { witness: false }));
    else {
      for (const message of filteredBlock(decodeBlock(raw), form)) {
        if (link.full) await link.drained();
        send(peer, message.type, encodeMessage(message));
      }
    }
  }

  /** Sends compact filters, their hashes or their headers. */
  async serveFilters({ peer, answer }: SyncAction & { readonly kind: 'serve-filters' }): Promise<void> {
    const { clock, filters } = this.#parts;
    const link = this.#parts.link(peer);
    if (link === undefined || filters === undefined) return;
    const room = async (): Promise<boolean> => {
      if (link.full) await link.drained();
      await clock.yield();
      return !link.closed && !this.#parts.stopped();
    };
    const send = (message: Message): void => this.#parts.send(peer, message.type, encodeMessage(message));
    await sendFilters(answer, { find: filters, isFull: () => link.full, room, send });
  }

  /** A block, undefined where it was pruned while the peer was waited for, or is damaged. */
  async read(node: HeaderNode): Promise<Uint8Array | undefined> {
    if (!isStored(node)) return undefined;
    try {
      return await this.#parts.chain.readBlock(node);
    } catch (error) {
      if (!isStored(node) || isRecordDamage(error)) return undefined;
      throw error;
    }
  }
}
