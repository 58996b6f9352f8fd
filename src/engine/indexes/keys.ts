import { concatBytes } from '../../core/base/bytes.ts';
import type { OutPoint } from '../../core/primitives/transaction.ts';

/** An unsigned 32-bit number with its highest byte first, so that keys sort by it. */
export function sortable32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

/** An output as part of a key: txid (32), index (4, big-endian). */
export function outPointBytes({ txid, vout }: OutPoint): Uint8Array {
  return concatBytes(txid, sortable32(vout));
}

/** The first key after all that begin with these bytes. They must not be all 255. */
export function afterPrefix(prefix: Uint8Array): Uint8Array {
  const end = prefix.slice();
  for (let i = end.length - 1; i >= 0; i--) {
    const byte = end[i] ?? 0;
    end[i] = byte + 1;
    if (byte < 255) break;
  }
  return end;
}

/** Writes the key of an output, as `outPointBytes` has it, over 36 bytes. */
export function writeOutPoint(bytes: Uint8Array, at: number, { txid, vout }: OutPoint): void {
  bytes.set(txid, at);
  writeSortable32(bytes, at + 32, vout);
}

/** Writes a number with its highest byte first over 4 bytes. */
export function writeSortable32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}
