/** A timer that was set and can be cancelled. */
export interface Timer {
  readonly id: number;
}

/** Time, handed in, so that a test or a simulation owns it. */
export interface Clock {
  /** Seconds since 1970 by the wall clock, whole. `setmocktime` moves it. */
  nowSeconds(): number;
  /** Milliseconds that only ever grow; for time-outs and measurements. */
  monotonicMs(): number;
  /** Runs `action` once, after at least `delayMs`. Keeps no process alive by itself. */
  after(delayMs: number, action: () => void): Timer;
  cancel(timer: Timer): void;
  /** Lets everything else that waits have its turn. Long work calls it between its steps. */
  yield(): Promise<void>;
}
