import type { SimRandom } from '../sim-random.ts';
import type { SharedBytes } from './shared-bytes.ts';

/** A disk writes whole sectors: what a crash tears, it tears between two of them. */
const SECTOR_BYTES = 512;

/** Bytes that were written together. What lies between extents is zero. */
interface Extent {
  readonly at: number;
  readonly bytes: Uint8Array;
  /** It is on the disk, not only in the system's memory. */
  readonly synced: boolean;
}

function endOf({ at, bytes }: Extent): number {
  return at + bytes.length;
}

/** One file of a virtual disk: knows which of its bytes a loss of power would take. */
export class VirtualFile {
  readonly #shared: SharedBytes;
  /** In the order of their places; none overlap. */
  #extents: Extent[] = [];
  #sizeBytes = 0;
  #syncedSizeBytes = 0;
  /** Its name is on the disk. */
  #named = false;

  constructor(shared: SharedBytes) {
    this.#shared = shared;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Fills `bytes` from `position` on; gives how many there were. */
  read(bytes: Uint8Array, position: number): number {
    const length = Math.max(0, Math.min(bytes.length, this.#sizeBytes - position));
    bytes.fill(0, 0, length);
    for (let i = this.#firstEndingAfter(position); i < this.#extents.length; i++) {
      const extent = this.#extents[i] as Extent;
      if (extent.at >= position + length) break;
      const from = Math.max(extent.at, position);
      const to = Math.min(endOf(extent), position + length);
      bytes.set(extent.bytes.subarray(from - extent.at, to - extent.at), from - position);
    }
    return length;
  }

  write(bytes: Uint8Array, position: number): void {
    if (bytes.length === 0) return;
    const extent = { at: position, bytes: this.#shared.share(bytes), synced: false };
    if (position < this.#sizeBytes) this.#cut(position, position + bytes.length);
    let place = this.#extents.length;
    while (place > 0 && (this.#extents[place - 1] as Extent).at > position) place--;
    this.#extents.splice(place, 0, extent);
    this.#sizeBytes = Math.max(this.#sizeBytes, position + bytes.length);
  }

  truncate(sizeBytes: number): void {
    this.#cut(sizeBytes, Number.POSITIVE_INFINITY);
    this.#sizeBytes = sizeBytes;
  }

  sync(): void {
    for (let i = this.#extents.length - 1; i >= 0; i--) {
      const extent = this.#extents[i] as Extent;
      if (!extent.synced) this.#extents[i] = { ...extent, synced: true };
    }
    this.#syncedSizeBytes = this.#sizeBytes;
  }

  /** Its folder was synced. */
  syncName(): void {
    this.#named = true;
  }

  /**
   * The power goes: each piece that was not synced is there, or gone, or there up to some sector; the file ends behind the last that is left.
   *
   * @returns false where the file's name is gone too
   */
  loseUnsynced(random: SimRandom): boolean {
    const kept: Extent[] = [];
    for (const extent of this.#extents) {
      if (extent.synced) {
        kept.push(extent);
        continue;
      }
      const fate = random.below(3);
      const torn = fate === 1 ? SECTOR_BYTES * random.below(Math.ceil(extent.bytes.length / SECTOR_BYTES)) : 0;
      const length = fate === 0 ? extent.bytes.length : Math.min(torn, extent.bytes.length);
      if (length > 0) kept.push({ at: extent.at, bytes: extent.bytes.subarray(0, length), synced: true });
    }
    this.#extents = kept;
    this.#sizeBytes = kept.reduce((size, extent) => Math.max(size, endOf(extent)), Math.min(this.#syncedSizeBytes, this.#sizeBytes));
    this.#syncedSizeBytes = this.#sizeBytes;
    const isThere = this.#named || random.chance(0.5);
    this.#named = isThere;
    return isThere;
  }

  /** Place of the first extent that ends behind a position. */
  #firstEndingAfter(position: number): number {
    let low = 0;
    let high = this.#extents.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (endOf(this.#extents[middle] as Extent) > position) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Takes out what lies in a range. */
  #cut(from: number, to: number): void {
    this.#extents = this.#extents.flatMap((extent) => {
      if (endOf(extent) <= from || extent.at >= to) return [extent];
      const parts: Extent[] = [];
      if (extent.at < from) parts.push({ ...extent, bytes: extent.bytes.subarray(0, from - extent.at) });
      if (endOf(extent) > to) parts.push({ at: to, bytes: extent.bytes.subarray(to - extent.at), synced: extent.synced });
      return parts;
    });
  }
}
