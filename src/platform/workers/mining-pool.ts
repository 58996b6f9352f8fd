import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { assert } from '../../core/base/assert.ts';
import type { BlockSearch, SearchJob, SearchResult } from '../../engine/ports/block-search.ts';
import { NodeError } from '../../engine/ports/node-error.ts';
import type { MiningOrder, MiningReport, MiningWorkerData } from './mining-messages.ts';

/** How often the place of a worker that ended by itself is filled again. */
const RESTARTS_MAX = 1;

/** A thread and what is shared with it. */
interface Seat {
  readonly index: number;
  worker: Worker;
  port: MessagePort;
  orders: Int32Array;
  hashes: BigInt64Array;
  restarts: number;
}

/** What a pool is made with. */
export interface MiningPoolOptions {
  /** Number of threads, at least 1. */
  readonly workers: number;
  /** A worker ended by itself and its place was not filled again; the others go on. */
  readonly failed: (error: NodeError) => void;
  /** The file that a worker runs; ours unless a test gives another. */
  readonly entry?: URL;
}

/** The worker's file stands beside this one and has the same ending, compiled or not. */
function workerEntry(): URL {
  return new URL(`./mining-worker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);
}

/** Looks for nonces on worker threads of the lowest priority. */
export class MiningPool implements BlockSearch {
  readonly #options: MiningPoolOptions;
  readonly #seats: Seat[] = [];
  #current: { readonly job: SearchJob; readonly found: (result: SearchResult) => void } | undefined;
  /** Hashes of workers that are no more. */
  #hashesBefore = 0n;
  #closed = false;

  constructor(options: MiningPoolOptions) {
    assert(options.workers >= 1, 'a pool has a worker');
    this.#options = options;
    for (let index = 0; index < options.workers; index++) this.#seats.push(this.#open(index, 0));
  }

  /** Threads that are alive. */
  get workers(): number {
    return this.#seats.length;
  }

  start(job: SearchJob, found: (result: SearchResult) => void): void {
    assert(!this.#closed, 'a closed pool starts nothing');
    this.#current = { job, found };
    for (const seat of this.#seats) this.#order(seat, { kind: 'search', job });
  }

  pause(): void {
    if (this.#current === undefined) return;
    this.#current = undefined;
    for (const seat of this.#seats) this.#order(seat, { kind: 'pause' });
  }

  hashes(): bigint {
    return this.#seats.reduce((sum, seat) => sum + Atomics.load(seat.hashes, 0), this.#hashesBefore);
  }

  /** Ends every thread and waits until it is gone. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#current = undefined;
    await Promise.all(
      this.#seats.splice(0).map(async (seat) => {
        const gone = new Promise((resolve) => seat.worker.once('exit', resolve));
        this.#order(seat, { kind: 'end' });
        await gone;
        seat.port.close();
      }),
    );
  }

  #open(index: number, restarts: number): Seat {
    const { port1, port2 } = new MessageChannel();
    const orders = new SharedArrayBuffer(4);
    const hashes = new SharedArrayBuffer(8);
    const workerData: MiningWorkerData = { port: port2, orders, hashes, index, of: this.#options.workers };
    const worker = new Worker(this.#options.entry ?? workerEntry(), { workerData, transferList: [port2] });
    const seat: Seat = { index, worker, port: port1, orders: new Int32Array(orders), hashes: new BigInt64Array(hashes), restarts };
    let cause: unknown;
    worker.on('error', (error) => {
      cause = error;
    });
    worker.on('exit', () => this.#onExit(seat, cause));
    port1.on('message', (report: MiningReport) => this.#onReport(report));
    return seat;
  }

  /** Tells a worker what to do: the message first, then the number that makes it look. */
  #order(seat: Seat, order: MiningOrder): void {
    seat.port.postMessage(order);
    Atomics.add(seat.orders, 0, 1);
    Atomics.notify(seat.orders, 0);
  }

  /** The first result of the current job counts; what comes late is dropped. */
  #onReport(result: MiningReport): void {
    const current = this.#current;
    if (current === undefined || current.job.id !== result.jobId) return;
    this.pause();
    current.found(result);
  }

  #onExit(seat: Seat, cause: unknown): void {
    const at = this.#seats.indexOf(seat);
    if (this.#closed || at < 0) return;
    this.#hashesBefore += Atomics.load(seat.hashes, 0);
    seat.port.close();
    if (seat.restarts < RESTARTS_MAX) {
      const next = this.#open(seat.index, seat.restarts + 1);
      this.#seats[at] = next;
      if (this.#current !== undefined) this.#order(next, { kind: 'search', job: this.#current.job });
      return;
    }
    this.#seats.splice(at, 1);
    this.#options.failed(new NodeError('worker-failed', `mining worker ${seat.index + 1} ended by itself twice`, { cause }));
  }
}
