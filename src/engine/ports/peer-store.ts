import type { NetworkAddress } from '../../core/wire/network-address.ts';

/** One address of a node, as it is kept over a restart. Times by the wall clock, 0 for never. */
export interface StoredPeer {
  readonly address: NetworkAddress;
  readonly services: bigint;
  /** When somebody last saw it. */
  readonly lastSeenSeconds: number;
  /** When a handshake with it last succeeded. */
  readonly lastSuccessSeconds: number;
  /** Attempts that failed since. */
  readonly failures: number;
  /** Part of the network that told of it; bounds how much one part can tell. */
  readonly sourceGroup: string;
}

/** Where the addresses of other nodes are kept. */
export interface PeerStore {
  /** Nothing where there is nothing yet, or what is there cannot be understood: addresses can be learned again. */
  load(): Promise<readonly StoredPeer[]>;
  /** Replaces what was kept, in one step. */
  save(peers: readonly StoredPeer[]): Promise<void>;
}
