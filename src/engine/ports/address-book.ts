import type { StoredPeer } from './peer-store.ts';

/** Addresses of one network: those that were only told of, and those that answered. */
export interface AddressCounts {
  readonly new: number;
  readonly tried: number;
}

/** One place of a table of addresses and who stands there. */
export interface PlacedPeer extends StoredPeer {
  readonly table: 'new' | 'tried';
  readonly bucket: number;
  readonly place: number;
}
