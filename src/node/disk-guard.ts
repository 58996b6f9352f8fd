import type { Clock, Timer } from '../engine/ports/clock.ts';
import type { Log } from '../engine/ports/log.ts';
import { NodeError } from '../engine/ports/node-error.ts';

/** Room that is left free on the disk of a data folder unless told otherwise: Core's 50 MiB. */
export const FREE_BYTES_MIN_DEFAULT: number = 50 * 1_048_576;

/** Between two looks while nothing is written: others fill disks, too. Core looks every five minutes. */
const LOOK_INTERVAL_MS = 60_000;

/** Bytes that are written between two looks at most. Core looks before each 16 MiB of a block file. */
const UNSEEN_BYTES_MAX = 4 * 1_048_576;

/** Room that a byte of coins takes while it is written: first in the database's log, then in a table, before the log goes. */
const FLUSH_FACTOR = 2;

/** What a guard watches, and with what. */
export interface DiskGuardParts {
  /** The folder that the messages name. */
  readonly folder: string;
  /** Room that the folder's disk has for us. @throws NodeError where that cannot be known */
  readonly freeBytes: () => Promise<number>;
  /** Room that is always left; 0: nothing is watched. */
  readonly freeBytesMin: number;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Watches the room on the disk, so that a node stops in order while there is still enough of it for all that it has to write then. Core's
 * `CheckDiskSpace`.
 *
 * Whatever grows asks before it does: blocks, undo records, rows of indexes. A flush of coins is not held back by the room that is kept:
 * that room is there for it.
 */
export class DiskGuard {
  readonly #parts: DiskGuardParts;
  #unseenBytes = 0;
  #coinBytes: () => number = () => 0;
  #timer: Timer | undefined;
  #closed = false;

  constructor(parts: DiskGuardParts) {
    this.#parts = parts;
  }

  /** Room that must be there: what is always left, and what a flush of the coins in memory takes. */
  get neededBytes(): number {
    return this.#parts.freeBytesMin + FLUSH_FACTOR * this.#coinBytes();
  }

  /** From now on there are coins in memory that wait to be written, so many bytes of them. */
  watch(coinBytes: () => number): void {
    this.#coinBytes = coinBytes;
  }

  /** Looks from time to time from now on, and tells once where room is short. */
  begin(onLow: (error: NodeError) => void): void {
    const look = (): void => {
      this.#timer = this.#parts.clock.after(LOOK_INTERVAL_MS, () => {
        this.check(0).then(look, (error: unknown) => {
          if (!this.#closed) onLow(error as NodeError);
        });
      });
    };
    if (this.#parts.freeBytesMin > 0 && !this.#closed) look();
  }

  /** Looks no more: what is written from now on is what the room was kept for. */
  close(): void {
    this.#closed = true;
    if (this.#timer !== undefined) this.#parts.clock.cancel(this.#timer);
  }

  /** Sees to it that there is room for so many bytes beside what must be left. @throws NodeError `disk-low` */
  async check(sizeBytes: number): Promise<void> {
    const { folder, freeBytes, freeBytesMin, log } = this.#parts;
    if (freeBytesMin === 0 || this.#closed) return;
    const free = await freeBytes();
    const needed = this.neededBytes + sizeBytes;
    this.#unseenBytes = 0;
    if (free >= needed || this.#closed) return;
    log.error('disk-low', { folder, free, needed });
    throw diskLow(folder, free, needed);
  }

  /** Before so many bytes are added to what is stored. Most calls look at nothing. @throws NodeError `disk-low` */
  async beforeGrowth(sizeBytes: number): Promise<void> {
    this.#unseenBytes += sizeBytes;
    if (this.#unseenBytes >= UNSEEN_BYTES_MAX) await this.check(sizeBytes);
  }
}

function diskLow(folder: string, freeBytes: number, neededBytes: number): NodeError {
  const free = `the disk of ${folder} has ${toMib(freeBytes, Math.floor)} MiB left`;
  const why = `the node needs ${toMib(neededBytes, Math.ceil)} MiB so that it can write everything when it stops`;
  return new NodeError('disk-low', `${free} and ${why}: free some room and start again`);
}

function toMib(sizeBytes: number, round: (value: number) => number): number {
  return round(sizeBytes / 1_048_576);
}
