import type { HashKey } from '../../core/primitives/ids.ts';
import { hashKey } from '../../core/primitives/ids.ts';
import type { HeaderNode } from '../chain/header-node.ts';
import { isAncestorOf } from '../chain/header-tree.ts';
import type { SyncContext } from './context.ts';
import type { Peer, PeerId } from './peer.ts';

/** Damaged blocks that are on their way at once, from all peers together. */
export const REPAIRS_IN_FLIGHT_MAX = 16;

/** A peer is asked for one and the same damaged block no more often than this. */
export const REPAIR_RETRY_MS = 600_000;

/** While something is damaged, those who could have it are looked for this often. */
const REPAIR_INTERVAL_MS = 10_000;

/** Damaged blocks that are looked at in one go. */
const LOOKED_AT_MAX = 1_024;

/** Which damaged blocks are asked of whom. How the answer is waited for is the download's. */
export class BlockRepair {
  readonly #context: SyncContext;
  /** When each peer was asked for a block, of those that are damaged. */
  readonly #asked = new Map<HashKey, Map<PeerId, number>>();

  constructor(context: SyncContext) {
    this.#context = context;
  }

  /**
   * Chooses blocks and peers.
   *
   * @param isBusy - whether a block is on its way or being looked at
   * @param canTake - whether a peer can be asked for a block now
   * @param ask - asks
   */
  choose(
    isBusy: (key: HashKey) => boolean,
    canTake: (peer: Peer, node: HeaderNode) => boolean,
    ask: (peer: Peer, node: HeaderNode) => void,
  ): void {
    const { chain } = this.#context;
    if (chain.damagedCount === 0) {
      this.#asked.clear();
      return;
    }
    const chosen: [Peer, HeaderNode][] = [];
    let room = REPAIRS_IN_FLIGHT_MAX;
    for (const key of this.#asked.keys()) if (isBusy(key)) room--;
    let looked = 0;
    for (const node of chain.damagedBlocks()) {
      looked++;
      if (room <= 0 || looked > LOOKED_AT_MAX) break;
      const peer = isBusy(hashKey(node.hash)) ? undefined : this.#peerFor(node, canTake);
      if (peer === undefined) continue;
      chosen.push([peer, node]);
      room--;
    }
    this.#context.wakeBy(this.#context.nowMs() + REPAIR_INTERVAL_MS);
    for (const [peer, node] of chosen) {
      this.#note(peer, node);
      chain.noteAsked(node);
      ask(peer, node);
    }
  }

  #note(peer: Peer, node: HeaderNode): void {
    const key = hashKey(node.hash);
    const asked = this.#asked.get(key) ?? new Map<PeerId, number>();
    for (const id of asked.keys()) if (!this.#context.peers.has(id)) asked.delete(id);
    this.#asked.set(key, asked.set(peer.id, this.#context.nowMs()));
    if (this.#asked.size > ASKED_MAX) this.#asked.delete(this.#asked.keys().next().value!);
  }

  #peerFor(node: HeaderNode, canTake: (peer: Peer, node: HeaderNode) => boolean): Peer | undefined {
    const asked = this.#asked.get(hashKey(node.hash));
    const now = this.#context.nowMs();
    let best: Peer | undefined;
    for (const peer of this.#context.ready()) {
      const lastMs = asked?.get(peer.id);
      if ((lastMs !== undefined && now < lastMs + REPAIR_RETRY_MS) || !hasShown(peer, node) || !canTake(peer, node)) continue;
      if (best === undefined || peer.blocks.inFlight.size < best.blocks.inFlight.size) best = peer;
    }
    return best;
  }
}

/** Blocks whose askings are remembered: more than are looked at, so that what is asked in vain gives way to others. */
const ASKED_MAX = 4_096;

/** Whether a peer is on the branch of a block, or says that it is as high where it has shown no headers. */
function hasShown(peer: Peer, node: HeaderNode): boolean {
  const { bestKnown } = peer.headers;
  return bestKnown === undefined ? (peer.version?.startHeight ?? 0) >= node.height : isAncestorOf(node, bestKnown);
}
