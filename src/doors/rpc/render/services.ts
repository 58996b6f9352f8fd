/**
 * Service bits of peers, as Core names them.
 *
 * @module
 */

/** Bit to name, in order of the bits. */
const NAMES: readonly (readonly [bit: number, name: string])[] = [
  [0, 'NETWORK'],
  [2, 'BLOOM'],
  [3, 'WITNESS'],
  [6, 'COMPACT_FILTERS'],
  [10, 'NETWORK_LIMITED'],
  [11, 'P2P_V2'],
];

/** 64 bits as 16 hexadecimal digits. */
export function servicesHex(services: bigint): string {
  return services.toString(16).padStart(16, '0');
}

/** Names of the bits that are set; a bit without one shows its number. */
export function servicesNames(services: bigint): string[] {
  const names: string[] = [];
  for (let bit = 0; bit < 64; bit++) {
    if (((services >> BigInt(bit)) & 1n) === 0n) continue;
    names.push(NAMES.find((each) => each[0] === bit)?.[1] ?? `UNKNOWN[2^${bit}]`);
  }
  return names;
}
