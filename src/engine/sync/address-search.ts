import type { NetworkAddress, NetworkKind } from '../../core/wire/network-address.ts';
import type { AddressManager } from './address-manager.ts';

/** Addresses that are drawn to find one to call. Core's value. */
const DRAWS_MAX = 100;

/** Draws after which one is taken that was called in the last ten minutes. Core's values. */
const DRAWS_BEFORE_RECENT = 30;
const RECENT_SECONDS = 600;

/** Nobody is called twice within this time, however few there are. */
export const CALL_AGAIN_SECONDS = 60;

/** What is searched for. */
export interface AddressSearch {
  readonly nowSeconds: number;
  readonly networks: ReadonlySet<NetworkKind>;
  readonly fits: (address: NetworkAddress, services: bigint) => boolean;
}

/** An address to call, drawn out of the tables; undefined where none was found. */
export function searchAddress(manager: AddressManager, { nowSeconds, networks, fits }: AddressSearch): NetworkAddress | undefined {
  for (let draw = 0; draw < DRAWS_MAX; draw++) {
    const candidate = manager.select(nowSeconds, { networks });
    if (candidate === undefined) return undefined;
    const age = nowSeconds - candidate.lastTrySeconds;
    if (age < CALL_AGAIN_SECONDS || (age < RECENT_SECONDS && draw < DRAWS_BEFORE_RECENT)) continue;
    if (fits(candidate.address, candidate.services)) return candidate.address;
  }
  return undefined;
}
