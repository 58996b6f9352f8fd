import { Worker } from 'node:worker_threads';
import { assert } from '../../core/base/assert.ts';
import { NodeError } from '../../engine/ports/node-error.ts';
import type { ScriptFailure, ScriptJob, ScriptVerifier } from '../../engine/ports/script-verifier.ts';
import type { VerifyOrder, VerifyReport, VerifyWorkerData } from './verify-messages.ts';
import { encodeJobs } from './verify-messages.ts';
import type { JobPart } from './verify-slices.ts';
import { areWorthThreads, cutIntoSlices } from './verify-slices.ts';

/** How often the place of a worker that ended by itself is filled again. */
const RESTARTS_MAX = 1;

/** A worker makes little that lasts. Left alone, V8 lets this grow to 48 MiB in each before it collects: 15 MiB more a worker, and no less CPU time. */
const YOUNG_GENERATION_MIB_MAX = 6;

/** Slices that a worker is given at a time: one to work on and one that waits, so that it never waits itself. */
const SLICES_AT_A_TIME = 2;

/** What a pool is made with. */
export interface VerifierPoolOptions extends VerifyWorkerData {
  /** Number of threads, at least 1. They start when there is work for them. */
  readonly workers: number;
  /** Does what is too little for threads, and everything once no thread is left. The pool closes it. */
  readonly inline: ScriptVerifier;
  /** A worker ended by itself and its place was not filled again; the others go on. */
  readonly failed: (error: NodeError) => void;
  /** The file that a worker runs; ours unless a test gives another. */
  readonly entry?: URL;
}

/** The jobs of one call, cut into slices. */
interface Verification {
  readonly jobs: readonly ScriptJob[];
  /** Slices whose answer is needed: those that are not answered, before the first that failed. */
  readonly open: Set<number>;
  failure: ScriptFailure | undefined;
  readonly resolve: (answer: ScriptFailure | undefined | Promise<ScriptFailure | undefined>) => void;
}

/** Some inputs of one verification, by their places in its jobs. */
interface Slice {
  readonly verification: Verification;
  readonly number: number;
  readonly parts: readonly JobPart[];
}

/** A thread and what it has been given, in the order of its answers. */
interface Seat {
  readonly worker: Worker;
  readonly slices: Slice[];
  readonly restarts: number;
}

/** The worker's file stands beside this one and has the same ending, compiled or not. */
function workerEntry(): URL {
  return new URL(`./verify-worker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);
}

/** Runs scripts on worker threads. Its answers are those of the inline verifier: the first failure in order, whichever came first in time. */
export class VerifierPool implements ScriptVerifier {
  readonly isElsewhere: boolean = true;
  readonly #options: VerifierPoolOptions;
  /** Undefined until there is work for threads. */
  #seats: Seat[] | undefined;
  /** Slices that no worker has been given, first in first out. */
  #waiting: Slice[] = [];
  readonly #underWay = new Set<Promise<unknown>>();
  #closed = false;

  constructor(options: VerifierPoolOptions) {
    assert(options.workers >= 1, 'a pool has a worker');
    this.#options = options;
  }

  /** Threads that are alive. */
  get workers(): number {
    return this.#seats?.length ?? 0;
  }

  verify(jobs: readonly ScriptJob[]): Promise<ScriptFailure | undefined> {
    assert(!this.#closed, 'a closed pool verifies nothing');
    const isForWorkers = this.#seats?.length !== 0 && areWorthThreads(jobs);
    const answer = isForWorkers ? this.#share(jobs) : this.#options.inline.verify(jobs);
    const ended: Promise<unknown> = answer.then(
      () => this.#underWay.delete(ended),
      () => this.#underWay.delete(ended),
    );
    this.#underWay.add(ended);
    return answer;
  }

  /** Waits until everything that was asked is answered, then ends every thread and waits until it is gone. */
  async close(): Promise<void> {
    this.#closed = true;
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
    const seats = this.#seats ?? [];
    this.#seats = [];
    await Promise.all(
      seats.map(async ({ worker }) => {
        const gone = new Promise((resolve) => worker.once('exit', resolve));
        worker.postMessage('end' satisfies VerifyOrder);
        await gone;
      }),
    );
    await this.#options.inline.close();
  }

  #share(jobs: readonly ScriptJob[]): Promise<ScriptFailure | undefined> {
    this.#seats ??= Array.from({ length: this.#options.workers }, () => this.#open(0));
    return new Promise((resolve) => {
      const slices = cutIntoSlices(jobs);
      const verification: Verification = { jobs, open: new Set(slices.keys()), failure: undefined, resolve };
      for (const [number, parts] of slices.entries()) this.#waiting.push({ verification, number, parts });
      this.#deal();
    });
  }

  /** Gives waiting slices to the workers that have the fewest. */
  #deal(): void {
    const seats = this.#seats ?? [];
    for (let had = 0; had < SLICES_AT_A_TIME; had++) {
      for (const seat of seats) {
        if (seat.slices.length > had) continue;
        const slice = this.#waiting.shift();
        if (slice === undefined) return;
        const { verification, parts } = slice;
        const order = encodeJobs(parts.map(({ place, from, to }) => ({ job: verification.jobs[place]!, from, to })));
        seat.slices.push(slice);
        seat.worker.postMessage(order satisfies VerifyOrder, [order.buffer]);
      }
    }
  }

  #open(restarts: number): Seat {
    const { secp256k1, togetherFrom } = this.#options;
    const workerData: VerifyWorkerData = { secp256k1, togetherFrom };
    const worker = new Worker(this.#options.entry ?? workerEntry(), {
      workerData,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MIB_MAX },
    });
    const seat: Seat = { worker, slices: [], restarts };
    let cause: unknown;
    worker.on('error', (error) => {
      cause = error;
    });
    worker.on('exit', () => this.#onExit(seat, cause));
    worker.on('message', (report: VerifyReport) => this.#onReport(seat, report));
    return seat;
  }

  /** What follows a failure need not be known: those slices are dropped where they wait, and not heard where they are under way. */
  #onReport(seat: Seat, report: VerifyReport): void {
    const slice = seat.slices.shift();
    assert(slice !== undefined, 'a worker answers what it was asked');
    const { verification, number, parts } = slice;
    if (verification.open.delete(number)) {
      if (report !== undefined) {
        verification.failure = { ...report, jobIndex: parts[report.jobIndex]!.place };
        for (const other of verification.open) if (other > number) verification.open.delete(other);
        this.#waiting = this.#waiting.filter((other) => other.verification.open.has(other.number) || other.verification !== verification);
      }
      if (verification.open.size === 0) verification.resolve(verification.failure);
    }
    this.#deal();
  }

  #onExit(seat: Seat, cause: unknown): void {
    const at = this.#seats?.indexOf(seat) ?? -1;
    if (this.#seats === undefined || at < 0) return;
    this.#waiting.unshift(...seat.slices.filter(({ verification, number }) => verification.open.has(number)));
    if (seat.restarts < RESTARTS_MAX) {
      this.#seats[at] = this.#open(seat.restarts + 1);
    } else {
      this.#seats.splice(at, 1);
      this.#options.failed(new NodeError('worker-failed', 'a thread that runs scripts ended by itself twice', { cause }));
    }
    if (this.#seats.length === 0) this.#takeBack();
    else this.#deal();
  }

  /** No thread is left: the caller's own does the work. */
  #takeBack(): void {
    const unanswered = new Set(this.#waiting.map(({ verification }) => verification));
    this.#waiting = [];
    for (const { jobs, resolve } of unanswered) resolve(this.#options.inline.verify(jobs));
  }
}
