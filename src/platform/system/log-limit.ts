/** Bytes of lines of one event in one window. Core's `RATELIMIT_MAX_BYTES` of one place in its source. */
export const LOG_BYTES_PER_WINDOW_MAX = 1_048_576;

/** How long a window lasts. Core's `RATELIMIT_WINDOW`. */
export const LOG_WINDOW_MS = 3_600_000;

/** What is to be done with a line. */
export type LogVerdict =
  | { readonly kind: 'write' }
  /** It is left out: enough of this event was written in this hour. `first`: that is to be said, once. */
  | { readonly kind: 'drop'; readonly first: boolean }
  /** It is written, and before it what was left out in the hour that is over. */
  | { readonly kind: 'resume'; readonly lines: number; readonly bytes: number };

interface Window {
  readonly startedAtMs: number;
  bytes: number;
  droppedLines: number;
  droppedBytes: number;
}

/**
 * Bounds what one event can make the log grow by: whoever can make it happen at will, as a peer can that connects and is let go again and again,
 * cannot push what matters out of the files. Events are few and their names are the program's own, so nothing here grows.
 */
export class LogLimit {
  readonly #bytesMax: number;
  readonly #windows = new Map<string, Window>();

  /** @param bytesMax - of each event in `LOG_WINDOW_MS` */
  constructor(bytesMax: number = LOG_BYTES_PER_WINDOW_MAX) {
    this.#bytesMax = bytesMax;
  }

  /** A line of an event is to be written. */
  judge(event: string, bytes: number, nowMs: number): LogVerdict {
    const window = this.#windows.get(event);
    if (window === undefined || nowMs - window.startedAtMs >= LOG_WINDOW_MS || nowMs < window.startedAtMs) {
      this.#windows.set(event, { startedAtMs: nowMs, bytes, droppedLines: 0, droppedBytes: 0 });
      const lines = window?.droppedLines ?? 0;
      return lines === 0 ? { kind: 'write' } : { kind: 'resume', lines, bytes: window?.droppedBytes ?? 0 };
    }
    if (window.bytes + bytes > this.#bytesMax) {
      window.droppedLines++;
      window.droppedBytes += bytes;
      return { kind: 'drop', first: window.droppedLines === 1 };
    }
    window.bytes += bytes;
    return { kind: 'write' };
  }
}
