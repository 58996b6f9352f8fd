/**
 * What goes wrong, and when: the n-th thing that a run asks of its disk.
 *
 * @module
 */

/** The power goes: what was under way is not ended, and nothing after it is begun. */
export class PowerCut extends Error {
  override readonly name = 'PowerCut';
}

/** Whether a failure is the power's going, told by whoever met it. */
export function isPowerCut(error: unknown): boolean {
  for (let inner = error; inner instanceof Error; inner = inner.cause) if (inner instanceof PowerCut) return true;
  return false;
}

/** What a run asks of its disk. A batch is a database's: all of it or nothing, by the port's own word. */
export type DiskCall = 'open' | 'write' | 'truncate' | 'sync' | 'make' | 'remove' | 'sync-folder' | 'batch';

interface Fault {
  /** Calls that it can strike. */
  readonly strikes: readonly DiskCall[];
  /** The system's code; undefined where the power goes. */
  readonly code?: string;
  /** Part of what was asked is done: half of a write, or all of a batch of which an error is told. */
  readonly partly?: true;
  /** Every later call that it can strike fails as well, until the next start. */
  readonly lasts?: true;
}

const ALL: readonly DiskCall[] = ['open', 'write', 'truncate', 'sync', 'make', 'remove', 'sync-folder', 'batch'];

/** Every way in which one call fails. */
export const FAULTS = {
  cut: { strikes: ALL },
  torn: { strikes: ['write'], partly: true },
  'no room': { strikes: ['open', 'write', 'make', 'sync', 'sync-folder', 'batch'], code: 'ENOSPC', lasts: true },
  'no room, half written': { strikes: ['write'], code: 'ENOSPC', partly: true, lasts: true },
  'read-only': { strikes: ALL, code: 'EROFS', lasts: true },
  'too many open files': { strikes: ['open', 'sync-folder'], code: 'EMFILE' },
  'input/output error': { strikes: ALL, code: 'EIO' },
  'error after the batch': { strikes: ['batch'], code: 'EIO', partly: true },
} as const satisfies Readonly<Record<string, Fault>>;

/** One of the ways. */
export type FaultName = keyof typeof FAULTS;

/** How a struck call is to end: thrown after part of it was done, or at once. */
export interface Strike {
  readonly error: Error;
  readonly partly: boolean;
}

/** Counts calls and strikes one of them. Without a fault it only counts. */
export class FaultPlan {
  /** Every call so far. */
  readonly calls: DiskCall[] = [];
  readonly #at: number;
  readonly #fault: Fault | undefined;
  #struck = false;

  /** @param at - the place of the call that is struck, from 0 on */
  constructor(at = Number.POSITIVE_INFINITY, name?: FaultName) {
    this.#at = at;
    this.#fault = name === undefined ? undefined : FAULTS[name];
  }

  /** Whether anything went wrong yet. */
  get struck(): boolean {
    return this.#struck;
  }

  /** Notes a call. @returns how it fails, if it does */
  next(call: DiskCall): Strike | undefined {
    const place = this.calls.push(call) - 1;
    const fault = this.#fault;
    if (fault === undefined || place < this.#at) return undefined;
    const isPower = fault.code === undefined;
    // After the power went nothing is done any more, whatever it is.
    const goesOn = this.#struck && (isPower || (fault.lasts === true && fault.strikes.includes(call)));
    const begins = !this.#struck && place === this.#at && fault.strikes.includes(call);
    if (!goesOn && !begins) return undefined;
    const partly = begins && fault.partly === true;
    this.#struck = true;
    return { error: isPower ? new PowerCut() : systemError(fault.code), partly };
  }
}

/** An error as Node's file system throws it. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: injected`), { code });
}
