import type { NetworkAddress } from '../../core/wire/network-address.ts';

/** One address of a node, as it is kept over a restart. Times by the wall clock, 0 for never. */
export interface StoredPeer {
  readonly address: NetworkAddress;
  /** Who told of it; its port says nothing. */
  readonly source: NetworkAddress;
  readonly services: bigint;
  /** When somebody last saw it. */
  readonly lastSeenSeconds: number;
  /** When a handshake with it last succeeded. */
  readonly lastSuccessSeconds: number;
  /** Calls that failed since. */
  readonly failures: number;
  /** Whether it stands in the table of those that answered. */
  readonly tried: boolean;
  /** Buckets of the other table that it stands in; none where it is tried, or where only its source says which. */
  readonly newBuckets: readonly number[];
}

/** Addresses of nodes, and the key that says which place each has. */
export interface StoredBook {
  /** 16 bytes at random; undefined where whoever wrote the book had none. */
  readonly key: Uint8Array | undefined;
  readonly peers: readonly StoredPeer[];
}

/** Where the addresses of other nodes are kept. */
export interface PeerStore {
  /** Undefined where there is nothing yet, or what is there cannot be understood: addresses can be learned again. */
  load(): Promise<StoredBook | undefined>;
  /** Replaces what was kept, in one step. */
  save(book: StoredBook): Promise<void>;
}
