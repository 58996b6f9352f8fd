/** Bits of `services` in version and address messages: what a node offers. */
export const SERVICES = {
  /** Every block of the chain. */
  network: 0x1n,
  /** Bloom filters and the `mempool` message (BIP-111). */
  bloom: 0x4n,
  /** Blocks and transactions with their witnesses (BIP-144). */
  witness: 0x8n,
  /** Compact filters (BIP-157). */
  compactFilters: 0x40n,
  /** At least the last 288 blocks (BIP-159). */
  networkLimited: 0x400n,
  /** The encrypted transport (BIP-324). */
  p2pV2: 0x800n,
} as const;

/** Core's words for the bits, by their position. */
const NAMES: Readonly<Record<number, string>> = {
  0: 'NETWORK',
  2: 'BLOOM',
  3: 'WITNESS',
  6: 'COMPACT_FILTERS',
  10: 'NETWORK_LIMITED',
  11: 'P2P_V2',
};

/** Whether all of `wanted` are offered. */
export function offers(services: bigint, wanted: bigint): boolean {
  return (services & wanted) === wanted;
}

/** Names of the bits that are set, lowest first, as Core's `servicesnames`: an unknown bit n is `UNKNOWN[2^n]`. */
export function serviceNames(services: bigint): readonly string[] {
  const names: string[] = [];
  for (let bit = 0; bit < 64; bit++) {
    if ((services >> BigInt(bit)) & 1n) names.push(NAMES[bit] ?? `UNKNOWN[2^${bit}]`);
  }
  return names;
}
