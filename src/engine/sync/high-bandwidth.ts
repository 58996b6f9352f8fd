import { COMPACT_VERSION } from '../../core/wire/messages/sendcmpct.ts';
import type { SyncContext } from './context.ts';
import type { Peer } from './peer.ts';
import { isInbound } from './peer.ts';

/** Peers that send new blocks unasked. BIP-152 allows as many. */
export const HIGH_BANDWIDTH_PEERS_MAX = 3;

/**
 * Who shall send new blocks as compact ones before we ask: those who brought us the last ones first. The last slot of one whom we called is not
 * lost to those who called us, who could fill all three otherwise. Core's `MaybeSetPeerAsAnnouncingHeaderAndIDs`.
 */
export class HighBandwidth {
  readonly #context: SyncContext;
  /** Who brought a block longest ago comes first. */
  #peers: Peer[] = [];

  constructor(context: SyncContext) {
    this.#context = context;
  }

  /** A peer brought a new block before all others. */
  deserves(peer: Peer): void {
    // Who takes no transactions would have none to complete them with.
    if (!peer.compact.provides || peer.leaving || this.#context.options.blocksOnly === true) return;
    if (peer.compact.chosen) {
      this.#peers = [...this.#peers.filter((each) => each !== peer), peer];
      return;
    }
    if (this.#peers.length >= HIGH_BANDWIDTH_PEERS_MAX) this.#tell(this.#takeOut(peer), false);
    this.#peers.push(peer);
    this.#tell(peer, true);
  }

  /** The peer is gone. */
  gone(peer: Peer): void {
    this.#peers = this.#peers.filter((each) => each !== peer);
  }

  /** Makes room for a peer. */
  #takeOut(forPeer: Peer): Peer {
    const [first, second] = this.#peers;
    const called = this.#peers.filter((each) => !isInbound(each));
    const spared = isInbound(forPeer) && called.length === 1 && called[0] === first;
    const out = spared ? second! : first!;
    // The one that is spared stays where it is: with the others gone, the next one to go would be it again, and be spared again.
    this.gone(out);
    return out;
  }

  #tell(peer: Peer, highBandwidth: boolean): void {
    peer.compact.chosen = highBandwidth;
    this.#context.send(peer, { type: 'sendcmpct', highBandwidth, version: COMPACT_VERSION });
  }
}
