/** What LevelDB's files have in common: their checksum and their numbers. */

/** CRC-32C (Castagnoli): of each byte, and of each byte with 1 to 7 zero bytes behind it. Eight bytes are taken at once. */
const CRC32C: readonly Uint32Array[] = crcTables();

function crcTables(): Uint32Array[] {
  const first = Uint32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 0 ? crc >>> 1 : 0x82f63b78 ^ (crc >>> 1);
    return crc >>> 0;
  });
  const tables = [first];
  for (let n = 1; n < 8; n++) tables.push(tables[n - 1]!.map((crc) => first[crc & 0xff]! ^ (crc >>> 8)));
  return tables;
}

const [T0, T1, T2, T3, T4, T5, T6, T7] = CRC32C as [
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
];

/** CRC-32C of some bytes: some 600 MB a second. */
export function crc32c(bytes: Uint8Array): number {
  let crc = ~0;
  let i = 0;
  for (const end = bytes.length - 7; i < end; i += 8) {
    crc ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    crc =
      T7[crc & 0xff]! ^
      T6[(crc >>> 8) & 0xff]! ^
      T5[(crc >>> 16) & 0xff]! ^
      T4[crc >>> 24]! ^
      T3[bytes[i + 4]!]! ^
      T2[bytes[i + 5]!]! ^
      T1[bytes[i + 6]!]! ^
      T0[bytes[i + 7]!]!;
  }
  for (; i < bytes.length; i++) crc = T0[(crc ^ bytes[i]!) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** The checksum of some bytes as LevelDB stores it: LevelDB masks it, since a checksum of bytes that hold checksums says little. */
export function maskedCrc32c(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** What does not hold in a file. */
export class FormatFault extends Error {}

/** Reads LevelDB's numbers of seven bits a byte. Ends in a fault where the bytes end. */
export class FormatReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  number(): number {
    let value = 0;
    for (let scale = 1; scale < 2 ** 53; scale *= 128) {
      const [byte] = this.take(1);
      value += (byte! & 127) * scale;
      if (byte! < 128) return value;
    }
    throw new FormatFault('a number in it is too long');
  }

  take(sizeBytes: number): Uint8Array {
    if (sizeBytes > this.remaining) throw new FormatFault('it ends too early');
    this.#at += sizeBytes;
    return this.#bytes.subarray(this.#at - sizeBytes, this.#at);
  }

  /** Bytes with their length before them. */
  bytes(): Uint8Array {
    return this.take(this.number());
  }
}
