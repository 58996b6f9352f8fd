import type { Random } from '../../engine/ports/random.ts';

/** Bytes that the browser gives at once. */
const BYTES_PER_CALL = 65_536;

function bytes(count: number): Uint8Array {
  const found = new Uint8Array(count);
  for (let at = 0; at < count; at += BYTES_PER_CALL) crypto.getRandomValues(found.subarray(at, at + BYTES_PER_CALL));
  return found;
}

/** The browser's secure source. */
export const browserRandom: Random = {
  bytes,
  below: (limit: number): number => {
    // Of 2^32 numbers those above the last whole multiple would make the small ones likelier.
    const usable = 0x1_0000_0000 - (0x1_0000_0000 % limit);
    for (;;) {
      const value = new DataView(bytes(4).buffer).getUint32(0);
      if (value < usable) return value % limit;
    }
  },
};
