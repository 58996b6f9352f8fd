import type { NetworkParams } from '../../core/params/types.ts';
import type { Message } from '../../core/wire/messages/table.ts';
import type { Log } from '../ports/log.ts';
import type { Random } from '../ports/random.ts';
import type { DisconnectReason } from './misbehaviour.ts';
import type { Peer, PeerId } from './peer.ts';
import type { SyncChain } from './views.ts';

/**
 * What the parts need that a full node and a light client have in common: the handshake, signs of life and the tree of headers. Both hand in a
 * context of their own.
 */
export interface PeerContext {
  readonly options: {
    /** What we offer, bits of `SERVICES`. */
    readonly services: bigint;
    readonly userAgent: string;
  };
  readonly params: NetworkParams;
  readonly random: Random;
  readonly log: Log;
  readonly chain: Pick<SyncChain, 'tree' | 'active' | 'acceptHeaders'>;
  readonly peers: ReadonlyMap<PeerId, Peer>;
  nowMs(): number;
  nowSeconds(): number;
  /** Whether a peer may tell us of transactions. */
  takesTransactions(peer: Peer): boolean;
  /** Peers with whom the handshake is done. */
  ready(): Iterable<Peer>;
  send(peer: Peer, message: Message): void;
  /** Ends a connection, once. */
  disconnect(peer: Peer, why: DisconnectReason): void;
  /** A random nonce; never zero. */
  nonce(): bigint;
  /** Asks for a `tick` at this time at the latest. */
  wakeBy(atMs: number): void;
}
