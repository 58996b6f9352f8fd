/**
 * Keeps the waiting transactions over a restart, in Core's `mempool.dat`. They are judged anew when they are read: a file from anywhere does no
 * harm, and a damaged one is passed over.
 *
 * @module
 */

import { DecodeError } from '../core/primitives/decode-error.ts';
import type { Mempool } from '../engine/mempool/mempool.ts';
import type { SavedTransaction } from '../engine/mempool/mempool-file.ts';
import { decodeMempoolFile, encodeMempoolFile } from '../engine/mempool/mempool-file.ts';
import type { Clock } from '../engine/ports/clock.ts';
import type { Log } from '../engine/ports/log.ts';

/** Where the bytes are kept. */
export interface ByteFile {
  /** Undefined where there is none. */
  read(): Promise<Uint8Array | undefined>;
  /** Replaces it in one step. */
  write(bytes: Uint8Array): Promise<void>;
}

/** What it works with. */
export interface WaitingFileParts {
  readonly mempool: Pick<Mempool, 'accept' | 'entries' | 'expirySeconds'>;
  readonly file: ByteFile | undefined;
  readonly clock: Pick<Clock, 'nowSeconds' | 'yield'>;
  readonly log: Log;
}

/** The waiting transactions' file, read once and written at the end. */
export class WaitingFile {
  readonly #parts: WaitingFileParts;
  #loading: Promise<void> | undefined;
  #loaded = false;
  #closed = false;

  constructor(parts: WaitingFileParts) {
    this.#parts = parts;
  }

  /** Whether what was kept is back. */
  get loaded(): boolean {
    return this.#loaded;
  }

  /** Begins to bring back what was kept; the node need not wait for it. */
  load(): void {
    this.#loading = this.#load();
  }

  /** Ends the reading and keeps what waits now; but not where not all of it was back yet, so that nothing is lost. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#loading;
    if (!this.#loaded) return;
    const { mempool, file } = this.#parts;
    const saved = Array.from(mempool.entries(), ({ tx, timeSeconds }): SavedTransaction => ({ tx, timeSeconds }));
    await file?.write(encodeMempoolFile(saved));
  }

  async #load(): Promise<void> {
    const { log } = this.#parts;
    try {
      const bytes = await this.#parts.file?.read();
      if (bytes !== undefined) await this.#accept(decodeMempoolFile(bytes));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      log.warn(error instanceof DecodeError ? 'mempool-file-damaged' : 'mempool-file-unread', { why });
    }
    this.#loaded = !this.#closed;
  }

  async #accept(saved: readonly SavedTransaction[]): Promise<void> {
    const { mempool, clock, log } = this.#parts;
    let accepted = 0;
    for (const { tx, timeSeconds } of saved) {
      if (this.#closed) return;
      // One that waited too long would leave again at once.
      if (timeSeconds < clock.nowSeconds() - mempool.expirySeconds) continue;
      const { rejection } = await mempool.accept(tx, { timeSeconds });
      if (rejection === undefined) accepted++;
      await clock.yield();
    }
    if (saved.length > 0) log.info('mempool-loaded', { kept: saved.length, accepted });
  }
}
