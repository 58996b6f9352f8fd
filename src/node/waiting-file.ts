/**
 * Keeps the waiting transactions over a restart, in Core's `mempool.dat`. They are judged anew when they are read: a file from anywhere does no
 * harm, and a damaged one is passed over.
 *
 * @module
 */

import { DecodeError } from '../core/primitives/decode-error.ts';
import { hashKey } from '../core/primitives/ids.ts';
import type { Mempool } from '../engine/mempool/mempool.ts';
import type { SavedMempool, SavedTransaction } from '../engine/mempool/mempool-file.ts';
import { decodeMempoolFile, encodeMempoolFile } from '../engine/mempool/mempool-file.ts';
import type { CancelSignal } from '../engine/ports/cancel-signal.ts';
import type { Clock } from '../engine/ports/clock.ts';
import type { Log } from '../engine/ports/log.ts';
import type { ImportOptions } from '../engine/ports/mempool-service.ts';
import { NodeError } from '../engine/ports/node-error.ts';

/** Where the bytes are kept. */
export interface ByteFile {
  /** Undefined where there is none. */
  read(): Promise<Uint8Array | undefined>;
  /** Replaces it in one step. */
  write(bytes: Uint8Array): Promise<void>;
  /** Where it is. */
  readonly path: string;
  /** Another file of the same kind; undefined where there is none. */
  readOther(path: string): Promise<Uint8Array | undefined>;
}

/** What it works with. */
export interface WaitingFileParts {
  readonly mempool: Pick<Mempool, 'accept' | 'entries' | 'expirySeconds' | 'feeDeltaOf' | 'feeDeltas' | 'prioritise'>;
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
    if (this.#loaded) await this.#write();
  }

  /** Keeps what waits now. @returns where; undefined where nothing is kept. @throws NodeError while not all is back */
  async save(): Promise<string | undefined> {
    if (!this.#loaded) throw new NodeError('mempool-not-loaded', 'The mempool was not loaded yet');
    await this.#write();
    return this.#parts.file?.path;
  }

  /** Takes in what another file holds. @throws NodeError where there is none or it is damaged */
  async importFile(
    path: string,
    { useCurrentTime, applyFeeDeltas, signal }: ImportOptions & { readonly signal: CancelSignal },
  ): Promise<{ readonly kept: number; readonly accepted: number }> {
    const nowSeconds = this.#parts.clock.nowSeconds();
    const read = await this.#readOther(path);
    const transactions = read.transactions.map(
      (saved): SavedTransaction => ({
        tx: saved.tx,
        timeSeconds: useCurrentTime ? nowSeconds : saved.timeSeconds,
        feeDeltaSat: applyFeeDeltas ? saved.feeDeltaSat : 0n,
      }),
    );
    const otherFeeDeltas = applyFeeDeltas ? read.otherFeeDeltas : [];
    return { kept: transactions.length, accepted: await this.#accept({ transactions, otherFeeDeltas }, signal) };
  }

  async #readOther(path: string): Promise<SavedMempool> {
    try {
      const bytes = await this.#parts.file?.readOther(path);
      if (bytes !== undefined) return decodeMempoolFile(bytes);
      this.#parts.log.warn('mempool-file-unread', { path, why: 'there is no such file' });
    } catch (error) {
      if (!(error instanceof DecodeError || error instanceof NodeError)) throw error;
      this.#parts.log.warn('mempool-file-unread', { path, why: error.message });
    }
    throw new NodeError('mempool-file-unread', 'Unable to import mempool file, see debug log for details.');
  }

  async #write(): Promise<void> {
    const { mempool, file } = this.#parts;
    const transactions = Array.from(mempool.entries(), ({ tx, timeSeconds }): SavedTransaction => {
      return { tx, timeSeconds, feeDeltaSat: mempool.feeDeltaOf(tx.txid) };
    });
    const waiting = new Set(transactions.map(({ tx }) => hashKey(tx.txid)));
    const otherFeeDeltas = [...mempool.feeDeltas()].filter(({ txid }) => !waiting.has(hashKey(txid)));
    await file?.write(encodeMempoolFile({ transactions, otherFeeDeltas }));
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

  async #accept({ transactions, otherFeeDeltas }: SavedMempool, signal?: CancelSignal): Promise<number> {
    const { mempool, clock, log } = this.#parts;
    let accepted = 0;
    for (const { txid, deltaSat } of otherFeeDeltas) mempool.prioritise(txid, deltaSat);
    for (const { tx, timeSeconds, feeDeltaSat } of transactions) {
      if (this.#closed || signal?.aborted === true) break;
      // Before it is judged: it may wait for no other reason.
      if (feeDeltaSat !== 0n) mempool.prioritise(tx.txid, feeDeltaSat);
      // One that waited too long would leave again at once.
      if (timeSeconds < clock.nowSeconds() - mempool.expirySeconds) continue;
      const { rejection } = await mempool.accept(tx, { timeSeconds });
      if (rejection === undefined) accepted++;
      await clock.yield();
    }
    if (transactions.length > 0) log.info('mempool-loaded', { kept: transactions.length, accepted });
    return accepted;
  }
}
