/** Wrappers (`timeout`, `npx`) and the terminal each pass one Ctrl-C on: what comes so soon after the last is the same. */
const SAME_SIGNAL_MS_MAX = 200;

const STOP_SIGNALS: readonly string[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Where signals come from; `process` is one. */
export interface SignalSource {
  on(event: string, listener: () => void): unknown;
}

/**
 * Calls `action` each time that the process is told to stop, with what told it and whether it was told before. A process that was started
 * with a channel to its owner belongs to it: when the owner is gone, that counts as a signal.
 */
export function onStopSignals(
  source: SignalSource,
  options: {
    readonly monotonicMs: () => number;
    readonly action: (why: string, isRepeated: boolean) => void;
    /** The closing of a terminal too unless given. */
    readonly signals?: readonly string[];
  },
): void {
  let lastMs: number | undefined;
  const told = (why: string): void => {
    const beforeMs = lastMs;
    lastMs = options.monotonicMs();
    if (beforeMs !== undefined && lastMs - beforeMs <= SAME_SIGNAL_MS_MAX) return;
    options.action(why, beforeMs !== undefined);
  };
  for (const signal of options.signals ?? STOP_SIGNALS) source.on(signal, () => told(signal));
  source.on('disconnect', () => told('the end of its owner'));
}
