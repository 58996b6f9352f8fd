/**
 * The ids of many transactions in one call of the hash kernel.
 *
 * @module
 */

import { hashKernel } from './hash-kernel.ts';

/** Bytes of a transaction's row in `TransactionSpans`. */
const ROW_BYTES = 16;

/** What the kernel wants behind the ids: four lanes. */
const LANES_BYTES = 65_536;

/** Where transactions lie within the bytes that hold them. */
export class TransactionSpans {
  readonly #view: DataView;

  /** @param count - of transactions; each must be set */
  constructor(count: number) {
    this.#view = new DataView(new ArrayBuffer(count * ROW_BYTES));
  }

  /** How many there are. */
  get count(): number {
    return this.#view.byteLength / ROW_BYTES;
  }

  /**
   * Says where a transaction lies: it begins with 4 bytes of version and ends with 4 bytes of lock time. Between them are its inputs and
   * outputs, and if it has witnesses, marker and flag before and the witnesses behind these.
   */
  set(index: number, start: number, inputsStart: number, outputsEnd: number, end: number): void {
    const row = index * ROW_BYTES;
    this.#view.setUint32(row, start, true);
    this.#view.setUint32(row + 4, inputsStart, true);
    this.#view.setUint32(row + 8, outputsEnd, true);
    this.#view.setUint32(row + 12, end, true);
  }

  /** The rows as the kernel reads them. */
  get bytes(): Uint8Array {
    return new Uint8Array(this.#view.buffer);
  }
}

/**
 * SHA-256d of each transaction without its witnesses, then of the whole: 64 bytes a transaction. Those that fill the same number of blocks
 * are hashed four at a time in the lanes of a vector, which takes less than half as long.
 *
 * @param bytes - into which the spans point
 */
export function transactionIds(bytes: Uint8Array, spans: TransactionSpans): Uint8Array {
  const { count } = spans;
  const rows = count * ROW_BYTES;
  const idsAt = rows + bytes.length;
  const kernel = hashKernel();
  kernel.reserve(idsAt + count * 64 + LANES_BYTES);
  kernel.put(spans.bytes, 0);
  kernel.put(bytes, rows);
  const input = kernel.inputOffset;
  kernel.exports.transactionIds(count, input, input + idsAt);
  return kernel.bytes.slice(input + idsAt, input + idsAt + count * 64);
}
